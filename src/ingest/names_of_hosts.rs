//! `[map]` and `[hosts.NAME.map]` of `cluster.toml`: what networks, pools and folders are called on other hosts.

use std::collections::BTreeMap;
use std::ops::Range;

use toml::de::{DeTable, DeValue};

use super::problem::Complaint;
use super::toml_value::{Value, string};
use super::wrong_key::{REMEDY, not, unknown};
use crate::model::{Known, NameMap};
use crate::text::{Place, SourceId, Span};

/// The tables of a map, and what each takes.
type Take = fn(&mut NameMap) -> &mut BTreeMap<String, Known<String>>;
const KINDS: [(&str, Take); 3] = [
    ("networks", |map| &mut map.networks),
    ("pools", |map| &mut map.pools),
    ("folders", |map| &mut map.folders),
];

/// Reads the names; what is wrong is told with its place and left out.
pub(super) struct NameReading<'w> {
    pub(super) source: SourceId,
    pub(super) wrong: &'w mut Vec<Complaint>,
}

impl NameReading<'_> {
    /// `[hosts]`: a table for each host, which may hold a `map`.
    pub(super) fn hosts(&mut self, value: &Value<'_>) -> BTreeMap<String, Known<NameMap>> {
        let mut hosts = BTreeMap::new();
        for (host, value) in self.table("hosts", value).into_iter().flatten() {
            let name = host.get_ref().as_ref();
            for (key, value) in self.table(name, value).into_iter().flatten() {
                match key.get_ref().as_ref() {
                    "map" => {
                        let map = Known::new(self.map("map", value), self.place(host.span()));
                        hosts.insert(name.to_owned(), map);
                    }
                    other => self.wrong.push(unknown(key.span(), other, name)),
                }
            }
        }
        hosts
    }

    /// `[map]`: a table for each kind of thing.
    pub(super) fn map(&mut self, name: &str, value: &Value<'_>) -> NameMap {
        let mut map = NameMap::default();
        for (key, value) in self.table(name, value).into_iter().flatten() {
            let kind = key.get_ref().as_ref();
            match KINDS.iter().find(|(known, _)| *known == kind) {
                Some((_, take)) => *take(&mut map) = self.names(kind, value),
                None => self.wrong.push(unknown(key.span(), kind, name)),
            }
        }
        map
    }

    /// Old names with their new ones. Folders are absolute, and nothing that is new is old as well: who comes back to a
    /// definition that has the new names already must not change them again.
    fn names(&mut self, kind: &str, value: &Value<'_>) -> BTreeMap<String, Known<String>> {
        let mut names = BTreeMap::new();
        let Some(entries) = self.table(kind, value) else { return names };
        for (old, value) in entries {
            let name = old.get_ref().as_ref();
            let new = string(value).filter(|new| !new.is_empty());
            match new.ok_or_else(|| "a name".to_owned()).and_then(|new| sound(kind, name, new, entries)) {
                Ok(new) => {
                    names.insert(name.to_owned(), Known::new(new, self.place(value.span())));
                }
                Err(expected) => self.wrong.push(not(value.span(), name, &expected)),
            }
        }
        names
    }

    fn place(&self, span: Range<usize>) -> Place {
        Place { source: self.source, span: Span::new(span.start, span.end) }
    }

    fn table<'v, 't>(&mut self, name: &str, value: &'v Value<'t>) -> Option<&'v DeTable<'t>> {
        if let DeValue::Table(entries) = value.get_ref() {
            return Some(entries);
        }
        self.wrong.push(Complaint::new(Some(value.span().start), format!("'{name}' is not a table"), REMEDY));
        None
    }
}

/// The new name, or what it should have been.
fn sound(kind: &str, old: &str, new: String, all: &DeTable<'_>) -> Result<String, String> {
    let is_path = |name: &str| name.starts_with('/') && name.len() > 1;
    if kind == "folders" && !(is_path(old) && is_path(&new)) {
        return Err("a folder with another, both beginning with '/'".to_owned());
    }
    let begins = |other: &str| {
        let rest = new.strip_prefix(other.trim_end_matches('/'));
        if kind == "folders" {
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        } else {
            new == other
        }
    };
    let again = all.keys().map(|key| key.get_ref().as_ref()).find(|other| begins(other));
    match again {
        Some(other) if other != old || kind == "folders" => {
            Err(format!("a name that stays: '{new}' is mapped again by '{other}'"))
        }
        _ => Ok(new),
    }
}

#[cfg(test)]
mod tests {
    use super::super::settings::read;
    use crate::ingest::tests::source;
    use crate::text::LineIndex;

    /// Made up.
    const MADE_UP: &str = "[map.networks]\noffice = \"lan\"\n[map.folders]\n\"/images\" = \"/srv/images\"\n\"/images/iso/\" = \"/srv/iso\"\n\
        [hosts.h2.map]\nnetworks = { office = \"lan2\" }\npools.images = \"vm\"\n";

    #[test]
    fn names_of_a_host_take_the_place_of_those_of_all() {
        let written = read(source(), MADE_UP);
        assert_eq!(written.wrong, []);
        let own = written.settings.names.with(&written.settings.host_names["h2"].value);
        assert_eq!(
            (own.networks["office"].value.as_str(), own.pools["images"].value.as_str()),
            ("lan2", "vm")
        );
        let place = own.networks["office"].place;
        assert_eq!(&MADE_UP[place.span.range()], "\"lan2\"");
        let path = |old| own.path(old);
        assert_eq!(path("/images/a.qcow2"), Some("/srv/images/a.qcow2".into()));
        assert_eq!(path("/images/iso/b.iso"), Some("/srv/iso/b.iso".into()), "the folder furthest down");
        assert_eq!([path("/images2/a"), path("/srv/images/a")], [None, None]);
    }

    #[test]
    fn what_is_wrong_is_told_where_it_stands_and_the_rest_is_used() {
        let text = "[map]\nnetworks = { a = \"b\", b = \"c\", d = 1, e = \"f\" }\ncards = {}\n[map.folders]\n\"x\" = \"/y\"\n\
            \"/srv\" = \"/srv/images\"\n[hosts]\nh1 = 1\nh2.maps = {}\n";
        let written = read(source(), text);
        let index = LineIndex::new(text);
        let told = |c: &super::Complaint| {
            let at = index.position(text, c.at.expect("a place"));
            format!("{}:{}: {}", at.line, at.column, c.message)
        };
        let mut told: Vec<String> = written.wrong.iter().map(told).collect();
        told.sort();
        assert_eq!(
            told,
            [
                "2:18: 'a' is not a name that stays: 'b' is mapped again by 'b'",
                "2:36: 'd' is not a name",
                "3:1: 'cards' in 'map' is not a key that is known",
                "5:7: 'x' is not a folder with another, both beginning with '/'",
                "6:10: '/srv' is not a name that stays: '/srv/images' is mapped again by '/srv'",
                "8:6: 'h1' is not a table",
                "9:4: 'maps' in 'h2' is not a key that is known",
            ]
        );
        let names: Vec<&String> = written.settings.names.networks.keys().collect();
        assert_eq!(names, ["b", "e"]);
    }
}

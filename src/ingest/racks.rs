//! `[racks]` of `cluster.toml`: which hosts fail as one.

use std::collections::BTreeMap;
use std::ops::Range;

use toml::de::{DeTable, DeValue};

use super::problem::Complaint;
use super::toml_value::{Value, string};
use super::wrong_key::not;
use crate::model::Known;
use crate::text::{Place, SourceId, Span};

/// The rack of each host. A host that is in one already stays there; the later place is told.
pub(super) fn read(
    source: SourceId,
    value: &Value<'_>,
    wrong: &mut Vec<Complaint>,
) -> BTreeMap<String, Known<String>> {
    let mut racks: BTreeMap<String, Known<String>> = BTreeMap::new();
    let DeValue::Table(entries) = value.get_ref() else {
        wrong.push(not(value.span(), "racks", "a table"));
        return racks;
    };
    for (rack, hosts) in in_order(entries) {
        let DeValue::Array(hosts) = hosts.get_ref() else {
            wrong.push(not(hosts.span(), rack, "a list of hosts"));
            continue;
        };
        for item in hosts {
            let host = string(item).filter(|host| !host.is_empty());
            match host.map(|host| (racks.get(&host).map(|known| known.value.clone()), host)) {
                None => wrong.push(not(item.span(), rack, "a list of hosts")),
                Some((Some(known), host)) => wrong.push(again(item.span(), &host, &known)),
                Some((None, host)) => {
                    let span = Span::new(item.span().start, item.span().end);
                    racks.insert(host, Known::new(rack.to_owned(), Place { source, span }));
                }
            }
        }
    }
    racks
}

/// The racks as they stand in the document.
fn in_order<'v, 't>(entries: &'v DeTable<'t>) -> Vec<(&'v str, &'v Value<'t>)> {
    let mut racks: Vec<_> = entries.iter().collect();
    racks.sort_by_key(|(key, _)| key.span().start);
    racks.into_iter().map(|(key, value)| (key.get_ref().as_ref(), value)).collect()
}

fn again(span: Range<usize>, host: &str, rack: &str) -> Complaint {
    let message = format!("host '{host}' is in rack '{rack}' already");
    Complaint::new(Some(span.start), message, "name every host in one rack")
}

#[cfg(test)]
mod tests {
    use super::super::settings::read;
    use crate::ingest::tests::source;
    use crate::text::LineIndex;

    // All documents here are made up.
    fn racks(text: &str) -> (Vec<(String, String)>, Vec<String>) {
        let written = read(source(), text);
        let index = LineIndex::new(text);
        let told = |one: &super::Complaint| {
            let at = index.position(text, one.at.expect("a place"));
            format!("{}:{}: {}", at.line, at.column, one.message)
        };
        let racks = written.settings.racks.into_iter().map(|(host, rack)| (host, rack.value));
        (racks.collect(), written.wrong.iter().map(told).collect())
    }

    fn pairs(all: &[(&str, &str)]) -> Vec<(String, String)> {
        all.iter().map(|&(host, rack)| (host.to_owned(), rack.to_owned())).collect()
    }

    #[test]
    fn every_host_has_its_rack() {
        let (racks, told) = racks("[racks]\nwest = [\"h3\"]\neast = [\"h1\", \"h2\"]\n");
        assert_eq!((racks, told.len()), (pairs(&[("h1", "east"), ("h2", "east"), ("h3", "west")]), 0));
    }

    #[test]
    fn what_is_wrong_is_told_where_it_stands_and_the_rest_is_used() {
        let text = "[racks]\nwest = [\"h1\"]\neast = [\"h2\",\n  \"h1\", 3]\nnorth = \"h4\"\n";
        let (found, told) = racks(text);
        assert_eq!(found, pairs(&[("h1", "west"), ("h2", "east")]));
        let expected = [
            "4:3: host 'h1' is in rack 'west' already",
            "4:9: 'east' is not a list of hosts",
            "5:9: 'north' is not a list of hosts",
        ];
        assert_eq!(told, expected);
        assert_eq!(racks("racks = 1").1, ["1:9: 'racks' is not a table"]);
    }
}

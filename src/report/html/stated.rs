//! What `cluster.toml` says that numbers rest on, by its lines.

use std::collections::BTreeMap;

use toml::de::DeTable;

use super::links::Linked;
use crate::report::Places;
use crate::report::heatmap::Quotes;
use crate::text::{Place, Span};

/// The values of the file, by table and key.
pub(super) struct Stated(BTreeMap<(String, String), Place>);

impl Stated {
    /// Of the inventory's file, where there is one. What of it cannot be read is told when the inventory is.
    pub(super) fn new(places: &Places<'_>) -> Self {
        let mut found = BTreeMap::new();
        let Some((source, document)) = places.sources().iter().find(|(_, one)| one.path == "cluster.toml")
        else {
            return Self(found);
        };
        let (root, _) = DeTable::parse_recoverable(&document.text);
        for (table, keys) in root.get_ref() {
            for (key, value) in keys.get_ref().as_table().into_iter().flatten() {
                let place = Place { source, span: Span::new(key.span().start, value.span().end) };
                found.insert((table.get_ref().to_string(), key.get_ref().to_string()), place);
            }
        }
        Self(found)
    }

    /// `said`, with the line that says so; where none does, that it holds of itself.
    pub(super) fn of(&self, (table, key): (&str, &str), said: String, quotes: &mut Quotes<'_>) -> Linked {
        match self.0.get(&(table.to_owned(), key.to_owned())) {
            Some(&place) => Linked::quote(said, Some(quotes.of(place, "what cluster.toml says"))),
            None => Linked::no(format!("{said} (cluster.toml has no {key})")),
        }
    }
}

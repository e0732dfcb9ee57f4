//! One table of `portolan.toml`, and what is wrong with it.

use std::ops::Range;

use toml::de::{DeTable, DeValue};

use crate::ingest::problem::Complaint;
use crate::ingest::toml_value::Value;
use crate::model::Known;
use crate::text::{Place, SourceId, Span, nearest};

pub(super) const REMEDY: &str = "see docs/reference/files.md for what portolan.toml may hold";

/// What a kind of table may hold, and what becomes of one with an error in it.
pub(super) struct Form {
    pub(super) name: &'static str,
    pub(super) keys: &'static [&'static str],
    /// What is said after what is wrong.
    pub(super) consequence: &'static str,
}

/// One table.
pub(super) struct Table<'a, 't> {
    pub(super) source: SourceId,
    form: &'a Form,
    entries: &'a DeTable<'t>,
    span: Range<usize>,
    wrong: &'a mut Vec<Complaint>,
    /// Whether nothing was found wrong.
    pub(super) sound: bool,
}

impl<'a, 't> Table<'a, 't> {
    /// The table that `value` should be. Keys that it may not hold are complained of.
    pub(super) fn of(
        source: SourceId,
        form: &'a Form,
        value: &'a Value<'t>,
        wrong: &'a mut Vec<Complaint>,
    ) -> Option<Self> {
        let DeValue::Table(entries) = value.get_ref() else {
            let message = format!("'{}' is not a table{}", form.name, form.consequence);
            wrong.push(Complaint::new(Some(value.span().start), message, REMEDY));
            return None;
        };
        let mut table = Self { source, form, entries, span: value.span(), wrong, sound: true };
        for key in entries.keys().filter(|key| !form.keys.contains(&key.get_ref().as_ref())) {
            let name = key.get_ref().as_ref();
            table.complain(key.span().start, &unknown(name, form.name, form.keys));
        }
        Some(table)
    }

    /// What the table holds under `key`, where it holds anything.
    pub(super) fn optional<T>(
        &mut self,
        key: &str,
        expected: &str,
        read: impl Fn(&Value<'_>) -> Option<T>,
    ) -> Option<Known<T>> {
        let value = self.entries.get(key)?;
        let found = read(value);
        if found.is_none() {
            self.complain(value.span().start, &format!("'{key}' is not {expected}"));
        }
        found.map(|found| Known::new(found, self.place(value.span())))
    }

    /// What the table holds under `key`; that there is nothing is an error.
    pub(super) fn required<T>(
        &mut self,
        key: &str,
        expected: &str,
        read: impl Fn(&Value<'_>) -> Option<T>,
    ) -> Option<Known<T>> {
        if !self.entries.contains_key(key) {
            self.complain(self.span.start, &format!("'{key}' is missing: {expected}"));
        }
        self.optional(key, expected, read)
    }

    /// Those of `keys` that the table holds, with where they stand.
    pub(super) fn which(&self, keys: &[&'static str]) -> Vec<(&'static str, usize)> {
        let held =
            |&key: &&'static str| self.entries.get_key_value(key).map(|(at, _)| (key, at.span().start));
        keys.iter().filter_map(held).collect()
    }

    /// Where the table begins.
    pub(super) fn start(&self) -> usize {
        self.span.start
    }

    pub(super) fn complain(&mut self, at: usize, message: &str) {
        self.sound = false;
        let message = format!("{message}{}", self.form.consequence);
        self.wrong.push(Complaint::new(Some(at), message, REMEDY));
    }

    fn place(&self, span: Range<usize>) -> Place {
        Place { source: self.source, span: Span::new(span.start, span.end) }
    }
}

/// A key that is not known, and the one that was probably meant.
pub(super) fn unknown(key: &str, table: &str, keys: &[&str]) -> String {
    let within = if table.is_empty() { String::new() } else { format!(" in '{table}'") };
    let hint = nearest(key, keys.iter().copied());
    let hint = hint.map_or_else(String::new, |hint| format!("; did you mean '{hint}'?"));
    format!("'{key}'{within} is not a key that is known{hint}")
}

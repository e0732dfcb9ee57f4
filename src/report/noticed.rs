//! What a guest will notice of a rewrite, and what follows from it with its operating system.

use std::fmt::Write as _;

use schemars::JsonSchema;
use serde::Serialize;

use super::edits::EditRecord;
use crate::knowledge::os::{OsFamily, family};
use crate::knowledge::{Noticed, all_noticed};
use crate::text::xml::Document;

/// Something that a guest will notice.
#[derive(Debug, Serialize, JsonSchema)]
pub struct NoticedRecord {
    /// Its id, by which edits name it.
    pub id: &'static str,
    /// What it is.
    pub what: &'static str,
    /// The ids of the rules whose edits bring it.
    pub rules: Vec<&'static str>,
    /// The lines of the old text that these change, from 1.
    pub lines: Vec<u32>,
    /// What follows from it with Linux; `null` where the guest is known to run another system.
    pub linux: Option<&'static str>,
    /// What follows from it with Windows; `null` where the guest is known to run another system.
    pub windows: Option<&'static str>,
    /// Who says so: a document, or what was seen.
    pub source: &'static str,
}

/// Lines that are told of an entry.
const LINES: usize = 6;

impl NoticedRecord {
    /// The first of its lines, and how many more there are.
    pub(super) fn first_lines(&self) -> (&[u32], usize) {
        let (told, rest) = self.lines.split_at(self.lines.len().min(LINES));
        (told, rest.len())
    }

    /// Its lines for people: `lines 40, 46`.
    fn lines_told(&self) -> String {
        let (told, more) = self.first_lines();
        let s = if self.lines.len() == 1 { "" } else { "s" };
        let numbers: Vec<String> = told.iter().map(u32::to_string).collect();
        let more = if more == 0 { String::new() } else { format!(" and {more} more") };
        format!("line{s} {}{more}", numbers.join(", "))
    }
}

/// All that the guest with the definition `old` will notice of `edits`, the weightier first.
pub(super) fn noticed_records(old: &str, edits: &[EditRecord]) -> Vec<NoticedRecord> {
    let family = family_of(old);
    let runs = |one| family.is_none_or(|family| family == one);
    let record = |one: &Noticed| {
        let by: Vec<&EditRecord> = edits.iter().filter(|edit| edit.noticed.contains(&one.id)).collect();
        let first = by.first()?;
        let mut rules = vec![first.rule];
        rules.extend(by.iter().map(|edit| edit.rule));
        let mut lines: Vec<u32> = by.iter().map(|edit| edit.span.start.line).collect();
        rules.sort_unstable();
        rules.dedup();
        lines.sort_unstable();
        lines.dedup();
        Some(NoticedRecord {
            id: one.id,
            what: one.what,
            rules,
            lines,
            linux: runs(OsFamily::Linux).then_some(one.linux),
            windows: runs(OsFamily::Windows).then_some(one.windows),
            source: one.source,
        })
    };
    all_noticed().iter().filter_map(record).collect()
}

/// The family of the operating system that libosinfo's metadata name.
fn family_of(old: &str) -> Option<OsFamily> {
    let document = Document::parse(old).ok()?;
    family(&document.root().at("metadata/libosinfo:libosinfo/libosinfo:os")?.value("id")?)
}

/// What follows, by system.
fn consequences(one: &NoticedRecord) -> impl Iterator<Item = (&'static str, &'static str)> {
    [("Linux", one.linux), ("Windows", one.windows)].into_iter().filter_map(|(os, text)| Some((os, text?)))
}

/// For people; empty where nothing is noticed.
pub(super) fn noticed_text(all: &[NoticedRecord]) -> String {
    let mut out = String::new();
    if !all.is_empty() {
        out.push_str("  the guest will notice:\n");
    }
    for one in all {
        let _ = writeln!(out, "    {} ({}: {})", one.what, one.lines_told(), one.rules.join(", "));
        for (os, text) in consequences(one) {
            let _ = writeln!(out, "      {os}: {text}");
        }
    }
    out
}

/// The same as a list in Markdown.
pub(super) fn noticed_markdown(all: &[NoticedRecord]) -> String {
    let mut out = String::new();
    if !all.is_empty() {
        out.push_str("\nThe guest will notice:\n\n");
    }
    for one in all {
        let rules: Vec<String> = one.rules.iter().map(|rule| format!("`{rule}`")).collect();
        let _ = writeln!(out, "- **{}** ({}: {})", one.what, one.lines_told(), rules.join(", "));
        for (os, text) in consequences(one) {
            let _ = writeln!(out, "  - {os}: {text}");
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn some_lines_are_told_and_the_others_counted() {
        let of = |lines: &[u32]| {
            let (id, what, source) = ("made-up", "made up", "nobody");
            let (rules, lines) = (Vec::new(), lines.to_vec());
            NoticedRecord { id, what, rules, lines, linux: None, windows: None, source }.lines_told()
        };
        assert_eq!(of(&[46]), "line 46");
        assert_eq!(of(&[1, 2, 3, 4, 5, 6]), "lines 1, 2, 3, 4, 5, 6");
        assert_eq!(of(&[1, 2, 3, 4, 5, 6, 9, 12]), "lines 1, 2, 3, 4, 5, 6 and 2 more");
    }
}

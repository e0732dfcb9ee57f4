//! The edits of a rewrite, what is left for a person, and what else to know: what rewrites of every kind tell.

use std::fmt::Write as _;

use schemars::JsonSchema;
use serde::Serialize;

use super::words::counted;
use crate::rewrite::{Edit, Notice, Step};
use crate::text::{LineIndex, Span};

/// One change.
#[derive(Debug, Serialize, JsonSchema)]
pub struct EditRecord {
    /// The id of the rule.
    pub rule: &'static str,
    /// The element's path in the old text, such as `domain/devices/disk[2]`.
    pub path: String,
    /// Where the element is in the old text.
    pub span: SpanRecord,
    /// Why, for people.
    pub reason: String,
    /// Whether the guest has afterwards what it had, where it had it, so that nobody must look.
    pub safe: bool,
    /// What the guest will notice: ids of entries of the list `noticed` of the document.
    pub noticed: &'static [&'static str],
    /// What is written in place of what, in the old text; several at one place in this order.
    pub replacements: Vec<ReplacementRecord>,
}

/// One piece of the old text, and what is written in its place.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ReplacementRecord {
    /// The piece; empty where something is only added.
    pub span: SpanRecord,
    /// What is written; empty where something is only taken away.
    pub text: String,
}

/// A piece of a text.
#[derive(Clone, Copy, Debug, Serialize, JsonSchema)]
pub struct SpanRecord {
    /// Where it begins.
    pub start: PositionRecord,
    /// Where what follows it begins.
    pub end: PositionRecord,
}

/// A place in a text.
#[derive(Clone, Copy, Debug, Serialize, JsonSchema)]
pub struct PositionRecord {
    /// The line, from 1.
    pub line: u32,
    /// The column, from 1, in characters.
    pub column: u32,
    /// The byte in the text, in UTF-8, from 0.
    pub byte: u32,
}

/// Something a person must do.
#[derive(Debug, Serialize, JsonSchema)]
pub struct StepRecord {
    /// The id of the rule.
    pub rule: &'static str,
    /// The element's path in the old text, such as `domain/devices/disk[2]`.
    pub path: String,
    /// Where the element is in the old text.
    pub span: SpanRecord,
    /// What to do, for people.
    pub text: String,
}

/// Something to know.
#[derive(Debug, Serialize, JsonSchema)]
pub struct NoticeRecord {
    /// The id of the rule.
    pub rule: &'static str,
    /// What to know, for people.
    pub text: String,
    /// Whether the guest cannot run so.
    pub blocks: bool,
}

/// Places of one text.
struct Located<'t> {
    text: &'t str,
    lines: LineIndex,
}

impl<'t> Located<'t> {
    fn new(text: &'t str) -> Self {
        Self { text, lines: LineIndex::new(text) }
    }

    fn position(&self, byte: u32) -> PositionRecord {
        let at = self.lines.position(self.text, byte as usize);
        PositionRecord { line: at.line, column: at.column, byte }
    }

    fn span(&self, span: Span) -> SpanRecord {
        SpanRecord { start: self.position(span.start), end: self.position(span.end) }
    }
}

/// The changes of the text `old`.
pub(super) fn edit_records(old: &str, edits: &[Edit]) -> Vec<EditRecord> {
    let places = Located::new(old);
    let record = |edit: &Edit| EditRecord {
        rule: edit.rule,
        path: edit.path.clone(),
        span: places.span(edit.span),
        reason: edit.reason.clone(),
        safe: edit.safe,
        noticed: edit.visible,
        replacements: edit
            .splices
            .iter()
            .map(|splice| ReplacementRecord { span: places.span(splice.span), text: splice.text.clone() })
            .collect(),
    };
    edits.iter().map(record).collect()
}

pub(super) fn step_records(old: &str, steps: &[Step]) -> Vec<StepRecord> {
    let places = Located::new(old);
    let record = |step: &Step| StepRecord {
        rule: step.rule,
        path: step.path.clone(),
        span: places.span(step.span),
        text: step.text.clone(),
    };
    steps.iter().map(record).collect()
}

pub(super) fn notice_records(notices: &[Notice]) -> Vec<NoticeRecord> {
    let record = |n: &Notice| NoticeRecord { rule: n.rule, text: n.text.clone(), blocks: n.blocks };
    notices.iter().map(record).collect()
}

/// Those at which a person must look.
pub(super) fn unsafe_edits(edits: &[EditRecord]) -> impl Iterator<Item = &EditRecord> {
    edits.iter().filter(|edit| !edit.safe)
}

/// `12 edits, 3 of them unsafe`, `2 edits, all unsafe`.
pub(super) fn edits_counted(edits: &[EditRecord]) -> String {
    let all = counted(edits.len(), "edit");
    match unsafe_edits(edits).count() {
        0 => all,
        1 if edits.len() == 1 => format!("{all}, unsafe"),
        some if some == edits.len() => format!("{all}, all unsafe"),
        some => format!("{all}, {some} of them unsafe"),
    }
}

/// An edit in a line of its own.
pub(super) fn edit_line(edit: &EditRecord) -> String {
    let mark = if edit.safe { "" } else { " [unsafe]" };
    format!("  line {:>3}  {}{mark}: {}\n", edit.span.start.line, edit.rule, edit.reason)
}

/// Notices, each in a line of its own.
pub(super) fn notice_lines(notices: &[NoticeRecord]) -> String {
    let mut out = String::new();
    for notice in notices {
        let what = if notice.blocks { "blocks" } else { "note" };
        let _ = writeln!(out, "  {what:<9} {}: {}", notice.rule, notice.text);
    }
    out
}

/// What is said of a guest, read `from` somewhere, whose definition would change.
pub fn would_change(from: &str, edits: &[EditRecord]) -> String {
    format!("{from}: would change ({})\n", edits_counted(edits))
}

/// The unsafe edits of `guest`, and why its new XML is not there.
pub fn withheld(guest: &str, edits: &[EditRecord]) -> String {
    let count = unsafe_edits(edits).count();
    let mut out = format!(
        "{guest}: not written, for {} unsafe; look at what the guest loses or changes, then give --allow-unsafe\n",
        if count == 1 { "an edit is".to_owned() } else { format!("{count} edits are") }
    );
    for edit in unsafe_edits(edits) {
        let line = edit.span.start.line;
        let _ = writeln!(out, "  line {line:>3}  {} at {}: {}", edit.rule, edit.path, edit.reason);
    }
    out
}

//! What a rewrite did: for people, and for programs.

use std::fmt::Write as _;

use serde::Serialize;

use super::abi::{AbiRecord, abi_line, abi_record};
use crate::rewrite::{Edit, Notice, PortBudget, Profile, Rewrite, ScsiLine};
use crate::text::LineIndex;

/// One rewritten guest for programs, version 1.
#[derive(Debug, Serialize)]
pub struct RewriteDocument {
    /// `portolan-rewrite`
    pub format: &'static str,
    /// 1
    pub version: u32,
    /// The guest, or the file.
    pub guest: String,
    /// The profile it was rewritten for.
    pub profile: String,
    /// What was not known of the target, and what was taken to be so.
    pub assumptions: Vec<String>,
    /// The changes, in the order of the old text.
    pub edits: Vec<EditRecord>,
    /// What a person must do.
    pub steps: Vec<StepRecord>,
    /// What else to know.
    pub notices: Vec<NoticeRecord>,
    /// Which ports the new guest takes.
    pub ports: PortsRecord,
    /// What the new XML does to the ABI of the guest as it runs.
    pub abi: AbiRecord,
    /// The new XML.
    pub xml: String,
}

/// One change.
#[derive(Debug, Serialize)]
pub struct EditRecord {
    /// The rule's id.
    pub rule: &'static str,
    /// The line of the old text, from 1.
    pub line: u32,
    /// The element's path in the old text.
    pub element: String,
    /// Why.
    pub reason: String,
    /// Whether nobody must look.
    pub safe: bool,
    /// What the guest will notice.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub visible: Option<String>,
}

/// Something a person must do.
#[derive(Debug, Serialize)]
pub struct StepRecord {
    /// The rule's id.
    pub rule: &'static str,
    /// The line of the old text, from 1.
    pub line: u32,
    /// What to do.
    pub text: String,
}

/// Something to know.
#[derive(Debug, Serialize)]
pub struct NoticeRecord {
    /// The rule's id.
    pub rule: &'static str,
    /// What to know.
    pub text: String,
    /// Whether the guest cannot run so.
    pub blocks: bool,
}

/// The sum of ports.
#[derive(Debug, Serialize)]
pub struct PortsRecord {
    /// How many the machine can have.
    pub limit: u32,
    /// How many are allocated.
    pub allocated: u32,
    /// What takes them, and how many.
    pub taken: Vec<(String, u32)>,
    /// How many of the allocated are free.
    pub free: u32,
    /// How many more disks each SCSI controller takes.
    pub scsi_left: Vec<u32>,
}

/// One rewritten guest for programs. `old` is the text that was rewritten.
pub fn rewrite_document(guest: &str, old: &str, profile: &Profile, rewrite: &Rewrite) -> RewriteDocument {
    let lines = LineIndex::new(old);
    let steps = rewrite.steps.iter().map(|step| StepRecord {
        rule: step.rule,
        line: lines.position(old, step.span.start as usize).line,
        text: step.text.clone(),
    });
    RewriteDocument {
        format: "portolan-rewrite",
        version: 1,
        guest: guest.to_owned(),
        profile: profile.name.clone(),
        assumptions: profile.assumptions.clone(),
        edits: edit_records(old, &rewrite.edits),
        steps: steps.collect(),
        notices: notice_records(&rewrite.notices),
        ports: ports(&rewrite.budget),
        abi: abi_record(old, &rewrite.text),
        xml: rewrite.text.clone(),
    }
}

/// The changes of the text `old`.
pub(super) fn edit_records(old: &str, edits: &[Edit]) -> Vec<EditRecord> {
    let lines = LineIndex::new(old);
    let record = |edit: &Edit| EditRecord {
        rule: edit.rule,
        line: lines.position(old, edit.span.start as usize).line,
        element: edit.path.clone(),
        reason: edit.reason.clone(),
        safe: edit.safe,
        visible: edit.visible.clone(),
    };
    edits.iter().map(record).collect()
}

pub(super) fn notice_records(notices: &[Notice]) -> Vec<NoticeRecord> {
    let record = |n: &Notice| NoticeRecord { rule: n.rule, text: n.text.clone(), blocks: n.blocks };
    notices.iter().map(record).collect()
}

fn ports(budget: &PortBudget) -> PortsRecord {
    PortsRecord {
        limit: budget.limit,
        allocated: budget.allocated,
        taken: budget.lines.iter().map(|line| (line.what.clone(), line.ports)).collect(),
        free: budget.free(),
        scsi_left: budget.scsi.iter().map(ScsiLine::left).collect(),
    }
}

/// What was changed and why, what is left for a person, and the sum of ports.
pub fn rewrite_reasons(document: &RewriteDocument, budget: &PortBudget) -> String {
    let mut out = format!("{} for {}:\n", document.guest, document.profile);
    for edit in &document.edits {
        let visible = edit
            .visible
            .as_ref()
            .map_or_else(String::new, |seen| format!(" (the guest will notice: {seen})"));
        let _ = writeln!(out, "  line {:>3}  {}: {}{visible}", edit.line, edit.rule, edit.reason);
    }
    for step in &document.steps {
        let _ = writeln!(out, "  to do     {}: {}", step.rule, step.text);
    }
    for notice in &document.notices {
        let what = if notice.blocks { "blocks" } else { "note" };
        let _ = writeln!(out, "  {what:<9} {}: {}", notice.rule, notice.text);
    }
    for assumption in &document.assumptions {
        let _ = writeln!(out, "  assumed   {assumption}");
    }
    let _ = writeln!(out, "  ABI       {}", abi_line(&document.abi));
    let _ = write!(out, "\n{budget}");
    out
}

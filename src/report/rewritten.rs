//! What a rewrite did: for people, and for programs.

use std::fmt::Write as _;

use schemars::JsonSchema;
use serde::Serialize;

use super::abi::{AbiRecord, abi_line, abi_record};
use super::edits::{
    EditRecord, NoticeRecord, StepRecord, edit_line, edit_records, edits_counted, notice_lines,
    notice_records, step_records,
};
use super::noticed::{NoticedRecord, noticed_records, noticed_text};
use super::words::counted;
use crate::rewrite::{PortBudget, Profile, Rewrite, ScsiLine};

/// The version of the form that is written.
pub(super) const VERSION: u32 = 2;

/// One guest that is rewritten.
#[derive(Debug, Serialize, JsonSchema)]
pub struct RewriteDocument {
    /// What the document is: `portolan-rewrite`.
    pub format: &'static str,
    /// The version of its form; a program refuses one that it does not know.
    pub version: u32,
    /// The guest's name, or the file's where no inventory was given.
    pub guest: String,
    /// The name of the profile that it was rewritten for: a built-in one, or the hosts.
    pub profile: String,
    /// What was not known of the target, and what was taken to be so, for people.
    pub assumptions: Vec<String>,
    /// The changes, in the order of the old text.
    pub edits: Vec<EditRecord>,
    /// What the guest will notice, and what follows from it.
    pub noticed: Vec<NoticedRecord>,
    /// What a person must do.
    pub steps: Vec<StepRecord>,
    /// What else to know.
    pub notices: Vec<NoticeRecord>,
    /// Which PCI Express root ports the new guest takes.
    pub ports: PortsRecord,
    /// What the new XML does to the ABI of the guest as it runs.
    pub abi: AbiRecord,
    /// The new XML; `null` where it is withheld for its unsafe edits.
    pub xml: Option<String>,
}

/// The PCI Express root ports and the places on SCSI of a guest.
#[derive(Debug, Serialize, JsonSchema)]
pub struct PortsRecord {
    /// How many ports the machine can have; 0 where it has no PCI Express.
    pub limit: u32,
    /// How many ports the new XML allocates; where it names none, how many libvirt will: one for each device and one
    /// to spare.
    pub allocated: u32,
    /// What takes them: in words, and how many ports.
    pub taken: Vec<(String, u32)>,
    /// How many of the allocated are free.
    pub free: u32,
    /// How many disks more each SCSI controller of virtio takes, in their order.
    pub scsi_left: Vec<u32>,
}

/// One rewritten guest for programs. `old` is the text that was rewritten.
pub fn rewrite_document(guest: &str, old: &str, profile: &Profile, rewrite: &Rewrite) -> RewriteDocument {
    let edits = edit_records(old, &rewrite.edits);
    RewriteDocument {
        format: "portolan-rewrite",
        version: VERSION,
        guest: guest.to_owned(),
        profile: profile.name.clone(),
        assumptions: profile.assumptions.clone(),
        noticed: noticed_records(old, &edits),
        edits,
        steps: step_records(old, &rewrite.steps),
        notices: notice_records(&rewrite.notices),
        ports: ports(&rewrite.budget),
        abi: abi_record(old, &rewrite.text),
        xml: Some(rewrite.text.clone()),
    }
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

/// What was changed and why, what the guest will notice, what is left for a person, and the sum of ports, `budget` in words.
pub fn rewrite_reasons(document: &RewriteDocument, budget: &str) -> String {
    let mut out = format!("{}\n", heading(document));
    for edit in &document.edits {
        out.push_str(&edit_line(edit));
    }
    for step in &document.steps {
        let _ = writeln!(out, "  to do     {}: {}", step.rule, step.text);
    }
    out.push_str(&notice_lines(&document.notices));
    for assumption in &document.assumptions {
        let _ = writeln!(out, "  assumed   {assumption}");
    }
    let _ = writeln!(out, "  ABI       {}", abi_line(&document.abi));
    out.push_str(&noticed_text(&document.noticed));
    let _ = write!(out, "\n{budget}");
    out
}

/// In short: how many edits and how many of them unsafe, what is left for a person, the sum of ports, and what blocks.
pub fn rewrite_summary(document: &RewriteDocument) -> String {
    let mut out = heading(document);
    let (steps, notices) = (document.steps.len(), document.notices.len());
    if steps > 0 {
        let _ = write!(out, "; {} for a person", counted(steps, "step"));
    }
    if !document.noticed.is_empty() {
        let _ = write!(out, "; {} that the guest will notice", counted(document.noticed.len(), "thing"));
    }
    if notices > 0 {
        let _ = write!(out, "; {}", counted(notices, "notice"));
    }
    let ports = &document.ports;
    if ports.limit > 0 {
        let taken: u32 = ports.taken.iter().map(|(_, count)| count).sum();
        let _ = write!(out, "; PCIe ports: {taken} taken, {} free, {} at most", ports.free, ports.limit);
    }
    out.push_str(if document.edits.is_empty() && steps + notices == 0 { "\n" } else { "; see --reasons\n" });
    let blocking = document.notices.iter().filter(|notice| notice.blocks);
    blocking.fold(out, |out, notice| out + &notice_lines(std::slice::from_ref(notice)))
}

/// The guest, its target, and how many edits it got.
fn heading(document: &RewriteDocument) -> String {
    format!("{} for {}: {}", document.guest, document.profile, edits_counted(&document.edits))
}

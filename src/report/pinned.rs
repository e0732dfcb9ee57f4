//! A guest pinned to a baseline: for people, and for programs.

use std::fmt::Write as _;

use serde::Serialize;

use super::abi::{AbiRecord, abi_line, abi_record};
use super::baseline::{MitigationRecord, feature_lines, mitigations};
use super::rewritten::{EditRecord, NoticeRecord, edit_records, notice_records};
use crate::cpu::x86::{Noticed, to_xml};
use crate::model::Guest;
use crate::rewrite::{PinOutcome, PinRefusal};

/// One guest for programs, version 1.
#[derive(Debug, Serialize)]
pub struct PinDocument {
    /// `portolan-pin`
    pub format: &'static str,
    /// 1
    pub version: u32,
    /// The guest, or the file.
    pub guest: String,
    /// The host it is on, where it is known.
    pub host: Option<String>,
    /// Whether it runs, so that nothing changes until its next cold start.
    pub runs: bool,
    /// `within`, `pinned` or `refused`.
    pub outcome: &'static str,
    /// Why it is refused.
    pub refused: Option<String>,
    /// The model it gets.
    pub model: Option<String>,
    /// The `<cpu>` it gets.
    pub cpu: Option<String>,
    /// The features that it has now and not after its next cold start; `None` where it is not known what it has.
    pub lost: Option<Vec<String>>,
    /// The features that it has then and not now.
    pub gained: Option<Vec<String>>,
    /// The mitigations that it loses.
    pub mitigations_lost: Vec<MitigationRecord>,
    /// Why it is not known what it has now.
    pub unknown: Option<String>,
    /// The changes, in the order of the old text.
    pub edits: Vec<EditRecord>,
    /// What else to know.
    pub notices: Vec<NoticeRecord>,
    /// What the new XML does to the ABI of the guest as it runs; `None` where nothing is changed.
    pub abi: Option<AbiRecord>,
    /// The new XML; `None` where nothing is changed.
    pub xml: Option<String>,
}

/// One guest for programs. `old` is the text of its stored definition; a file's guest is not known.
pub fn pin_document(
    name: &str,
    guest: Option<&Guest>,
    old: &str,
    outcome: &Result<PinOutcome, PinRefusal>,
) -> PinDocument {
    let untouched = PinDocument {
        format: "portolan-pin",
        version: 1,
        guest: name.to_owned(),
        host: guest.and_then(|guest| guest.host.clone()),
        runs: guest.is_some_and(|guest| guest.running),
        outcome: "within",
        refused: None,
        model: None,
        cpu: None,
        lost: None,
        gained: None,
        mitigations_lost: Vec::new(),
        unknown: None,
        edits: Vec::new(),
        notices: Vec::new(),
        abi: None,
        xml: None,
    };
    match outcome {
        Ok(PinOutcome::Within) => untouched,
        Err(why) => PinDocument { outcome: "refused", refused: Some(why.to_string()), ..untouched },
        Ok(PinOutcome::Pinned(done)) => {
            let (pinned, new) = &**done;
            let noticed = pinned.noticed.as_ref().ok();
            let lost = noticed.map(|noticed| noticed.lost.clone());
            let names = lost.iter().flatten().map(String::as_str);
            PinDocument {
                outcome: "pinned",
                model: pinned.definition.model.clone(),
                cpu: Some(to_xml(&pinned.definition)),
                mitigations_lost: mitigations(names),
                gained: noticed.map(|Noticed { gained, .. }| gained.clone()),
                unknown: pinned.noticed.as_ref().err().map(ToString::to_string),
                edits: edit_records(old, &new.edits),
                notices: notice_records(&new.notices),
                abi: Some(abi_record(old, &new.text)),
                xml: Some(new.text.clone()),
                lost,
                ..untouched
            }
        }
    }
}

/// One guest for people.
pub fn pin_text(document: &PinDocument) -> String {
    let host = document.host.as_ref().map_or_else(String::new, |host| format!(" on {host}"));
    let mut out = format!("{}{host}: ", document.guest);
    match (&document.refused, &document.model) {
        (Some(why), _) => return out + "not pinned: " + why + "\n",
        (None, None) => return out + "within the baseline; nothing is changed\n",
        (None, Some(model)) => {
            let _ = writeln!(out, "pinned to {model}");
        }
    }
    for edit in reasons(&document.edits) {
        let _ = writeln!(out, "  line {:>3}  {}: {}", edit.line, edit.rule, edit.reason);
    }
    out.push_str(&noticed_lines(document));
    for notice in &document.notices {
        let what = if notice.blocks { "blocks" } else { "note" };
        let _ = writeln!(out, "  {what:<9} {}: {}", notice.rule, notice.text);
    }
    if let Some(abi) = &document.abi {
        let _ = writeln!(out, "  {}", abi_line(abi));
    }
    if document.runs {
        out.push_str(
            "  it runs: it keeps its CPU, live moves included, until it is shut down and started again\n",
        );
    }
    out
}

/// What the guest notices.
fn noticed_lines(document: &PinDocument) -> String {
    if let Some(why) = &document.unknown {
        return format!("  what it loses at its next cold start is not known: {why}\n");
    }
    let mut out = String::new();
    // What QEMU gives a guest beside its model is not told, so that some of what is new may be there now.
    for (verb, features) in [("loses", &document.lost), ("gains at most", &document.gained)] {
        let features = features.as_deref().unwrap_or_default();
        if features.is_empty() {
            continue;
        }
        let plural = if features.len() == 1 { "feature" } else { "features" };
        let _ = writeln!(out, "  at its next cold start it {verb} {} {plural}", features.len());
        out.push_str(&feature_lines(features));
        if verb == "loses" && !document.mitigations_lost.is_empty() {
            out.push_str("    without these mitigations:\n");
            for one in &document.mitigations_lost {
                let _ = writeln!(out, "      {}: {}", one.features.join(", "), one.without);
            }
        }
    }
    if out.is_empty() {
        out.push_str("  it has the same features after its next cold start, and then on every host\n");
    }
    out
}

/// The first edit of each reason, by line.
fn reasons(edits: &[EditRecord]) -> Vec<&EditRecord> {
    let mut ordered: Vec<&EditRecord> = edits.iter().collect();
    ordered.sort_by_key(|edit| edit.line);
    let mut first: Vec<&EditRecord> = Vec::new();
    for edit in ordered {
        if first.iter().all(|other| (other.rule, &other.reason) != (edit.rule, &edit.reason)) {
            first.push(edit);
        }
    }
    first
}

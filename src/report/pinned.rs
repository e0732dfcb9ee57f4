//! A guest pinned to a baseline: for people, and for programs.

use std::fmt::Write as _;

use schemars::JsonSchema;
use serde::Serialize;

use super::abi::{AbiRecord, abi_line, abi_record};
use super::baseline::{MitigationRecord, feature_lines, mitigations};
use super::edits::{
    EditRecord, NoticeRecord, edit_line, edit_records, edits_counted, notice_lines, notice_records,
};
use super::noticed::{NoticedRecord, noticed_records, noticed_text};
use super::words::counted;
use crate::cpu::x86::{Noticed, to_xml};
use crate::model::Guest;
use crate::rewrite::{PinOutcome, PinRefusal};

/// The version of the form that is written.
pub(super) const VERSION: u32 = 2;

/// One guest that is pinned to a baseline.
#[derive(Debug, Serialize, JsonSchema)]
pub struct PinDocument {
    /// What the document is: `portolan-pin`.
    pub format: &'static str,
    /// The version of its form; a program refuses one that it does not know.
    pub version: u32,
    /// The guest's name, or the file's where no inventory was given.
    pub guest: String,
    /// The host it is on; `null` where that is not known.
    pub host: Option<String>,
    /// Whether it runs, so that nothing changes until its next cold start.
    pub runs: bool,
    /// Its CPU is one that every host can give, and nothing is changed (`within`); it gets a new CPU (`pinned`); or
    /// none can be given to it (`refused`).
    #[schemars(extend("enum" = ["within", "pinned", "refused"]))]
    pub outcome: &'static str,
    /// Why it is refused; `null` where it is not.
    pub refused: Option<String>,
    /// The model that it gets; `null` where nothing is changed.
    pub model: Option<String>,
    /// The `<cpu>` that it gets, as XML; `null` where nothing is changed.
    pub cpu: Option<String>,
    /// The features that it has now and not after its next cold start, by name; `null` where nothing is changed, or
    /// where it is not known what it has.
    pub lost: Option<Vec<String>>,
    /// The features that it has then and not now, at most; `null` where nothing is changed, or where it is not known
    /// what it has.
    pub gained: Option<Vec<String>>,
    /// The mitigations that it loses.
    pub mitigations_lost: Vec<MitigationRecord>,
    /// Why it is not known what it has now; `null` where it is known, or where nothing is changed.
    pub unknown: Option<String>,
    /// The changes, in the order of the old text.
    pub edits: Vec<EditRecord>,
    /// What the guest will notice beside its features, and what follows from it.
    pub noticed: Vec<NoticedRecord>,
    /// What else to know.
    pub notices: Vec<NoticeRecord>,
    /// What the new XML does to the ABI of the guest as it runs; `null` where nothing is changed.
    pub abi: Option<AbiRecord>,
    /// The new XML; `null` where nothing is changed, and where it is withheld for its unsafe edits.
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
        version: VERSION,
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
        noticed: Vec::new(),
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
            let edits = edit_records(old, &new.edits);
            PinDocument {
                outcome: "pinned",
                model: pinned.definition.model.clone(),
                cpu: Some(to_xml(&pinned.definition)),
                mitigations_lost: mitigations(names),
                gained: noticed.map(|Noticed { gained, .. }| gained.clone()),
                unknown: pinned.noticed.as_ref().err().map(ToString::to_string),
                noticed: noticed_records(old, &edits),
                edits,
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
            let _ = writeln!(out, "pinned to {model}, {}", edits_counted(&document.edits));
        }
    }
    for edit in reasons(&document.edits) {
        out.push_str(&edit_line(edit));
    }
    out.push_str(&feature_changes(document));
    out.push_str(&notice_lines(&document.notices));
    if let Some(abi) = &document.abi {
        let _ = writeln!(out, "  {}", abi_line(abi));
    }
    if document.runs {
        out.push_str(
            "  it runs: it keeps its CPU, live moves included, until it is shut down and started again\n",
        );
    }
    out.push_str(&noticed_text(&document.noticed));
    out
}

/// In short: what it is pinned to, how many features it loses, and what blocks.
pub fn pin_summary(document: &PinDocument) -> String {
    let text = pin_text(document);
    let mut out = text.lines().next().unwrap_or_default().to_owned();
    if let Some(lost) = document.lost.as_ref().filter(|lost| !lost.is_empty()) {
        let _ = write!(out, "; at its next cold start it loses {}", counted(lost.len(), "feature"));
    }
    out.push_str(if document.edits.is_empty() { "\n" } else { "; see --reasons\n" });
    let blocking = document.notices.iter().filter(|notice| notice.blocks);
    blocking.fold(out, |out, notice| out + &notice_lines(std::slice::from_ref(notice)))
}

/// The features that it loses and gains.
fn feature_changes(document: &PinDocument) -> String {
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
            out.push_str("    without these protections, or not told of them:\n");
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
    ordered.sort_by_key(|edit| edit.span.start.line);
    let mut first: Vec<&EditRecord> = Vec::new();
    for edit in ordered {
        if first.iter().all(|other| (other.rule, &other.reason) != (edit.rule, &edit.reason)) {
            first.push(edit);
        }
    }
    first
}

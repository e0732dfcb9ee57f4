//! Where a reason is written, for programs.

use schemars::JsonSchema;
use serde::Serialize;

use super::places::{Located, Places};
use crate::compat::{Evidence, Finding};

/// One place that bears on a reason.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
pub struct EvidenceRecord {
    /// Where it is written.
    pub at: Located,
    /// What it says to the matter, for people.
    pub label: String,
}

/// The places of a reason, the cause first.
pub(super) fn evidence(found: &Finding, places: &Places<'_>) -> Vec<EvidenceRecord> {
    let record = |evidence: &Evidence| EvidenceRecord {
        at: places.locate(evidence.place),
        label: evidence.label.clone(),
    };
    found.evidence.iter().map(record).collect()
}

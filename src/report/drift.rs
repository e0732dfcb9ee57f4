//! How a cluster has drifted from its lock.

use schemars::JsonSchema;
use serde::Serialize;

use crate::cpu::x86::Drift;

/// The version of the form that is written.
pub(super) const VERSION: u32 = 1;

/// How a cluster has drifted from its lock.
#[derive(Debug, Serialize, JsonSchema)]
pub struct DriftDocument {
    /// What the document is: `portolan-baseline-drift`.
    pub format: &'static str,
    /// The version of its form; a program refuses one that it does not know.
    pub version: u32,
    /// Whether the lock still holds.
    pub holds: bool,
    /// All that is not as it was; empty where nothing has changed.
    pub drifts: Vec<DriftRecord>,
}

/// One way in which it is not as it was.
#[derive(Debug, Serialize, JsonSchema)]
pub struct DriftRecord {
    /// A host is in no group of the lock (`joined`), is gone (`left`) or not known any more (`unknown`); what a host
    /// gives is another (`host`), a baseline is another (`baseline`), or there is none any more (`gone`).
    #[schemars(extend("enum" = ["joined", "left", "unknown", "host", "baseline", "gone"]))]
    pub kind: &'static str,
    /// The hosts it is about.
    pub hosts: Vec<String>,
    /// What, for people.
    pub message: String,
    /// Whether the lock holds no more for it.
    pub breaks: bool,
}

/// The drifts for programs.
pub fn drift_document(drifts: &[Drift]) -> DriftDocument {
    DriftDocument {
        format: "portolan-baseline-drift",
        version: VERSION,
        holds: !drifts.iter().any(Drift::breaks),
        drifts: drifts.iter().map(record).collect(),
    }
}

fn record(drift: &Drift) -> DriftRecord {
    let (kind, hosts) = match drift {
        Drift::Joined { host, .. } => ("joined", vec![host.clone()]),
        Drift::Left { host } => ("left", vec![host.clone()]),
        Drift::Unknown { host, .. } => ("unknown", vec![host.clone()]),
        Drift::Host { host, .. } => ("host", vec![host.clone()]),
        Drift::Baseline { hosts, .. } => ("baseline", hosts.clone()),
        Drift::Gone { hosts } => ("gone", hosts.clone()),
    };
    DriftRecord { kind, hosts, message: drift.to_string(), breaks: drift.breaks() }
}

/// The drifts for people.
pub fn drift_text(document: &DriftDocument) -> String {
    let line = |drift: &DriftRecord| {
        let note = if drift.breaks { "" } else { " (the lock holds)" };
        format!("{}{note}\n", drift.message)
    };
    let lines: String = document.drifts.iter().map(line).collect();
    let end = if document.holds { "The lock holds.\n" } else { "The cluster has drifted: lock again.\n" };
    lines + end
}

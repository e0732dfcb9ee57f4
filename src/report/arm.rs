//! Which ARM hosts are near enough to one another for live moves: for people, and for programs.

use std::fmt::Write as _;

use serde::Serialize;

use crate::cpu::arm::{ArmEdge, ArmGroups};
use crate::cpu::{Bearing, Difference};
use crate::model::Fact;

/// What can be said of the ARM hosts of a cluster.
#[derive(Debug, Serialize)]
pub struct ArmRecord {
    /// Hosts among which nothing stands against a live move in either direction.
    pub groups: Vec<Vec<String>>,
    /// The ways between hosts that differ.
    pub edges: Vec<ArmEdgeRecord>,
}

/// The way from some hosts to others.
#[derive(Debug, Serialize)]
pub struct ArmEdgeRecord {
    /// Hosts that are alike.
    pub from: Vec<String>,
    /// Hosts that are alike.
    pub to: Vec<String>,
    /// `agrees`, `doubts`, `unknown` or `blocks`: the worst of the differences.
    pub bearing: &'static str,
    /// What differs, or is not known.
    pub differences: Vec<DifferenceRecord>,
}

/// In what they differ.
#[derive(Debug, Serialize)]
pub struct DifferenceRecord {
    /// The aspect.
    pub aspect: &'static str,
    /// `doubts`, `unknown` or `blocks`.
    pub bearing: &'static str,
    /// What the source is; `None` where it is not known.
    pub source: Option<String>,
    /// What the destination is; `None` where it is not known.
    pub destination: Option<String>,
    /// What the source has and the destination lacks.
    pub lost: Vec<String>,
    /// Why, where the values alone do not say it.
    pub note: Option<String>,
    /// The command that would tell what is not known.
    pub would_tell: Option<&'static str>,
}

/// The ARM hosts for programs.
pub fn arm_record(found: &ArmGroups) -> ArmRecord {
    let names =
        |classes: &Vec<usize>| classes.iter().flat_map(|&class| found.classes[class].clone()).collect();
    ArmRecord {
        groups: found.groups.iter().map(names).collect(),
        edges: found.edges.iter().map(|edge| record(found, edge)).collect(),
    }
}

fn record(found: &ArmGroups, edge: &ArmEdge) -> ArmEdgeRecord {
    let against = edge.differences.iter().filter(|difference| difference.bearing != Bearing::Agrees);
    ArmEdgeRecord {
        from: found.classes[edge.from].clone(),
        to: found.classes[edge.to].clone(),
        bearing: word(edge.bearing),
        differences: against.map(difference).collect(),
    }
}

fn difference(difference: &Difference) -> DifferenceRecord {
    let unknown = |fact: &Fact<String>| fact.ask().err();
    let document = unknown(&difference.source).or_else(|| unknown(&difference.destination));
    DifferenceRecord {
        aspect: difference.aspect.as_str(),
        bearing: word(difference.bearing),
        source: difference.source.value().cloned(),
        destination: difference.destination.value().cloned(),
        lost: difference.lost.clone(),
        note: difference.note.clone(),
        would_tell: document.map(crate::model::DocumentKind::command),
    }
}

fn word(bearing: Bearing) -> &'static str {
    match bearing {
        Bearing::Agrees => "agrees",
        Bearing::Doubts => "doubts",
        Bearing::Unknown => "unknown",
        Bearing::Blocks => "blocks",
    }
}

/// The ARM hosts for people.
pub(super) fn arm_text(arm: &ArmRecord) -> String {
    let mut out = String::from("ARM: no baseline (libvirt cannot describe these CPUs by a model)\n");
    for group in &arm.groups {
        let free = if group.len() > 1 { "live to and fro with host-passthrough: " } else { "alone: " };
        let _ = writeln!(out, "  {free}{}", group.join(", "));
    }
    for edge in &arm.edges {
        let _ = writeln!(out, "  {} -> {}: {}", edge.from.join(", "), edge.to.join(", "), edge.bearing);
        for one in &edge.differences {
            let shown = |value: &Option<String>| value.clone().unwrap_or_else(|| "not known".to_owned());
            let lost =
                if one.lost.is_empty() { String::new() } else { format!("; lost: {}", one.lost.join(", ")) };
            let (from, to) = (shown(&one.source), shown(&one.destination));
            let _ = writeln!(out, "    {} {}: {from} and {to}{lost}", one.bearing, one.aspect);
        }
    }
    out
}

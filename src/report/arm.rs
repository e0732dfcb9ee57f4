//! Which ARM hosts are near enough to one another for live moves: for people, and for programs.

use std::fmt::Write as _;

use schemars::JsonSchema;
use serde::Serialize;

use crate::cpu::arm::{ArmEdge, ArmGroups, remedy};
use crate::cpu::{Aspect, Bearing, Difference};
use crate::model::{DocumentKind, Fact};
use crate::text::Place;

/// What can be said of the ARM hosts of a cluster.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ArmRecord {
    /// Hosts that are alike, and what they are.
    pub classes: Vec<ArmClassRecord>,
    /// Hosts among which nothing stands against a live move in either direction.
    pub groups: Vec<Vec<String>>,
    /// The ways between hosts that differ, and among hosts of which something is not known.
    pub edges: Vec<ArmEdgeRecord>,
}

/// Hosts that are alike.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ArmClassRecord {
    /// The hosts.
    pub hosts: Vec<String>,
    /// What they are.
    pub facts: Vec<ArmFactRecord>,
}

/// One aspect of some hosts.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ArmFactRecord {
    /// What it is about, such as `processor` or `page sizes`.
    pub aspect: &'static str,
    /// What the hosts are; `null` where it is not known.
    pub value: Option<String>,
    /// The place that says so, of the first of the hosts: file, line and column, with colons between; `null` where it
    /// is not known.
    pub at: Option<String>,
    /// The same place in the documents of the host's own inventory; no part of the JSON.
    #[serde(skip)]
    pub place: Option<Place>,
    /// The command that would tell; `null` where it is known.
    pub would_tell: Option<&'static str>,
}

/// The way from some hosts to others.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ArmEdgeRecord {
    /// Hosts that are alike.
    pub from: Vec<String>,
    /// Hosts that are alike; the same as `from` for the ways among them.
    pub to: Vec<String>,
    /// The worst of what the differences mean for a live move.
    #[schemars(with = "Bearing")]
    pub bearing: &'static str,
    /// What differs, is doubtful, or is not known.
    pub differences: Vec<DifferenceRecord>,
}

/// In what they differ.
#[derive(Debug, Serialize, JsonSchema)]
pub struct DifferenceRecord {
    /// What it is about, such as `processor` or `page sizes`.
    pub aspect: &'static str,
    /// What it means for a live move.
    #[schemars(with = "Bearing")]
    pub bearing: &'static str,
    /// What the source is; `null` where it is not known.
    pub source: Option<String>,
    /// The place that says so: file, line and column, with colons between; `null` where it is not known.
    pub source_at: Option<String>,
    /// What the destination is; `null` where it is not known.
    pub destination: Option<String>,
    /// The place that says so; `null` where it is not known, and for ways among hosts that are alike.
    pub destination_at: Option<String>,
    /// What the source has and the destination lacks, by name; empty where the values are no lists.
    pub lost: Vec<String>,
    /// Why, for people; `null` where the values alone say it.
    pub note: Option<String>,
    /// What would change it; `null` where nothing would, or where something is not known.
    pub remedy: Option<&'static str>,
    /// The command that would tell what is not known; `null` where all is.
    pub would_tell: Option<&'static str>,
}

/// Where a place in a document of a host is: file, line, column.
pub type Locate<'l> = &'l dyn Fn(&str, Place) -> String;

/// The ARM hosts for programs; `None` where there is none.
pub fn arm_record(found: &ArmGroups, locate: Locate<'_>) -> Option<ArmRecord> {
    let class = |(at, hosts): (usize, &Vec<String>)| ArmClassRecord {
        hosts: hosts.clone(),
        facts: found.among(at).map(|among| facts(among, &hosts[0], locate)).unwrap_or_default(),
    };
    let telling = |edge: &&ArmEdge| edge.from != edge.to || found.classes[edge.from].len() > 1;
    let edges = found.edges.iter().filter(telling).map(|edge| edge_record(found, edge, locate));
    (!found.classes.is_empty()).then(|| ArmRecord {
        classes: found.classes.iter().enumerate().map(class).collect(),
        groups: found.free_hosts(),
        edges: edges.filter(|edge| edge.from != edge.to || edge.bearing != word(Bearing::Agrees)).collect(),
    })
}

fn facts(among: &ArmEdge, host: &str, locate: Locate<'_>) -> Vec<ArmFactRecord> {
    let fact = |difference: &Difference| ArmFactRecord {
        aspect: difference.aspect.as_str(),
        value: difference.source.value().cloned(),
        at: difference.source.place().map(|place| locate(host, place)),
        place: difference.source.place(),
        would_tell: difference.source.ask().err().map(DocumentKind::command),
    };
    among.differences.iter().map(fact).collect()
}

fn edge_record(found: &ArmGroups, edge: &ArmEdge, locate: Locate<'_>) -> ArmEdgeRecord {
    let (from, to) = (&found.classes[edge.from], &found.classes[edge.to]);
    // Among hosts of one class, the first has its place to itself.
    let other = if edge.from == edge.to { None } else { Some(to[0].as_str()) };
    let against = edge.differences.iter().filter(|difference| difference.bearing != Bearing::Agrees);
    ArmEdgeRecord {
        from: from.clone(),
        to: to.clone(),
        bearing: word(edge.bearing),
        differences: against.map(|one| difference(one, (&from[0], other), locate)).collect(),
    }
}

fn difference(one: &Difference, (from, to): (&str, Option<&str>), locate: Locate<'_>) -> DifferenceRecord {
    let unknown = |fact: &Fact<String>| fact.ask().err();
    let document = unknown(&one.source).or_else(|| unknown(&one.destination));
    DifferenceRecord {
        aspect: one.aspect.as_str(),
        bearing: word(one.bearing),
        source: one.source.value().cloned(),
        source_at: one.source.place().map(|place| locate(from, place)),
        destination: one.destination.value().cloned(),
        destination_at: to.and_then(|to| Some(locate(to, one.destination.place()?))),
        lost: one.lost.iter().map(|&name| name.into()).collect(),
        note: one.note.clone(),
        remedy: remedy(one.aspect).filter(|_| one.bearing != Bearing::Unknown),
        would_tell: document.map(DocumentKind::command),
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
    for class in &arm.classes {
        out.push_str(&class_lines(class));
    }
    for edge in &arm.edges {
        out.push_str(&edge_lines(edge));
    }
    out
}

/// Of the names of cores the line with the revisions is enough.
fn class_lines(class: &ArmClassRecord) -> String {
    let mut out = format!("  {}\n", class.hosts.join(", "));
    let told = |fact: &&ArmFactRecord| fact.aspect != Aspect::Core.as_str() || fact.value.is_none();
    for fact in class.facts.iter().filter(told) {
        let value = match (&fact.value, fact.would_tell) {
            (Some(value), _) => value.clone(),
            (None, command) => format!("not known; `{}` would tell", command.unwrap_or_default()),
        };
        let _ = writeln!(out, "    {}: {value}", fact.aspect);
    }
    out
}

fn edge_lines(edge: &ArmEdgeRecord) -> String {
    let way = if edge.from == edge.to {
        format!("among {}", edge.from.join(", "))
    } else {
        format!("{} -> {}", edge.from.join(", "), edge.to.join(", "))
    };
    let verdict = match edge.bearing {
        "agrees" => "free",
        "doubts" => "nothing bars it, some things are doubtful",
        "unknown" => "not known",
        _ => "not live",
    };
    let mut out = format!("  {way}: {verdict}\n");
    for one in &edge.differences {
        let _ = writeln!(out, "    {} {}: {}", one.bearing, one.aspect, told(one));
        let places = [&one.source_at, &one.destination_at].into_iter().flatten();
        let places: Vec<&str> = places.map(String::as_str).collect();
        if !places.is_empty() {
            let _ = writeln!(out, "      {}", places.join(", "));
        }
        if let Some(remedy) = one.remedy {
            let _ = writeln!(out, "      {remedy}");
        }
    }
    out
}

fn told(one: &DifferenceRecord) -> String {
    if one.bearing == word(Bearing::Unknown) {
        return format!("not known; `{}` would tell", one.would_tell.unwrap_or_default());
    }
    let shown = |value: &Option<String>| value.clone().unwrap_or_default();
    let mut told = vec![match (shown(&one.source), shown(&one.destination)) {
        (from, to) if from == to => from,
        (from, to) => format!("{from} here, {to} there"),
    }];
    if !one.lost.is_empty() {
        told.push(format!("lost: {}", one.lost.join(", ")));
    }
    told.extend(one.note.clone());
    told.join("; ")
}

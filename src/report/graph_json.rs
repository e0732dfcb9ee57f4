//! The compatibility graph for programs.

use schemars::JsonSchema;
use serde::Serialize;

use crate::compat::{Chart, HostEdge, Reach, Verdict};

/// The version of the form that is written.
pub(super) const VERSION: u32 = 1;

/// Who can go where, room and disks apart.
#[derive(Debug, Serialize, JsonSchema)]
pub struct GraphDocument {
    /// What the document is: `portolan-graph`.
    pub format: &'static str,
    /// The version of its form; a program refuses one that it does not know.
    pub version: u32,
    /// The name of the cluster.
    pub cluster: String,
    /// The classes of hosts that offer the same: their names. Other fields name a class by its place in this list,
    /// from 0.
    pub host_classes: Vec<Vec<String>>,
    /// The classes of guests that need the same: their names. Other fields name a class by its place in this list,
    /// from 0.
    pub guest_classes: Vec<Vec<String>>,
    /// What becomes of each class of guests on each class of hosts.
    pub verdicts: Vec<ClassVerdict>,
    /// How many guests can go from one class of hosts to another.
    pub edges: Vec<EdgeRecord>,
    /// The classes of hosts among which guests move live to and fro, by their places in `host_classes`: a list for
    /// each group.
    pub live_groups: Vec<Vec<usize>>,
    /// The edges along which guests move live one way only: from and to, as places in `host_classes`.
    pub one_way: Vec<(usize, usize)>,
    /// Guests that can reach no other host.
    pub islands: Vec<String>,
    /// Guests that can reach one other host only.
    pub single_target: Vec<String>,
}

/// A class of guests on a class of hosts.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ClassVerdict {
    /// The class of guests: its place in `guest_classes`.
    pub guests: usize,
    /// The class of hosts: its place in `host_classes`.
    pub hosts: usize,
    /// The gentlest mode that is certain, or that none is; room and disks apart.
    #[schemars(with = "Verdict")]
    pub verdict: &'static str,
}

/// How many guests of one class of hosts can go to another.
#[derive(Debug, Serialize, JsonSchema)]
pub struct EdgeRecord {
    /// The class of hosts they are on: its place in `host_classes`.
    pub from: usize,
    /// The class of hosts they would go to: its place in `host_classes`.
    pub to: usize,
    /// How many guests can move live.
    pub live: usize,
    /// How many can move shut down only.
    pub cold: usize,
    /// How many can be rebuilt.
    pub rebuild: usize,
    /// Of how many nothing is certain.
    pub unknown: usize,
    /// How many cannot get there.
    pub impossible: usize,
}

/// The graph of a chart.
pub fn graph(chart: &Chart<'_>, reach: &Reach) -> GraphDocument {
    let cluster = chart.cluster;
    let host_names =
        |hosts: &Vec<usize>| hosts.iter().map(|&host| cluster.hosts[host].name.clone()).collect();
    let guest_names =
        |guests: &Vec<usize>| guests.iter().map(|&guest| cluster.guests[guest].name.clone()).collect();
    let with_targets = |count: usize| -> Vec<String> {
        let guests = (0..cluster.guests.len()).filter(|&guest| chart.targets(guest).len() == count);
        guests.map(|guest| cluster.guests[guest].name.clone()).collect()
    };
    let verdicts = reach.edges().iter();
    let verdicts =
        verdicts.map(|e| ClassVerdict { guests: e.guests, hosts: e.hosts, verdict: e.verdict.as_str() });
    GraphDocument {
        format: "portolan-graph",
        version: VERSION,
        cluster: cluster.name.clone(),
        host_classes: chart.host_classes.iter().map(|class| host_names(&class.hosts)).collect(),
        guest_classes: chart.guest_classes.iter().map(|class| guest_names(&class.guests)).collect(),
        verdicts: verdicts.collect(),
        edges: reach.host_edges().iter().map(edge).collect(),
        live_groups: reach.live_groups(),
        one_way: reach.one_way().iter().map(|edge| (edge.from, edge.to)).collect(),
        islands: with_targets(0),
        single_target: with_targets(1),
    }
}

fn edge(edge: &HostEdge) -> EdgeRecord {
    EdgeRecord {
        from: edge.from,
        to: edge.to,
        live: edge.count(Verdict::Live),
        cold: edge.count(Verdict::Cold),
        rebuild: edge.count(Verdict::Rebuild),
        unknown: edge.count(Verdict::Unknown),
        impossible: edge.count(Verdict::Impossible),
    }
}

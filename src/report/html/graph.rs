//! The compatibility graph, and the same in tables.

use std::collections::BTreeSet;

use askama::Template;

use super::links::{Linked, Links};
use super::names::Names;
use super::pictured::Pictured;
use crate::compat::{HostEdge, Verdict};
use crate::report::islands::islands;

/// Rows of the table.
const ROWS: usize = 150;
/// Guests that are named.
const ISLANDS: usize = 30;

#[derive(Template)]
#[template(path = "html/graph.html")]
pub(super) struct GraphSection {
    picture: String,
    groups: Vec<Names>,
    islands: Vec<Linked>,
    more_islands: usize,
    /// Hosts whose guests can go to no other box.
    shut_in: Vec<String>,
    /// What stands for the verdicts in the chart's filter.
    letters: [&'static str; 5],
    edges: Vec<EdgeLine>,
    more: usize,
}

struct EdgeLine {
    from: String,
    to: String,
    /// The first of the hosts that it leads to.
    first: String,
    counts: [usize; 5],
    one_way: bool,
}

/// Classes of hosts with guests of which none can go to another class.
fn shut_in(edges: &[HostEdge]) -> impl Iterator<Item = usize> {
    let from: BTreeSet<usize> = edges.iter().map(|edge| edge.from).collect();
    let leaves = |edge: &HostEdge| {
        [Verdict::Live, Verdict::Cold, Verdict::Rebuild, Verdict::Unknown]
            .iter()
            .any(|one| edge.count(*one) > 0)
    };
    from.into_iter().filter(move |&class| !edges.iter().any(|edge| edge.from == class && leaves(edge)))
}

/// The hosts whose guests can go to no other box.
pub(super) fn shut_in_hosts(shown: &Pictured<'_>) -> Vec<String> {
    hosts_of(shown, &shut_in(&shown.reach.host_edges()).collect::<Vec<_>>())
}

/// The hosts of some classes.
pub(super) fn hosts_of(shown: &Pictured<'_>, classes: &[usize]) -> Vec<String> {
    let all = classes.iter().flat_map(|&class| &shown.chart.host_classes[class].hosts);
    all.map(|&host| shown.chart.cluster.hosts[host].name.clone()).collect()
}

impl GraphSection {
    pub(super) fn new(shown: &Pictured<'_>, links: &Links, picture: String) -> Self {
        let cluster = shown.chart.cluster;
        let hosts = |classes: &[usize]| hosts_of(shown, classes);
        let one_way = shown.reach.one_way();
        let edges = shown.reach.host_edges();
        let line = |edge: &HostEdge| EdgeLine {
            from: Names::of(&hosts(&[edge.from]), 2).shown,
            to: Names::of(&hosts(&[edge.to]), 2).shown,
            first: hosts(&[edge.to]).swap_remove(0),
            counts: Verdict::ALL.map(|verdict| edge.count(verdict)),
            one_way: one_way.contains(edge),
        };
        let nowhere = islands(shown.chart);
        let linked = |&guest: &usize| links.guest(&cluster.guests[guest].name);
        Self {
            picture,
            shut_in: shut_in(&edges).map(|class| Names::of(&hosts(&[class]), 4).shown).collect(),
            letters: ["l", "c", "r", "u", "i"],
            groups: shown.reach.live_groups().iter().map(|group| Names::of(&hosts(group), 8)).collect(),
            islands: nowhere.iter().take(ISLANDS).map(linked).collect(),
            more_islands: nowhere.len().saturating_sub(ISLANDS),
            more: edges.len().saturating_sub(ROWS),
            edges: edges.iter().take(ROWS).map(line).collect(),
        }
    }
}

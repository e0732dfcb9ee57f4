//! The compatibility graph, and the same in tables.

use askama::Template;

use super::links::{Linked, Links};
use super::names::Names;
use super::pictured::Pictured;
use crate::compat::Verdict;
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
    edges: Vec<EdgeLine>,
    more: usize,
}

struct EdgeLine {
    from: String,
    to: String,
    counts: [usize; 5],
    one_way: bool,
}

impl GraphSection {
    pub(super) fn new(shown: &Pictured<'_>, links: &Links, picture: String) -> Self {
        let cluster = shown.chart.cluster;
        let hosts = |classes: &[usize]| -> Vec<String> {
            let all = classes.iter().flat_map(|&class| &shown.chart.host_classes[class].hosts);
            all.map(|&host| cluster.hosts[host].name.clone()).collect()
        };
        let one_way = shown.reach.one_way();
        let edges = shown.reach.host_edges();
        let line = |edge: &crate::compat::HostEdge| EdgeLine {
            from: Names::of(&hosts(&[edge.from]), 2).shown,
            to: Names::of(&hosts(&[edge.to]), 2).shown,
            counts: Verdict::ALL.map(|verdict| edge.count(verdict)),
            one_way: one_way.contains(edge),
        };
        let nowhere = islands(shown.chart);
        let linked = |&guest: &usize| links.guest(&cluster.guests[guest].name);
        Self {
            picture,
            groups: shown.reach.live_groups().iter().map(|group| Names::of(&hosts(group), 8)).collect(),
            islands: nowhere.iter().take(ISLANDS).map(linked).collect(),
            more_islands: nowhere.len().saturating_sub(ISLANDS),
            more: edges.len().saturating_sub(ROWS),
            edges: edges.iter().take(ROWS).map(line).collect(),
        }
    }
}

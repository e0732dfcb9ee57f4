//! The graph of verdicts over classes, and what is read off it.

use petgraph::algo::tarjan_scc;
use petgraph::graph::{DiGraph, NodeIndex};

use super::chart::Chart;
use super::class::{GuestIndex, HostIndex};
use super::verdict::Verdict;

/// A class of guests on a class of hosts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Edge {
    /// The class of guests.
    pub guests: usize,
    /// The class of hosts.
    pub hosts: usize,
    /// What becomes of the move, room and disks apart.
    pub verdict: Verdict,
}

/// How many guests of one class of hosts can go to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct HostEdge {
    /// Where the guests are.
    pub from: usize,
    /// Where they would go.
    pub to: usize,
    /// How many of them have each verdict, in the order of [`Verdict::ALL`].
    pub guests: [usize; 5],
}

impl HostEdge {
    /// How many guests have this verdict.
    pub fn count(&self, verdict: Verdict) -> usize {
        Verdict::ALL.iter().position(|&v| v == verdict).map_or(0, |at| self.guests[at])
    }
}

/// The compatibility graph: classes of guests and hosts, and which can reach which.
pub struct Reach {
    graph: DiGraph<usize, HostEdge>,
    edges: Vec<Edge>,
}

impl Reach {
    /// Builds the graph of a chart.
    pub fn new(chart: &Chart<'_>) -> Self {
        let mut edges = Vec::new();
        let columns = chart.host_classes.len();
        for guests in 0..chart.guest_classes.len() {
            edges.extend((0..columns).map(|hosts| Edge {
                guests,
                hosts,
                verdict: chart.assess_classes(guests, hosts).verdict(),
            }));
        }
        Self { graph: host_graph(chart, &edges), edges }
    }

    /// What becomes of each class of guests on each class of hosts, in order.
    pub fn edges(&self) -> &[Edge] {
        &self.edges
    }

    /// The directed edges between classes of hosts that have guests, in order.
    pub fn host_edges(&self) -> Vec<HostEdge> {
        let mut edges: Vec<_> = self.graph.edge_weights().copied().collect();
        edges.sort_unstable();
        edges
    }

    /// Classes of hosts among which guests move live to and fro, each group ascending.
    pub fn live_groups(&self) -> Vec<Vec<usize>> {
        let live = self
            .graph
            .filter_map(|_, &class| Some(class), |_, edge| (edge.count(Verdict::Live) > 0).then_some(()));
        let mut groups: Vec<Vec<usize>> = tarjan_scc(&live).into_iter().map(|g| classes(&live, &g)).collect();
        groups.sort_unstable();
        groups
    }

    /// Edges along which guests move live one way, and none the other, though there are guests
    /// that could.
    pub fn one_way(&self) -> Vec<HostEdge> {
        let edges = self.host_edges();
        let live =
            |from, to| edges.iter().find(|e| (e.from, e.to) == (from, to)).map(|e| e.count(Verdict::Live));
        edges
            .iter()
            .filter(|e| e.count(Verdict::Live) > 0 && live(e.to, e.from) == Some(0))
            .copied()
            .collect()
    }
}

fn classes<E>(graph: &DiGraph<usize, E>, nodes: &[NodeIndex]) -> Vec<usize> {
    let mut classes: Vec<_> = nodes.iter().filter_map(|&node| graph.node_weight(node).copied()).collect();
    classes.sort_unstable();
    classes
}

fn host_graph(chart: &Chart<'_>, edges: &[Edge]) -> DiGraph<usize, HostEdge> {
    let mut graph = DiGraph::new();
    let nodes: Vec<_> = (0..chart.host_classes.len()).map(|class| graph.add_node(class)).collect();
    let columns = nodes.len();
    let mut counts = vec![[0_usize; 5]; columns * columns];
    for edge in edges {
        let class = &chart.guest_classes[edge.guests];
        let verdict = Verdict::ALL.iter().position(|&v| v == edge.verdict).unwrap_or(0);
        if let Some(from) = class.source {
            counts[from * columns + edge.hosts][verdict] += class.guests.len();
        }
    }
    for (at, &guests) in counts.iter().enumerate() {
        let (from, to) = (at / columns, at % columns);
        if from != to && guests.iter().any(|&count| count > 0) {
            graph.add_edge(nodes[from], nodes[to], HostEdge { from, to, guests });
        }
    }
    graph
}

impl Chart<'_> {
    /// The hosts a guest can reach, its own left out, with the verdict for each.
    pub fn targets(&self, guest: GuestIndex) -> Vec<(HostIndex, Verdict)> {
        let home = self.home(guest);
        let others = (0..self.cluster.hosts.len()).filter(|&host| Some(host) != home);
        let verdicts = others.map(|host| (host, self.verdict(guest, host)));
        verdicts.filter(|(_, v)| matches!(v, Verdict::Live | Verdict::Cold | Verdict::Rebuild)).collect()
    }
}

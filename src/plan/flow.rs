//! What fits, were guests as divisible as water: a maximum flow from guests to hosts, whose smallest cut is the proof where it is
//! less than what must flow (Hall's theorem; max-flow min-cut).

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use petgraph::algo::dinics;
use petgraph::graph::{DiGraph, NodeIndex};
use petgraph::visit::EdgeRef;

use crate::compat::HostIndex;

/// What something takes, and of which hosts it may take it.
pub(super) struct Demand {
    /// How much.
    pub(super) amount: u64,
    /// The hosts, as a line of a list.
    pub(super) line: usize,
}

/// Demands that are confined to hosts which offer less.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Violator {
    /// The demands, by index, ascending.
    pub(super) demands: Vec<usize>,
    /// The hosts, ascending.
    pub(super) hosts: Vec<HostIndex>,
    /// How much is lacking in any case.
    pub(super) lacking: u64,
}

/// The demands and hosts for which most is lacking; `None` where all flows. The hosts of each line ascend. Demands of the same line
/// are one node, and so are hosts of the same demands.
pub(super) fn violator(demands: &[Demand], lines: &[Vec<HostIndex>], offers: &[u64]) -> Option<Violator> {
    let mut groups: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (at, demand) in demands.iter().enumerate() {
        groups.entry(demand.line).or_default().push(at);
    }
    let groups: Vec<(&[HostIndex], Vec<usize>)> =
        groups.into_iter().map(|(line, of)| (&lines[line][..], of)).collect();
    let sum = |of: &[usize]| of.iter().fold(0_u64, |sum, &at| sum.saturating_add(demands[at].amount));
    let network = Network::new(&groups, offers, &sum);
    let lacking =
        groups.iter().fold(0_u64, |all, (_, of)| all.saturating_add(sum(of))).checked_sub(network.flow)?;
    if lacking == 0 {
        return None;
    }
    let cut = network.cut();
    let confined = groups.iter().zip(cut).filter(|(_, cut)| *cut).map(|(group, _)| group);
    let (mut found, mut hosts) = (Vec::new(), BTreeSet::new());
    for (of, members) in confined {
        found.extend(members);
        hosts.extend(of.iter().copied());
    }
    found.sort_unstable();
    Some(Violator { demands: found, hosts: hosts.into_iter().collect(), lacking })
}

/// From a source to groups of demands, to groups of hosts, to a sink, with the greatest flow.
struct Network {
    graph: DiGraph<(), u64>,
    source: NodeIndex,
    groups: Vec<NodeIndex>,
    flow: u64,
    flows: Vec<u64>,
}

impl Network {
    fn new(groups: &[(&[HostIndex], Vec<usize>)], offers: &[u64], sum: &dyn Fn(&[usize]) -> u64) -> Self {
        let mut graph = DiGraph::new();
        let (source, sink) = (graph.add_node(()), graph.add_node(()));
        let mut by_host: BTreeMap<HostIndex, Vec<usize>> = BTreeMap::new();
        for (at, (hosts, _)) in groups.iter().enumerate() {
            hosts.iter().for_each(|&host| by_host.entry(host).or_default().push(at));
        }
        let mut classes: BTreeMap<Vec<usize>, u64> = BTreeMap::new();
        for (host, of) in by_host {
            let offer = classes.entry(of).or_default();
            *offer = offer.saturating_add(offers[host]);
        }
        let nodes: Vec<NodeIndex> = groups.iter().map(|_| graph.add_node(())).collect();
        for (node, (_, members)) in nodes.iter().zip(groups) {
            graph.add_edge(source, *node, sum(members));
        }
        for (of, offer) in classes {
            let class = graph.add_node(());
            graph.add_edge(class, sink, offer);
            for group in of {
                graph.add_edge(nodes[group], class, sum(&groups[group].1));
            }
        }
        let (flow, flows) = dinics(&graph, source, sink);
        Self { graph, source, groups: nodes, flow, flows }
    }

    /// By group: whether it is on the source's side of the smallest cut, which is what more could still flow to.
    fn cut(&self) -> Vec<bool> {
        let mut seen = vec![false; self.graph.node_count()];
        seen[self.source.index()] = true;
        let mut queue = VecDeque::from([self.source]);
        while let Some(node) = queue.pop_front() {
            let out = self.graph.edges(node).filter(|edge| self.flows[edge.id().index()] < *edge.weight());
            let back = self.graph.edges_directed(node, petgraph::Incoming);
            let back = back.filter(|edge| self.flows[edge.id().index()] > 0).map(|edge| edge.source());
            for next in out.map(|edge| edge.target()).chain(back) {
                if !std::mem::replace(&mut seen[next.index()], true) {
                    queue.push_back(next);
                }
            }
        }
        self.groups.iter().map(|node| seen[node.index()]).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_is_lacking_is_the_most_that_any_set_of_hosts_lacks(
            demands in prop::collection::vec((0_u64..50, prop::collection::btree_set(0_usize..6, 1..5)), 0..12),
            offers in prop::collection::vec(0_u64..80, 6),
        ) {
            let lines: Vec<Vec<usize>> =
                demands.iter().map(|(_, hosts)| hosts.iter().copied().collect()).collect();
            let same = |line: usize| lines.iter().position(|other| *other == lines[line]).unwrap_or(line);
            let demand = |(line, (amount, _))| Demand { amount, line: same(line) };
            let demands: Vec<Demand> = demands.into_iter().enumerate().map(demand).collect();
            let lacks = |set: u32| {
                let inside = |hosts: &[usize]| hosts.iter().all(|host| set >> host & 1 == 1);
                let needed: u64 = demands.iter().filter(|one| inside(&lines[one.line])).map(|one| one.amount).sum();
                let offered: u64 = (0..6).filter(|host| set >> host & 1 == 1).map(|host| offers[host]).sum();
                needed.saturating_sub(offered)
            };
            let most = (0..64).map(lacks).max().unwrap_or(0);
            let found = violator(&demands, &lines, &offers);
            prop_assert_eq!(found.as_ref().map_or(0, |found| found.lacking), most);
            if let Some(found) = found {
                let set = found.hosts.iter().fold(0, |set, host| set | 1 << host);
                prop_assert_eq!(lacks(set), most);
                let needed: u64 = found.demands.iter().map(|&at| demands[at].amount).sum();
                let offered: u64 = found.hosts.iter().map(|&host| offers[host]).sum();
                prop_assert_eq!(needed - offered, most);
            }
        }
    }
}

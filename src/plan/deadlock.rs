//! Hosts that wait for one another.

use std::collections::BTreeSet;

use petgraph::algo::tarjan_scc;
use petgraph::graph::DiGraph;

use crate::compat::HostIndex;

/// The sets of hosts that wait for none but one another, each ascending. `waits` has an edge from
/// the host a guest is on to the host that must make room for it, or none where it is on no host.
///
/// Nothing outside such a set can free anything in it: what goes to it never will.
pub(super) fn closed_sets(waits: &[(Option<HostIndex>, HostIndex)]) -> Vec<Vec<HostIndex>> {
    let hosts: BTreeSet<HostIndex> =
        waits.iter().flat_map(|&(from, to)| from.into_iter().chain([to])).collect();
    let names: Vec<HostIndex> = hosts.into_iter().collect();
    let mut graph: DiGraph<HostIndex, ()> = DiGraph::new();
    let nodes: Vec<_> = names.iter().map(|&host| graph.add_node(host)).collect();
    for &(from, to) in waits {
        let at = |host: HostIndex| names.binary_search(&host).ok().map(|at| nodes[at]);
        if let (Some(from), Some(to)) = (from.and_then(at), at(to)) {
            graph.update_edge(from, to, ());
        }
    }
    let closed = |set: &Vec<_>| set.iter().all(|&node| graph.neighbors(node).all(|next| set.contains(&next)));
    let mut found: Vec<Vec<HostIndex>> = tarjan_scc(&graph)
        .iter()
        .filter(|set| closed(set))
        .map(|set| set.iter().filter_map(|&node| graph.node_weight(node).copied()).collect())
        .collect();
    for set in &mut found {
        set.sort_unstable();
    }
    found.sort_unstable();
    found
}

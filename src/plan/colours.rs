//! The fewest waves, room aside: an edge colouring of the moves between hosts.

use std::collections::{BTreeMap, BTreeSet};

use crate::compat::HostIndex;

/// One move: the host a guest is on, where it is on one, and the host it goes to.
pub(super) type Edge = (Option<HostIndex>, HostIndex);

/// By move: its wave, so that no host has more than `limit` moves in a wave and there are as few
/// waves as the busiest host allows (Kőnig: a bipartite graph has an edge colouring of as many
/// colours as the greatest degree). `None` where some host is both left and gone to.
pub(super) fn colours(edges: &[Edge], limit: usize) -> Option<Vec<usize>> {
    let from: BTreeSet<HostIndex> = edges.iter().filter_map(|edge| edge.0).collect();
    if limit == 0 || edges.iter().any(|edge| from.contains(&edge.1)) {
        return None;
    }
    let mut degrees: BTreeMap<HostIndex, usize> = BTreeMap::new();
    for host in edges.iter().flat_map(|edge| edge.0.into_iter().chain([edge.1])) {
        *degrees.entry(host).or_default() += 1;
    }
    let waves = degrees.values().map(|degree| degree.div_ceil(limit)).max()?;
    let mut colouring = Colouring { waves, at: Vec::new(), ends: split(edges, waves), colour: Vec::new() };
    let nodes = colouring.ends.iter().map(|&(a, b)| a.max(b) + 1).max()?;
    colouring.at = vec![vec![None; waves]; nodes];
    for edge in 0..edges.len() {
        colouring.add(edge)?;
    }
    Some(colouring.colour)
}

/// The ends of the moves, each host parted into as many as it may have moves at once, so that none
/// has more than `waves`.
fn split(edges: &[Edge], waves: usize) -> Vec<(usize, usize)> {
    let mut seen: BTreeMap<HostIndex, usize> = BTreeMap::new();
    let mut nodes: BTreeMap<(HostIndex, usize), usize> = BTreeMap::new();
    let mut fresh = 0;
    let mut node = |host: Option<HostIndex>| {
        let new = fresh;
        let Some(host) = host else {
            fresh += 1;
            return new;
        };
        let count = seen.entry(host).or_default();
        let found = *nodes.entry((host, *count / waves)).or_insert(new);
        *count += 1;
        fresh += usize::from(found == new);
        found
    };
    edges.iter().map(|&(from, to)| (node(from), node(Some(to)))).collect()
}

struct Colouring {
    waves: usize,
    /// By end and colour: the edge.
    at: Vec<Vec<Option<usize>>>,
    ends: Vec<(usize, usize)>,
    colour: Vec<usize>,
}

impl Colouring {
    fn free(&self, node: usize) -> Option<usize> {
        (0..self.waves).find(|&colour| self.at[node][colour].is_none())
    }

    /// Colours one more edge; where its ends have no colour free in common, the two colours are
    /// exchanged along the path that begins at the second end. The path cannot come to the first.
    fn add(&mut self, edge: usize) -> Option<()> {
        let (from, to) = self.ends[edge];
        let (wanted, other) = (self.free(from)?, self.free(to)?);
        if self.at[to][wanted].is_some() {
            self.exchange(to, wanted, other);
        }
        self.colour.push(wanted);
        self.set(edge, wanted);
        Some(())
    }

    fn exchange(&mut self, start: usize, first: usize, second: usize) {
        let (mut node, mut colour, mut path) = (start, first, Vec::new());
        while let Some(edge) = self.at[node][colour] {
            path.push(edge);
            let (from, to) = self.ends[edge];
            node = if node == from { to } else { from };
            colour = if colour == first { second } else { first };
        }
        for &edge in &path {
            let (from, to) = self.ends[edge];
            let was = self.colour[edge];
            self.at[from][was] = None;
            self.at[to][was] = None;
        }
        for edge in path {
            self.colour[edge] = if self.colour[edge] == first { second } else { first };
            self.set(edge, self.colour[edge]);
        }
    }

    fn set(&mut self, edge: usize, colour: usize) {
        let (from, to) = self.ends[edge];
        self.at[from][colour] = Some(edge);
        self.at[to][colour] = Some(edge);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn no_host_has_more_than_its_limit_and_waves_are_fewest(
            edges in prop::collection::vec((prop::option::weighted(0.9, 0_usize..6), 6_usize..12), 1..60),
            limit in 1_usize..4,
        ) {
            let found = colours(&edges, limit).unwrap();
            let at = |host: usize| {
                let of = |(at, edge): (usize, &Edge)| (edge.0 == Some(host) || edge.1 == host).then_some(found[at]);
                edges.iter().enumerate().filter_map(of).collect::<Vec<usize>>()
            };
            let busiest = (0..12).map(|host| at(host).len().div_ceil(limit)).max().unwrap();
            prop_assert!(found.iter().all(|&wave| wave < busiest));
            for host in 0..12 {
                let of_host = at(host);
                for wave in 0..busiest {
                    prop_assert!(of_host.iter().filter(|&&w| w == wave).count() <= limit);
                }
            }
        }
    }

    #[test]
    fn a_host_that_is_left_and_gone_to_is_not_bipartite() {
        assert_eq!(colours(&[(Some(0), 1), (Some(1), 2)], 2), None);
        assert_eq!(colours(&[], 2), None);
        assert_eq!(colours(&[(Some(0), 1)], 0), None);
        assert_eq!(colours(&[(Some(0), 1), (None, 1)], usize::MAX), Some(vec![0, 0]));
    }
}

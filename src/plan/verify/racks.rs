//! Which hosts are in one rack, worked out a second time.

use std::collections::BTreeMap;

use crate::compat::HostIndex;
use crate::model::Cluster;

/// The racks; a host in none is one of its own.
pub(super) struct RackMap {
    /// By host: the number of its rack.
    of: Vec<usize>,
    /// By rack: its hosts, and what it is called.
    racks: Vec<(Vec<HostIndex>, String)>,
}

impl RackMap {
    pub(super) fn new(cluster: &Cluster) -> Self {
        let mut by_name: BTreeMap<String, Vec<HostIndex>> = BTreeMap::new();
        for (at, host) in cluster.hosts.iter().enumerate() {
            let rack = cluster.settings.racks.get(&host.name);
            let name = rack.map_or_else(
                || format!("the rack of host '{}'", host.name),
                |rack| format!("rack '{}'", rack.value),
            );
            by_name.entry(name).or_default().push(at);
        }
        let mut of = vec![0; cluster.hosts.len()];
        for (rack, hosts) in by_name.values().enumerate() {
            for &host in hosts {
                of[host] = rack;
            }
        }
        Self { of, racks: by_name.into_iter().map(|(name, hosts)| (hosts, name)).collect() }
    }

    /// The hosts of the rack that a host is in.
    pub(super) fn beside(&self, host: HostIndex) -> &[HostIndex] {
        &self.racks[self.of[host]].0
    }

    /// What that rack is called.
    pub(super) fn name(&self, host: HostIndex) -> &str {
        &self.racks[self.of[host]].1
    }

    /// What is said of a rack with too many moves.
    pub(super) fn too_many(&self, rack: usize, moves: usize, most: usize) -> String {
        format!("{moves} moves leave or come to {} at once; {most} are allowed", self.racks[rack].1)
    }

    /// The racks that a move has to do with; where it leaves none, that one.
    pub(super) fn of_move(&self, from: Option<HostIndex>, to: HostIndex) -> Vec<usize> {
        let mut racks: Vec<usize> = from.into_iter().chain([to]).map(|host| self.of[host]).collect();
        racks.dedup();
        racks
    }
}

/// How many moves that run have to do with each rack, and how many may.
pub(super) struct RackMoves {
    racks: RackMap,
    running: Vec<usize>,
    most: usize,
}

impl RackMoves {
    pub(super) fn new(cluster: &Cluster) -> Self {
        let racks = RackMap::new(cluster);
        let most = cluster.settings.moves_per_rack.unwrap_or(usize::MAX);
        Self { running: vec![0; racks.racks.len()], racks, most }
    }

    pub(super) fn start(&mut self, from: Option<HostIndex>, to: HostIndex) {
        self.racks.of_move(from, to).into_iter().for_each(|rack| self.running[rack] += 1);
    }

    pub(super) fn end(&mut self, from: Option<HostIndex>, to: HostIndex) {
        let fewer = |rack: usize| self.running[rack] = self.running[rack].saturating_sub(1);
        self.racks.of_move(from, to).into_iter().for_each(fewer);
    }

    /// What is said of the racks of a move that have more of them than may be.
    pub(super) fn too_many(&self, from: Option<HostIndex>, to: HostIndex) -> Vec<String> {
        let full = self.racks.of_move(from, to).into_iter().filter(|&rack| self.running[rack] > self.most);
        full.map(|rack| self.racks.too_many(rack, self.running[rack], self.most)).collect()
    }
}

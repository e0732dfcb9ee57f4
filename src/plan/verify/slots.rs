//! How much of what moves hold while they run is held by a wave, all of whose moves run at once.

use std::collections::BTreeMap;

use super::racks::RackMap;
use super::violation::ViolationKind as Kind;
use crate::compat::HostIndex;
use crate::model::{Cluster, Settings};

/// Whether a host may not have so many guests leaving and coming at the same time.
pub(super) fn too_many(settings: &Settings, [leaving, coming]: [usize; 2]) -> bool {
    let over = |count: usize, limit: Option<usize>| limit.is_some_and(|limit| count > limit);
    leaving + coming > settings.moves_per_host
        || over(leaving, settings.moves_out_per_host)
        || over(coming, settings.moves_in_per_host)
}

/// What a host's link carries each way, in KiB/s: a Gigabit where nothing is said.
pub(super) fn link(settings: &Settings) -> u128 {
    u128::from(settings.migration_mbit.unwrap_or(1_000)) * 1_000_000 / 8 / 1_024
}

/// A move that runs: from where, where to, and the rate that is reserved for it.
pub(super) type Running = (Option<HostIndex>, HostIndex, u64);

/// What is wrong where these moves run at once.
pub(super) fn wrong(cluster: &Cluster, racks: &RackMap, running: &[Running]) -> Vec<(Kind, String)> {
    let mut told = on_hosts(cluster, running);
    told.extend(in_racks(cluster, racks, running));
    if let Some(most) = cluster.settings.moves_at_once.filter(|most| running.len() > *most) {
        told.push((Kind::Moves, format!("{} moves run at once; {most} are allowed", running.len())));
    }
    told
}

fn on_hosts(cluster: &Cluster, running: &[Running]) -> Vec<(Kind, String)> {
    let mut hosts: BTreeMap<HostIndex, ([usize; 2], [u128; 2])> = BTreeMap::new();
    for &(from, to, rate) in running {
        for (host, way) in from.map(|from| (from, 0)).into_iter().chain([(to, 1)]) {
            let (moves, rates) = hosts.entry(host).or_default();
            moves[way] += 1;
            rates[way] += u128::from(rate);
        }
    }
    let (mut told, carries) = (Vec::new(), link(&cluster.settings));
    for (host, (moves, rates)) in hosts {
        let (name, [leaving, coming]) = (&cluster.hosts[host].name, moves);
        if too_many(&cluster.settings, moves) {
            let text = format!(
                "host '{name}' has more moves at once than are allowed: {leaving} leaving, {coming} coming"
            );
            told.push((Kind::Moves, text));
        }
        if rates.iter().any(|&rate| rate > carries) {
            let text = format!("the link of host '{name}' carries less than is reserved on it");
            told.push((Kind::Network, text));
        }
    }
    told
}

fn in_racks(cluster: &Cluster, racks: &RackMap, running: &[Running]) -> Vec<(Kind, String)> {
    let Some(most) = cluster.settings.moves_per_rack else { return Vec::new() };
    let mut moves: BTreeMap<usize, usize> = BTreeMap::new();
    for rack in running.iter().flat_map(|&(from, to, _)| racks.of_move(from, to)) {
        *moves.entry(rack).or_default() += 1;
    }
    let full = moves.into_iter().filter(|(_, count)| *count > most);
    full.map(|(rack, count)| (Kind::Moves, racks.too_many(rack, count, most))).collect()
}

//! Guests and hosts that may stand in each other's way by a name, a UUID or a port: few, and found by index.

use std::collections::BTreeSet;

use rayon::prelude::*;

use super::class::{GuestIndex, HostIndex};
use super::verdict::{Assessment, Packed};
use crate::model::{Cluster, Guest};

/// What a host and a guest may have in common.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Mark<'c> {
    Name(&'c str),
    Uuid(&'c str),
    Port(u16),
}

/// The hosts where a guest meets something of its own, with what that leaves possible; for each guest.
pub(super) struct Meetings(Vec<Vec<(HostIndex, Assessment)>>);

impl Meetings {
    /// Those of the cluster; `answer` says what is possible for a guest on a host.
    pub(super) fn new(
        cluster: &Cluster,
        answer: impl Fn(GuestIndex, HostIndex) -> Assessment + Sync,
    ) -> Self {
        let marks = marks(cluster);
        let of_guest = |guest: GuestIndex| {
            let hosts = candidates(&marks, &cluster.guests[guest]);
            hosts.into_iter().map(|host| (host, answer(guest, host))).collect()
        };
        Self((0..cluster.guests.len()).into_par_iter().map(of_guest).collect())
    }

    /// The hosts where a guest meets something of its own.
    pub(super) fn hosts(&self, guest: GuestIndex) -> impl Iterator<Item = HostIndex> {
        self.0[guest].iter().map(|&(host, _)| host)
    }

    /// What the rules of `Aspect::Identity` leave possible.
    pub(super) fn at(&self, guest: GuestIndex, host: HostIndex) -> Packed {
        let here = self.0[guest].iter().find(|(at, _)| *at == host);
        here.map_or(Assessment::POSSIBLE, |(_, assessment)| *assessment).packed()
    }
}

/// What the guests of hosts have, each with the host, in order.
fn marks(cluster: &Cluster) -> Vec<(Mark<'_>, HostIndex)> {
    let mut marks: Vec<(Mark<'_>, HostIndex)> = Vec::new();
    for (at, host) in cluster.hosts.iter().enumerate() {
        for resident in &host.residents {
            let uuid = resident.uuid.iter().map(|uuid| Mark::Uuid(&uuid.value));
            let ports = resident.displays.iter().filter_map(|display| display.value.port.map(Mark::Port));
            let all = uuid.chain(ports).chain([Mark::Name(&resident.name.value)]);
            marks.extend(all.map(|mark| (mark, at)));
        }
    }
    marks.par_sort_unstable();
    marks.dedup();
    marks
}

/// The hosts that have something of the guest's.
fn candidates(marks: &[(Mark<'_>, HostIndex)], guest: &Guest) -> BTreeSet<HostIndex> {
    let uuid = guest.uuid.iter().map(|uuid| Mark::Uuid(&uuid.value));
    let displays = &guest.running_reliance().displays;
    let ports = displays.iter().filter_map(|display| display.value.port.map(Mark::Port));
    let own = uuid.chain(ports).chain([Mark::Name(&guest.name)]);
    let hosts = |mark| {
        let first = marks.partition_point(|(other, _)| *other < mark);
        marks[first..].iter().take_while(move |(other, _)| *other == mark).map(|(_, host)| *host)
    };
    own.flat_map(hosts).collect()
}

//! Guests and hosts that may stand in each other's way by a name, a UUID or a port: few, and found by index.

use std::collections::{BTreeMap, BTreeSet};

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

/// The hosts by what their guests have.
fn marks(cluster: &Cluster) -> BTreeMap<Mark<'_>, BTreeSet<HostIndex>> {
    let mut marks: BTreeMap<Mark<'_>, BTreeSet<HostIndex>> = BTreeMap::new();
    for (at, host) in cluster.hosts.iter().enumerate() {
        for resident in &host.residents {
            let uuid = resident.uuid.iter().map(|uuid| Mark::Uuid(&uuid.value));
            let ports = resident.displays.iter().filter_map(|display| display.value.port.map(Mark::Port));
            for mark in uuid.chain(ports).chain([Mark::Name(&resident.name.value)]) {
                marks.entry(mark).or_default().insert(at);
            }
        }
    }
    marks
}

/// The hosts that have something of the guest's.
fn candidates(marks: &BTreeMap<Mark<'_>, BTreeSet<HostIndex>>, guest: &Guest) -> BTreeSet<HostIndex> {
    let uuid = guest.uuid.iter().map(|uuid| Mark::Uuid(&uuid.value));
    let displays = &guest.running_reliance().displays;
    let ports = displays.iter().filter_map(|display| display.value.port.map(Mark::Port));
    let own = uuid.chain(ports).chain([Mark::Name(&guest.name)]);
    own.filter_map(|mark| marks.get(&mark)).flatten().copied().collect()
}

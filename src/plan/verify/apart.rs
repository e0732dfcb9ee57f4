//! Guests of which only so many may be on one host, or in one rack, worked out a second time.

use std::collections::BTreeMap;

use super::groups::{Named, Set, alike};
use super::racks::RackMap;
use crate::compat::{GuestIndex, HostIndex};
use crate::model::{Area, Cluster, GroupPolicy};

/// A guest that comes to a host.
#[derive(Clone, Copy)]
pub(super) struct Arrival {
    pub(super) guest: GuestIndex,
    pub(super) from: Option<HostIndex>,
    pub(super) to: HostIndex,
}

/// A set of which no more than so many may be in one place.
struct Limited {
    set: Set,
    per: Area,
    at_most: usize,
}

/// The sets of guests to be apart, and which of them each guest is of.
pub(super) struct ApartSets {
    sets: Vec<Limited>,
    of: BTreeMap<GuestIndex, Vec<usize>>,
    racks: RackMap,
}

impl ApartSets {
    pub(super) fn new(cluster: &Cluster) -> Self {
        let limited = |set, per, at_most| Limited { set, per, at_most };
        let (named, mut sets) = (Named::new(cluster), Vec::<Limited>::new());
        for group in &cluster.settings.groups {
            if let GroupPolicy::Apart(apart) = group.policy {
                let set = (group.name.clone(), named.members(group));
                sets.push(limited(set, apart.per, apart.at_most));
            }
        }
        sets.extend(alike(cluster).into_iter().map(|set| limited(set, Area::Host, 1)));
        let mut of = BTreeMap::<_, Vec<usize>>::new();
        for (at, one) in sets.iter().enumerate() {
            for &guest in &one.set.1 {
                of.entry(guest).or_default().push(at);
            }
        }
        Self { sets, of, racks: RackMap::new(cluster) }
    }

    /// The sets of a guest that bear on racks, and the racks that it leaves or comes to.
    pub(super) fn racks_of(
        &self,
        guest: GuestIndex,
        from: Option<HostIndex>,
        to: HostIndex,
    ) -> Vec<(usize, usize)> {
        let racks = self.racks.of_move(from, to);
        if from.is_some() && racks.len() < 2 {
            return Vec::new();
        }
        let sets = self.of.get(&guest).into_iter().flatten().filter(|set| self.sets[**set].per == Area::Rack);
        sets.flat_map(|&set| racks.iter().map(move |&rack| (set, rack))).collect()
    }

    /// What is wrong where a guest arrives: `on` tells whether a guest is on a host by then, also who is to leave it.
    pub(super) fn broken(
        &self,
        arrival: Arrival,
        on: &dyn Fn(GuestIndex, HostIndex) -> bool,
        cluster: &Cluster,
    ) -> Vec<String> {
        let mut broken = Vec::new();
        for &at in self.of.get(&arrival.guest).into_iter().flatten() {
            let one = &self.sets[at];
            let hosts = match one.per {
                Area::Host => std::slice::from_ref(&arrival.to),
                Area::Rack => self.racks.beside(arrival.to),
            };
            if arrival.from.is_some_and(|from| hosts.contains(&from)) {
                continue;
            }
            let there = one.set.1.iter().filter(|&&guest| hosts.iter().any(|&host| on(guest, host))).count();
            if there > one.at_most {
                let (name, most, place) = (&one.set.0, one.at_most, self.place(one.per, arrival.to, cluster));
                broken
                    .push(format!("guests of '{name}', to be apart, are {place}: {there} of {most} at most"));
            }
        }
        broken
    }

    fn place(&self, per: Area, host: HostIndex, cluster: &Cluster) -> String {
        match per {
            Area::Host => format!("on host '{}'", cluster.hosts[host].name),
            Area::Rack => format!("in {}", self.racks.name(host)),
        }
    }
}

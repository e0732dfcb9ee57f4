//! What groups ask, worked out a second time.

use std::collections::{BTreeMap, BTreeSet};

use crate::compat::{GuestIndex, HostIndex};
use crate::model::{Cluster, Group, GroupPolicy, Guest};

/// A set of guests and what it is called.
pub(super) type Set = (String, BTreeSet<GuestIndex>);

/// The guests by their names.
pub(super) struct Named<'c>(BTreeMap<&'c str, Vec<GuestIndex>>);

impl<'c> Named<'c> {
    /// Those that groups name, of which there are few.
    pub(super) fn new(cluster: &'c Cluster) -> Self {
        let names = cluster.settings.groups.iter().flat_map(|group| &group.guests);
        let mut named: BTreeMap<&str, Vec<GuestIndex>> =
            names.map(|name| (name.as_str(), Vec::new())).collect();
        for (at, guest) in cluster.guests.iter().enumerate() {
            named.get_mut(guest.name.as_str()).into_iter().for_each(|all| all.push(at));
        }
        Self(named)
    }

    /// The guests of a group.
    pub(super) fn members(&self, group: &Group) -> BTreeSet<GuestIndex> {
        group.guests.iter().filter_map(|name| self.0.get(name.as_str())).flatten().copied().collect()
    }
}

/// The groups that are to be together.
pub(super) fn together(cluster: &Cluster) -> Vec<Set> {
    let named = Named::new(cluster);
    let groups = cluster.settings.groups.iter().filter(|group| group.policy == GroupPolicy::Together);
    let sets = groups.map(|group| (group.name.clone(), named.members(group)));
    sets.filter(|(_, members)| members.len() > 1).collect()
}

/// The guests that are to be together, by one group or by several that share a guest.
pub(super) fn joined(cluster: &Cluster) -> Vec<BTreeSet<GuestIndex>> {
    let mut joined: Vec<BTreeSet<GuestIndex>> = Vec::new();
    for (_, mut members) in together(cluster) {
        let (with, without) = joined.into_iter().partition(|set| !set.is_disjoint(&members));
        let with: Vec<BTreeSet<GuestIndex>> = with;
        members.extend(with.into_iter().flatten());
        joined = without;
        joined.push(members);
    }
    joined
}

/// The guests of one name or UUID, which no host can hold.
pub(super) fn alike(cluster: &Cluster) -> Vec<Set> {
    let guests = || cluster.guests.iter().enumerate();
    let names = sharing(guests().map(|(at, guest)| (guest.name.as_str(), at)).collect());
    let uuids = sharing(guests().filter_map(|(at, guest)| Some((uuid(guest)?, at))).collect());
    names.into_iter().chain(uuids).collect()
}

fn uuid(guest: &Guest) -> Option<&str> {
    guest.uuid.as_ref().map(|uuid| uuid.value.as_str())
}

/// What several guests have, and which these are.
fn sharing(mut all: Vec<(&str, GuestIndex)>) -> Vec<Set> {
    all.sort_unstable();
    let same = all.chunk_by(|one, other| one.0 == other.0).filter(|guests| guests.len() > 1);
    same.map(|guests| (guests[0].0.to_owned(), guests.iter().map(|&(_, at)| at).collect())).collect()
}

/// In how many places the members are; on no host is one of them.
pub(super) fn spread(members: &BTreeSet<GuestIndex>, at: &[Option<HostIndex>]) -> usize {
    let places: BTreeSet<Option<HostIndex>> = members.iter().map(|&guest| at[guest]).collect();
    places.len()
}

//! What groups ask, worked out a second time.

use std::collections::{BTreeMap, BTreeSet};

use crate::compat::{GuestIndex, HostIndex};
use crate::model::{Cluster, Group, GroupPolicy};

/// A set of guests and what it is called.
pub(super) type Set = (String, BTreeSet<GuestIndex>);

/// The groups that are to be together.
pub(super) fn together(cluster: &Cluster) -> Vec<Set> {
    let groups = cluster.settings.groups.iter().filter(|group| group.policy == GroupPolicy::Together);
    let sets = groups.map(|group| (group.name.clone(), members(cluster, group)));
    sets.filter(|(_, members)| members.len() > 1).collect()
}

/// The guests of a group.
pub(super) fn members(cluster: &Cluster, group: &Group) -> BTreeSet<GuestIndex> {
    let all = cluster.guests.iter().enumerate();
    all.filter(|(_, guest)| group.guests.contains(&guest.name)).map(|(at, _)| at).collect()
}

/// The guests of one name or UUID, which no host can hold.
pub(super) fn alike(cluster: &Cluster) -> Vec<Set> {
    let mut alike: BTreeMap<(bool, &str), BTreeSet<GuestIndex>> = BTreeMap::new();
    for (at, guest) in cluster.guests.iter().enumerate() {
        alike.entry((false, guest.name.as_str())).or_default().insert(at);
        let uuid = guest.uuid.as_ref().map(|uuid| uuid.value.as_str());
        if let Some(uuid) = uuid {
            alike.entry((true, uuid)).or_default().insert(at);
        }
    }
    let sets = alike.into_iter().map(|((_, name), members)| (name.to_owned(), members));
    sets.filter(|(_, members)| members.len() > 1).collect()
}

/// On how many hosts the members are.
pub(super) fn spread(members: &BTreeSet<GuestIndex>, at: &[Option<HostIndex>]) -> usize {
    let hosts: BTreeSet<HostIndex> = members.iter().filter_map(|&guest| at[guest]).collect();
    hosts.len()
}

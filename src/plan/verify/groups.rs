//! What groups ask, worked out a second time.

use std::collections::{BTreeMap, BTreeSet};

use crate::compat::{GuestIndex, HostIndex};
use crate::model::{Cluster, GroupPolicy};

/// A set of guests and what it is called.
pub(super) type Set = (String, BTreeSet<GuestIndex>);

/// The groups of a policy; those apart include guests of one name or UUID, which no host can hold.
pub(super) fn sets(cluster: &Cluster, policy: GroupPolicy) -> Vec<Set> {
    let all = || cluster.guests.iter().enumerate();
    let mut sets: Vec<Set> = Vec::new();
    for group in cluster.settings.groups.iter().filter(|group| group.policy == policy) {
        let members = all().filter(|(_, guest)| group.guests.contains(&guest.name));
        sets.push((group.name.clone(), members.map(|(at, _)| at).collect()));
    }
    if policy == GroupPolicy::Apart {
        let mut alike: BTreeMap<(bool, &str), BTreeSet<GuestIndex>> = BTreeMap::new();
        for (at, guest) in all() {
            alike.entry((false, guest.name.as_str())).or_default().insert(at);
            let uuid = guest.uuid.as_ref().map(|uuid| uuid.value.as_str());
            if let Some(uuid) = uuid {
                alike.entry((true, uuid)).or_default().insert(at);
            }
        }
        sets.extend(alike.into_iter().map(|((_, name), members)| (name.to_owned(), members)));
    }
    sets.retain(|(_, members)| members.len() > 1);
    sets
}

/// On how many hosts the members are.
pub(super) fn spread(members: &BTreeSet<GuestIndex>, at: &[Option<HostIndex>]) -> usize {
    let hosts: BTreeSet<HostIndex> = members.iter().filter_map(|&guest| at[guest]).collect();
    hosts.len()
}

//! Guests that need the same, hosts that offer the same.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use super::policy::Policy;
use crate::model::{Cluster, Guest, Host};

/// Hosts with equal platforms, for which the same waivers hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostClass {
    /// The hosts, as indices into [`Cluster::hosts`], ascending.
    pub hosts: Vec<usize>,
}

/// Guests with equal requirements on hosts of one class, for which the same waivers hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GuestClass {
    /// The guests, as indices into [`Cluster::guests`], ascending.
    pub guests: Vec<usize>,
    /// The class of the hosts they are on; `None` for guests placed on no host.
    pub source: Option<usize>,
}

/// Divides the hosts into classes, in the order of their first hosts.
pub(super) fn host_classes(cluster: &Cluster, policy: &Policy<'_>) -> Vec<HostClass> {
    let waivers = |host: &Host| policy.fitting_host(&host.name);
    let same =
        |a: &Host, b: &Host| a.platform == b.platform && a.cpu_map == b.cpu_map && waivers(a) == waivers(b);
    let members = divide(&cluster.hosts, |host| digest(&host.platform), same);
    members.into_iter().map(|hosts| HostClass { hosts }).collect()
}

/// Divides the guests into classes, in the order of their first guests. `class_of` tells the class
/// of a host.
pub(super) fn guest_classes(
    cluster: &Cluster,
    policy: &Policy<'_>,
    class_of: &dyn Fn(&str) -> Option<usize>,
) -> Vec<GuestClass> {
    let waivers = |guest: &Guest| policy.fitting_guest(&guest.name);
    let source = |guest: &Guest| guest.host.as_deref().and_then(class_of);
    let same = |a: &Guest, b: &Guest| {
        a.requirements == b.requirements && source(a) == source(b) && waivers(a) == waivers(b)
    };
    let members = divide(&cluster.guests, |guest| digest(&(&guest.requirements, source(guest))), same);
    let class = |guests: Vec<usize>| GuestClass {
        source: guests.first().and_then(|&g| source(&cluster.guests[g])),
        guests,
    };
    members.into_iter().map(class).collect()
}

pub(super) fn digest(value: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

/// Groups equal items: the hash only finds candidates, `same` decides.
pub(super) fn divide<T>(
    items: &[T],
    hash: impl Fn(&T) -> u64,
    same: impl Fn(&T, &T) -> bool,
) -> Vec<Vec<usize>> {
    let mut classes: Vec<Vec<usize>> = Vec::new();
    let mut by_hash: BTreeMap<u64, Vec<usize>> = BTreeMap::new();
    for (at, item) in items.iter().enumerate() {
        let candidates = by_hash.entry(hash(item)).or_default();
        let equal = candidates.iter().find(|&&class| same(&items[classes[class][0]], item));
        if let Some(&class) = equal {
            classes[class].push(at);
        } else {
            candidates.push(classes.len());
            classes.push(vec![at]);
        }
    }
    classes
}

/// The class of each of `count` things.
pub(super) fn class_of<'m>(count: usize, members: impl Iterator<Item = &'m Vec<usize>>) -> Vec<usize> {
    let mut classes = vec![0; count];
    for (class, members) in members.enumerate() {
        for &member in members {
            classes[member] = class;
        }
    }
    classes
}

//! Guests that need the same, hosts that offer the same.

use super::groups::{digest, divide};
use super::policy::Policy;
use crate::model::{Cluster, Guest, Host};

/// A guest, as an index into [`Cluster::guests`].
pub type GuestIndex = usize;
/// A host, as an index into [`Cluster::hosts`].
pub type HostIndex = usize;

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
    class_of: &(dyn Fn(&str) -> Option<usize> + Sync),
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

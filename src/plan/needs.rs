//! What stays the same while planning: needs, capacities, homes and policies.

use super::capacity::{Amount, capacity, need};
use super::limits::Limits;
use super::policy::Policies;
use crate::compat::{Assessment, Chart, GuestIndex, HostIndex};
use crate::model::{Cluster, Guest};

/// Answers what is possible for a guest on a host.
pub(super) type Assess<'a> = dyn Fn(GuestIndex, HostIndex) -> Assessment + Sync + 'a;

/// Answers what is possible for a guest that went live to the first host, and is to go on to the second.
pub(super) type Onward<'a> = dyn Fn(GuestIndex, HostIndex, HostIndex) -> Assessment + Sync + 'a;

/// What is possible.
#[derive(Clone, Copy)]
pub(super) struct Verdicts<'a> {
    /// From where a guest is.
    pub(super) assess: &'a Assess<'a>,
    /// From where it went.
    pub(super) onward: &'a Onward<'a>,
}

/// What stays the same while planning.
pub(super) struct Needs<'a> {
    /// The hosts and guests.
    pub(super) cluster: &'a Cluster,
    /// What is possible.
    pub(super) verdicts: Verdicts<'a>,
    /// By guest: the host it is on.
    pub(super) homes: Vec<Option<HostIndex>>,
    /// By guest: what it takes, or what is not known of it.
    pub(super) guests: Vec<Result<Amount, String>>,
    /// By host: what it holds, or why it takes nothing.
    pub(super) hosts: Vec<Result<Amount, String>>,
    /// Which guests belong together or apart.
    pub(super) policies: Policies,
}

impl<'a> Needs<'a> {
    pub(super) fn new(chart: &Chart<'a>, verdicts: Verdicts<'a>) -> Self {
        let cluster = chart.cluster;
        let homes: Vec<_> = (0..cluster.guests.len()).map(|guest| chart.home(guest)).collect();
        let guests: Vec<_> = cluster.guests.iter().map(need).collect();
        let mut hosts: Vec<_> = cluster.hosts.iter().map(|host| capacity(host, &cluster.settings)).collect();
        for (need, home) in guests.iter().zip(&homes) {
            if let (Err(unknown), &Some(home)) = (need, home) {
                hosts[home] = Err(unknown.clone());
            }
        }
        Self { cluster, verdicts, homes, guests, hosts, policies: Policies::new(cluster) }
    }

    /// A guest.
    pub(super) fn guest(&self, guest: GuestIndex) -> &'a Guest {
        &self.cluster.guests[guest]
    }

    /// The name of a host.
    pub(super) fn host_name(&self, host: HostIndex) -> &'a str {
        &self.cluster.hosts[host].name
    }

    /// What a guest takes; nothing where that is unknown (its host takes no other then).
    pub(super) fn amount(&self, guest: GuestIndex) -> Amount {
        self.guests[guest].as_ref().copied().unwrap_or_default()
    }

    /// Whether the guest is on a host that the inventory does not have.
    pub(super) fn is_elsewhere(&self, guest: GuestIndex) -> bool {
        self.homes[guest].is_none() && self.guest(guest).host.is_some()
    }

    /// How many moves may run at the same time.
    pub(super) fn limits(&self) -> Limits {
        Limits::of(&self.cluster.settings)
    }
}

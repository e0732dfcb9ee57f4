//! What stays the same while planning: needs, capacities, homes and policies.

use std::collections::BTreeMap;

use super::capacity::{Amount, capacity, need};
use super::limits::Limits;
use super::policy::Policies;
use super::racks::Racks;
use super::verdicts::Verdicts;
use crate::compat::GuestIndex;
use crate::compat::HostIndex;
use crate::model::{Cluster, Guest};

/// What stays the same while planning.
pub(super) struct Needs<'a> {
    /// The hosts and guests.
    pub(super) cluster: &'a Cluster,
    /// What is possible.
    pub(super) verdicts: &'a dyn Verdicts,
    /// By guest: the host it is on.
    pub(super) homes: Vec<Option<HostIndex>>,
    /// By guest: what it takes, or what is not known of it.
    pub(super) guests: Vec<Result<Amount, String>>,
    /// By host: what it holds, or why it takes nothing.
    pub(super) hosts: Vec<Result<Amount, String>>,
    /// By host: whether it holds more than it can.
    pub(super) overfull: Vec<bool>,
    /// Which guests belong together or apart.
    pub(super) policies: Policies,
    /// Which hosts fail as one.
    pub(super) racks: Racks,
}

impl<'a> Needs<'a> {
    pub(super) fn new(cluster: &'a Cluster, verdicts: &'a dyn Verdicts) -> Self {
        let by_name: BTreeMap<&str, HostIndex> =
            cluster.hosts.iter().enumerate().map(|(at, host)| (host.name.as_str(), at)).collect();
        let home = |guest: &Guest| by_name.get(guest.host.as_deref()?).copied();
        let homes: Vec<_> = cluster.guests.iter().map(home).collect();
        let guests: Vec<_> = cluster.guests.iter().map(need).collect();
        let mut hosts: Vec<_> = cluster.hosts.iter().map(|host| capacity(host, &cluster.settings)).collect();
        for (need, home) in guests.iter().zip(&homes) {
            if let (Err(unknown), &Some(home)) = (need, home) {
                hosts[home] = Err(unknown.clone());
            }
        }
        let mut used = vec![Amount::default(); hosts.len()];
        for (need, home) in guests.iter().zip(&homes) {
            if let (Ok(need), &Some(home)) = (need, home) {
                used[home] = used[home].plus(*need);
            }
        }
        let over = |(used, all): (&Amount, &Result<Amount, String>)| {
            all.as_ref().is_ok_and(|all| !used.within(*all))
        };
        let overfull = used.iter().zip(&hosts).map(over).collect();
        let (policies, racks) = (Policies::new(cluster), Racks::new(cluster));
        Self { cluster, verdicts, homes, guests, hosts, overfull, policies, racks }
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

    /// The place that the host is in, as a group to be kept apart sees it: the first host of it.
    pub(super) fn place(&self, group: usize, host: HostIndex) -> HostIndex {
        self.racks.place(self.policies.crowds[group].apart.per, host)
    }

    /// How many moves may run at the same time.
    pub(super) fn limits(&self) -> Limits {
        Limits::of(&self.cluster.settings)
    }
}

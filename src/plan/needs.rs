//! What stays the same while planning: needs, capacities, homes and policies.

use super::capacity::{Amount, capacity, need};
use super::limits::Limits;
use super::policy::Policies;
use crate::compat::{Assessment, Chart, GuestIndex, HostIndex, Kinds};
use crate::model::{Cluster, Guest};

/// What is possible.
pub(super) trait Verdicts: Sync {
    /// For a guest on a host, from where it is.
    fn assess(&self, guest: GuestIndex, host: HostIndex) -> Assessment;

    /// For a guest that went live to the first host, and is to go on to the second.
    fn onward(&self, guest: GuestIndex, via: HostIndex, to: HostIndex) -> Assessment;

    /// Guests and hosts that are alike.
    fn kinds(&self) -> &Kinds;

    /// For a guest on hosts of the same kind, where it meets nothing of its own.
    fn assess_kind(&self, guest: GuestIndex, host: HostIndex) -> Assessment;

    /// The hosts where it does.
    fn meets(&self, guest: GuestIndex) -> Vec<HostIndex>;
}

/// Those of a chart.
pub(super) struct Charted<'a, 'c> {
    chart: &'a Chart<'c>,
    kinds: Kinds,
}

impl<'a, 'c> Charted<'a, 'c> {
    pub(super) fn new(chart: &'a Chart<'c>) -> Self {
        Self { chart, kinds: chart.kinds() }
    }
}

impl Verdicts for Charted<'_, '_> {
    fn assess(&self, guest: GuestIndex, host: HostIndex) -> Assessment {
        self.chart.assess(guest, host)
    }

    fn onward(&self, guest: GuestIndex, via: HostIndex, to: HostIndex) -> Assessment {
        self.chart.onward(guest, via, to)
    }

    fn kinds(&self) -> &Kinds {
        &self.kinds
    }

    fn assess_kind(&self, guest: GuestIndex, host: HostIndex) -> Assessment {
        self.chart.assess_kind(guest, host)
    }

    fn meets(&self, guest: GuestIndex) -> Vec<HostIndex> {
        self.chart.meets(guest).collect()
    }
}

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
    /// Which guests belong together or apart.
    pub(super) policies: Policies,
}

impl<'a> Needs<'a> {
    pub(super) fn new(chart: &Chart<'a>, verdicts: &'a dyn Verdicts) -> Self {
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

//! The room of hosts, and the groups they are in.

use super::cores::{Cores, cores};
use super::pages::{HugePages, pages};
use crate::compat::{Chart, HostIndex, Reach};
use crate::model::Memory;
use crate::plan::capacity::Amount;
use crate::plan::needs::Needs;

/// Memory and vCPUs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Room {
    /// Memory.
    pub memory: Memory,
    /// vCPUs.
    pub vcpus: u64,
}

impl Room {
    /// Both together.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self { memory: self.memory.plus(other.memory), vcpus: self.vcpus.saturating_add(other.vcpus) }
    }

    /// What is left without `other`, each by itself; nothing where `other` is more.
    #[must_use]
    pub fn minus(self, other: Self) -> Self {
        Self { memory: self.memory.minus(other.memory), vcpus: self.vcpus.saturating_sub(other.vcpus) }
    }

    /// Whether it is no more than `other`, in both.
    pub fn within(self, other: Self) -> bool {
        self.memory <= other.memory && self.vcpus <= other.vcpus
    }
}

impl From<&Amount> for Room {
    fn from(amount: &Amount) -> Self {
        Self { memory: amount.memory, vcpus: amount.vcpus }
    }
}

/// What a host has, and what its guests take of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostRoom {
    /// The host.
    pub host: HostIndex,
    /// The group it is in, as an index into the review's groups.
    pub group: usize,
    /// What it can hold: memory without the reserve, processors with overcommitment; or what is not known and what would
    /// tell.
    pub capacity: Result<Room, String>,
    /// What its guests take; or of which guest that is not known.
    pub used: Result<Room, String>,
    /// Its cores and threads; or what would tell.
    pub cores: Result<Cores, String>,
    /// Its huge pages.
    pub pages: Vec<HugePages>,
}

impl HostRoom {
    /// What is free.
    ///
    /// # Errors
    /// What is not known.
    pub fn free(&self) -> Result<Room, &str> {
        let capacity = self.capacity.as_ref().map_err(String::as_str)?;
        let used = self.used.as_ref().map_err(String::as_str)?;
        Ok(capacity.minus(*used))
    }

    /// Whether its guests take more than it can hold; `None` where that is not known.
    pub fn is_overfull(&self) -> Option<bool> {
        let (capacity, used) = (self.capacity.as_ref().ok()?, self.used.as_ref().ok()?);
        Some(!used.within(*capacity))
    }

    /// The vCPUs of its guests for each of so many cores or threads, in hundredths; `None` where they are not known.
    pub fn vcpus_for_each_of(&self, parts: u64) -> Option<u64> {
        self.used.as_ref().ok()?.vcpus.saturating_mul(100).checked_div(parts)
    }
}

/// Hosts among which guests of the cluster move live, to and fro, as the graph of the cluster has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostGroup {
    /// The hosts, ascending.
    pub hosts: Vec<HostIndex>,
}

/// The groups, in the order of their first hosts.
pub(super) fn groups(chart: &Chart<'_>) -> Vec<HostGroup> {
    let hosts = |classes: &Vec<usize>| {
        let mut hosts: Vec<HostIndex> =
            classes.iter().flat_map(|&class| chart.host_classes[class].hosts.iter().copied()).collect();
        hosts.sort_unstable();
        hosts
    };
    let mut groups: Vec<_> = Reach::new(chart).live_groups().iter().map(hosts).collect();
    groups.sort();
    groups.into_iter().map(|hosts| HostGroup { hosts }).collect()
}

/// The room of each host.
pub(super) fn hosts(needs: &Needs<'_>, groups: &[HostGroup]) -> Vec<HostRoom> {
    let cluster = needs.cluster;
    let mut used = vec![Ok(Room::default()); cluster.hosts.len()];
    for (need, home) in needs.guests.iter().zip(&needs.homes) {
        let &Some(home) = home else { continue };
        let sum = match (&used[home], need) {
            (Ok(sum), Ok(need)) => Ok(Room::plus(*sum, Room::from(need))),
            (Err(unknown), _) | (Ok(_), Err(unknown)) => Err(unknown.clone()),
        };
        used[home] = sum;
    }
    let host = |(at, used): (HostIndex, Result<Room, String>)| HostRoom {
        host: at,
        group: groups.iter().position(|group| group.hosts.contains(&at)).unwrap_or(0),
        capacity: needs.capacity(at).map(Room::from).map_err(Clone::clone),
        used,
        cores: cores(cluster, &cluster.hosts[at]),
        pages: pages(needs, at),
    };
    used.into_iter().enumerate().map(host).collect()
}

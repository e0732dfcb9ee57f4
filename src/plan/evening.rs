//! What it is worth that hosts are as full as one another: in memory, in vCPUs, in guests.

use super::capacity::Amount;
use super::place::{Even, Item};
use super::placement::Placement;
use super::rare::{MEMORY, VCPUS};
use crate::model::Evenness;

/// No amount is more: sums of so many must not overflow.
pub(super) const MOST: u64 = 1 << 40;
/// Every guest takes memory, vCPUs, and a place on a host to which it comes; what few take follows.
pub(super) const ARRIVAL: usize = 2;
/// How many ten-thousandths of a host a hundredth is.
const HUNDREDTH: u64 = 100;

/// What a move costs that is made for evenness alone: as much as two hosts that are a little from the mean.
pub(super) fn worth(even: Evenness) -> u64 {
    2 * (even.gain_percent * HUNDREDTH).pow(2) * even.most()
}

/// Of what hosts are to be as full as one another.
pub(super) struct Evening<'e> {
    pub(super) now: &'e Placement<'e>,
    /// By host: whether it counts.
    pub(super) counts: &'e [bool],
    /// By host: what the items take that are on it, and how many these are.
    pub(super) at_home: &'e [(Amount, u64)],
}

impl Evening<'_> {
    /// Everything that counts, for these items.
    pub(super) fn of(&self, items: &[Item]) -> Vec<Even> {
        let even = self.now.needs.cluster.settings.evenness;
        let times = [even.memory, even.vcpus, even.guests].into_iter();
        let resources = [MEMORY, VCPUS, ARRIVAL].into_iter().zip(times).filter(|(_, times)| *times > 0);
        let shares = |resource: usize| match resource {
            ARRIVAL => self.guests(),
            kind => self.room(kind),
        };
        resources.map(|(resource, weight)| even_in(resource, weight, shares(resource), items)).collect()
    }

    /// By host: what it has of a kind of room, and what others take of it than the items.
    fn room(&self, kind: usize) -> Vec<(u64, u64)> {
        let of_host = |(host, (here, _)): (usize, &(Amount, u64))| {
            let whole = self.now.needs.hosts[host].as_ref().map_or(0, |all| all.get(kind));
            let others = self.now.ledger.used(host).get(kind).saturating_sub(here.get(kind));
            if self.counts[host] { (whole.min(MOST), others.min(MOST)) } else { (0, 0) }
        };
        self.at_home.iter().enumerate().map(of_host).collect()
    }

    /// By host: how many guests there are on average, and how many it has that are no items; whatever its size.
    fn guests(&self) -> Vec<(u64, u64)> {
        let mut all = vec![0_u64; self.counts.len()];
        let guests = 0..self.now.needs.homes.len();
        guests.filter_map(|guest| self.now.ledger.host_of(guest)).for_each(|home| all[home] += 1);
        let others = all.iter().zip(self.at_home).map(|(all, (_, items))| all.saturating_sub(*items));
        let others: Vec<u64> = others.collect();
        let hosts = self.counts.iter().filter(|counts| **counts).count() as u64;
        let items: u64 = self.at_home.iter().map(|(_, items)| items).sum();
        let stay: u64 = others.iter().zip(self.counts).filter(|one| *one.1).map(|one| one.0).sum();
        let mean = (stay + items).div_ceil(hosts.max(1)).max(1);
        let of_host = |(others, counts): (u64, &bool)| if *counts { (mean, others) } else { (0, 0) };
        others.into_iter().zip(self.counts).map(of_host).collect()
    }
}

/// Hosts are to be as full of a resource: of what each has, with what others use of it.
fn even_in(resource: usize, weight: u64, shares: Vec<(u64, u64)>, items: &[Item]) -> Even {
    let (all, used): (Vec<u64>, Vec<u64>) = shares.into_iter().unzip();
    let sum = |of: &[u64]| of.iter().map(|&one| u128::from(one)).sum::<u128>();
    let items: u128 = items.iter().map(|item| u128::from(item.uses[resource])).sum();
    let mean = (sum(&used) + items) * 10_000 / sum(&all).max(1);
    Even { resource, all, used, mean: u64::try_from(mean.min(10_000)).unwrap_or(10_000), weight }
}

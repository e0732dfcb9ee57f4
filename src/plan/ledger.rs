//! What each host holds at one moment.

use std::collections::BTreeMap;

use super::capacity::Amount;
use super::needs::Needs;
use crate::compat::{GuestIndex, HostIndex};

/// Why guests cannot arrive at a host at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Obstacle {
    /// How much the host holds is not known, or what a guest takes.
    Unknown(String),
    /// A guest that is to be apart is there: the group.
    Apart(usize),
    /// There is less than needed.
    Room {
        /// What the guests take.
        needed: Amount,
        /// What is free.
        free: Amount,
    },
}

/// What each host holds at one moment.
#[derive(Clone)]
pub(super) struct Ledger<'a> {
    needs: &'a Needs<'a>,
    used: Vec<Amount>,
    apart: BTreeMap<(usize, HostIndex), usize>,
}

impl<'a> Ledger<'a> {
    /// What the hosts hold before the plan.
    pub(super) fn new(needs: &'a Needs<'a>) -> Self {
        let used = vec![Amount::default(); needs.hosts.len()];
        let mut ledger = Self { needs, used, apart: BTreeMap::new() };
        for (guest, home) in needs.homes.iter().enumerate() {
            if let &Some(home) = home {
                ledger.put(guest, home);
            }
        }
        ledger
    }

    /// What stays the same while planning.
    pub(super) fn needs(&self) -> &'a Needs<'a> {
        self.needs
    }

    /// The guest is on the host from now on.
    pub(super) fn put(&mut self, guest: GuestIndex, host: HostIndex) {
        self.used[host] = self.used[host].plus(self.needs.amount(guest));
        for &group in self.needs.policies.apart(guest) {
            *self.apart.entry((group, host)).or_default() += 1;
        }
    }

    /// The guest is no longer on the host.
    pub(super) fn take(&mut self, guest: GuestIndex, host: HostIndex) {
        self.used[host] = self.used[host].minus(self.needs.amount(guest));
        for &group in self.needs.policies.apart(guest) {
            let count = self.apart.entry((group, host)).or_default();
            *count = count.saturating_sub(1);
        }
    }

    /// The guest leaves a host for another.
    pub(super) fn travel(&mut self, guest: GuestIndex, from: Option<HostIndex>, to: HostIndex) {
        self.put(guest, to);
        if let Some(from) = from {
            self.take(guest, from);
        }
    }

    /// How many of a group to be kept apart the host holds.
    pub(super) fn apart(&self, group: usize, host: HostIndex) -> usize {
        self.apart.get(&(group, host)).copied().unwrap_or(0)
    }

    /// The hosts that hold guests of a group to be kept apart, and how many.
    pub(super) fn hosts_of(&self, group: usize) -> impl Iterator<Item = (HostIndex, usize)> {
        let all = self.apart.range((group, 0)..=(group, HostIndex::MAX));
        all.filter(|(_, count)| **count > 0).map(|(&(_, host), &count)| (host, count))
    }

    /// What the host holds.
    pub(super) fn used(&self, host: HostIndex) -> Amount {
        self.used[host]
    }

    /// What is free on the host; nothing where that is not known.
    pub(super) fn free(&self, host: HostIndex) -> Amount {
        self.needs.hosts[host].as_ref().map(|all| all.minus(self.used[host])).unwrap_or_default()
    }

    /// Why `guests` cannot all arrive at `host` now; `None` where they can.
    pub(super) fn obstacle(&self, guests: &[GuestIndex], host: HostIndex) -> Option<Obstacle> {
        let unknown = guests.iter().find_map(|&guest| self.needs.guests[guest].as_ref().err());
        let all = match (unknown, &self.needs.hosts[host]) {
            (None, Ok(all)) => *all,
            (Some(unknown), _) | (None, Err(unknown)) => return Some(Obstacle::Unknown(unknown.clone())),
        };
        if let Some(group) = self.quarrel(guests, host) {
            return Some(Obstacle::Apart(group));
        }
        let needed = guests.iter().fold(Amount::default(), |sum, &guest| sum.plus(self.needs.amount(guest)));
        let fits = self.used[host].plus(needed).within(all);
        (!fits).then(|| Obstacle::Room { needed, free: self.free(host) })
    }

    fn quarrel(&self, guests: &[GuestIndex], host: HostIndex) -> Option<usize> {
        let mut arriving: Vec<usize> = Vec::new();
        for &guest in guests {
            for &group in self.needs.policies.apart(guest) {
                let there = self.apart(group, host) > 0;
                if there || arriving.contains(&group) {
                    return Some(group);
                }
                arriving.push(group);
            }
        }
        None
    }
}

//! What each host holds at one moment.

use std::collections::BTreeMap;

use super::capacity::Amount;
use super::headroom::PoolIndex;
use super::needs::Needs;
use super::rare::Rare;
use crate::compat::{GuestIndex, HostIndex};

/// Why guests cannot arrive at a host at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Obstacle {
    /// How much the host holds is not known, or what a guest takes.
    Unknown(String),
    /// As many guests as may be of those to be apart are there: the group.
    Apart(usize),
    /// Too little would stay free for the guests of hosts that fail: of this set of hosts, so much is needed and free.
    Headroom(PoolIndex, Amount, Amount),
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
    /// By set of hosts that stand in for one another: what they hold together.
    pooled: Vec<Amount>,
    /// By group of guests to be kept apart, and place: how many of them are there.
    apart: BTreeMap<(usize, HostIndex), usize>,
    /// By guest of such groups: the host on which it counts.
    at: BTreeMap<GuestIndex, HostIndex>,
}

impl<'a> Ledger<'a> {
    /// What the hosts hold before the plan.
    pub(super) fn new(needs: &'a Needs<'a>) -> Self {
        let used = vec![Amount::default(); needs.hosts.len()];
        let pooled = vec![Amount::default(); needs.headroom.pools.len()];
        let mut ledger = Self { needs, used, pooled, apart: BTreeMap::new(), at: BTreeMap::new() };
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
        let amount = self.needs.amount(guest, host);
        if let Some(pool) = self.needs.headroom.pool(host) {
            self.pooled[pool] = std::mem::take(&mut self.pooled[pool]).plus(&amount);
        }
        self.used[host] = std::mem::take(&mut self.used[host]).plus(&amount);
        if !self.needs.policies.apart(guest).is_empty() {
            self.leave(guest);
            self.at.insert(guest, host);
            self.count(guest, host, 1);
        }
    }

    /// The guest is no longer on the host.
    pub(super) fn take(&mut self, guest: GuestIndex, host: HostIndex) {
        let amount = self.needs.amount(guest, host);
        if let Some(pool) = self.needs.headroom.pool(host) {
            self.pooled[pool] = std::mem::take(&mut self.pooled[pool]).minus(&amount);
        }
        self.used[host] = std::mem::take(&mut self.used[host]).minus(&amount);
        if self.at.get(&guest) == Some(&host) {
            self.leave(guest);
        }
    }

    /// The guests of lost hosts count nowhere, as far as they are to be kept apart.
    pub(super) fn lose(&mut self, lost: &[HostIndex]) {
        let gone = self.at.iter().filter(|(_, host)| lost.contains(host));
        let gone: Vec<GuestIndex> = gone.map(|(&guest, _)| guest).collect();
        for guest in gone {
            self.leave(guest);
        }
    }

    /// The guest no longer counts where it did.
    fn leave(&mut self, guest: GuestIndex) {
        if let Some(host) = self.at.remove(&guest) {
            self.count(guest, host, -1);
        }
    }

    fn count(&mut self, guest: GuestIndex, host: HostIndex, sign: isize) {
        for &group in self.needs.policies.apart(guest) {
            let count = self.apart.entry((group, self.needs.place(group, host))).or_default();
            *count = count.saturating_add_signed(sign);
        }
    }

    /// Where a guest is, as far as it is to be kept apart from others; its home where it is from none.
    pub(super) fn host_of(&self, guest: GuestIndex) -> Option<HostIndex> {
        if self.needs.policies.apart(guest).is_empty() {
            return self.needs.homes[guest];
        }
        self.at.get(&guest).copied()
    }

    /// The guest leaves a host for another.
    pub(super) fn travel(&mut self, guest: GuestIndex, from: Option<HostIndex>, to: HostIndex) {
        self.put(guest, to);
        if let Some(from) = from {
            self.take(guest, from);
        }
    }

    /// How many of a group to be kept apart are in a place.
    pub(super) fn apart(&self, group: usize, place: HostIndex) -> usize {
        self.apart.get(&(group, place)).copied().unwrap_or(0)
    }

    /// The places where guests of a group to be kept apart are, and how many.
    pub(super) fn places_of(&self, group: usize) -> impl Iterator<Item = (HostIndex, usize)> {
        let all = self.apart.range((group, 0)..=(group, HostIndex::MAX));
        all.filter(|(_, count)| **count > 0).map(|(&(_, place), &count)| (place, count))
    }

    /// What the host holds.
    pub(super) fn used(&self, host: HostIndex) -> &Amount {
        &self.used[host]
    }

    /// What is free on the host; nothing where that is not known.
    pub(super) fn free(&self, host: HostIndex) -> Amount {
        self.needs.hosts[host].clone().map(|all| all.minus(&self.used[host])).unwrap_or_default()
    }

    /// What a set of hosts holds together.
    pub(super) fn pooled(&self, pool: PoolIndex) -> &Amount {
        &self.pooled[pool]
    }

    /// What is free of a set of hosts beside what is kept for the guests of those that fail.
    pub(super) fn spare(&self, pool: PoolIndex) -> Amount {
        self.needs.headroom.pools[pool].most.clone().minus(&self.pooled[pool])
    }

    /// Why too little would stay free for the guests of hosts that fail while `guests` are on their way to `host`; `None` where enough does.
    pub(super) fn shrinks(&self, guests: &[GuestIndex], host: HostIndex) -> Option<Obstacle> {
        let pool = self.needs.headroom.pool(host)?;
        let most = &self.needs.headroom.pools[pool].most;
        let needed = self.needs.sum_on(guests, host);
        let then = self.pooled[pool].clone().plus(&needed);
        let holds = then.memory <= most.memory && then.vcpus <= most.vcpus;
        let needed = Amount { rare: Rare::default(), ..needed };
        (!holds).then(|| Obstacle::Headroom(pool, needed, self.spare(pool)))
    }

    /// Why `guests` cannot set out for `host` now; `None` where they can.
    pub(super) fn in_the_way(&self, guests: &[GuestIndex], host: HostIndex) -> Option<Obstacle> {
        self.obstacle(guests, host).or_else(|| self.shrinks(guests, host))
    }

    /// Why `guests` cannot all arrive at `host` now, headroom aside; `None` where they can.
    pub(super) fn obstacle(&self, guests: &[GuestIndex], host: HostIndex) -> Option<Obstacle> {
        let unknown = guests.iter().find_map(|&guest| self.needs.guests[guest].as_ref().err());
        let all = match (unknown, &self.needs.hosts[host]) {
            (None, Ok(all)) => all,
            (Some(unknown), _) | (None, Err(unknown)) => return Some(Obstacle::Unknown(unknown.clone())),
        };
        if let Some(group) = self.quarrel(guests, host) {
            return Some(Obstacle::Apart(group));
        }
        let sum = self.needs.sum_on(guests, host);
        let (needed, unknown) = self.needs.known_part(host, sum);
        // Of what they do not take there may be too little already.
        let used = &self.used[host];
        let fits = |(kind, amount): (_, u64)| used.get(kind).saturating_add(amount) <= all.get(kind);
        let all_fit = needed.parts().all(fits);
        if all_fit {
            return unknown.map(|unknown| Obstacle::Unknown(unknown.clone()));
        }
        Some(Obstacle::Room { needed, free: self.free(host) })
    }

    /// The group of which more would be in a place than may be; who is there already does not arrive.
    fn quarrel(&self, guests: &[GuestIndex], host: HostIndex) -> Option<usize> {
        let mut arriving: BTreeMap<usize, usize> = BTreeMap::new();
        for &guest in guests {
            for &group in self.needs.policies.apart(guest) {
                let place = self.needs.place(group, host);
                if self.at.get(&guest).is_some_and(|&at| self.needs.place(group, at) == place) {
                    continue;
                }
                let count = arriving.entry(group).or_default();
                *count += 1;
                if self.apart(group, place) + *count > self.needs.policies.crowds[group].apart.at_most {
                    return Some(group);
                }
            }
        }
        None
    }
}

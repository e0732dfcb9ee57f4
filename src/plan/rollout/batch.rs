//! Which hosts are taken down next: as many as are wanted, whose guests all find another host.

use std::collections::BTreeSet;

use super::sizes::{Level, Water};
use crate::compat::{GuestIndex, HostIndex};
use crate::plan::capacity::Amount;
use crate::plan::headroom::Headroom;
use crate::plan::ledger::Ledger;
use crate::plan::mode::MoveMode;
use crate::plan::needs::Needs;
use crate::plan::units::mode;

/// Hosts and what becomes of them.
pub(super) struct Fleet<'f> {
    /// The hosts that are still to be taken down.
    pub(super) waiting: &'f BTreeSet<HostIndex>,
    /// By host: whether no guest may come to it.
    pub(super) closed: &'f [bool],
    /// How many hosts may be down at once.
    pub(super) at_once: usize,
    /// How many hundredths of each host do not count when it is asked how many go down.
    pub(super) margin: u64,
}

impl Fleet<'_> {
    /// The hosts that wait, those with the least on them first.
    fn order(&self, needs: &Needs<'_>, now: &Ledger<'_>) -> Vec<HostIndex> {
        let known = self.waiting.iter().copied().filter(|&host| needs.hosts[host].is_ok());
        let mut order: Vec<HostIndex> = known.collect();
        order.sort_by_key(|&host| (now.used(host).memory.as_kib(), host));
        order
    }

    /// The hosts that are to be emptied again, and the room of those that are not, as water.
    pub(super) fn water(&self, needs: &Needs<'_>) -> Water {
        let now = Ledger::new(needs);
        let counted = |all: u64| all - all / 100 * self.margin.min(100);
        let level = |host: HostIndex| Level {
            used: now.used(host).memory.as_kib(),
            all: needs.hosts[host].as_ref().map_or(0, |all| counted(all.memory.as_kib())),
        };
        let waiting = self.order(needs, &now).into_iter().map(level).collect();
        let safe = (0..needs.hosts.len()).filter(|host| !self.waiting.contains(host) && !self.closed[*host]);
        let safe = safe.map(level).map(|one| one.all.saturating_sub(one.used)).sum();
        Water { waiting, safe, at_once: self.at_once, twice: 0 }
    }

    /// The hosts to take down next, but none of `tried`.
    pub(super) fn batch(&self, needs: &Needs<'_>, tried: &BTreeSet<HostIndex>) -> BTreeSet<HostIndex> {
        let now = Ledger::new(needs);
        let order = self.order(needs, &now);
        let wanted = self.water(needs).next().min(self.at_once);
        let mut residents = vec![Vec::new(); needs.hosts.len()];
        for (guest, home) in needs.homes.iter().enumerate() {
            if let &Some(home) = home {
                residents[home].push(guest);
            }
        }
        let order: Vec<HostIndex> = order.into_iter().filter(|host| !tried.contains(host)).collect();
        // Rather a stage more than a guest that is stopped and need not be.
        let by = |modes| {
            let mut room = Room::new(self, needs, now.clone(), modes);
            let mut batch = BTreeSet::new();
            for &host in &order {
                if batch.len() == wanted {
                    break;
                }
                if !room.received.contains(&host)
                    && self.keeps_headroom(needs, &batch, host)
                    && room.vacate(host, &residents[host])
                {
                    batch.insert(host);
                }
            }
            batch
        };
        let gentle = by(Modes::Gentlest);
        if gentle.is_empty() { by(Modes::Any) } else { gentle }
    }
}

impl Fleet<'_> {
    /// Whether enough stays free for the guests of hosts that fail though this host is down as well, and though its largest guest is on its way.
    fn keeps_headroom(&self, needs: &Needs<'_>, batch: &BTreeSet<HostIndex>, host: HostIndex) -> bool {
        if needs.cluster.settings.headroom_hosts == 0 {
            return true;
        }
        let down = |other: HostIndex| other == host || batch.contains(&other) || self.closed[other];
        let headroom = Headroom::new(needs.cluster, &needs.hosts, down);
        let mut used = vec![Amount::default(); headroom.pools.len()];
        let mut largest = used.clone();
        for (guest, home) in needs.homes.iter().enumerate() {
            let &Some(home) = home else { continue };
            let Some(pool) = headroom.pool(home) else { continue };
            let amount = needs.amount(guest, home);
            used[pool] = std::mem::take(&mut used[pool]).plus(&amount);
            if down(home) {
                largest[pool].memory = largest[pool].memory.max(amount.memory);
                largest[pool].vcpus = largest[pool].vcpus.max(amount.vcpus);
            }
        }
        let fits = |pool: usize| {
            let (most, all) = (&headroom.pools[pool].most, used[pool].clone().plus(&largest[pool]));
            largest[pool] == Amount::default() || (all.memory <= most.memory && all.vcpus <= most.vcpus)
        };
        (0..headroom.pools.len()).all(fits)
    }
}

/// How guests may move.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Modes {
    /// As gently as they could if no host were down.
    Gentlest,
    /// In any way that is possible.
    Any,
}

/// The gentlest mode in which a guest can move to any host, room aside.
fn gentlest(needs: &Needs<'_>, guest: GuestIndex) -> Option<MoveMode> {
    let home = needs.homes[guest];
    let kinds = needs.verdicts.kinds();
    let others = kinds.hosts.iter().map(|&host| match home {
        // Another host of its own kind stands for that kind.
        Some(home) if host == home => {
            let same =
                |other: &HostIndex| *other != home && kinds.kind_of_host[*other] == kinds.kind_of_host[home];
            (0..needs.hosts.len()).find(same)
        }
        _ => Some(host),
    });
    others.flatten().filter_map(|host| mode(needs, guest, host)).min()
}

/// Room for guests of hosts that are taken down, the fullest host first that has some.
struct Room<'r> {
    needs: &'r Needs<'r>,
    ledger: Ledger<'r>,
    /// What is free, and where: on hosts that stay, and on hosts that are taken down later.
    open: [BTreeSet<(u64, HostIndex)>; 2],
    /// By host: which of the two it is in.
    kind: Vec<usize>,
    modes: Modes,
    /// The hosts that wait and have taken guests.
    received: BTreeSet<HostIndex>,
}

impl<'r> Room<'r> {
    fn new(fleet: &Fleet<'_>, needs: &'r Needs<'r>, ledger: Ledger<'r>, modes: Modes) -> Self {
        let kind: Vec<usize> =
            (0..needs.hosts.len()).map(|host| usize::from(fleet.waiting.contains(&host))).collect();
        let mut open = [BTreeSet::new(), BTreeSet::new()];
        for host in (0..needs.hosts.len()).filter(|&host| needs.hosts[host].is_ok() && !fleet.closed[host]) {
            open[kind[host]].insert((ledger.free(host).memory.as_kib(), host));
        }
        Self { needs, ledger, open, kind, modes, received: BTreeSet::new() }
    }

    /// Finds all these guests of a host another; changes nothing where one finds none.
    fn vacate(&mut self, host: HostIndex, guests: &[GuestIndex]) -> bool {
        self.open[self.kind[host]].remove(&self.entry(host));
        let mut gone = Vec::new();
        for &guest in guests {
            let Some(to) = self.host_for(guest) else {
                gone.into_iter().rev().for_each(|(guest, to)| self.shift(guest, to, host));
                let entry = self.entry(host);
                self.open[self.kind[host]].insert(entry);
                return false;
            };
            self.shift(guest, host, to);
            gone.push((guest, to));
        }
        self.received.extend(gone.iter().map(|(_, to)| *to).filter(|&to| self.kind[to] == 1));
        true
    }

    fn host_for(&self, guest: GuestIndex) -> Option<HostIndex> {
        // Nothing is rebuilt here: a guest takes everywhere what it takes at home.
        let needed = self.needs.amount(guest, self.needs.homes[guest]?).memory.as_kib();
        let least = if self.modes == Modes::Gentlest { gentlest(self.needs, guest) } else { None };
        let gentle = |mode: MoveMode| least.is_none_or(|least| mode <= least);
        let takes = |&(_, host): &(u64, HostIndex)| {
            self.ledger.obstacle(&[guest], host).is_none()
                && mode(self.needs, guest, host).is_some_and(gentle)
        };
        self.open.iter().find_map(|open| open.range((needed, 0)..).find(|one| takes(one))).map(|one| one.1)
    }

    /// The guest goes from one host to another; one of them may be closed.
    fn shift(&mut self, guest: GuestIndex, from: HostIndex, to: HostIndex) {
        let open = [from, to].map(|host| self.open[self.kind[host]].remove(&self.entry(host)));
        self.ledger.travel(guest, Some(from), to);
        for (host, open) in [from, to].into_iter().zip(open) {
            if open {
                let entry = self.entry(host);
                self.open[self.kind[host]].insert(entry);
            }
        }
    }

    fn entry(&self, host: HostIndex) -> (u64, HostIndex) {
        (self.ledger.free(host).memory.as_kib(), host)
    }
}

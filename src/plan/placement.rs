//! Where each unit goes: the one with the fewest possible hosts first, the bigger first.

use std::collections::{BTreeMap, BTreeSet};

use super::capacity::Amount;
use super::ledger::Ledger;
use super::needs::Needs;
use super::units::{Choice, Unit};
use super::wish::{Want, Wish};
use crate::compat::HostIndex;

/// Which of units with as many possible hosts is placed first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Order {
    /// The bigger: where there is room for all, that finds it most often.
    BigFirst,
    /// The smaller: where there is not, that leaves out the fewest.
    SmallFirst,
}

/// Where each unit goes, and what the hosts hold when all are there.
#[derive(Clone)]
pub(super) struct Placement<'p> {
    pub(super) needs: &'p Needs<'p>,
    pub(super) wish: &'p Wish,
    pub(super) units: &'p [Unit],
    /// What the hosts hold in the end.
    pub(super) ledger: Ledger<'p>,
    /// By unit: where it goes.
    pub(super) chosen: Vec<Option<Choice>>,
    /// By unit: a host that it goes to first, to make room.
    pub(super) via: BTreeMap<usize, HostIndex>,
    /// By host: how many moves it has.
    moves: Vec<usize>,
    /// How many waves there will be in any case.
    waves: usize,
}

/// Where a unit goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Goal {
    /// The unit.
    pub(super) unit: usize,
    /// Where it is in the end.
    pub(super) to: Choice,
    /// The host that it goes to first, and on from there.
    pub(super) via: Option<HostIndex>,
}

/// A unit's place in the queue: possible hosts and size, the smaller number first.
type Turn = (usize, u64, usize);

impl<'p> Placement<'p> {
    /// Nothing is placed yet; `ledger` is what the hosts hold now.
    pub(super) fn new(
        needs: &'p Needs<'p>,
        wish: &'p Wish,
        units: &'p [Unit],
        ledger: Ledger<'p>,
        waves: usize,
    ) -> Self {
        let moves = vec![0; needs.hosts.len()];
        Self {
            needs,
            wish,
            units,
            ledger,
            chosen: vec![None; units.len()],
            via: BTreeMap::new(),
            moves,
            waves,
        }
    }

    /// Places as many of `waiting` as can be, those that must leave before those that should come.
    pub(super) fn place(&mut self, waiting: &BTreeSet<usize>) {
        let mut other = self.clone();
        let left = self.place_in_order(waiting, Order::BigFirst);
        if left != (0, 0) && other.place_in_order(waiting, Order::SmallFirst) < left {
            *self = other;
        }
    }

    /// Tells how many are left of those that must leave and of those that should come.
    fn place_in_order(&mut self, waiting: &BTreeSet<usize>, order: Order) -> (usize, usize) {
        for want in [Want::Leave, Want::Come] {
            let wanted = waiting.iter().copied().filter(|&unit| self.units[unit].want == want);
            let wanted: Vec<usize> = wanted.collect();
            self.place_in_turn(&wanted, order);
        }
        self.search(waiting);
        let left = |want| self.left(waiting).filter(|&unit| self.units[unit].want == want).count();
        (left(Want::Leave), left(Want::Come))
    }

    /// Where all goes that is placed, in the order of the units.
    pub(super) fn goals(&self) -> Vec<Goal> {
        let chosen = self.chosen.iter().enumerate();
        chosen
            .filter_map(|(unit, to)| Some(Goal { unit, to: (*to)?, via: self.via.get(&unit).copied() }))
            .collect()
    }

    /// What is not placed of `waiting`.
    pub(super) fn left(&self, waiting: &BTreeSet<usize>) -> impl Iterator<Item = usize> {
        waiting.iter().copied().filter(|&unit| self.chosen[unit].is_none())
    }

    fn place_in_turn(&mut self, wanted: &[usize], order: Order) {
        let mut possible: Vec<usize> = vec![0; self.units.len()];
        let mut by_host: Vec<Vec<usize>> = vec![Vec::new(); self.needs.hosts.len()];
        for &unit in wanted {
            for to in self.units[unit].choices.iter().filter(|to| self.fits(unit, to.host)) {
                possible[unit] += 1;
                by_host[to.host].push(unit);
            }
        }
        let mut queue: BTreeSet<Turn> =
            wanted.iter().map(|&unit| self.turn(unit, possible[unit], order)).collect();
        while let Some((.., unit)) = queue.pop_first() {
            let Some(to) = self.best(unit) else { continue };
            self.assign(unit, to);
            let all = std::mem::take(&mut by_host[to.host]);
            let (fit, full): (Vec<usize>, Vec<usize>) =
                all.into_iter().partition(|&other| self.chosen[other].is_some() || self.fits(other, to.host));
            by_host[to.host] = fit;
            for other in full {
                if queue.remove(&self.turn(other, possible[other], order)) {
                    possible[other] = possible[other].saturating_sub(1);
                    queue.insert(self.turn(other, possible[other], order));
                }
            }
        }
    }

    fn turn(&self, unit: usize, possible: usize, order: Order) -> Turn {
        let size = self.units[unit].amount.memory.as_kib();
        match order {
            Order::BigFirst => (possible, u64::MAX - size, unit),
            Order::SmallFirst => (0, size, unit),
        }
    }

    /// Whether the unit can be on the host in the end, as far as is decided.
    pub(super) fn fits(&self, unit: usize, host: HostIndex) -> bool {
        let arriving = self.units[unit].arriving(self.needs, host);
        self.ledger.obstacle(&arriving, host).is_none()
    }

    /// The best host that has room.
    pub(super) fn best(&self, unit: usize) -> Option<Choice> {
        let choices = self.units[unit].choices.iter().filter(|to| self.fits(unit, to.host));
        choices.min_by_key(|to| self.cost(unit, **to)).copied()
    }

    /// For a unit that must leave: first a host that adopts, the gentler mode, no more waves, then
    /// the host that is left with the least memory. For one that should come: the gentler mode,
    /// then the host that is filled the least.
    fn cost(&self, unit: usize, to: Choice) -> (bool, u8, usize, u128, HostIndex) {
        let after = self.ledger.used(to.host).plus(self.units[unit].amount);
        let all = self.needs.hosts[to.host].as_ref().copied().unwrap_or_default();
        let mode = to.mode as u8;
        match self.units[unit].want {
            Want::Leave if !self.wish.adopting[to.host] => {
                let left = all.minus(after).memory.as_kib();
                (true, mode, self.overrun(unit, to.host), u128::from(left), to.host)
            }
            _ => (false, mode, 0, filled(after, all), to.host),
        }
    }

    /// How many waves more than needed in any case the host's moves would take.
    fn overrun(&self, unit: usize, host: HostIndex) -> usize {
        let moves = self.moves[host] + self.units[unit].guests.len();
        moves.div_ceil(self.needs.limits().host.max(1)).saturating_sub(self.waves)
    }

    /// The unit goes there.
    pub(super) fn assign(&mut self, unit: usize, to: Choice) {
        for guest in self.units[unit].arriving(self.needs, to.host) {
            self.ledger.put(guest, to.host);
            self.moves[to.host] += 1;
            if let Some(home) = self.needs.homes[guest] {
                self.ledger.take(guest, home);
                self.moves[home] += 1;
            }
        }
        self.chosen[unit] = Some(to);
    }

    /// The unit goes nowhere for now; tells where it was to go.
    pub(super) fn withdraw(&mut self, unit: usize) -> Option<Choice> {
        let to = self.chosen[unit].take()?;
        self.via.remove(&unit);
        for guest in self.units[unit].arriving(self.needs, to.host) {
            self.ledger.take(guest, to.host);
            self.moves[to.host] = self.moves[to.host].saturating_sub(1);
            if let Some(home) = self.needs.homes[guest] {
                self.ledger.put(guest, home);
                self.moves[home] = self.moves[home].saturating_sub(1);
            }
        }
        Some(to)
    }
}

/// How full the fuller of memory and vCPUs is, in millionths.
fn filled(used: Amount, all: Amount) -> u128 {
    let part = |used: u64, all: u64| u128::from(used) * 1_000_000 / u128::from(all.max(1));
    part(used.memory.as_kib(), all.memory.as_kib()).max(part(used.vcpus, all.vcpus))
}

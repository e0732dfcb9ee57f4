//! Where each unit goes, and what that leaves on hosts.

use std::collections::{BTreeMap, BTreeSet};

use super::ledger::Ledger;
use super::needs::Needs;
use super::placing::placed;
use super::units::{Choice, Unit};
use super::wish::{Want, Wish};
use crate::compat::{GuestIndex, HostIndex};

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
    /// How many waves there will be in any case.
    pub(super) waves: usize,
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

impl<'p> Placement<'p> {
    /// Nothing is placed yet; `ledger` is what the hosts hold now.
    pub(super) fn new(
        needs: &'p Needs<'p>,
        wish: &'p Wish,
        units: &'p [Unit],
        ledger: Ledger<'p>,
        waves: usize,
    ) -> Self {
        Self { needs, wish, units, ledger, chosen: vec![None; units.len()], via: BTreeMap::new(), waves }
    }

    /// Places as many of `waiting` as can be, those that must leave before those that should come.
    pub(super) fn place(&mut self, waiting: &BTreeSet<usize>) {
        let waiting: Vec<usize> = waiting.iter().copied().collect();
        for (unit, to) in placed(self, &waiting) {
            self.assign(unit, to);
        }
    }

    /// As [`Self::place`], with as much as can be where `pending` has it, as long as that leaves out no more.
    pub(super) fn place_again(
        &mut self,
        waiting: &BTreeSet<usize>,
        pending: &BTreeMap<GuestIndex, HostIndex>,
    ) {
        if pending.is_empty() {
            return self.place(waiting);
        }
        let mut anew = self.clone();
        for &unit in waiting {
            let goal = self.units[unit].goal(pending);
            let choices = self.units[unit].choices.iter();
            if let Some(to) = choices.copied().find(|to| Some(to.host) == goal && self.fits(unit, to.host)) {
                self.assign(unit, to);
            }
        }
        let others = waiting.iter().copied().filter(|&unit| self.chosen[unit].is_none()).collect();
        self.place(&others);
        anew.place(waiting);
        if anew.left_by_want(waiting) < self.left_by_want(waiting) {
            *self = anew;
        }
    }

    /// How many are left of those that must leave and of those that should come.
    fn left_by_want(&self, waiting: &BTreeSet<usize>) -> (usize, usize) {
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

    /// The gentler mode, then the host that is left with the least memory.
    fn cost(&self, unit: usize, to: Choice) -> (u8, u64, HostIndex) {
        let after = self.ledger.used(to.host).plus(self.units[unit].amount);
        let all = self.needs.hosts[to.host].as_ref().copied().unwrap_or_default();
        (to.mode as u8, all.minus(after).memory.as_kib(), to.host)
    }

    /// The unit goes there.
    pub(super) fn assign(&mut self, unit: usize, to: Choice) {
        for guest in self.units[unit].arriving(self.needs, to.host) {
            self.ledger.put(guest, to.host);
            if let Some(home) = self.needs.homes[guest] {
                self.ledger.take(guest, home);
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
            if let Some(home) = self.needs.homes[guest] {
                self.ledger.put(guest, home);
            }
        }
        Some(to)
    }
}

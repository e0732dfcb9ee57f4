//! Where each unit goes, and what that leaves on hosts.

use std::collections::{BTreeMap, BTreeSet};

use super::ledger::Ledger;
use super::needs::Needs;
use super::units::{Choice, Unit};
use super::wish::Wish;
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
        self.ledger.obstacle(&arriving, host).is_none() && self.keeps_headroom(unit, host)
    }

    /// Whether enough stays free in the end for the guests of hosts that fail: what comes from hosts of the same set changes nothing.
    pub(super) fn keeps_headroom(&self, unit: usize, host: HostIndex) -> bool {
        let pool = |host: HostIndex| self.needs.headroom.pool(host);
        let home = |guest: &GuestIndex| self.needs.homes[*guest].and_then(pool);
        let mut arriving = self.units[unit].arriving(self.needs, host);
        arriving.retain(|guest| home(guest) != pool(host));
        arriving.is_empty() || self.ledger.shrinks(&arriving, host).is_none()
    }

    /// The best host that has room.
    pub(super) fn best(&self, unit: usize) -> Option<Choice> {
        let choices = self.units[unit].choices.iter().filter(|to| self.fits(unit, to.host));
        choices.min_by_key(|to| self.cost(unit, **to)).copied()
    }

    /// The gentler mode, then the host that is left with the least memory.
    fn cost(&self, unit: usize, to: Choice) -> (u8, u64, HostIndex) {
        let after = self.ledger.used(to.host).memory.plus(self.units[unit].amount.memory);
        let all = self.needs.hosts[to.host].as_ref().map(|all| all.memory).unwrap_or_default();
        (to.mode as u8, all.minus(after).as_kib(), to.host)
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

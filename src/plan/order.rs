//! Units that move one after the other.

use std::collections::{BTreeMap, BTreeSet};

use super::needs::Needs;
use super::units::Unit;
use crate::compat::GuestIndex;

/// Which unit has to wait for which others.
#[derive(Default)]
pub(super) struct Order {
    /// By unit: those that go before it.
    before: BTreeMap<usize, BTreeSet<usize>>,
    /// The units that others wait for.
    first: BTreeSet<usize>,
}

impl Order {
    /// By the orders of guests in `cluster.toml`.
    pub(super) fn new(needs: &Needs<'_>, units: &[Unit]) -> Self {
        let orders = &needs.times.order;
        if orders.is_empty() {
            return Self::default();
        }
        let of = |(unit, about): (usize, &Unit)| {
            about.guests.iter().map(move |&guest| (guest, unit)).collect::<Vec<_>>()
        };
        let unit_of: BTreeMap<GuestIndex, usize> = units.iter().enumerate().flat_map(of).collect();
        let mut order = Self::default();
        for guests in orders {
            let mut seen: BTreeSet<usize> = BTreeSet::new();
            for unit in guests.iter().filter_map(|guest| unit_of.get(guest).copied()) {
                let before = seen.iter().copied().filter(|&other| other != unit);
                order.before.entry(unit).or_default().extend(before);
                seen.insert(unit);
            }
        }
        order.first = order.before.values().flatten().copied().collect();
        order
    }

    /// Of the units that wait, those that need not wait for another of them.
    pub(super) fn turn(&self, waiting: &BTreeSet<usize>) -> BTreeSet<usize> {
        let free = |unit: &&usize| self.before.get(unit).is_none_or(|before| before.is_disjoint(waiting));
        waiting.iter().filter(free).copied().collect()
    }

    /// Of these units, those that others wait for.
    pub(super) fn passed(&self, units: impl Iterator<Item = usize>) -> BTreeSet<usize> {
        units.filter(|unit| self.first.contains(unit)).collect()
    }
}

//! Whether any packing is there at all, by trying them.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use crate::plan::ledger::Ledger;
use crate::plan::units::{Choice, Unit};

/// How many trials a loss is worth; counted, so that the same input gives the same answer.
const TRIALS: usize = 20_000;

/// A search through all packings.
pub(super) struct Exact<'e, 'l> {
    units: &'e [Unit],
    ledger: Ledger<'l>,
    trials: usize,
    chosen: Vec<(usize, Choice)>,
}

/// The trials did not do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Tired;

impl<'e, 'l> Exact<'e, 'l> {
    /// `ledger` is what the hosts hold before.
    pub(super) fn new(units: &'e [Unit], ledger: Ledger<'l>) -> Self {
        Self { units, ledger, trials: TRIALS, chosen: Vec::new() }
    }

    /// Where all units of `able` have room together; `None` where they have not.
    ///
    /// # Errors
    /// [`Tired`], where the trials did not do.
    pub(super) fn search(mut self, able: &BTreeSet<usize>) -> Result<Option<Vec<(usize, Choice)>>, Tired> {
        let found = self.settle(able.iter().copied().collect())?;
        Ok(found.then_some(self.chosen))
    }

    /// Settles the unit with the fewest hosts first, of those the biggest, and then the others.
    fn settle(&mut self, mut waiting: Vec<usize>) -> Result<bool, Tired> {
        let fitting = |&unit: &usize| (self.fitting(unit), unit);
        let rank = |(hosts, unit): &(Vec<Choice>, usize)| {
            (hosts.len(), Reverse(self.units[*unit].amount.memory), *unit)
        };
        let Some((hosts, unit)) = waiting.iter().map(fitting).min_by_key(rank) else { return Ok(true) };
        waiting.retain(|&other| other != unit);
        for to in hosts {
            self.trials = self.trials.checked_sub(1).ok_or(Tired)?;
            self.units[unit].guests.iter().for_each(|&guest| self.ledger.put(guest, to.host));
            self.chosen.push((unit, to));
            if self.settle(waiting.clone())? {
                return Ok(true);
            }
            self.chosen.pop();
            self.units[unit].guests.iter().for_each(|&guest| self.ledger.take(guest, to.host));
        }
        Ok(false)
    }

    fn fitting(&self, unit: usize) -> Vec<Choice> {
        let unit = &self.units[unit];
        let fits = |to: &&Choice| self.ledger.obstacle(&unit.guests, to.host).is_none();
        unit.choices.iter().filter(fits).copied().collect()
    }
}

//! Finds hosts for what is left out by moving others on: chains of up to three.

use super::chain::{Chain, Search};
use super::extra::Extra;
use super::heat::Heat;

impl<X: Extra> Search<'_, '_, X> {
    /// Places what is left out by chains of up to three units, the shorter first, with so many trials
    /// for each.
    pub(super) fn eject(&mut self, trials: u64) {
        for unit in self.left_out() {
            let chain = Chain::of(unit, self.state.at[unit]);
            let mut left = trials;
            let _found = (1..=3).any(|longest| self.extend(&chain, unit, longest, &mut left));
        }
    }

    /// Lets `unit`, the last of a chain, go somewhere, with so many units at most from it on; tells
    /// whether that was made.
    fn extend(&mut self, chain: &Chain, unit: usize, longest: usize, trials: &mut u64) -> bool {
        // Of many hosts a list of its own would cost more than most trials.
        (0..self.state.options_of(unit).len()).any(|nth| {
            let host = self.state.options_of(unit)[nth];
            if chain.stops_at(host) {
                false
            } else if longest == 1 {
                self.state.has_place(unit, host)
                    && spend(trials)
                    && self.attempt(&chain.then(unit, host), Heat::STRICT, i64::MAX)
            } else {
                self.push_out(&chain.then(unit, host), unit, host, longest, trials)
            }
        })
    }

    /// Lets one after the other of those on `host` make room for `unit`.
    fn push_out(
        &mut self,
        chain: &Chain,
        unit: usize,
        host: usize,
        longest: usize,
        trials: &mut u64,
    ) -> bool {
        let others = self.state.on[host].clone();
        others.into_iter().any(|other| {
            let state = &self.state;
            spend(trials)
                && state.model.units.may(unit, host)
                && !state.model.is_left_out(other, host)
                && state.fits(host, Some(other), unit)
                && state.uncrowded(host, Some(other), unit)
                && self.extend(chain, other, longest - 1, trials)
        })
    }
}

/// Takes one of the trials that are left.
fn spend(trials: &mut u64) -> bool {
    *trials = trials.saturating_sub(1);
    *trials > 0
}

//! Local search: places what was left by shifting what is placed.

use std::collections::BTreeSet;

use super::placement::Placement;
use super::units::Choice;
use crate::compat::HostIndex;

/// How many units one after the other may be shifted to make room for one.
const DEPTH: usize = 4;
/// How many trials one unit is worth; counted, so that the same input gives the same plan.
const TRIALS: usize = 20_000;

impl Placement<'_> {
    /// Places as many of `waiting` as shifts and swaps can make room for.
    pub(super) fn search(&mut self, waiting: &BTreeSet<usize>) {
        let left: Vec<usize> = self.left(waiting).collect();
        for unit in left {
            let mut trials = TRIALS;
            self.settle(unit, None, DEPTH, &mut trials);
        }
    }

    /// Finds the unit a host other than `not`, shifting up to `depth` others. What it tried in vain
    /// it takes back.
    fn settle(&mut self, unit: usize, not: Option<HostIndex>, depth: usize, trials: &mut usize) -> bool {
        let units = self.units;
        let choices = || units[unit].choices.iter().copied().filter(|to| Some(to.host) != not);
        let direct = choices().filter(|to| self.fits(unit, to.host)).min_by_key(|to| (to.mode, to.host));
        if let Some(to) = direct {
            self.assign(unit, to);
            return true;
        }
        depth > 0 && choices().any(|to| self.settle_by_shift(unit, to, depth, trials))
    }

    fn settle_by_shift(&mut self, unit: usize, to: Choice, depth: usize, trials: &mut usize) -> bool {
        let there = |other: &usize| self.chosen[*other].is_some_and(|chosen| chosen.host == to.host);
        let others: Vec<usize> =
            (0..self.units.len()).filter(|other| *other != unit && there(other)).collect();
        others.into_iter().any(|other| self.shift(other, unit, to, depth, trials))
    }

    /// Puts `unit` where `other` was to go, if that makes room and `other` finds another host.
    fn shift(&mut self, other: usize, unit: usize, to: Choice, depth: usize, trials: &mut usize) -> bool {
        if *trials == 0 {
            return false;
        }
        *trials -= 1;
        let Some(was) = self.withdraw(other) else { return false };
        if self.fits(unit, to.host) {
            self.assign(unit, to);
            if self.settle(other, Some(to.host), depth - 1, trials) {
                return true;
            }
            self.withdraw(unit);
        }
        self.assign(other, was);
        false
    }
}

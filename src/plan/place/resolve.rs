//! Places some units anew, in every way there is: the best of all, if there are steps enough.

use super::chain::Search;
use super::extra::Extra;
use super::score::Score;
use super::units::{NOWHERE, SCATTERED, is_host};

/// A search through all ways to place some units.
struct Trees<'s, 'm, 'p, X> {
    search: &'s mut Search<'m, 'p, X>,
    /// The units, and where each may go.
    units: Vec<(usize, Vec<usize>)>,
    best: Score,
    found: Option<Vec<usize>>,
    steps: u64,
}

impl<X: Extra> Search<'_, '_, X> {
    /// Places `units` anew, on `hosts` only or left out. Tells whether every way was tried; `steps`
    /// is what is left of the steps.
    pub(super) fn resolve(&mut self, units: &[usize], hosts: &[usize], steps: &mut u64) -> bool {
        let was: Vec<usize> = units.iter().map(|&unit| self.state.at[unit]).collect();
        let best = self.score();
        for &unit in units {
            self.remove(unit);
        }
        let mut trees = Trees { units: Vec::new(), best, found: None, steps: *steps, search: self };
        trees.units = units.iter().map(|&unit| (unit, trees.choices(unit, hosts))).collect();
        trees.units.sort_by_key(|(unit, choices)| (choices.len(), *unit));
        trees.branch(0);
        let (found, order) =
            (trees.found.take(), trees.units.iter().map(|(unit, _)| *unit).collect::<Vec<_>>());
        let all = trees.steps > 0;
        *steps = trees.steps;
        match found {
            Some(at) => order.iter().zip(at).for_each(|(&unit, at)| self.restore(unit, at)),
            None => units.iter().zip(was).for_each(|(&unit, at)| self.restore(unit, at)),
        }
        if !X::NOTHING {
            self.focus(super::extra::Share::ALL);
        }
        all
    }

    /// How good it is, with what is asked beyond the problem.
    fn score(&self) -> Score {
        let beyond = self.beyond().unwrap_or(i64::MAX / 2);
        self.state.score + Score::of_cost(beyond)
    }

    fn beyond(&self) -> Option<i64> {
        if X::NOTHING {
            return Some(0);
        }
        let model = self.state.model;
        self.extra.cost(&model.units.positions(model.problem, &self.state.at))
    }

    fn remove(&mut self, unit: usize) {
        let from = self.state.at[unit];
        self.state.lift(unit);
        self.state.areas.put(&self.state.model.crowds, unit, from, NOWHERE);
    }

    fn restore(&mut self, unit: usize, to: usize) {
        // What is nowhere counts as lifted already: its price is in neither sum.
        self.state.put(unit, to);
        self.state.areas.put(&self.state.model.crowds, unit, NOWHERE, to);
    }
}

impl<X: Extra> Trees<'_, '_, '_, X> {
    /// Where a unit may go: the cheapest first, leaving out last.
    fn choices(&self, unit: usize, hosts: &[usize]) -> Vec<usize> {
        let model = self.search.state.model;
        let home = model.units.homes[unit];
        let mut choices: Vec<usize> =
            hosts.iter().copied().filter(|&host| model.units.may(unit, host)).collect();
        if !is_host(home) || !choices.contains(&home) {
            choices.push(home);
        }
        choices.sort_by_key(|&at| (model.stay(unit, at), at));
        choices
    }

    fn branch(&mut self, depth: usize) {
        if self.steps == 0 || self.is_hopeless() {
            return;
        }
        self.steps -= 1;
        let Some((unit, choices)) = self.units.get(depth).cloned() else { return self.leaf() };
        for at in choices {
            if self.has_place(unit, at) {
                self.search.restore(unit, at);
                if at != SCATTERED || self.search.state.is_right_at_homes(unit) {
                    self.branch(depth + 1);
                }
                self.search.remove(unit);
            }
        }
    }

    fn has_place(&self, unit: usize, at: usize) -> bool {
        let state = &self.search.state;
        !is_host(at)
            || (state.fits(at, None, unit)
                && state.uncrowded(at, None, unit)
                && state.areas.holds(&state.model.crowds, unit, at))
    }

    /// Whether nothing better can come of it. Loads only grow; balances may get better with them.
    fn is_hopeless(&self) -> bool {
        let now = self.search.state.score;
        let known = if self.search.state.model.costs.only_grow() { now.cost } else { i64::MIN };
        (now.left_out, known) >= (self.best.left_out, self.best.cost)
    }

    fn leaf(&mut self) {
        let state = &self.search.state;
        if !self.units.iter().all(|(unit, _)| state.areas.is_spread(&state.model.crowds, *unit)) {
            return;
        }
        let Some(beyond) = self.search.beyond() else { return };
        let score = state.score + Score::of_cost(beyond);
        if score < self.best {
            self.best = score;
            self.found = Some(self.units.iter().map(|(unit, _)| state.at[*unit]).collect());
        }
    }
}

//! Steepest descent: the one shift that makes most better, again and again, until none does.

use std::collections::BTreeSet;

use super::chain::{Chain, Search};
use super::extra::Extra;
use super::heat::Heat;
use super::score::Score;
use super::units::is_host;

/// A shift is as good as the best that lacks no more than one part in so many of it: to know better would take long.
const NEAR: i64 = 1_000;

/// What each unit would change by its best shift.
struct Offers {
    /// Those that make anything better, the best first. One may be worse by now than it says, and is looked at anew when its
    /// turn comes; none is better.
    queue: BTreeSet<(Score, usize)>,
    /// By unit: as in the queue.
    best: Vec<Option<Score>>,
    /// By unit: what changes where it is when it leaves.
    leaving: Vec<Score>,
}

impl Offers {
    fn new<X: Extra>(search: &Search<'_, '_, X>) -> Self {
        let all = search.state.at.len();
        let mut offers =
            Self { queue: BTreeSet::new(), best: vec![None; all], leaving: vec![Score::default(); all] };
        for &unit in &search.state.units {
            offers.refresh(search, unit);
        }
        offers
    }

    /// The unit is looked at anew; tells its best shift.
    fn refresh<X: Extra>(&mut self, search: &Search<'_, '_, X>, unit: usize) -> Option<(Score, usize)> {
        self.leaving[unit] = search.leaving(unit);
        let found = search.best_shift(unit, self.leaving[unit]);
        self.set(unit, found.map(|found| found.0));
        found
    }

    fn set(&mut self, unit: usize, change: Option<Score>) {
        if let Some(before) = std::mem::replace(&mut self.best[unit], change) {
            self.queue.remove(&(before, unit));
        }
        self.queue.extend(change.map(|change| (change, unit)));
    }

    /// The unit with the best shift, and where to.
    fn next<X: Extra>(&mut self, search: &Search<'_, '_, X>) -> Option<(usize, usize)> {
        loop {
            let &(_, unit) = self.queue.first()?;
            let Some((change, to)) = self.refresh(search, unit) else { continue };
            let best = self.queue.first().map_or(change, |first| first.0);
            let near = change.left_out <= best.left_out && change.cost <= best.cost - best.cost / NEAR;
            if change <= best || near {
                return Some((unit, to));
            }
        }
    }

    /// A host has been left: whatever is elsewhere may find it better than before.
    fn left<X: Extra>(&mut self, search: &Search<'_, '_, X>, host: usize) {
        for &unit in search.state.units.iter().filter(|&&unit| search.state.at[unit] != host) {
            let bound = self.best[unit].unwrap_or_default();
            let change = self.leaving[unit] + search.coming(unit, host);
            if change < bound && search.state.has_place(unit, host) {
                self.set(unit, Some(change));
            }
        }
    }
}

impl<X: Extra> Search<'_, '_, X> {
    /// Makes the shift that makes most better until none makes anything better.
    pub(super) fn descend(&mut self) {
        let mut offers = Offers::new(self);
        while let Some((unit, to)) = offers.next(self) {
            let from = self.state.at[unit];
            if !self.attempt(&Chain::of(unit, from).then(unit, to), Heat::STRICT, 0) {
                offers.set(unit, None);
                continue;
            }
            for nth in 0..self.state.on[to].len() {
                offers.refresh(self, self.state.on[to][nth]);
            }
            if is_host(from) {
                for nth in 0..self.state.on[from].len() {
                    let unit = self.state.on[from][nth];
                    offers.leaving[unit] = self.leaving(unit);
                }
                offers.left(self, from);
            }
        }
    }

    /// What changes where a unit is when it leaves.
    fn leaving(&self, unit: usize) -> Score {
        let state = &self.state;
        let from = state.at[unit];
        let load =
            if is_host(from) { state.cost_after(from, Some(unit), None) - state.cost(from) } else { 0 };
        Score::of_cost(load) - state.model.stay(unit, from)
    }

    /// What changes on a host when a unit comes to it.
    fn coming(&self, unit: usize, host: usize) -> Score {
        let state = &self.state;
        let load = state.cost_after(host, None, Some(unit)) - state.cost(host);
        Score::of_cost(load) + state.model.stay(unit, host)
    }

    /// The shift of a unit that makes most better, if any makes anything so.
    fn best_shift(&self, unit: usize, leaving: Score) -> Option<(Score, usize)> {
        let from = self.state.at[unit];
        let mut best: Option<(Score, usize)> = None;
        for &host in self.state.options_of(unit).iter().filter(|&&host| host != from) {
            let change = leaving + self.coming(unit, host);
            let bound = best.map_or(Score::default(), |best| best.0);
            if change < bound && self.state.has_place(unit, host) {
                best = Some((change, host));
            }
        }
        best
    }
}

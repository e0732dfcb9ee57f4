//! What the search tries: up to three units, each of which takes the place of the next.

use super::extra::Extra;
use super::heat::Heat;
use super::score::Score;
use super::state::State;
use super::units::{Units, is_host};

/// How many units a chain has at most.
const LONGEST: usize = 3;

/// Units that move at once: the first to where the second is, and so on; the last to some other
/// host, or to where the first is. One is a shift; two that change places are a swap.
#[derive(Clone, Copy, Debug)]
pub(super) struct Chain {
    units: [usize; LONGEST],
    stops: [usize; LONGEST + 1],
    length: usize,
}

impl Chain {
    /// A unit that goes nowhere yet.
    pub(super) fn of(unit: usize, from: usize) -> Self {
        Self { units: [unit; LONGEST], stops: [from; LONGEST + 1], length: 0 }
    }

    /// The unit goes `to`.
    pub(super) fn then(mut self, unit: usize, to: usize) -> Self {
        self.units[self.length] = unit;
        self.length += 1;
        self.stops[self.length] = to;
        self
    }

    /// Whether it comes to this host already.
    pub(super) fn stops_at(&self, host: usize) -> bool {
        self.stops[..=self.length].contains(&host)
    }

    /// Units with where they come from and where they go, the last first: each finds its place free.
    pub(super) fn moves(&self) -> impl DoubleEndedIterator<Item = (usize, usize, usize)> {
        (0..self.length).rev().map(|at| (self.units[at], self.stops[at], self.stops[at + 1]))
    }

    /// Hosts with who leaves and who comes.
    fn links(&self) -> impl Iterator<Item = (usize, Option<usize>, Option<usize>)> {
        let closed = self.stops[self.length] == self.stops[0];
        let links = (0..self.length + usize::from(!closed)).map(move |at| {
            let before = if closed && at == 0 { Some(self.length - 1) } else { at.checked_sub(1) };
            let out = (at < self.length).then(|| self.units[at]);
            (self.stops[at], out, before.map(|before| self.units[before]))
        });
        links.filter(|link| is_host(link.0))
    }
}

/// A search: where units are, and what is asked beyond the problem.
pub(super) struct Search<'m, 'p, X> {
    /// Where units are.
    pub(super) state: State<'m, 'p>,
    /// What is asked beyond the problem.
    pub(super) extra: X,
}

impl<X: Extra> Search<'_, '_, X> {
    /// Whether all units of a chain may be where they go, and have room there as far as that is
    /// asked.
    fn is_possible(&self, chain: &Chain, heat: Heat) -> bool {
        let state = &self.state;
        let may = |host, unit| state.model.units.may(unit, host);
        let fits = |host, out, come| heat.excess.is_some() || state.fits(host, out, come);
        chain.links().all(|(host, out, come)| {
            come.is_none_or(|come| {
                fits(host, out, come) && state.uncrowded(host, out, come) && may(host, come)
            })
        })
    }

    /// What a chain changes of what hosts hold too much.
    fn excess(&self, chain: &Chain) -> i64 {
        let state = &self.state;
        chain.links().map(|(host, out, come)| state.excess_after(host, out, come) - state.excess(host)).sum()
    }

    /// How much worse a chain is, without what is asked beyond the problem.
    pub(super) fn change(&self, chain: &Chain) -> Score {
        let state = &self.state;
        let loads =
            chain.links().map(|(host, out, come)| state.cost_after(host, out, come) - state.cost(host));
        let mut change = Score::of_cost(loads.sum());
        for (unit, from, to) in chain.moves() {
            change += state.model.stay(unit, to);
            change -= state.model.stay(unit, from);
        }
        change
    }

    /// Makes a chain of moves if it is possible and no worse than `patience`; tells whether.
    pub(super) fn attempt(&mut self, chain: &Chain, heat: Heat, patience: i64) -> bool {
        if !self.is_possible(chain, heat) {
            return false;
        }
        let mut change = self.change(chain);
        if let Some(price) = heat.excess {
            change.cost = change.cost.saturating_add(self.excess(chain).saturating_mul(price));
        }
        let bearable = Score::of_cost(patience.saturating_add(self.extra.relief()));
        if change > bearable {
            return false;
        }
        let worse = if change.left_out < 0 { i64::MAX } else { patience.saturating_sub(change.cost) };
        if !self.agree(chain, worse) {
            return false;
        }
        chain.moves().for_each(|(unit, ..)| self.state.lift(unit));
        chain.moves().for_each(|(unit, _, to)| self.state.put(unit, to));
        true
    }

    /// Asks the areas and what is beyond the problem, and tells them; nothing is told if any of
    /// them refuses, or if it costs more than `most`.
    fn agree(&mut self, chain: &Chain, most: i64) -> bool {
        let mut cost = 0;
        for (done, (unit, from, to)) in chain.moves().enumerate() {
            let agreed = self.agree_on(unit, from, to);
            cost += agreed.unwrap_or(0);
            if agreed.is_none() || (done + 1 == chain.length && cost > most) {
                let undone = done + usize::from(agreed.is_some());
                self.take_back(chain, undone);
                return false;
            }
        }
        true
    }

    fn agree_on(&mut self, unit: usize, from: usize, to: usize) -> Option<i64> {
        let model = self.state.model;
        if !self.state.areas.shift(&model.crowds, unit, from, to) {
            return None;
        }
        let mut cost = 0;
        for (done, &item) in model.units.items.of(unit).iter().enumerate() {
            let place = |at| Units::item_at(model.problem, item, at);
            let Some(one) = self.extra.change(item, place(from), place(to)) else {
                self.tell(unit, to, from, done);
                self.state.areas.put(&model.crowds, unit, to, from);
                return None;
            };
            self.extra.apply(item, place(from), place(to));
            cost += one;
        }
        Some(cost)
    }

    /// Tells what is beyond the problem of the first items of a unit.
    fn tell(&mut self, unit: usize, from: usize, to: usize, items: usize) {
        let model = self.state.model;
        for &item in model.units.items.of(unit)[..items].iter().rev() {
            let place = |at| Units::item_at(model.problem, item, at);
            self.extra.apply(item, place(from), place(to));
        }
    }

    fn take_back(&mut self, chain: &Chain, moves: usize) {
        let model = self.state.model;
        for at in (0..moves).rev() {
            let Some((unit, from, to)) = chain.moves().nth(at) else { continue };
            self.tell(unit, to, from, model.units.items.of(unit).len());
            self.state.areas.put(&model.crowds, unit, to, from);
        }
    }
}

//! Annealing in several lanes side by side, each with hosts of its own, and put together after each
//! round by number: the same for any number of threads.

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::chain::Search;
use super::dice::Dice;
use super::extra::{Extra, Share};
use super::found::Found;
use super::model::Model;
use super::schedule::Schedule;
use super::state::State;
use super::tempers::Temper;

/// Ways from one start.
#[derive(Clone, Copy)]
pub(super) struct Ways<'w, 'p, X> {
    pub(super) model: &'w Model<'p>,
    pub(super) extra: &'w X,
    pub(super) start: &'w Found,
    pub(super) seed: u64,
}

/// One way of annealing.
pub(super) struct Way<'w, 'p, X> {
    model: &'w Model<'p>,
    extra: &'w X,
    schedule: Schedule,
    seed: u64,
    lanes: usize,
    number: usize,
    at: Vec<usize>,
    best: Found,
}

impl<'w, 'p, X: Extra> Way<'w, 'p, X> {
    pub(super) fn new(
        ways: &Ways<'w, 'p, X>,
        temper: Temper,
        steps: u64,
        number: usize,
        lanes: usize,
    ) -> Self {
        let (model, extra) = (ways.model, ways.extra);
        let mut dice = Dice::new(ways.seed, &[number as u64]);
        let mut search = Search { state: State::whole(model, &ways.start.at), extra: extra.clone() };
        search.focus(Share::ALL);
        let schedule = Schedule::new(&search, &mut dice, temper, steps);
        let (at, best) = (ways.start.at.clone(), ways.start.clone());
        Self { model, extra, schedule, seed: ways.seed, lanes, number, at, best }
    }

    pub(super) fn go(mut self) -> Found {
        for round in 0..Schedule::rounds() {
            self.round(round);
            let found = Found::new(self.model, self.extra, self.at.clone());
            if found.is_none() && Schedule::is_late(round) {
                self.at.clone_from(&self.best.at);
            }
            if let Some(found) = found.filter(|found| found.score < self.best.score) {
                self.best = found;
            }
        }
        self.best
    }

    /// Each lane anneals hosts of its own.
    fn round(&mut self, round: usize) {
        let blocks = self.blocks(round);
        let lanes = blocks.into_par_iter().enumerate();
        let found: Vec<Vec<(usize, usize)>> =
            lanes.map(|(lane, hosts)| self.lane(round, lane, hosts)).collect();
        for (unit, at) in found.into_iter().flatten() {
            self.at[unit] = at;
        }
    }

    /// The hosts of each lane: as many in each, near enough, and those of a bond in one.
    fn blocks(&self, round: usize) -> Vec<Vec<usize>> {
        let mut bonds: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for host in 0..self.model.problem.hosts.len() {
            bonds.entry(self.extra.bond(host)).or_default().push(host);
        }
        let mut bonds: Vec<Vec<usize>> = bonds.into_values().collect();
        if bonds.len() < 2 * self.lanes {
            bonds = bonds.into_iter().flatten().map(|host| vec![host]).collect();
        }
        let mut order: Vec<usize> = (0..bonds.len()).collect();
        if self.lanes > 1 {
            Dice::new(self.seed, &[self.number as u64, round as u64]).shuffle(&mut order);
        }
        let mut blocks = vec![Vec::new(); self.lanes];
        for bond in order {
            if let Some(least) = blocks.iter_mut().min_by_key(|block| block.len()) {
                least.append(&mut bonds[bond]);
            }
        }
        blocks
    }

    /// Where the units of a lane are after it.
    fn lane(&self, round: usize, lane: usize, hosts: Vec<usize>) -> Vec<(usize, usize)> {
        let share = Share { lane, lanes: self.lanes, round };
        let state = State::block(self.model, &self.at, hosts, share);
        let mut search = Search { state, extra: self.extra.clone() };
        search.focus_within(&self.at, share);
        let mut dice = Dice::new(self.seed, &[self.number as u64, round as u64, lane as u64 + 1]);
        let steps = self.schedule.steps() / self.lanes as u64;
        let heat = self.schedule.heat(round);
        let left = match heat.excess {
            Some(_) => steps,
            None => search.relieve(&mut dice, self.schedule.relief(round), steps),
        };
        search.anneal(&mut dice, heat, left);
        search.state.units.iter().map(|&unit| (unit, search.state.at[unit])).collect()
    }
}

impl<X: Extra> Search<'_, '_, X> {
    /// Tells what is beyond the problem where all items are.
    pub(super) fn focus(&mut self, share: Share) {
        let at = self.state.at.clone();
        self.focus_within(&at, share);
    }

    /// Tells what is beyond the problem where all items are, and which hosts are its own.
    pub(super) fn focus_within(&mut self, at: &[usize], share: Share) {
        let model = self.state.model;
        let mut mine = vec![false; model.problem.hosts.len()];
        self.state.hosts.iter().for_each(|&host| mine[host] = true);
        self.extra.focus(&model.units.positions(model.problem, at), &mine, share);
    }
}

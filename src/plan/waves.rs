//! In which order: waves of moves that may run at the same time.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::deadlock::closed_sets;
use super::ledger::{Ledger, Obstacle};
use super::order::Order;
use super::placement::Placement;
use super::units::Choice;
use crate::compat::HostIndex;

/// A unit that no order of moves can bring where it was to go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Stuck {
    /// The unit.
    pub(super) unit: usize,
    /// Where it was to go.
    pub(super) host: HostIndex,
    /// The hosts that wait for none but one another.
    pub(super) waiting: Vec<HostIndex>,
    /// What is in its way there.
    pub(super) obstacle: Obstacle,
}

/// Units in waves: in each, where which unit goes.
#[derive(Default)]
pub(super) struct Schedule {
    /// The waves.
    pub(super) waves: Vec<Vec<(usize, Choice)>>,
    /// What no order can bring.
    pub(super) stuck: Vec<Stuck>,
}

impl Schedule {
    /// How many get stuck, then how many waves there are.
    pub(super) fn cost(&self) -> (usize, usize) {
        (self.stuck.len(), self.waves.len())
    }
}

/// Makes waves of a placement.
pub(super) struct Scheduler<'s, 'p> {
    placement: &'s mut Placement<'p>,
    /// What the hosts hold now, guests in transit on both.
    now: &'s mut Ledger<'p>,
    pending: Vec<(usize, Choice)>,
    /// By host: how many moves the wave has there.
    running: Vec<usize>,
    /// By unit: what comes first before all else, and what among equally urgent moves.
    order: Order,
    schedule: Schedule,
}

impl<'s, 'p> Scheduler<'s, 'p> {
    /// Nothing has moved yet; `now` is what the hosts hold.
    pub(super) fn new(placement: &'s mut Placement<'p>, now: &'s mut Ledger<'p>, order: Order) -> Self {
        let chosen = placement.chosen.iter().enumerate();
        let pending = chosen.filter_map(|(unit, to)| Some((unit, (*to)?))).collect();
        let running = vec![0; placement.needs.hosts.len()];
        Self { placement, now, pending, running, order, schedule: Schedule::default() }
    }

    /// Makes wave after wave until nothing is left that can move.
    pub(super) fn run(mut self) -> Schedule {
        while !self.pending.is_empty() {
            let wave = self.start_wave();
            if wave.is_empty() {
                self.unlock();
            } else {
                self.finish(&wave);
                self.schedule.waves.push(wave);
            }
        }
        self.schedule
    }

    /// Starts all that can run at the same time, the moves of the busiest hosts first.
    fn start_wave(&mut self) -> Vec<(usize, Choice)> {
        self.running.fill(0);
        let busy = self.degrees();
        let (units, order) = (self.placement.units, &self.order);
        let mut queue = std::mem::take(&mut self.pending);
        queue.sort_by_key(|&(unit, to)| {
            let hosts = self.touched(unit, to);
            let busiest = hosts.keys().map(|host| busy[*host]).max();
            let all: usize = hosts.keys().map(|host| busy[*host]).sum();
            (order.wave(unit), Reverse((busiest, all)), order.shuffle(unit), units[unit].rank())
        });
        let (wave, pending) = queue.into_iter().partition(|&(unit, to)| self.start(unit, to));
        self.pending = pending;
        wave
    }

    /// By host: how many moves are still to come.
    fn degrees(&self) -> Vec<usize> {
        let mut degrees = vec![0; self.running.len()];
        for &(unit, to) in &self.pending {
            for (host, moves) in self.touched(unit, to) {
                degrees[host] += moves;
            }
        }
        degrees
    }

    /// The hosts a unit's moves bear on, with the number of moves on each.
    fn touched(&self, unit: usize, to: Choice) -> BTreeMap<HostIndex, usize> {
        let needs = self.placement.needs;
        let arriving = self.placement.units[unit].arriving(needs, to.host);
        let mut touched = BTreeMap::from([(to.host, arriving.len())]);
        for home in arriving.iter().filter_map(|&guest| needs.homes[guest]) {
            *touched.entry(home).or_default() += 1;
        }
        touched
    }

    /// Starts a unit's moves, if they can start now: its guests are on both hosts from here.
    fn start(&mut self, unit: usize, to: Choice) -> bool {
        let needs = self.placement.needs;
        let touched = self.touched(unit, to);
        let arriving = self.placement.units[unit].arriving(needs, to.host);
        let slots = touched.iter().all(|(&host, moves)| self.running[host] + moves <= needs.limit());
        if !slots || self.now.obstacle(&arriving, to.host).is_some() {
            return false;
        }
        for (host, moves) in touched {
            self.running[host] += moves;
        }
        for guest in arriving {
            self.now.put(guest, to.host);
        }
        true
    }

    /// The guests of a wave leave their old hosts.
    fn finish(&mut self, wave: &[(usize, Choice)]) {
        let needs = self.placement.needs;
        for &(unit, to) in wave {
            for guest in self.placement.units[unit].arriving(needs, to.host) {
                if let Some(home) = needs.homes[guest] {
                    self.now.take(guest, home);
                }
            }
        }
    }

    /// Nothing can start: sends one unit of those that wait in vain to another host, or gives up
    /// all of them.
    fn unlock(&mut self) {
        let closed = closed_sets(&self.waits());
        let lost = |to: &Choice| closed.iter().find(|set| set.contains(&to.host));
        let mut vain: Vec<(usize, Choice, Vec<HostIndex>)> =
            self.pending.iter().filter_map(|&(unit, to)| Some((unit, to, lost(&to)?.clone()))).collect();
        vain.sort_by_key(|(unit, ..)| Reverse(self.placement.units[*unit].rank()));
        if vain.iter().any(|&(unit, ..)| self.redirect(unit)) {
            return;
        }
        for (unit, to, waiting) in vain {
            self.give_up(unit, to, waiting);
        }
    }

    fn waits(&self) -> Vec<(Option<HostIndex>, HostIndex)> {
        let needs = self.placement.needs;
        let unit_waits = |&(unit, to): &(usize, Choice)| {
            let arriving = self.placement.units[unit].arriving(needs, to.host);
            arriving.into_iter().map(|guest| (needs.homes[guest], to.host)).collect::<Vec<_>>()
        };
        self.pending.iter().flat_map(unit_waits).collect()
    }

    /// Finds the unit another host that can take it now and in the end, in whatever mode.
    fn redirect(&mut self, unit: usize) -> bool {
        let Some(was) = self.placement.withdraw(unit) else { return false };
        let needs = self.placement.needs;
        let one = &self.placement.units[unit];
        let others = one.choices.iter().filter(|to| to.host != was.host);
        let now = |to: &Choice| self.now.obstacle(&one.arriving(needs, to.host), to.host).is_none();
        let fit = others.filter(|to| now(to) && self.placement.fits(unit, to.host));
        let other = fit.min_by_key(|to| (to.mode, to.host)).copied();
        self.placement.assign(unit, other.unwrap_or(was));
        if let (Some(other), Some(entry)) = (other, self.pending.iter_mut().find(|entry| entry.0 == unit)) {
            entry.1 = other;
        }
        other.is_some()
    }

    fn give_up(&mut self, unit: usize, to: Choice, waiting: Vec<HostIndex>) {
        let arriving = self.placement.units[unit].arriving(self.placement.needs, to.host);
        self.placement.withdraw(unit);
        self.pending.retain(|entry| entry.0 != unit);
        if let Some(obstacle) = self.now.obstacle(&arriving, to.host) {
            self.schedule.stuck.push(Stuck { unit, host: to.host, waiting, obstacle });
        }
    }
}

//! The fewest waves and the earliest end of all plans that move the same units in the same modes, none by way of another host.

use std::collections::BTreeSet;

use super::feasible::Stage;
use super::game::Game;
use crate::compat::{GuestIndex, HostIndex};

/// A guest's move.
#[derive(Clone, Copy, Debug)]
pub(super) struct Run {
    pub(super) guest: GuestIndex,
    pub(super) to: HostIndex,
    pub(super) start: u64,
    pub(super) end: u64,
    pub(super) rate: u64,
}

/// What a guest's move takes: milliseconds, and KiB/s.
pub(super) type Lasts<'l> = dyn Fn(GuestIndex, HostIndex, usize) -> (u64, u64) + 'l;

impl Game<'_> {
    /// The fewest waves in which these units move, by breadth-first search over all waves.
    pub(super) fn fewest_waves(&self, moved: &[usize]) -> Option<usize> {
        let first = vec![Stage::Home; self.units.len()];
        let mut layer = BTreeSet::from([first]);
        let mut seen = layer.clone();
        for waves in 0..=moved.len() {
            if layer.iter().any(|stages| moved.iter().all(|&unit| stages[unit] != Stage::Home)) {
                return Some(waves);
            }
            let next: BTreeSet<Vec<Stage>> =
                layer.iter().flat_map(|stages| self.waves(stages, moved)).collect();
            layer = next.difference(&seen).cloned().collect();
            seen.extend(layer.iter().cloned());
        }
        None
    }

    /// What one wave can come to.
    fn waves(&self, stages: &[Stage], moved: &[usize]) -> Vec<Vec<Stage>> {
        let mut all = vec![stages.to_vec()];
        for &unit in moved.iter().filter(|&&unit| stages[unit] == Stage::Home) {
            let more = all.iter().flat_map(|made| {
                self.units[unit].hosts.iter().map(move |&host| {
                    let mut made = made.clone();
                    made[unit] = Stage::Done(host);
                    made
                })
            });
            let more: Vec<Vec<Stage>> = more.collect();
            all.extend(more);
        }
        all.retain(|made| made != stages && self.is_wave(stages, made));
        all
    }

    /// Whether all that differs can move at once.
    fn is_wave(&self, before: &[Stage], after: &[Stage]) -> bool {
        let (old, new) = (self.at(before), self.at(after));
        let runs: Vec<Run> = (0..old.len())
            .filter(|&guest| old[guest] != new[guest])
            .map(|guest| Run { guest, to: new[guest], start: 0, end: 1, rate: 0 })
            .collect();
        self.holds(&old, &runs)
    }

    /// Whether no limit is broken where a move starts; all guests are `at` these hosts at first.
    pub(super) fn holds(&self, at: &[HostIndex], runs: &[Run]) -> bool {
        runs.iter().all(|run| self.holds_at(at, runs, run))
    }

    fn holds_at(&self, at: &[HostIndex], runs: &[Run], run: &Run) -> bool {
        let now = run.start;
        let own = |guest: GuestIndex| runs.iter().find(|run| run.guest == guest);
        let is_on = |guest: GuestIndex, host: HostIndex| {
            let left = own(guest).is_some_and(|run| run.end <= now);
            let came = own(guest).is_some_and(|run| run.to == host && run.start <= now);
            came || (at[guest] == host && !left)
        };
        let there: BTreeSet<GuestIndex> = (0..at.len()).filter(|&guest| is_on(guest, run.to)).collect();
        let coming: Vec<(GuestIndex, HostIndex)> = runs
            .iter()
            .filter(|one| one.to == run.to && one.start == now)
            .map(|one| (one.guest, at[one.guest]))
            .collect();
        let running: Vec<&Run> = runs.iter().filter(|one| one.start <= now && now < one.end).collect();
        self.takes_in(run.to, &there, &[])
            && !self.meets(run.to, &coming, &is_on)
            && [at[run.guest], run.to].iter().all(|&host| self.has_slots(at, &running, host))
    }

    fn has_slots(&self, at: &[HostIndex], running: &[&Run], host: HostIndex) -> bool {
        let settings = &self.world.cluster.settings;
        let within = |count: usize, limit: Option<usize>| limit.is_none_or(|limit| count <= limit);
        let leaving = || running.iter().filter(|run| at[run.guest] == host);
        let coming = || running.iter().filter(|run| run.to == host);
        let link = settings.migration_mbit.unwrap_or(1_000) * 1_000_000 / 8 / 1_024;
        let rack = self.racks[host];
        let of_rack =
            running.iter().filter(|run| self.racks[run.to] == rack || self.racks[at[run.guest]] == rack);
        leaving().count() + coming().count() <= settings.moves_per_host
            && within(leaving().count(), settings.moves_out_per_host)
            && within(coming().count(), settings.moves_in_per_host)
            && within(running.len(), settings.moves_at_once)
            && within(of_rack.count(), settings.moves_per_rack)
            && leaving().map(|run| run.rate).sum::<u64>() <= link
            && coming().map(|run| run.rate).sum::<u64>() <= link
    }

    /// The earliest end: every choice of hosts and every order of units, each as early as it can.
    pub(super) fn earliest_end(
        &self,
        moved: &[usize],
        choices: &[Vec<HostIndex>],
        lasts: &Lasts<'_>,
    ) -> Option<u64> {
        let mut best = None;
        for goals in all_goals(choices) {
            for order in orders(moved.len()) {
                let end = self.end_of(moved, &goals, &order, lasts);
                best = end.into_iter().chain(best).min();
            }
        }
        best
    }

    fn end_of(
        &self,
        moved: &[usize],
        goals: &[HostIndex],
        order: &[usize],
        lasts: &Lasts<'_>,
    ) -> Option<u64> {
        let mut runs: Vec<Run> = Vec::new();
        for &which in order {
            let to = goals[which];
            let guests: Vec<GuestIndex> = self.units[moved[which]]
                .guests
                .iter()
                .copied()
                .filter(|&guest| self.homes[guest] != to)
                .collect();
            let all: Vec<(u64, u64)> = guests.iter().map(|&guest| lasts(guest, to, guests.len())).collect();
            let longest = all.iter().map(|one| one.0).max().unwrap_or(0).max(1);
            let starts: BTreeSet<u64> = [0].into_iter().chain(runs.iter().map(|run| run.end)).collect();
            let begin = |start: u64| {
                let own = guests.iter().zip(&all);
                let own =
                    own.map(|(&guest, &(_, rate))| Run { guest, to, start, end: start + longest, rate });
                runs.iter().copied().chain(own).collect::<Vec<Run>>()
            };
            runs = starts.into_iter().map(begin).find(|runs| self.holds(&self.homes, runs))?;
        }
        runs.iter().map(|run| run.end).max()
    }
}

/// One of each.
fn all_goals(choices: &[Vec<HostIndex>]) -> Vec<Vec<HostIndex>> {
    choices.iter().fold(vec![Vec::new()], |all, hosts| {
        all.iter().flat_map(|made| hosts.iter().map(move |&host| [&made[..], &[host]].concat())).collect()
    })
}

/// All orders of so many.
fn orders(count: usize) -> Vec<Vec<usize>> {
    (0..count).fold(vec![Vec::new()], |all, new| {
        all.iter()
            .flat_map(|made| {
                (0..=made.len()).map(move |at| {
                    let mut made = made.clone();
                    made.insert(at, new);
                    made
                })
            })
            .collect()
    })
}

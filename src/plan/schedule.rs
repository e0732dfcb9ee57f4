//! When the units of a placement move, and what becomes of those that no order can bring.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use super::deadlock::closed_sets;
use super::jobs::Jobs;
use super::ledger::{Ledger, Obstacle};
use super::mode::MoveMode;
use super::placement::Placement;
use super::timetable::{Effort, Resource, Timetable, timetable};
use super::timing::Timing;
use super::units::{Choice, mode};
use crate::compat::{Answer, HostIndex};

/// A unit that no order of moves can bring where it was to go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Stuck {
    /// The unit.
    pub(super) unit: usize,
    /// Where it was to go.
    pub(super) host: HostIndex,
    /// The hosts that wait for none but one another.
    pub(super) waiting: Vec<HostIndex>,
    /// What is in its way there; time, where that is nothing.
    pub(super) obstacle: Option<Obstacle>,
}

/// Enough passes to see what gets stuck; the last timetable is searched for with all effort.
const FIRST: Effort = Effort { jobs: 100_000, passes: 24 };

/// So many times one unit of each ring is given up, for others of it may find another host then; after that all of them are.
const ONE_BY_ONE: usize = 64;

/// A timetable of a placement.
pub(super) struct Schedule {
    /// Its jobs.
    pub(super) jobs: Jobs,
    /// When they start.
    pub(super) table: Timetable,
    /// The units that were given up.
    pub(super) stuck: Vec<Stuck>,
}

/// Makes a timetable of a placement from what the hosts hold in `now`. What gets stuck is sent elsewhere or given up, one after
/// the other, until all that is left moves.
pub(super) fn schedule<'p>(placement: &mut Placement<'p>, now: &Ledger<'p>, timing: &Timing) -> Schedule {
    let (mut given_up, mut helped, mut rings) = (Vec::new(), BTreeSet::new(), BTreeMap::new());
    let mut rounds = 0;
    loop {
        let jobs = Jobs::new(placement.needs, placement.units, &placement.goals(), now, timing);
        let table = timetable(&jobs.problem, FIRST);
        if table.stuck.is_empty() {
            return Schedule { jobs, table, stuck: given_up };
        }
        let now = after(&jobs, &table, now);
        let (helped, rings) = (&mut helped, &mut rings);
        let unlocking = Unlocking { placement, jobs: &jobs, table: &table, now, helped, rings };
        unlocking.unlock(&mut given_up, rounds < ONE_BY_ONE);
        rounds += 1;
    }
}

/// What the hosts hold once all has moved that ever starts.
pub(super) fn after<'a>(jobs: &Jobs, table: &Timetable, now: &Ledger<'a>) -> Ledger<'a> {
    let mut then = now.clone();
    let started = jobs.moves.iter().zip(&table.starts).filter(|(_, start)| start.is_some());
    for (moves, _) in started {
        for &(guest, _) in &moves.guests {
            then.travel(guest, moves.from(now.needs(), guest), moves.to);
        }
    }
    then
}

/// Nothing can start any more.
struct Unlocking<'u, 'p> {
    placement: &'u mut Placement<'p>,
    jobs: &'u Jobs,
    table: &'u Timetable,
    /// What the hosts hold now.
    now: Ledger<'p>,
    /// What was sent elsewhere before, or another way; nothing is sent to and fro.
    helped: &'u mut BTreeSet<usize>,
    /// By unit that waited in vain: the hosts that waited for one another when it first did.
    rings: &'u mut BTreeMap<usize, Vec<HostIndex>>,
}

impl Unlocking<'_, '_> {
    /// Sends one unit of those that wait in vain to another host, or by way of another host, or gives up one of each ring, or all.
    fn unlock(mut self, given_up: &mut Vec<Stuck>, one_by_one: bool) {
        if self.miss_the_window(given_up) {
            return;
        }
        let closed = closed_sets(&self.waits());
        let lost = |to: &Choice| closed.iter().find(|set| set.contains(&to.host));
        let pending = self.pending();
        let mut vain: Vec<(usize, Choice, Vec<HostIndex>)> =
            pending.into_iter().filter_map(|(unit, to)| Some((unit, to, lost(&to)?.clone()))).collect();
        vain.sort_by_key(|(unit, ..)| self.placement.units[*unit].rank());
        if vain.iter().any(|&(unit, ..)| self.redirect(unit)) {
            return;
        }
        // The fewest bytes go twice.
        if vain.iter().rev().any(|&(unit, to, _)| self.bounce(unit, to)) {
            return;
        }
        for (unit, _, waiting) in &vain {
            self.rings.entry(*unit).or_insert_with(|| waiting.clone());
        }
        // What is least urgent is given up first, and of that what is smallest.
        vain.reverse();
        vain.sort_by_key(|(unit, ..)| Reverse(self.placement.units[*unit].want));
        let mut opened: BTreeSet<Vec<HostIndex>> = BTreeSet::new();
        vain.retain(|(unit, _, waiting)| {
            let first = opened.insert(waiting.clone()) || !one_by_one;
            if !first {
                // Without the first there may be another way for it.
                self.helped.remove(unit);
                self.placement.via.remove(unit);
            }
            first
        });
        given_up.extend(vain.into_iter().filter_map(|(unit, to, _)| self.give_up(unit, to)));
    }

    /// Sends one of those that no window leaves time for to another host, or gives up all of them; tells whether there are any.
    fn miss_the_window(&mut self, given_up: &mut Vec<Stuck>) -> bool {
        let late = self.late();
        // A host with another window may be found for one of them.
        if late.is_empty() || late.iter().any(|&(unit, _)| self.redirect(unit)) {
            return !late.is_empty();
        }
        for (unit, to) in late {
            self.placement.withdraw(unit);
            given_up.push(Stuck { unit, host: to.host, waiting: Vec::new(), obstacle: None });
        }
        true
    }

    /// The units for which no window leaves time, where they go now.
    fn late(&self) -> Vec<(usize, Choice)> {
        let late = self.table.stuck.iter().filter(|stuck| stuck.waits_for == Some(Resource::Window));
        let units: BTreeSet<usize> = late.map(|stuck| self.jobs.moves[stuck.job].unit).collect();
        units.into_iter().filter_map(|unit| Some((unit, self.placement.chosen[unit]?))).collect()
    }

    /// The units that do not arrive, and where they were to be in the end.
    fn pending(&self) -> Vec<(usize, Choice)> {
        let units: BTreeSet<usize> =
            self.table.stuck.iter().map(|stuck| self.jobs.moves[stuck.job].unit).collect();
        units.into_iter().filter_map(|unit| Some((unit, self.placement.chosen[unit]?))).collect()
    }

    /// Which host waits for which.
    fn waits(&self) -> Vec<(Option<HostIndex>, HostIndex)> {
        let needs = self.placement.needs;
        let of_job = |job: usize| {
            let moves = &self.jobs.moves[job];
            moves
                .guests
                .iter()
                .map(|&(guest, _)| (guest, moves.from(needs, guest), moves.to))
                .collect::<Vec<_>>()
        };
        let stuck: Vec<_> = self.table.stuck.iter().flat_map(|stuck| of_job(stuck.job)).collect();
        let mut waits: Vec<_> = stuck.iter().map(|&(_, from, to)| (from, to)).collect();
        let mut left: BTreeMap<HostIndex, BTreeSet<HostIndex>> = BTreeMap::new();
        for from in stuck.iter().filter_map(|&(_, from, _)| from) {
            left.entry(needs.racks.of(from)).or_default().insert(from);
        }
        // Who needs a place in a rack waits for all that is to leave it: its hosts wait as one.
        for &(.., to) in stuck.iter().filter(|(guest, ..)| needs.policies.is_wide(*guest)) {
            let others = left.get(&needs.racks.of(to)).into_iter().flatten();
            waits.extend(others.flat_map(|&other| [(Some(to), other), (Some(other), to)]));
        }
        waits
    }

    /// Finds the unit another host that can take it now and in the end, in whatever mode.
    fn redirect(&mut self, unit: usize) -> bool {
        if self.helped.contains(&unit) {
            return false;
        }
        let Some(was) = self.placement.withdraw(unit) else { return false };
        let needs = self.placement.needs;
        let one = &self.placement.units[unit];
        // Where all of it is already, it may stay; then it is not moved.
        let goes = |to: &&Choice| to.host != was.host && !one.arriving(needs, to.host).is_empty();
        let others = one.choices.iter().filter(goes);
        let now = |to: &Choice| self.now.in_the_way(&one.arriving(needs, to.host), to.host).is_none();
        let then =
            |to: &Choice| self.placement.fits(unit, to.host) && self.placement.has_place(unit, to.host);
        let fit = others.filter(|to| now(to) && then(to));
        let other = fit.min_by_key(|to| (to.mode, to.host)).copied();
        self.placement.assign(unit, other.unwrap_or(was));
        self.helped.extend(other.map(|_| unit));
        other.is_some()
    }

    /// Has the unit, one guest that goes live, wait on a third host that has room for it now: that makes room where it is.
    fn bounce(&mut self, unit: usize, to: Choice) -> bool {
        let needs = self.placement.needs;
        let one = &self.placement.units[unit];
        let ([guest], MoveMode::Live, false) = (&one.guests[..], to.mode, self.helped.contains(&unit)) else {
            return false;
        };
        let (guest, wish) = (*guest, self.placement.wish);
        let open = |host: &HostIndex| {
            Some(*host) != needs.homes[guest]
                && *host != to.host
                && !wish.drained[*host]
                && !wish.banned[*host]
        };
        let live = |host: &HostIndex| {
            mode(needs, guest, *host) == Some(MoveMode::Live)
                && needs.verdicts.onward(guest, *host, to.host).live == Answer::Yes
        };
        let hosts = (0..needs.hosts.len()).filter(open);
        let mut hosts = hosts.filter(|&host| self.now.in_the_way(&[guest], host).is_none()).filter(live);
        // In its own rack it would go on taking a place that others may wait for.
        let rack =
            needs.homes[guest].map(|home| needs.racks.of(home)).filter(|_| needs.policies.is_wide(guest));
        let via = hosts.clone().find(|&host| Some(needs.racks.of(host)) != rack).or_else(|| hosts.next());
        self.placement.via.extend(via.map(|via| (unit, via)));
        self.helped.extend(via.map(|_| unit));
        via.is_some()
    }

    fn give_up(&mut self, unit: usize, to: Choice) -> Option<Stuck> {
        let waiting = self.rings.get(&unit).cloned().unwrap_or_default();
        let arriving = self.placement.units[unit].arriving(self.placement.needs, to.host);
        self.placement.withdraw(unit);
        let obstacle = Some(self.now.in_the_way(&arriving, to.host)?);
        Some(Stuck { unit, host: to.host, waiting, obstacle })
    }
}

//! The plan in figures, and how good any plan could be.

use std::collections::{BTreeMap, BTreeSet};

use super::channels::Channels;
use super::deadlock::closed_sets;
use super::figures::Figures;
use super::jobs::{Jobs, Leg};
use super::ledger::Ledger;
use super::mode::MoveMode;
use super::moves::Wave;
use super::needs::Needs;
use super::rows::lines;
use super::times::common;
use super::timetable::{Instant, Job, bound};
use super::units::Unit;
use crate::compat::{GuestIndex, HostIndex};

/// Of units with more choices it is not asked whether something must make room for them.
const FEW: usize = 64;

impl Figures {
    /// Counts the moves.
    pub(super) fn count(&mut self, waves: &[Wave]) {
        self.waves = waves.len();
        self.bounces = waves.iter().flat_map(|wave| &wave.moves).filter(|one| one.goes_on).count();
        for one in waves.iter().flat_map(|wave| &wave.moves) {
            self.moves += 1;
            self.stopped += usize::from(one.stops);
            match one.mode {
                MoveMode::Live => {
                    self.live += 1;
                    self.live_memory = self.live_memory.plus(one.memory);
                    self.sent = self.sent.plus(one.estimate.sent);
                }
                MoveMode::Placed => self.placed += 1,
                MoveMode::Cold => self.cold += 1,
                MoveMode::Rebuild => self.rebuild += 1,
            }
        }
    }
}

/// As early as any plan can end that moves the same units in the same modes, in milliseconds: the channels of the hosts that
/// they leave, and of those that they go to where there is no other.
pub(super) fn end_at_least(needs: &Needs<'_>, units: &[Unit], jobs: &Jobs) -> Instant {
    let channels = Channels { hosts: needs.hosts.len() };
    let mut problem = jobs.problem.clone();
    for (moves, job) in jobs.moves.iter().zip(&mut problem.jobs) {
        if matches!(moves.leg, Leg::Onward(_)) {
            // Another plan may need no detour.
            *job = Job::default();
            continue;
        }
        let homes = || moves.guests.iter().filter_map(|&(guest, _)| needs.homes[guest]);
        let sure: Vec<usize> =
            homes().flat_map(|home| channels.leaving(home)).chain([channels.cluster()]).collect();
        let leaves = |rack: HostIndex| homes().filter(|&home| needs.racks.of(home) == rack).count() as u64;
        // By way of which host a guest makes room is open.
        if moves.leg == Leg::Direct && units[moves.unit].choices.len() == 1 {
            continue;
        }
        let leaving = moves.guests.iter().map(|&(guest, _)| {
            let home: Vec<HostIndex> = needs.homes[guest].into_iter().collect();
            needs.times.windows(guest, &home, 0)
        });
        job.windows = leaving.fold(Vec::new(), |some, more| common(&some, &more));
        for part in &mut job.holds {
            // Of a rack, what comes to it may go to another.
            if let Some(rack) = part.of.checked_sub(channels.rack(0)) {
                part.amount = part.amount.min(leaves(rack));
            }
        }
        let is_rack = |of: usize| of >= channels.rack(0);
        job.holds.retain(|part| part.amount > 0 && (is_rack(part.of) || sure.contains(&part.of)));
    }
    bound(&problem).end().max(crowded(needs, jobs, units))
}

/// Moves between few hosts take their slots two at a time: a set of hosts with so many slots in all has no more than half as many moves among them
/// at once. By sets of three, of moves that could not go elsewhere.
fn crowded(needs: &Needs<'_>, jobs: &Jobs, units: &[Unit]) -> Instant {
    let slots = needs.limits().host as u64;
    let mut between: BTreeMap<(HostIndex, HostIndex), u64> = BTreeMap::new();
    for (moves, job) in jobs.moves.iter().zip(&jobs.problem.jobs) {
        if moves.leg != Leg::Direct || units[moves.unit].choices.len() != 1 {
            continue;
        }
        for home in moves.guests.iter().filter_map(|&(guest, _)| needs.homes[guest]) {
            let time = between.entry((home.min(moves.to), home.max(moves.to))).or_default();
            *time = time.saturating_add(job.lasts());
        }
    }
    let mut longest = 0;
    for &(one, other) in between.keys() {
        for third in between.range((other, 0)..=(other, HostIndex::MAX)).map(|(pair, _)| pair.1) {
            let sides = [(one, other), (other, third), (one, third)];
            let all: u64 = sides
                .iter()
                .filter_map(|side| between.get(side))
                .fold(0, |sum, time| sum.saturating_add(*time));
            longest = longest.max(all.div_ceil((3 * slots / 2).max(1)));
        }
    }
    longest
}

/// As few bounces as bring these units where they are wanted, no others moving: where hosts wait for none but one another and none of what is to
/// leave them can set out at first, something must make room.
pub(super) fn bounces_at_least(needs: &Needs<'_>, units: &[&Unit]) -> usize {
    let now = Ledger::new(needs);
    let sets_out = |unit: &Unit| {
        let mut others = unit.choices.iter().filter(|to| unit.home(needs) != Some(to.host));
        others.any(|to| now.in_the_way(&unit.arriving(needs, to.host), to.host).is_none())
    };
    let mut waits = Vec::new();
    let mut free: BTreeSet<HostIndex> = BTreeSet::new();
    for unit in units {
        let homes: Vec<HostIndex> = unit.guests.iter().filter_map(|&guest| needs.homes[guest]).collect();
        if sets_out(unit) {
            free.extend(homes);
        } else if unit.choices.len() <= FEW {
            waits.extend(unit.choices.iter().flat_map(|to| homes.iter().map(|&home| (Some(home), to.host))));
        } else {
            return 0;
        }
    }
    // What can set out makes room where it is, for all that wait for it.
    let leave: BTreeSet<HostIndex> = waits.iter().filter_map(|wait| wait.0).collect();
    let blocked = |set: &&Vec<HostIndex>| {
        set.iter().all(|host| !free.contains(host)) && set.iter().any(|host| leave.contains(host))
    };
    closed_sets(&waits).iter().filter(blocked).count()
}

/// As few moves as bring these units where they are wanted.
pub(super) fn moves_at_least(needs: &Needs<'_>, units: &[&Unit]) -> usize {
    units.iter().map(|unit| fewest(needs, unit)).sum()
}

/// How many of a unit's guests move at least: those that are on a host where it may be stay.
fn fewest(needs: &Needs<'_>, unit: &Unit) -> usize {
    let may = |home: usize| unit.choices.binary_search_by_key(&home, |to| to.host).is_ok();
    let mut stay: BTreeMap<usize, usize> = BTreeMap::new();
    for home in unit.guests.iter().filter_map(|&guest| needs.homes[guest]).filter(|&home| may(home)) {
        *stay.entry(home).or_default() += 1;
    }
    let all = if unit.choices.is_empty() { 0 } else { unit.guests.len() };
    all - stay.into_values().max().unwrap_or(0)
}

/// As few waves as bring these units where they are wanted: the host that most guests must leave,
/// and the moves that all hosts that can take guests may have at once.
pub(super) fn waves_at_least(needs: &Needs<'_>, units: &[&Unit]) -> usize {
    let none = || vec![0_usize; needs.hosts.len()];
    let (mut leaving, mut leaving_rack) = (none(), none());
    let (mut taking, mut taking_racks) = (BTreeSet::new(), BTreeSet::new());
    for to in lines(units).0.iter().flat_map(|line| line.iter()) {
        taking.insert(to.host);
        taking_racks.insert(needs.racks.of(to.host));
    }
    for unit in units {
        for home in unit.guests.iter().filter_map(|&guest| must_leave(needs, unit, guest)) {
            leaving[home] += 1;
            leaving_rack[needs.racks.of(home)] += 1;
        }
    }
    let limits = needs.limits();
    let longest =
        |counts: &[usize], limit: usize| counts.iter().map(|count| count.div_ceil(limit.max(1))).max();
    let out = longest(&leaving, limits.leaving).max(longest(&leaving_rack, limits.rack)).unwrap_or(0);
    let together = |limit: usize, receivers: usize| limit.max(1).saturating_mul(receivers.max(1));
    let at_once = together(limits.coming, taking.len())
        .min(together(limits.rack, taking_racks.len()))
        .min(limits.cluster.max(1));
    out.max(moves_at_least(needs, units).div_ceil(at_once))
}

/// The guest's home, where the unit can go nowhere without the guest leaving it.
fn must_leave(needs: &Needs<'_>, unit: &Unit, guest: GuestIndex) -> Option<usize> {
    let home = needs.homes[guest]?;
    let may = unit.choices.binary_search_by_key(&home, |to| to.host).is_ok();
    (!unit.choices.is_empty() && !may).then_some(home)
}

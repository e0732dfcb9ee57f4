//! From a timetable to moves in waves.

use super::commands::{commands, ready};
use super::jobs::{Jobs, Leg, UnitMoves};
use super::mode::MoveMode;
use super::motive::{Motive, Motives};
use super::moves::{Move, Wave};
use super::needs::Needs;
use super::preparation::{Preparation, When};
use super::timetable::{self, Instant, Resource, Timetable, predecessors};
use super::timing::Estimate;
use super::units::mode;
use crate::compat::{GuestIndex, HostIndex};
use crate::model::{FirmwareKind, Guest};

/// What a person has to do before a guest is moved to a host so.
pub type Prepare<'p> = dyn Fn(GuestIndex, HostIndex, MoveMode) -> Vec<Preparation> + 'p;

/// Jobs, when they start, and what each comes after.
pub(super) struct Timed {
    pub(super) jobs: Jobs,
    pub(super) table: Timetable,
    /// By job: the jobs that must have ended before.
    before: Vec<Vec<usize>>,
    /// By job: its wave, from 1.
    waves: Vec<Option<usize>>,
    /// By job: what it waits for until it starts.
    awaited: Vec<Option<(usize, Option<Resource>)>>,
}

impl Timed {
    pub(super) fn new(jobs: Jobs, table: Timetable) -> Self {
        let before = predecessors(&jobs.problem, &table);
        let waves = timetable::waves(&table, &before);
        let awaited = timetable::awaited(&jobs.problem, &table, &before);
        Self { jobs, table, before, waves, awaited }
    }
}

/// The moves in waves, numbered from 1 in the order of waves and starts.
pub(super) fn waves(
    needs: &Needs<'_>,
    timed: &Timed,
    motives: &Motives<'_>,
    prepare: &Prepare<'_>,
) -> Vec<Wave> {
    let mut order: Vec<(usize, Instant, GuestIndex, usize)> = Vec::new();
    for (job, moves) in timed.jobs.moves.iter().enumerate() {
        if let (Some(wave), Some(start)) = (timed.waves[job], timed.table.starts[job]) {
            order.extend(moves.guests.iter().map(|&(guest, _)| (wave, start, guest, job)));
        }
    }
    order.sort_unstable();
    let mut numbers: Vec<Vec<usize>> = vec![Vec::new(); timed.jobs.moves.len()];
    for (at, &(.., job)) in order.iter().enumerate() {
        numbers[job].push(at + 1);
    }
    let mut waves: Vec<Wave> = Vec::new();
    for (at, &(wave, start, guest, job)) in order.iter().enumerate() {
        waves.resize_with(waves.len().max(wave), Wave::default);
        let after = timed.before[job].iter().flat_map(|&other| numbers[other].iter().copied());
        let mut after: Vec<usize> = after.collect();
        after.sort_unstable();
        let moves = &timed.jobs.moves[job];
        if let Some(mut one) = made(needs, moves, guest, prepare) {
            let number = |job: usize| numbers[job].first().copied().unwrap_or_default();
            let awaited = timed.awaited[job].map(|(other, what)| (number(other), what));
            one.why = Motive {
                wanted: motives.wanted(moves, guest),
                place: motives.place(moves, one.mode),
                time: motives.time(&timed.jobs, awaited, job),
            };
            (one.number, one.start_ms, one.after) = (at + 1, start, after);
            waves[wave - 1].moves.push(one);
        }
    }
    waves
}

fn made(needs: &Needs<'_>, moves: &UnitMoves, guest: GuestIndex, prepare: &Prepare<'_>) -> Option<Move> {
    let to = moves.to;
    let from = moves.from(needs, guest);
    // Only what goes live goes by way of another host.
    let mode = if moves.leg == Leg::Direct { mode(needs, guest, to)? } else { MoveMode::Live };
    let about = needs.guest(guest);
    let estimate = moves.guests.iter().find(|one| one.0 == guest).map_or_else(Estimate::default, |one| one.1);
    let (here, there) = (from.map(|host| needs.host_name(host)), needs.host_name(to));
    let mut preparations: Vec<Preparation> =
        prepare(guest, to, mode).into_iter().chain(nvram(about, mode)).collect();
    let commands = commands(about, (here, there), mode, &preparations);
    signal(&mut preparations, about, here);
    Some(Move {
        number: 0,
        after: Vec::new(),
        start_ms: 0,
        estimate,
        guest,
        from,
        to,
        goes_on: moves.leg == Leg::Away,
        mode,
        stops: about.running && mode != MoveMode::Live,
        memory: about.memory.value().copied().unwrap_or_default(),
        preparations,
        commands,
        why: Motive::default(),
    })
}

/// The last thing to be done while a guest that ran is shut down lets its commands go on.
fn signal(preparations: &mut [Preparation], guest: &Guest, from: Option<&str>) {
    let last = preparations.iter_mut().rev().find(|one| one.when == When::Stopped);
    if let (Some(last), Some(from), true) = (last, from, guest.running) {
        let file = ready(&guest.name);
        let told = format!("; then touch {file} on {from}, for which the commands wait");
        last.text.push_str(&told);
    }
}

/// No command of a cold move brings the NVRAM file to the other host; QEMU does so for a live one.
fn nvram(guest: &Guest, mode: MoveMode) -> Option<Preparation> {
    let efi = guest.requirements.firmware.kind() == FirmwareKind::Efi;
    let text = "copy the guest's NVRAM file (os/nvram of its domain XML) to the same path of the other host";
    (efi && mode == MoveMode::Cold).then(|| Preparation::new("nvram-copy", text))
}

//! From intents to a plan: who, where, in which order, and why not.

use std::collections::BTreeSet;

use super::bounds::{moves_at_least, waves_at_least};
use super::commands::commands;
use super::error::PlanError;
use super::figures::Figures;
use super::ledger::Ledger;
use super::mode::MoveMode;
use super::moves::{Move, Plan, Preparation, Wave, steps};
use super::needs::{Assess, Needs};
use super::orders::schedule;
use super::placement::Placement;
use super::shortfall::shortfalls;
use super::units::{Choice, Unit, mode, units};
use super::waves::Schedule;
use super::why::{LeftOut, Why};
use super::wish::Wish;
use crate::compat::{Chart, GuestIndex, HostIndex};
use crate::model::{FirmwareKind, Guest, Intent};

/// What a person has to do before a guest is moved to a host so.
type Prepare<'p> = dyn Fn(GuestIndex, HostIndex, MoveMode) -> Vec<Preparation> + 'p;

/// Plans for all `intents` at once. `prepare` tells what a person has to do before a guest is moved
/// to a host in a mode; it is asked of moves that are planned.
///
/// Guests that cannot move are left out with all reasons, and the rest is planned all the same.
///
/// # Errors
/// [`PlanError`] where nothing is wanted, a host is not known, or two intents contradict each other.
pub fn plan(chart: &Chart<'_>, intents: &[Intent], prepare: &Prepare<'_>) -> Result<Plan, PlanError> {
    plan_with(chart, &|guest, host| chart.assess(guest, host), intents, prepare)
}

/// As [`plan`], with the answers of `assess` in place of the chart's.
pub(super) fn plan_with<'a>(
    chart: &'a Chart<'a>,
    assess: &'a Assess<'a>,
    intents: &[Intent],
    prepare: &Prepare<'_>,
) -> Result<Plan, PlanError> {
    let wish = Wish::read(chart.cluster, intents)?;
    let needs = Needs::new(chart, assess);
    let units = units(&needs, &wish);
    let draft = Draft::new(&needs, &wish, &units);
    let waves = draft.moves(prepare);
    let left_out = draft.left_out(chart);
    let left: Vec<usize> = draft.waiting.iter().copied().collect();
    Ok(Plan {
        intents: intents.to_vec(),
        steps: steps(&waves),
        shortfalls: shortfalls(&needs, &units, &left),
        figures: draft.figures(&waves, &left_out),
        waves,
        left_out,
    })
}

/// A plan in terms of units.
struct Draft<'d> {
    needs: &'d Needs<'d>,
    wish: &'d Wish,
    units: &'d [Unit],
    schedule: Schedule,
    /// The units that are left out.
    waiting: BTreeSet<usize>,
    /// What the hosts hold at the end.
    end: Ledger<'d>,
}

impl<'d> Draft<'d> {
    fn new(needs: &'d Needs<'d>, wish: &'d Wish, units: &'d [Unit]) -> Self {
        let waiting: BTreeSet<usize> =
            (0..units.len()).filter(|&unit| !units[unit].choices.is_empty()).collect();
        let without = (0..units.len()).filter(|&unit| units[unit].choices.is_empty()).collect();
        let end = Ledger::new(needs);
        let mut draft = Self { needs, wish, units, schedule: Schedule::default(), waiting, end };
        while draft.round() {}
        draft.waiting.extend::<BTreeSet<usize>>(without);
        draft
    }

    /// Places and orders what still waits; tells whether any of it moves, for then there may be
    /// room for more.
    fn round(&mut self) -> bool {
        let wanted: Vec<&Unit> = self.waiting.iter().map(|&unit| &self.units[unit]).collect();
        let waves = waves_at_least(self.needs, &wanted);
        let mut placement = Placement::new(self.needs, self.wish, self.units, self.end.clone(), waves);
        placement.place(&self.waiting);
        let found = schedule(&placement, &mut self.end, waves);
        let moved = !found.waves.is_empty();
        found.waves.iter().flatten().for_each(|(unit, _)| {
            self.waiting.remove(unit);
        });
        self.schedule.waves.extend(found.waves);
        self.schedule.stuck = found.stuck;
        moved && !self.waiting.is_empty()
    }

    fn moves(&self, prepare: &Prepare<'_>) -> Vec<Wave> {
        self.schedule.waves.iter().map(|wave| self.wave(wave, prepare)).collect()
    }

    fn wave(&self, wave: &[(usize, Choice)], prepare: &Prepare<'_>) -> Wave {
        let unit_moves = |&(unit, to): &(usize, Choice)| {
            let arriving = self.units[unit].arriving(self.needs, to.host);
            arriving.into_iter().filter_map(move |guest| self.one(guest, to.host, prepare))
        };
        let mut moves: Vec<Move> = wave.iter().flat_map(unit_moves).collect();
        moves.sort_by_key(|one| one.guest);
        Wave { moves }
    }

    fn one(&self, guest: GuestIndex, to: HostIndex, prepare: &Prepare<'_>) -> Option<Move> {
        let mode = mode(self.needs, guest, to)?;
        let from = self.needs.homes[guest];
        let about = self.needs.guest(guest);
        let from_name = from.map(|host| self.needs.host_name(host));
        Some(Move {
            guest,
            from,
            to,
            mode,
            stops: about.running && mode != MoveMode::Live,
            memory: about.memory.value().copied().unwrap_or_default(),
            preparations: prepare(guest, to, mode).into_iter().chain(nvram(about, mode)).collect(),
            commands: commands(about, from_name, self.needs.host_name(to), mode),
        })
    }

    fn left_out(&self, chart: &Chart<'d>) -> Vec<LeftOut> {
        let stuck = &self.schedule.stuck;
        let why = Why { chart, needs: self.needs, wish: self.wish, end: &self.end, stuck };
        let mut left: Vec<LeftOut> =
            self.waiting.iter().flat_map(|&unit| why.left_out(unit, &self.units[unit])).collect();
        let moved = self.schedule.waves.iter().flatten();
        left.extend(moved.flat_map(|&(unit, to)| why.held(&self.units[unit], to.host)));
        left.sort_by_key(|one| one.guest);
        left
    }

    fn figures(&self, waves: &[Wave], left_out: &[LeftOut]) -> Figures {
        let moved = self.schedule.waves.iter().flatten();
        let moved: Vec<&Unit> = moved.map(|&(unit, _)| &self.units[unit]).collect();
        let hopeless =
            self.waiting.iter().map(|&unit| &self.units[unit]).filter(|unit| self.is_hopeless(unit));
        let wanted = |unit: &Unit| {
            unit.guests.iter().filter(|&&guest| self.wish.of(self.needs.homes[guest]).is_some()).count()
        };
        let mut figures = Figures {
            moves_at_least: moves_at_least(self.needs, &moved),
            waves_at_least: waves_at_least(self.needs, &moved),
            left_out: left_out.len(),
            left_out_at_least: hopeless.map(wanted).sum(),
            ..Figures::default()
        };
        figures.count(waves);
        figures
    }

    /// Whether no host could take the unit even if it were empty.
    fn is_hopeless(&self, unit: &Unit) -> bool {
        let known = |guest: &GuestIndex| self.needs.guests[*guest].is_ok();
        let takes =
            |to: &Choice| self.needs.hosts[to.host].as_ref().is_ok_and(|all| unit.amount.within(*all));
        !unit.guests.iter().all(known) || !unit.choices.iter().any(takes)
    }
}

/// No command of a cold move brings the NVRAM file to the other host; QEMU does so for a live one.
fn nvram(guest: &Guest, mode: MoveMode) -> Option<Preparation> {
    let efi = guest.requirements.firmware.kind() == FirmwareKind::Efi;
    (efi && mode == MoveMode::Cold).then(|| Preparation {
        rule: "nvram-copy".to_owned(),
        text: "copy the guest's NVRAM file (os/nvram of its domain XML) to the same path of the other host \
               once the guest is shut down and before it is started there"
            .to_owned(),
    })
}

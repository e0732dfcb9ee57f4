//! From intents to a plan: who, where, in which order, and why not.

use std::collections::BTreeSet;

use rayon::prelude::*;

use super::bounds::{bounces_at_least, end_at_least, moves_at_least, waves_at_least};
use super::compared::compared;
use super::error::PlanError;
use super::figures::Figures;
use super::jobs::Jobs;
use super::ledger::Ledger;
use super::motive::Motives;
use super::moves::{Plan, Wave, steps};
use super::needs::Needs;
use super::order::Order;
use super::placement::{Goal, Placement};
use super::schedule::{Schedule, Stuck, after, schedule};
use super::shortfall::{left_out_at_least, shortfalls};
use super::since::Since;
use super::timed::{Prepare, Timed, waves};
use super::timetable::{Effort, Instant, Timetable, timetable};
use super::timing::Timing;
use super::units::Unit;
use super::verdicts::{Charted, Verdicts};
use super::wanted::units;
use super::why::{LeftOut, Why};
use super::wish::{Want, Wish};
use crate::compat::{Chart, HostIndex};
use crate::model::{Cluster, Intent};

/// Plans for all `intents` at once. `prepare` tells what a person has to do before a guest is moved
/// to a host in a mode; it is asked of moves that are planned.
///
/// Guests that cannot move are left out with all reasons, and the rest is planned all the same.
///
/// # Errors
/// [`PlanError`] where nothing is wanted, a host is not known, or two intents contradict each other.
pub fn plan(chart: &Chart<'_>, intents: &[Intent], prepare: &Prepare<'_>) -> Result<Plan, PlanError> {
    plan_by(chart.cluster, &Charted::new(chart), intents, prepare, Effort::default())
}

/// As [`plan`], from what became of an older plan: what it has moved already stays where it is unless it must leave that host, and
/// of what is to come as much as can be goes where the older plan has it go, as long as no guest more is left out for it.
///
/// # Errors
/// As those of [`plan`].
pub fn plan_since(
    chart: &Chart<'_>,
    intents: &[Intent],
    since: &Since,
    prepare: &Prepare<'_>,
) -> Result<Plan, PlanError> {
    let asked = Asked { since: Some(since), ..Asked::new(intents, Effort::default()) };
    planned(chart.cluster, &Charted::new(chart), &asked, prepare)
}

/// As [`plan`], by what `verdicts` say, and with so much effort for its timetable.
///
/// # Errors
/// As those of [`plan`].
pub fn plan_by<'a>(
    cluster: &'a Cluster,
    verdicts: &'a dyn Verdicts,
    intents: &[Intent],
    prepare: &Prepare<'_>,
    effort: Effort,
) -> Result<Plan, PlanError> {
    planned(cluster, verdicts, &Asked::new(intents, effort), prepare)
}

/// What a plan is asked for.
pub(super) struct Asked<'a> {
    /// What is wanted.
    pub(super) intents: &'a [Intent],
    /// What became of an older plan.
    pub(super) since: Option<&'a Since>,
    /// The hosts that guests had better go to, by the same mode: from others they will have to move again.
    pub(super) favoured: Vec<HostIndex>,
    /// How hard a timetable is searched for.
    pub(super) effort: Effort,
}

impl<'a> Asked<'a> {
    /// These intents and no more.
    pub(super) fn new(intents: &'a [Intent], effort: Effort) -> Self {
        Self { intents, since: None, favoured: Vec::new(), effort }
    }
}

/// The plan that is asked for.
pub(super) fn planned(
    cluster: &Cluster,
    verdicts: &dyn Verdicts,
    asked: &Asked<'_>,
    prepare: &Prepare<'_>,
) -> Result<Plan, PlanError> {
    let Asked { intents, since, .. } = *asked;
    let mut wish = Wish::read(cluster, intents)?;
    for &host in &asked.favoured {
        wish.favoured[host] = true;
    }
    let needs =
        Needs::new(cluster, verdicts).keeping_headroom(|host| wish.drained[host] || wish.banned[host]);
    wish.leave_alone(since, &needs.homes);
    let units = units(&needs, &wish);
    let draft = Draft::new(&needs, &wish, &units);
    let timed = draft.timed(asked.effort);
    let waves = waves(&needs, &timed, &Motives::new(&needs, &wish, &units, &draft.end), prepare);
    let left_out = draft.left_out();
    let left: Vec<usize> = draft.waiting.iter().copied().collect();
    Ok(Plan {
        intents: intents.to_vec(),
        since: since.map(|since| compared(since, &waves)),
        assumptions: draft.timing.assumptions(),
        steps: steps(&waves),
        shortfalls: shortfalls(&needs, &units, &left),
        figures: draft.figures(&timed, &waves, &left_out),
        waves,
        left_out,
    })
}

/// A plan in terms of units.
struct Draft<'d> {
    needs: &'d Needs<'d>,
    wish: &'d Wish,
    units: &'d [Unit],
    timing: Timing,
    /// What moves, and where it goes, in the order of rounds.
    moved: Vec<Goal>,
    /// When each of their jobs starts; each round begins when the one before has ended.
    starts: Vec<Instant>,
    /// When the last of these ends.
    clock: Instant,
    /// What no order of moves could bring, in the last round.
    stuck: Vec<Stuck>,
    /// The units that are left out.
    waiting: BTreeSet<usize>,
    /// Units that others were to come behind, and that could not move when these could.
    passed: BTreeSet<usize>,
    order: Order,
    /// What the hosts hold at the end.
    end: Ledger<'d>,
}

impl<'d> Draft<'d> {
    fn new(needs: &'d Needs<'d>, wish: &'d Wish, units: &'d [Unit]) -> Self {
        let waiting: BTreeSet<usize> =
            (0..units.len()).filter(|&unit| !units[unit].choices.is_empty()).collect();
        let bound = |unit: &usize| units[*unit].choices.is_empty() && units[*unit].want != Want::Even;
        let without = (0..units.len()).filter(bound).collect();
        let mut draft = Self {
            needs,
            wish,
            units,
            timing: Timing::of(&needs.cluster.settings),
            moved: Vec::new(),
            starts: Vec::new(),
            clock: 0,
            stuck: Vec::new(),
            waiting,
            passed: BTreeSet::new(),
            order: Order::new(needs, units),
            end: Ledger::new(needs),
        };
        while draft.round() {}
        draft.waiting.extend::<BTreeSet<usize>>(without);
        draft.waiting.append(&mut draft.passed);
        draft
    }

    /// Places and orders what still waits; what may stay where it is has its turn in the first round alone; tells whether any of it moves, for then there may be
    /// room for more.
    fn round(&mut self) -> bool {
        let wanted: Vec<&Unit> = self.waiting.iter().map(|&unit| &self.units[unit]).collect();
        let waves = waves_at_least(self.needs, &wanted);
        let mut placement = Placement::new(self.needs, self.wish, self.units, self.end.clone(), waves);
        let turn: BTreeSet<usize> = self.order.turn(&self.waiting);
        placement.place_again(&turn, &self.wish.pending);
        let Schedule { jobs, table, stuck } =
            schedule(&mut placement, &self.end, &self.timing.from(self.clock));
        self.end = after(&jobs, &table, &self.end);
        for goal in placement.goals() {
            self.waiting.remove(&goal.unit);
            self.moved.push(goal);
        }
        self.waiting.retain(|&unit| self.units[unit].want != Want::Even);
        // What could not move by now does not move after those that were to come behind it.
        let passed = turn.iter().copied().filter(|unit| self.waiting.contains(unit));
        let passed = self.order.passed(passed);
        let freed = !passed.is_empty();
        self.passed.extend(passed.iter().filter(|unit| self.waiting.remove(unit)));
        self.starts.extend(table.starts.iter().map(|start| self.clock.saturating_add(start.unwrap_or(0))));
        self.clock = self.clock.saturating_add(table.end);
        self.stuck.retain(|one| self.passed.contains(&one.unit));
        self.stuck.extend(stuck);
        (freed || !jobs.moves.is_empty()) && !self.waiting.is_empty()
    }

    /// When everything moves: all rounds at once where that is possible and no later.
    fn timed(&self, effort: Effort) -> Timed {
        let jobs = Jobs::new(self.needs, self.units, &self.moved, &Ledger::new(self.needs), &self.timing);
        let in_rounds = Timetable {
            starts: self.starts.iter().copied().map(Some).collect(),
            end: self.clock,
            ..Timetable::default()
        };
        let at_once = timetable(&jobs.problem, effort);
        let better = at_once.stuck.is_empty() && at_once.end <= in_rounds.end;
        Timed::new(jobs, if better { at_once } else { in_rounds })
    }

    fn left_out(&self) -> Vec<LeftOut> {
        let why = Why { needs: self.needs, wish: self.wish, end: &self.end, stuck: &self.stuck };
        let units: Vec<usize> = self.waiting.iter().copied().collect();
        let of_units = units.par_iter().flat_map_iter(|&unit| why.left_out(unit, &self.units[unit]));
        let mut left: Vec<LeftOut> = of_units.collect();
        left.extend(self.moved.iter().flat_map(|goal| why.held(&self.units[goal.unit], goal.to.host)));
        left.sort_by_key(|one| one.guest);
        left
    }

    fn figures(&self, timed: &Timed, waves: &[Wave], left_out: &[LeftOut]) -> Figures {
        let moved: Vec<&Unit> = self.moved.iter().map(|goal| &self.units[goal.unit]).collect();
        let left: Vec<usize> = self.waiting.iter().copied().collect();
        let wanted = |unit: &Unit| {
            unit.guests.iter().filter(|&&guest| self.wish.asks(guest, self.needs.homes[guest])).count()
        };
        let mut figures = Figures {
            moves_at_least: moves_at_least(self.needs, &moved),
            waves_at_least: waves_at_least(self.needs, &moved),
            left_out: left_out.len(),
            left_out_at_least: left_out_at_least(self.needs, self.units, &left, &wanted),
            end_ms: timed.table.end,
            end_at_least_ms: end_at_least(self.needs, self.units, &timed.jobs),
            bounces_at_least: bounces_at_least(self.needs, &moved),
            ..Figures::default()
        };
        figures.count(waves);
        figures
    }
}

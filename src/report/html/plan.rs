//! The plan: bounds beside results, the timeline, the waves; of a rollout its stages.

use std::collections::BTreeMap;

use askama::Template;

use super::bounds::{Bound, of_plan, of_rollout};
use super::known::Known;
use super::links::{Linked, Links, MOVES};
use super::names::Names;
use super::one_way::one_way;
use super::pictured::{Pictured, Wanted};
use super::stated::Stated;
use crate::model::Memory;
use crate::plan::{MotiveRecord, MoveRecord, PlanDocument, StageRecord};
use crate::report::heatmap::Quotes;
use crate::report::words::duration;

#[derive(Template)]
#[template(path = "html/plan.html")]
pub(super) struct PlanSection {
    bounds: Vec<Bound>,
    stages: Vec<Stage>,
    more: usize,
    assumptions: Vec<String>,
}

struct Stage {
    purpose: Option<String>,
    picture: Option<String>,
    /// Those that cannot go back live; `None` where nobody goes live.
    one_way: Option<Names>,
    waves: Vec<Vec<Line>>,
}

struct Line {
    /// Counted over all stages.
    id: usize,
    number: usize,
    start: String,
    /// How it moves.
    mode: String,
    guest: Linked,
    from: Linked,
    to: Linked,
    memory: Linked,
    takes: String,
    /// Eight of ten take so long.
    range: String,
    notes: Vec<&'static str>,
    /// In parts: moves that it names lead to their rows.
    why: Vec<Linked>,
}

/// What the section is made from, beside the plan.
pub(super) struct Told<'t, 'p> {
    pub(super) known: &'t Known<'t>,
    pub(super) links: &'t Links,
    pub(super) stated: &'t Stated,
    pub(super) quotes: &'t mut Quotes<'p>,
    /// Of each stage, as far as it is drawn.
    pub(super) pictures: Vec<String>,
}

impl PlanSection {
    pub(super) fn new(shown: &Pictured<'_>, mut told: Told<'_, '_>) -> Self {
        let wanted = shown.wanted;
        let mut pictures = std::mem::take(&mut told.pictures).into_iter();
        let mut lines = Lines { told: &mut told, count: 0 };
        let (stages, assumptions) = match wanted {
            Wanted::Plan(plan) => {
                let waves = lines.waves(plan);
                let one_way = one_way(shown.chart, plan);
                let one = Stage { purpose: None, picture: pictures.next(), one_way, waves };
                (vec![one], plan.assumptions.clone())
            }
            Wanted::Rollout(rollout) => {
                let stages = rollout.stages.iter().zip(1..);
                let stage = |(stage, number)| Stage {
                    purpose: Some(purpose(number, stage)),
                    picture: pictures.next(),
                    one_way: (stage.plan.figures.live > 0).then(|| Names::of(&stage.one_way, 12)),
                    waves: lines.waves(&stage.plan),
                };
                (stages.map(stage).collect(), rollout.assumptions.clone())
            }
        };
        let bounds = match wanted {
            Wanted::Plan(plan) => of_plan(plan, told.stated, told.quotes),
            Wanted::Rollout(rollout) => of_rollout(rollout, told.stated, told.quotes),
        };
        let all: usize = wanted.plans().iter().map(|plan| plan.figures.moves).sum();
        Self { bounds, stages, more: all.saturating_sub(MOVES), assumptions }
    }
}

/// What a stage is for.
pub(super) fn purpose(number: usize, stage: &StageRecord) -> String {
    let what = match (&stage.hosts[..], &stage.back_to[..]) {
        ([], back) => format!("guests come back to {}", back.join(", ")),
        ([host], _) => format!("then {host} goes down"),
        (hosts, _) => format!("then {} go down", hosts.join(", ")),
    };
    format!("Stage {number}: {what}")
}

/// Of the moves of a plan that are told: by number, which they are over all stages.
type Rows = BTreeMap<usize, usize>;

/// The moves as they are told one after the other.
struct Lines<'l, 't, 'p> {
    told: &'l mut Told<'t, 'p>,
    count: usize,
}

impl Lines<'_, '_, '_> {
    /// The waves, as long as moves are left to be told.
    fn waves(&mut self, plan: &PlanDocument) -> Vec<Vec<Line>> {
        let mut waves = Vec::new();
        let numbers = plan.waves.iter().flatten().map(|one| one.number);
        let rows: Rows = numbers.zip(self.count + 1..=MOVES).collect();
        for wave in &plan.waves {
            let left = MOVES - self.count;
            waves.push(wave.iter().take(left).map(|one| self.line(one, &rows)).collect::<Vec<_>>());
        }
        waves.retain(|wave| !wave.is_empty());
        waves
    }

    fn line(&mut self, one: &MoveRecord, rows: &Rows) -> Line {
        self.count += 1;
        let links = self.told.links;
        let from = one.from.as_deref();
        Line {
            id: self.count,
            number: one.number,
            start: duration(one.start_ms),
            mode: self.told.known.how(one),
            guest: links.guest(&one.guest),
            from: from.map_or_else(|| Linked::no("no host"), |from| links.host(from)),
            to: links.host(&one.to),
            memory: self.memory(one),
            takes: duration(one.estimate.expected_ms),
            range: format!("{} to {}", duration(one.estimate.low_ms), duration(one.estimate.high_ms)),
            notes: notes(one),
            why: why(one, rows),
        }
    }

    /// The memory of the guest, with the line of its definition.
    fn memory(&mut self, one: &MoveRecord) -> Linked {
        let place = self.told.known.moved(one).and_then(|guest| guest.memory.place());
        let quote = place.map(|place| self.told.quotes.of(place, "the guest's memory"));
        Linked::quote(Memory::mib(one.memory_mib).to_string(), quote)
    }
}

/// Why a move is in the plan. Only its time names other moves, of the same plan.
fn why(one: &MoveRecord, rows: &Rows) -> Vec<Linked> {
    const NAMED: &str = "move ";
    let MotiveRecord { wanted, place, time } = &one.why;
    let mut parts = vec![Linked::no(format!("{wanted}; {place}; "))];
    let mut rest = time.as_str();
    while let Some(at) = rest.find(NAMED) {
        let digits = rest[at + NAMED.len()..].bytes().take_while(u8::is_ascii_digit).count();
        let (before, (named, after)) = (&rest[..at], rest[at..].split_at(NAMED.len() + digits));
        let row = named[NAMED.len()..].parse().ok().and_then(|number: usize| rows.get(&number));
        parts.push(Linked::no(before));
        parts.push(Linked { text: named.to_owned(), to: row.map(|row| format!("m{row}")) });
        rest = after;
    }
    parts.push(Linked::no(rest));
    parts
}

fn notes(one: &MoveRecord) -> Vec<&'static str> {
    let notes = [
        (one.stops, "stopped for it"),
        (one.goes_on, "to go on from there"),
        (!one.estimate.converges, "may not end by itself"),
        (!one.estimate.broken_off_by.is_empty(), "a manager would break it off"),
    ];
    notes.iter().filter(|(holds, _)| *holds).map(|(_, note)| *note).collect()
}

//! The plan: bounds beside results, the timeline, the waves; of a rollout its stages.

use askama::Template;

use super::names::Names;
use super::pictured::Wanted;
use crate::model::Memory;
use crate::plan::{MoveRecord, PlanDocument, RolloutDocument, StageRecord};
use crate::report::plan_text::clock;

/// Moves that stand in tables.
const MOVES: usize = 400;

#[derive(Template)]
#[template(path = "html/plan.html")]
pub(super) struct PlanSection {
    picture: Option<String>,
    bounds: Vec<(&'static str, String, String)>,
    stages: Vec<Stage>,
    more: usize,
    assumptions: Vec<String>,
}

struct Stage {
    purpose: Option<String>,
    one_way: Names,
    waves: Vec<Vec<Line>>,
}

struct Line {
    number: usize,
    start: String,
    mode: &'static str,
    guest: String,
    from: String,
    to: String,
    memory: String,
    takes: String,
    notes: Vec<&'static str>,
    why: String,
}

impl PlanSection {
    pub(super) fn new(wanted: Wanted<'_>, picture: Option<String>) -> Self {
        let mut left = MOVES;
        let (bounds, stages, assumptions) = match wanted {
            Wanted::Plan(plan) => {
                let stage =
                    Stage { purpose: None, one_way: Names::of(&[], 1), waves: waves(plan, &mut left) };
                (of_plan(plan), vec![stage], plan.assumptions.clone())
            }
            Wanted::Rollout(rollout) => {
                let stages = rollout.stages.iter().enumerate();
                let stages = stages.map(|(at, stage)| of_stage(at + 1, stage, &mut left)).collect();
                (of_rollout(rollout), stages, rollout.assumptions.clone())
            }
        };
        let all: usize = wanted.plans().iter().map(|plan| plan.figures.moves).sum();
        Self { picture, bounds, stages, more: all.saturating_sub(MOVES), assumptions }
    }
}

fn of_plan(plan: &PlanDocument) -> Vec<(&'static str, String, String)> {
    let of = &plan.figures;
    let mib = |mib| Memory::mib(mib).to_string();
    vec![
        ("moves", of.moves.to_string(), of.moves_at_least.to_string()),
        ("waves", of.waves.to_string(), of.waves_at_least.to_string()),
        ("guests left out", of.left_out.to_string(), of.left_out_at_least.to_string()),
        ("moves to make room", of.bounces.to_string(), of.bounces_at_least.to_string()),
        ("ends", clock(of.end_ms), clock(of.end_at_least_ms)),
        ("crosses the network live", mib(of.sent_mib), mib(of.live_memory_mib)),
    ]
}

fn of_rollout(rollout: &RolloutDocument) -> Vec<(&'static str, String, String)> {
    let of = &rollout.figures;
    vec![
        ("stages", of.stages.to_string(), of.stages_at_least.to_string()),
        ("moves", of.moves.to_string(), of.moves_at_least.to_string()),
    ]
}

fn of_stage(number: usize, stage: &StageRecord, left: &mut usize) -> Stage {
    let purpose = match (&stage.hosts[..], &stage.back_to[..]) {
        ([], back) => format!("guests come back to {}", back.join(", ")),
        ([host], _) => format!("then {host} goes down"),
        (hosts, _) => format!("then {} go down", hosts.join(", ")),
    };
    Stage {
        purpose: Some(format!("Stage {number}: {purpose}")),
        one_way: Names::of(&stage.one_way, 12),
        waves: waves(&stage.plan, left),
    }
}

/// The waves, as long as moves are left to be told.
fn waves(plan: &PlanDocument, left: &mut usize) -> Vec<Vec<Line>> {
    let mut told = Vec::new();
    for wave in &plan.waves {
        let lines: Vec<Line> = wave.iter().take(*left).map(line).collect();
        *left -= lines.len();
        told.push(lines);
    }
    told.retain(|wave| !wave.is_empty());
    told
}

fn line(one: &MoveRecord) -> Line {
    let notes = [
        (one.stops, "stopped for it"),
        (one.goes_on, "to go on from there"),
        (!one.estimate.converges, "may not end by itself"),
        (!one.estimate.broken_off_by.is_empty(), "a manager would break it off"),
    ];
    Line {
        number: one.number,
        start: clock(one.start_ms),
        mode: one.mode.as_str(),
        guest: one.guest.clone(),
        from: one.from.clone().unwrap_or_else(|| "no host".to_owned()),
        to: one.to.clone(),
        memory: Memory::mib(one.memory_mib).to_string(),
        takes: clock(one.estimate.expected_ms),
        notes: notes.iter().filter(|(holds, _)| *holds).map(|(_, note)| *note).collect(),
        why: format!("{}; {}; {}", one.why.wanted, one.why.place, one.why.time),
    }
}

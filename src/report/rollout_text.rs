//! A rollout for people: which hosts go down when, and what moves before.

use std::fmt::Write as _;

use super::plan_text::{left_out, move_line};
use super::words::duration;
use crate::plan::{IntentRecord, RolloutDocument, StageRecord};

/// The rollout in the lines that a person acts on.
pub fn rollout_text(rollout: &RolloutDocument) -> String {
    let intents: Vec<String> = rollout.intents.iter().map(IntentRecord::text).collect();
    let mut out = format!("Rollout for {}: {}\n\n{}", rollout.cluster, intents.join("; "), figures(rollout));
    for (at, stage) in rollout.stages.iter().enumerate() {
        out.push_str(&stage_text(at + 1, stage));
    }
    out.push_str("\nIt rests on\n");
    let of_plans = rollout.stages.first().map(|stage| &stage.plan.assumptions);
    for assumption in rollout.assumptions.iter().chain(of_plans.into_iter().flatten()) {
        let _ = writeln!(out, "  {assumption}");
    }
    if !rollout.left.is_empty() {
        out.push_str("\nCannot be taken down\n");
    }
    for host in &rollout.left {
        let _ = writeln!(out, "  {}", host.host);
        for guest in &host.guests {
            left_out(guest).lines().for_each(|line| {
                let _ = writeln!(out, "  {line}");
            });
        }
    }
    out
}

fn figures(rollout: &RolloutDocument) -> String {
    let figures = &rollout.figures;
    let mut out = format!(
        "  stages    {:>4} (at least {})\n  moves     {:>4} (at least {})\n  stopped   {:>4} times a running guest is shut down for \
         its move\n  one way   {:>4} guests cannot go back live to where they were\n  left      {:>4} hosts cannot be taken down\n  \
         moving    {} in all, without what the hosts need; {} MiB cross the network live\n",
        figures.stages,
        figures.stages_at_least,
        figures.moves,
        figures.moves_at_least,
        figures.stopped,
        figures.one_way,
        figures.left,
        duration(figures.moving_ms),
        figures.sent_mib,
    );
    if figures.not_back > 0 {
        let _ = writeln!(out, "  not back  {:>4} guests cannot be brought back", figures.not_back);
    }
    for line in &rollout.front {
        let _ = writeln!(out, "  about {} MiB move twice with {} stages", line.memory_twice_mib, line.stages);
    }
    out
}

fn stage_text(number: usize, stage: &StageRecord) -> String {
    let mut out = format!("\nStage {number}: {}\n", purpose(stage));
    for (at, wave) in stage.plan.waves.iter().enumerate() {
        let _ = writeln!(out, "  Wave {}", at + 1);
        for one in wave {
            let _ = write!(out, "  {}", move_line(one));
        }
    }
    for step in &stage.plan.steps {
        let _ = writeln!(
            out,
            "  A person, {}: {}: {} ({})",
            step.when.at_length(),
            step.guests.join(", "),
            step.text,
            step.rule
        );
    }
    if !stage.one_way.is_empty() {
        let _ = writeln!(out, "  One way: {}", stage.one_way.join(", "));
    }
    if !stage.back_to.is_empty() && !stage.plan.left_out.is_empty() {
        out.push_str("  Cannot be brought back\n");
        for guest in &stage.plan.left_out {
            left_out(guest).lines().for_each(|line| {
                let _ = writeln!(out, "  {line}");
            });
        }
    }
    out
}

/// What the stage is for.
fn purpose(stage: &StageRecord) -> String {
    let (hosts, back_to) = (stage.hosts.join(", "), stage.back_to.join(", "));
    match (stage.hosts.len(), stage.back_to.len()) {
        (0, _) => format!("guests come back to {back_to}"),
        (1, _) => format!("then {hosts} goes down"),
        _ => format!("then {hosts} go down"),
    }
}

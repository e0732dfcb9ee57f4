//! `moves.csv`: what moves when, and what stays.

use super::table::Csv;
use crate::plan::{GuestRecord, MoveRecord, PlanDocument, Preparation, RolloutDocument, When};

const TITLES: [&str; 15] = [
    "stage",
    "wave",
    "number",
    "start_s",
    "guest",
    "from",
    "to",
    "mode",
    "memory_mib",
    "stopped",
    "expected_s",
    "low_s",
    "high_s",
    "rules",
    "text",
];

/// A row for each move, with the rules that ask a person for something and what that is; then one for each guest that
/// stays although it should move, with the reasons.
pub fn plan_csv(plan: &PlanDocument) -> String {
    let mut csv = Csv::new(TITLES);
    moves(&mut csv, "", plan);
    csv.into_text()
}

/// The same for a rollout, stage by stage; last the guests of hosts that cannot be taken down.
pub fn rollout_csv(rollout: &RolloutDocument) -> String {
    let mut csv = Csv::new(TITLES);
    for (at, stage) in rollout.stages.iter().enumerate() {
        moves(&mut csv, &(at + 1).to_string(), &stage.plan);
    }
    for guest in rollout.left.iter().flat_map(|host| &host.guests) {
        csv.row(&stays("", guest));
    }
    csv.into_text()
}

fn moves(csv: &mut Csv<15>, stage: &str, plan: &PlanDocument) {
    for (wave, moves) in plan.waves.iter().enumerate() {
        for one in moves {
            csv.row(&moved(stage, wave + 1, one));
        }
    }
    for guest in &plan.left_out {
        csv.row(&stays(stage, guest));
    }
}

fn moved(stage: &str, wave: usize, one: &MoveRecord) -> [String; 15] {
    let seconds = |ms: u64| ms.div_ceil(1_000).to_string();
    [
        stage.to_owned(),
        wave.to_string(),
        one.number.to_string(),
        seconds(one.start_ms),
        one.guest.clone(),
        one.from.clone().unwrap_or_default(),
        one.to.clone(),
        one.mode.as_str().to_owned(),
        one.memory_mib.to_string(),
        if one.stops { "yes" } else { "no" }.to_owned(),
        seconds(one.estimate.expected_ms),
        seconds(one.estimate.low_ms),
        seconds(one.estimate.high_ms),
        joined(one.preparations.iter().map(|step| step.rule.as_str()), " "),
        joined(one.preparations.iter().map(to_do).collect::<Vec<_>>().iter().map(String::as_str), "; "),
    ]
}

/// What a person has to do, with the time where that is not before the move.
fn to_do(one: &Preparation) -> String {
    match one.when {
        When::Before => one.text.clone(),
        When::Stopped => format!("{}: {}", one.when.at_length(), one.text),
    }
}

fn stays(stage: &str, guest: &GuestRecord) -> [String; 15] {
    let none = String::new;
    let rules = joined(guest.reasons.iter().map(|reason| reason.rule.as_str()), " ");
    let text = joined(guest.reasons.iter().map(|reason| reason.message.as_str()), "; ");
    let from = guest.host.clone().unwrap_or_default();
    let (stage, name, mode) = (stage.to_owned(), guest.guest.clone(), "stays".to_owned());
    let figures = [none(), none(), none(), none(), none()];
    let [memory, stopped, expected, low, high] = figures;
    [
        stage,
        none(),
        none(),
        none(),
        name,
        from,
        none(),
        mode,
        memory,
        stopped,
        expected,
        low,
        high,
        rules,
        text,
    ]
}

/// Each once, in order.
fn joined<'t>(texts: impl Iterator<Item = &'t str>, between: &str) -> String {
    let mut all: Vec<&str> = Vec::new();
    for text in texts {
        if !all.contains(&text) {
            all.push(text);
        }
    }
    all.join(between)
}

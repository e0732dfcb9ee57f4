//! A plan for people: what moves where, what a person must do, what stays and why.

use std::fmt::Write as _;

use crate::plan::{
    EstimateRecord, FigureRecord, GuestRecord, IntentRecord, MoveRecord, PlanDocument, SinceRecord,
};

/// How many reasons of a guest that is left out the summary shows; the report has all.
const REASONS_SHOWN: usize = 3;

/// The plan in the lines that a person acts on.
pub fn plan_text(plan: &PlanDocument) -> String {
    let intents: Vec<_> = plan.intents.iter().map(IntentRecord::text).collect();
    let wanted = if intents.is_empty() { "nothing is wanted".to_owned() } else { intents.join("; ") };
    let mut out = format!("Plan for {}: {wanted}\n\n{}", plan.cluster, figures(&plan.figures));
    if let Some(since) = &plan.since {
        out.push_str(&since_line(since));
    }
    for (at, wave) in plan.waves.iter().enumerate() {
        let _ = writeln!(out, "\nWave {}", at + 1);
        for one in wave {
            out.push_str(&move_line(one));
        }
    }
    if !plan.waves.is_empty() {
        out.push_str("\nHow long it takes rests on\n");
        for assumption in &plan.assumptions {
            let _ = writeln!(out, "  {assumption}");
        }
    }
    if !plan.steps.is_empty() {
        out.push_str("\nFor a person to do\n");
        for step in &plan.steps {
            let _ = writeln!(out, "  {}: {} ({})", step.guests.join(", "), step.text, step.rule);
        }
    }
    if !plan.left_out.is_empty() {
        out.push_str("\nLeft out\n");
        for guest in &plan.left_out {
            out.push_str(&left_out(guest));
        }
    }
    out
}

/// What became of an older plan.
fn since_line(since: &SinceRecord) -> String {
    let SinceRecord { finished, kept, changed, dropped, added, astray } = since;
    let mut line = format!(
        "  since       {finished} of the older plan's guests have moved; of the others {kept} go where they were to go, \
         {changed} elsewhere, {dropped} not at all; {added} are new\n"
    );
    if *astray > 0 {
        let _ =
            writeln!(line, "              {astray} are neither where they were nor where they were to go");
    }
    line
}

/// The figures, each beside the least it could be.
fn figures(figures: &FigureRecord) -> String {
    let modes = [
        (figures.live, "live"),
        (figures.cold, "cold"),
        (figures.rebuild, "rebuilt"),
        (figures.placed, "placed"),
    ];
    let modes: Vec<_> =
        modes.iter().filter(|(count, _)| *count > 0).map(|(count, word)| format!("{count} {word}")).collect();
    format!(
        "  moves     {:>4} (at least {}): {}\n  waves     {:>4} (at least {})\n  left out  {:>4} (at least {})\n  \
         bounces   {:>4} (at least {})\n  stopped   {:>4} running guests are shut down for their move\n  ends      {} (at least {})\n  memory    {:>4} MiB cross the \
         network live (at least {})\n",
        figures.moves,
        figures.moves_at_least,
        if modes.is_empty() { "none".to_owned() } else { modes.join(", ") },
        figures.waves,
        figures.waves_at_least,
        figures.left_out,
        figures.left_out_at_least,
        figures.bounces,
        figures.bounces_at_least,
        figures.stopped,
        clock(figures.end_ms),
        clock(figures.end_at_least_ms),
        figures.sent_mib,
        figures.live_memory_mib,
    )
}

/// When it starts, what moves where, and how long that takes.
pub(super) fn move_line(one: &MoveRecord) -> String {
    let from = one.from.as_deref().unwrap_or("no host");
    let stops = if one.stops { ", stopped for it" } else { "" };
    let goes_on = if one.goes_on { ", to go on from there" } else { "" };
    let EstimateRecord { expected_ms, low_ms, high_ms, converges, measured, .. } = one.estimate;
    let endless = match (converges, measured) {
        (true, _) => "",
        (false, true) => "; does not end by itself",
        (false, false) => "; may not end by itself",
    };
    let stacks: Vec<_> = one.estimate.broken_off_by.iter().map(|stack| stack.stack.as_str()).collect();
    let broken_off =
        if stacks.is_empty() { String::new() } else { format!("; {} would break it off", stacks.join(", ")) };
    format!(
        "  {} {:<8} {}: {from} -> {} ({} MiB{stops}{goes_on}; takes {}, {} to {}{endless}{broken_off})\n",
        clock(one.start_ms),
        one.mode.as_str(),
        one.guest,
        one.to,
        one.memory_mib,
        clock(expected_ms),
        clock(low_ms),
        clock(high_ms),
    )
}

/// Hours, minutes and seconds, these rounded up: `1:02:03`, `2:03`.
pub(super) fn clock(ms: u64) -> String {
    let seconds = ms.div_ceil(1_000);
    let (hours, minutes, seconds) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
    if hours > 0 { format!("{hours}:{minutes:02}:{seconds:02}") } else { format!("{minutes}:{seconds:02}") }
}

pub(super) fn left_out(guest: &GuestRecord) -> String {
    let mut out = format!("  {} stays on {}\n", guest.guest, guest.host.as_deref().unwrap_or("no host"));
    for reason in guest.reasons.iter().take(REASONS_SHOWN) {
        let hosts =
            if reason.hosts.is_empty() { String::new() } else { format!("{}: ", reason.hosts.join(", ")) };
        let _ = writeln!(out, "    {hosts}{} ({})", reason.message, reason.rule);
    }
    if guest.reasons.len() > REASONS_SHOWN {
        let _ = writeln!(out, "    … and {} reasons more", guest.reasons.len() - REASONS_SHOWN);
    }
    out
}

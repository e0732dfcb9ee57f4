//! A plan for people: what moves where, what a person must do, what stays and why.

use std::fmt::Write as _;

use super::detail::Detail;
use super::steps::{Kind, Step, stages};
use super::words::duration;
use crate::model::Memory;
use crate::plan::{
    EstimateRecord, FigureRecord, GuestRecord, IntentRecord, MoveRecord, PlanDocument, ReasonRecord,
    SinceRecord,
};

/// How many reasons of a guest that is left out the summary shows; the report has all.
const REASONS_SHOWN: usize = 3;

/// The plan in the lines that a person acts on; what steps of one kind have in common stands once, and what times rest on is left
/// out, unless all is wanted.
pub fn plan_text(plan: &PlanDocument, detail: Detail) -> String {
    let intents: Vec<_> = plan.intents.iter().map(IntentRecord::text).collect();
    let wanted = if intents.is_empty() { "nothing is wanted".to_owned() } else { intents.join("; ") };
    let mut out = format!("Plan for {}: {wanted}\n\n{}", plan.cluster, figures(&plan.figures));
    if let Some(since) = &plan.since {
        out.push_str(&since_line(since));
    }
    for (at, wave) in plan.waves.iter().enumerate() {
        let from = wave.iter().map(|one| one.start_ms).min().unwrap_or_default();
        let _ = writeln!(out, "\nWave {}, from {} on", at + 1, duration(from));
        for one in wave {
            out.push_str(&move_line(one));
        }
    }
    if !plan.waves.is_empty() {
        out.push_str(&assumptions(plan, detail));
    }
    for stage in stages(&[plan]) {
        let _ = writeln!(out, "\nFor a person to do {}", stage.when.at_length());
        stage.kinds.iter().for_each(|kind| out.push_str(&kind_lines(kind, detail)));
    }
    if !plan.left_out.is_empty() {
        out.push_str("\nLeft out\n");
        for guest in &plan.left_out {
            out.push_str(&left_out(guest));
        }
    }
    out
}

/// What the times rest on.
fn assumptions(plan: &PlanDocument, detail: Detail) -> String {
    if detail != Detail::All {
        return "\nHow long it takes is estimated; --verbose says what that rests on, and so does the report.\n"
            .to_owned();
    }
    let mut out = "\nHow long it takes rests on\n".to_owned();
    plan.assumptions.iter().for_each(|line| {
        let _ = writeln!(out, "  {line}");
    });
    out
}

/// What one rule asks for.
fn kind_lines(kind: &Kind<'_>, detail: Detail) -> String {
    let line =
        |step: &Step<'_>| format!("  {} ({})\n    for {}\n", step.text, kind.rule, step.guests.join(", "));
    let mut out: String = kind.told.iter().map(line).collect();
    if detail == Detail::All {
        out.extend(kind.folded.iter().map(line));
    } else if !kind.folded.is_empty() {
        let _ = writeln!(out, "  and {}; --verbose lists them", kind.summary());
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
        "  moves     {:>4} (no plan has fewer than {}): {}\n  waves     {:>4} (no plan has fewer than {})\n  \
         left out  {:>4} (no plan has fewer than {})\n  bounces   {:>4} moves only to make room (no plan has fewer than {})\n  \
         stopped   {:>4} running guests are shut down for their move\n  ends after {}, without what persons do and copies of disks (no plan before {})\n  \
         memory    {} cross the network live (no plan has less than {})\n",
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
        duration(figures.end_ms),
        duration(figures.end_at_least_ms),
        Memory::mib(figures.sent_mib),
        Memory::mib(figures.live_memory_mib),
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
        "  {:>10} {:<8} {}: {from} -> {} ({}{stops}{goes_on}; takes {}, {} to {}{endless}{broken_off})\n",
        duration(one.start_ms),
        one.mode.as_str(),
        one.guest,
        one.to,
        Memory::mib(one.memory_mib),
        duration(expected_ms),
        duration(low_ms),
        duration(high_ms),
    )
}

/// Why a guest does not go to some hosts, and what would change that.
fn reason_lines(reason: &ReasonRecord) -> String {
    let hosts =
        if reason.hosts.is_empty() { String::new() } else { format!("{}: ", reason.hosts.join(", ")) };
    let remedy = if reason.remedy.is_empty() {
        String::new()
    } else {
        format!("      what to do: {}\n", reason.remedy)
    };
    format!("    {hosts}{} ({})\n{remedy}", reason.message, reason.rule)
}

/// A guest that is left out, with its reasons.
pub(super) fn left_out(guest: &GuestRecord) -> String {
    let mut out = match &guest.host {
        Some(host) => format!("  {} stays on {host}\n", guest.guest),
        None => format!("  {} is on no host, and goes to none\n", guest.guest),
    };
    guest.reasons.iter().take(REASONS_SHOWN).for_each(|reason| out.push_str(&reason_lines(reason)));
    if guest.reasons.len() > REASONS_SHOWN {
        let _ = writeln!(out, "    … and {} reasons more", guest.reasons.len() - REASONS_SHOWN);
    }
    out
}

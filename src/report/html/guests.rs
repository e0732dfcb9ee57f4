//! Each guest that moves, stays or is rewritten: what becomes of it, what will change, and what a person does.

use std::collections::{BTreeMap, BTreeSet};

use askama::Template;

use super::diffs::{DiffLine, diff_lines};
use super::known::Known;
use super::links::{Linked, Links, MOVES};
use super::names::Names;
use super::pictured::Pictured;
use crate::compat::{Chart, Verdict};
use crate::model::Guest;
use crate::plan::{MoveRecord, PlanDocument, Preparation, ReasonRecord, When};
use crate::report::edits::{EditRecord, edits_counted};
use crate::report::heatmap::{Answers, Grid};
use crate::report::words::duration;
use crate::report::{NoticedRecord, RewriteDocument};

/// Guests that are told of.
const GUESTS: usize = 400;
/// Hosts in a line.
const NAMES: usize = 12;
/// Bytes of edits and diffs that are shown; the rest is in files of its own.
const BYTES: usize = 280_000;

#[derive(Template)]
#[template(path = "html/guests.html")]
pub(super) struct GuestsSection {
    guests: Vec<Entry>,
    more: usize,
}

#[derive(Default)]
struct Entry {
    name: String,
    outcome: Vec<String>,
    /// The moves that are told in tables: the number over all stages, and the number in its plan.
    moves: Vec<(usize, usize)>,
    steps: Vec<Preparation>,
    /// What they are for, and the lines.
    commands: Vec<(&'static str, Vec<String>)>,
    /// The hosts, the first of them, and why it does not go to them.
    reasons: Vec<(Names, Option<String>, Linked)>,
    /// The hosts by verdict, where the chart has a cell for each.
    could: Vec<(Verdict, Vec<String>)>,
    /// The hosts on which it could be started once it is rewritten for them.
    mended: Vec<String>,
    rewritten: Option<Rewritten>,
    /// Whether the rewriting is no part of the plan.
    offered: bool,
}

struct Rewritten {
    /// The document whose lines are named, inside the inventory.
    document: String,
    profile: String,
    counted: String,
    edits: Vec<Edit>,
    noticed: Vec<Noticed>,
    diff: Vec<DiffLine>,
    cut: bool,
    /// Whether a person must look at any of the edits.
    unsafe_edits: bool,
}

struct Edit {
    line: u32,
    /// Whether the diff has that line.
    shown: bool,
    rule: &'static str,
    reason: String,
    safe: bool,
}

struct Noticed {
    what: &'static str,
    /// The lines of the edits that bring it, and whether the diff has them; not all where there are many.
    lines: Vec<(u32, bool)>,
    /// How many lines more there are.
    more: usize,
    follows: Vec<(&'static str, &'static str)>,
}

impl GuestsSection {
    pub(super) fn new(
        shown: &Pictured<'_>,
        (grid, answers): (&Grid, &Answers<'_>),
        (links, known): (&Links, &Known<'_>),
    ) -> Self {
        let plans = shown.wanted.plans();
        let spoken_of: BTreeSet<&str> = plans.iter().flat_map(|plan| plan.guests()).collect();
        let mut entries = Entries::default();
        entries.planned(&plans, (links, known));
        entries.rewritten((shown.rewritten, known), &spoken_of);
        entries.unasked(&shown.chart.cluster.guests);
        if grid.alone() {
            entries.charted(shown.chart);
            entries.mended(grid, answers);
        }
        let mut guests: Vec<Entry> = entries.0.into_values().collect();
        // By name where all are told of.
        if guests.len() > GUESTS {
            guests.sort_by_key(|entry| !spoken_of.contains(entry.name.as_str()));
        }
        let more = guests.len().saturating_sub(GUESTS);
        guests.truncate(GUESTS);
        Self { guests, more }
    }

    /// The hosts on which a guest could be started once it is rewritten for them, as far as that is told of.
    pub(super) fn mended(&self, name: &str) -> &[String] {
        self.guests.iter().find(|entry| entry.name == name).map_or(&[], |entry| &entry.mended)
    }

    /// The guests that are told of, in order.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.guests.iter().map(|entry| entry.name.as_str())
    }
}

/// By name: what becomes of each guest.
#[derive(Default)]
struct Entries(BTreeMap<String, Entry>);

impl Entries {
    fn of(&mut self, name: &str) -> &mut Entry {
        let new = || Entry { name: name.to_owned(), ..Entry::default() };
        self.0.entry(name.to_owned()).or_insert_with(new)
    }

    /// Guests that move, and that are left out.
    fn planned(&mut self, plans: &[&PlanDocument], (links, known): (&Links, &Known<'_>)) {
        let mut told = 1..=MOVES;
        for plan in plans {
            for one in plan.waves.iter().flatten() {
                let (entry, id) = (self.of(&one.guest), told.next());
                moved(entry, one, known);
                entry.moves.extend(id.map(|id| (id, one.number)));
            }
            for left in &plan.left_out {
                let entry = self.of(&left.guest);
                entry.outcome.push(format!("left out, {}", stays(left.host.as_deref())));
                let reason = |one: &ReasonRecord| {
                    (Names::of(&one.hosts, NAMES), one.hosts.first().cloned(), links.reason(one))
                };
                entry.reasons.extend(left.reasons.iter().map(reason));
            }
        }
    }

    /// Guests that are rewritten; those that the plan speaks of come first, for there is not room for all.
    fn rewritten(
        &mut self,
        (documents, known): (&[(RewriteDocument, String)], &Known<'_>),
        spoken_of: &BTreeSet<&str>,
    ) {
        let offered = |guest: &str| !spoken_of.contains(guest);
        let mut documents: Vec<_> = documents.iter().collect();
        documents.sort_by_key(|(document, _)| offered(&document.guest));
        let mut budget = BYTES;
        for (document, diff) in documents {
            let file = known.source(&document.guest);
            let entry = self.of(&document.guest);
            entry.offered = offered(&document.guest);
            entry.rewritten = Some(Rewritten { document: file, ..rewritten(document, diff, &mut budget) });
        }
    }

    /// Where each guest could go.
    fn charted(&mut self, chart: &Chart<'_>) {
        for (at, guest) in chart.cluster.guests.iter().enumerate() {
            if let Some(entry) = self.0.get_mut(&guest.name) {
                entry.could = by_verdict(chart, at);
            }
        }
    }

    /// Where guests could start that cannot as they are.
    fn mended(&mut self, grid: &Grid, answers: &Answers<'_>) {
        for row in &grid.rows {
            let Some(entry) = row.guests.first().and_then(|guest| self.0.get_mut(guest)) else { continue };
            let starts = row.cells.iter().zip(&grid.columns).filter(|(cell, _)| answers.mends(cell.answer()));
            entry.mended = starts.filter_map(|(_, column)| column.hosts.first().cloned()).collect();
        }
    }

    /// Guests that nothing asks to move: all of them where they are few, else those that are rewritten.
    fn unasked(&mut self, guests: &[Guest]) {
        for one in guests {
            if guests.len() <= GUESTS || self.0.contains_key(&one.name) {
                let entry = self.of(&one.name);
                if entry.outcome.is_empty() {
                    entry.outcome.push(format!("{}: nothing asks it to move", stays(one.host.as_deref())));
                }
            }
        }
    }
}

/// The other hosts, by what becomes of a guest there.
fn by_verdict(chart: &Chart<'_>, guest: usize) -> Vec<(Verdict, Vec<String>)> {
    let others = || (0..chart.cluster.hosts.len()).filter(|&host| chart.home(guest) != Some(host));
    let of = |verdict: Verdict| {
        let hosts = others().filter(|&host| chart.verdict(guest, host) == verdict);
        (verdict, hosts.map(|host| chart.cluster.hosts[host].name.clone()).collect::<Vec<_>>())
    };
    Verdict::ALL.into_iter().map(of).filter(|(_, hosts)| !hosts.is_empty()).collect()
}

fn stays(host: Option<&str>) -> String {
    host.map_or_else(|| "is on no host".to_owned(), |host| format!("stays on {host}"))
}

fn moved(entry: &mut Entry, one: &MoveRecord, known: &Known<'_>) {
    let from = one.from.as_deref().unwrap_or("no host");
    let stops = if one.stops { ", stopped for it" } else { "" };
    let (start, takes) = (duration(one.start_ms), duration(one.estimate.expected_ms));
    let how = known.how(one);
    entry.outcome.push(format!("{how} from {from} to {} at {start}, for {takes}{stops}", one.to));
    entry.steps.extend(one.preparations.iter().cloned());
    entry.steps.sort_by_key(|step| step.when);
    let line = |command: &crate::plan::Command| {
        let on = command.on.as_ref().map_or_else(|| "# here".to_owned(), |host| format!("# on {host}"));
        format!("{on}\n{}", command.line)
    };
    let stages = [
        ("Look first: its state, and memory and huge pages there", &one.commands.check),
        ("The move", &one.commands.run),
        ("The way back", &one.commands.back),
    ];
    let told = stages.into_iter().filter(|(_, commands)| !commands.is_empty());
    entry.commands.extend(told.map(|(what, commands)| (what, commands.iter().map(line).collect())));
}

/// What is rewritten of a guest, as far as there is room for it.
fn rewritten(document: &RewriteDocument, diff: &str, budget: &mut usize) -> Rewritten {
    let size = size(document, diff);
    let cut = size > *budget;
    *budget = budget.saturating_sub(if cut { 0 } else { size });
    let mut told = Rewritten {
        document: String::new(),
        profile: document.profile.clone(),
        counted: edits_counted(&document.edits),
        edits: Vec::new(),
        noticed: Vec::new(),
        diff: Vec::new(),
        cut,
        unsafe_edits: document.edits.iter().any(|edit| !edit.safe),
    };
    if !cut {
        let lines = document.edits.iter().map(|edit| edit.span.start.line).collect();
        told.diff = diff_lines(diff, &lines);
        let shown: BTreeSet<u32> = told.diff.iter().filter_map(|line| line.led_to).collect();
        told.edits = document.edits.iter().map(|edit| self::edit(edit, &shown)).collect();
        told.edits.sort_by_key(|edit| edit.line);
        told.noticed = document.noticed.iter().map(|one| noticed_line(one, &shown)).collect();
    }
    told
}

/// An edit; the lines that are `shown` are in the diff.
fn edit(edit: &EditRecord, shown: &BTreeSet<u32>) -> Edit {
    let line = edit.span.start.line;
    let (rule, reason, safe) = (edit.rule, edit.reason.clone(), edit.safe);
    Edit { line, shown: shown.contains(&line), rule, reason, safe }
}

/// About how many bytes of the page that is.
fn size(document: &RewriteDocument, diff: &str) -> usize {
    /// What stands around an edit, and around a line of the diff.
    const AROUND: (usize, usize) = (87, 12);
    /// A line that is led to, and the words around several.
    const LED: (usize, usize) = (32, 30);
    let edits = document.edits.iter().map(|edit| escaped(&edit.reason) + edit.rule.len() + AROUND.0);
    let lines = document.noticed.iter().map(|one| one.first_lines().0.len() * LED.0 + LED.1);
    let noticed = document.noticed.iter().flat_map(|one| [Some(one.what), one.linux, one.windows]);
    let noticed = noticed.flatten().map(|text| escaped(text) + AROUND.0 / 2).chain(lines);
    let diff = escaped(diff) + diff.lines().count() * AROUND.1;
    edits.sum::<usize>() + noticed.sum::<usize>() + diff
}

/// The bytes of a text once it is escaped.
fn escaped(text: &str) -> usize {
    text.len() + 4 * text.bytes().filter(|byte| b"<>&\"'".contains(byte)).count()
}

/// What is noticed; the lines that are `shown` are in the diff.
fn noticed_line(one: &NoticedRecord, shown: &BTreeSet<u32>) -> Noticed {
    let (lines, more) = one.first_lines();
    let follows = [("Linux", one.linux), ("Windows", one.windows)];
    Noticed {
        what: one.what,
        lines: lines.iter().map(|line| (*line, shown.contains(line))).collect(),
        more,
        follows: follows.into_iter().filter_map(|(os, text)| Some((os, text?))).collect(),
    }
}

//! The plan in time: for each host who arrives and who leaves, and the memory that its guests take.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::drawing::{Drawing, scaled, short, times};
use crate::model::Memory;
use crate::plan::{MoveMode, MoveRecord, PlanDocument, overhead};
use crate::report::words::duration;

const WIDTH: i64 = 960;
/// What is told of a host stands before its bars, so that a narrow window shows it first.
const LEFT: i64 = 150;
const PLOT: i64 = 680;
const LANE: i64 = 15;
const MEMORY: i64 = 34;
const TOP: i64 = 86;
/// The colours of those who arrive.
const ARRIVES: [(MoveMode, &str); 4] = [
    (MoveMode::Live, "green live"),
    (MoveMode::Cold, "blue cold"),
    (MoveMode::Rebuild, "brown rebuilt"),
    (MoveMode::Placed, "violet placed"),
];

/// What the signs mean, in lines that a narrow window shows.
fn legend(moves: &[&MoveRecord]) -> [String; 3] {
    let there = |(mode, _): &&(MoveMode, &str)| moves.iter().any(|one| one.mode == *mode);
    let colours: Vec<&str> = ARRIVES.iter().filter(there).map(|(_, colour)| *colour).collect();
    [
        format!("filled: arrives ({}) · broken outline: leaves", colours.join(", ")),
        "area: memory of its guests · red line: what they may have".to_owned(),
        "(both with huge pages)".to_owned(),
    ]
}
/// Hosts that are drawn at most.
const HOSTS: usize = 60;
/// Letters of this width stand in bars.
const LETTER: i64 = 6;
/// Hosts with so many moves have the names of short ones beside them: more would take many lines.
const NAMED: usize = 16;

/// The memory of a host, in MiB, as the plan begins.
#[derive(Clone, Copy)]
pub(in crate::report) struct Held {
    /// What its guests may have.
    pub(in crate::report) usable: u64,
    /// What they have.
    pub(in crate::report) used: u64,
}

/// The time that is drawn.
struct Span(u64);

impl Span {
    fn x(&self, ms: u64) -> i64 {
        LEFT + scaled(ms.min(self.0), self.0, PLOT)
    }
}

/// The timeline of a plan, by its name among the pictures of the page. `what` says of what.
pub(in crate::report) fn timeline(
    plan: &PlanDocument,
    held: &BTreeMap<String, Held>,
    (name, what): (&str, &str),
) -> Drawing {
    let moves: Vec<&MoveRecord> = plan.waves.iter().flatten().collect();
    let hosts: BTreeSet<&str> =
        moves.iter().flat_map(|one| one.from.as_deref().into_iter().chain([one.to.as_str()])).collect();
    let title = format!("{what} in time, host by host");
    let description = format!(
        "{} moves on {} hosts, from 0:00 to {}; above the arrivals and departures of each host, below the memory of its guests.",
        moves.len(),
        hosts.len(),
        duration(plan.figures.end_ms)
    );
    let mut out = Drawing::new(name, title, description, WIDTH);
    let span = Span(plan.figures.end_ms.max(1));
    for (at, line) in legend(&moves).into_iter().enumerate() {
        out.text((12, 20 + times(at, 14)), "faint", line);
    }
    let (mut y, below) = (TOP, out.mark());
    for host in hosts.iter().take(HOSTS) {
        y = row(&mut out, (host, &moves, held.get(*host).copied()), &span, y);
    }
    axis(&mut out, &span, (y, below));
    if hosts.len() > HOSTS {
        y += 18;
        out.text((12, y), "faint", format!("{} hosts more are not drawn", hosts.len() - HOSTS));
    }
    out.height(y + 16)
}

/// Steps of the axis, in seconds: those that a clock's face has.
const STEPS: [u64; 16] = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 14_400, 43_200];
/// Marks of the axis, at most.
const MARKS: u64 = 8;

/// Its lines lie below bars and names.
fn axis(out: &mut Drawing, span: &Span, (bottom, below): (i64, usize)) {
    let fits = |step: &&u64| span.0 / (**step * 1_000) < MARKS;
    let days = || (span.0 / (MARKS * 86_400_000) + 1) * 86_400;
    let step = STEPS.iter().find(fits).copied().unwrap_or_else(days);
    for ms in (0..=span.0 / (step * 1_000)).map(|mark| mark * step * 1_000) {
        let x = span.x(ms);
        out.path_below(below, format!("M{x} {}V{bottom}", TOP - 8), "axis");
        let words = duration(ms);
        out.text((x - times(words.len(), 3), TOP - 14), "faint", words);
    }
}

fn row(
    out: &mut Drawing,
    (host, moves, held): (&str, &[&MoveRecord], Option<Held>),
    span: &Span,
    top: i64,
) -> i64 {
    let own: Vec<&MoveRecord> =
        moves.iter().copied().filter(|one| one.to == host || one.from.as_deref() == Some(host)).collect();
    let mut free: Vec<i64> = Vec::new();
    for one in &own {
        let drawn = Bar::new(one, one.to == host, span, own.len() <= NAMED);
        let lane = free.iter().position(|until| *until <= drawn.start);
        let lane = lane.unwrap_or_else(|| {
            free.push(0);
            free.len() - 1
        });
        free[lane] = drawn.until();
        drawn.draw(out, top + times(lane, LANE));
    }
    let below = top + times(free.len(), LANE) + 4;
    out.text((12, top + 14), "name", short(host));
    let arrive = own.iter().filter(|one| one.to == host).count();
    out.text((12, top + 29), "faint", format!("{arrive} in, {} out", own.len() - arrive));
    if let Some(held) = held {
        let (end, usable) = memory(out, (host, &own, held), span, below);
        out.text((12, top + 43), "small", format!("{} in the end", show(end)));
        out.text((12, top + 57), "faint", format!("of {}", show(usable)));
    }
    let bottom = (below + MEMORY + 10).max(top + 64);
    out.path(format!("M12 {bottom}H{}", WIDTH - 12), "rule", "");
    bottom + 10
}

/// A move on one of its hosts.
struct Bar<'p> {
    one: &'p MoveRecord,
    arrives: bool,
    start: i64,
    width: i64,
    /// Its name, where that is not in the bar but beside it.
    beside: Option<String>,
}

impl<'p> Bar<'p> {
    fn new(one: &'p MoveRecord, arrives: bool, span: &Span, named: bool) -> Self {
        let (start, end) = (span.x(one.start_ms), span.x(one.start_ms + one.estimate.expected_ms));
        let mut bar = Self { one, arrives, start, width: (end - start - 1).max(2), beside: None };
        bar.beside = (named && !bar.holds_name()).then(|| short(&one.guest));
        bar
    }

    fn holds_name(&self) -> bool {
        self.width > letters(&short(&self.one.guest))
    }

    /// Where the next bar of the lane may begin.
    fn until(&self) -> i64 {
        self.start + self.width + self.beside.as_ref().map_or(1, |name| letters(name) + LETTER)
    }

    fn tip(&self) -> String {
        let one = self.one;
        let from = one.from.as_deref().unwrap_or("no host");
        let (start, takes) = (duration(one.start_ms), duration(one.estimate.expected_ms));
        format!("{}, {}: {from} to {}, from {start} for {takes}", one.guest, one.mode, one.to)
    }

    fn draw(&self, out: &mut Drawing, y: i64) {
        let class = if self.arrives { self.one.mode.as_str() } else { "leaves" };
        out.rect((self.start, y), (self.width, LANE - 2), class, self.tip());
        if let Some(name) = &self.beside {
            out.text((self.start + self.width + 3, y + 10), "outside", name);
        } else if self.holds_name() {
            let class = if self.arrives { "inside" } else { "outside" };
            out.text((self.start + 3, y + 10), class, short(&self.one.guest));
        }
    }
}

/// How wide a name is.
fn letters(name: &str) -> i64 {
    times(name.chars().count(), LETTER)
}

/// What hosts hold once all moves of a plan have ended.
pub(in crate::report) fn carried_out(held: &mut BTreeMap<String, Held>, plan: &PlanDocument) {
    for one in plan.waves.iter().flatten() {
        if let Some(from) = one.from.as_ref().and_then(|from| held.get_mut(from)) {
            from.used = from.used.saturating_sub(taken(one));
        }
        if let Some(to) = held.get_mut(&one.to) {
            to.used = to.used.saturating_add(taken(one));
        }
    }
}

/// What a guest takes of a host, in MiB.
fn taken(one: &MoveRecord) -> u64 {
    let memory = Memory::mib(one.memory_mib);
    memory.plus(overhead(memory)).as_mib()
}

/// What a host holds in the end, and what it may hold, in MiB. Arriving guests count from the start of their move, leaving ones until its end.
fn memory(
    out: &mut Drawing,
    (host, own, held): (&str, &[&MoveRecord], Held),
    span: &Span,
    top: i64,
) -> (u64, u64) {
    let arrivals = own.iter().filter(|one| one.to == host).map(|one| (one.start_ms, true, taken(one)));
    let leaves = own.iter().filter(|one| one.from.as_deref() == Some(host));
    let leaves = leaves.map(|one| (one.start_ms + one.estimate.expected_ms, false, taken(one)));
    let mut changes: Vec<_> = arrivals.chain(leaves).collect();
    changes.sort_unstable();
    let all: u64 = own.iter().map(|one| taken(one)).sum();
    let most = held.usable.max(held.used.saturating_add(all)).max(1);
    let y = |mib: u64| top + MEMORY - scaled(mib.min(most), most, MEMORY);
    let mut now = held.used;
    let mut peak = now;
    let mut d = format!("M{LEFT} {}V{}", top + MEMORY, y(now));
    for (ms, arrives, mib) in changes {
        now = if arrives { now.saturating_add(mib) } else { now.saturating_sub(mib) };
        peak = peak.max(now);
        let _ = write!(d, "H{}V{}", span.x(ms), y(now));
    }
    let _ = write!(d, "H{}V{}Z", LEFT + PLOT, top + MEMORY);
    let told = format!("{} at first, {} at most, {} in the end", show(held.used), show(peak), show(now));
    out.path(d, "memory", format!("{host}: {told}"));
    let limit = y(held.usable);
    out.path(format!("M{LEFT} {limit}H{}", LEFT + PLOT), "capacity", "");
    (now, held.usable)
}

fn show(mib: u64) -> String {
    Memory::mib(mib).to_string()
}

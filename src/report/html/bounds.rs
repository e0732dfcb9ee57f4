//! What the plan comes to beside what no plan can do better, and what each rests on.

use std::collections::BTreeMap;
use std::fmt::Display;

use super::links::{Linked, MOVES};
use super::stated::Stated;
use crate::model::Memory;
use crate::plan::{FigureRecord, MoveRecord, PlanDocument, RolloutDocument};
use crate::report::heatmap::Quotes;
use crate::report::words::{counted, duration};

/// Moves that are named.
const NAMED: usize = 6;

/// What no plan's end is earlier than: the longest move, the moves that share a channel or go between few hosts, or a chain.
const NO_EARLIER: &str = "the bound beside it, which this plan need not reach, is what the longest takes of: one move; the moves that share a host, \
                          its network or a limit of how many go at once; moves that wait for one another or for their time";

/// A row of the table: what is told in it, and its id.
pub(super) struct Figure {
    /// What is told.
    what: &'static str,
    /// Its id.
    pub(super) id: &'static str,
}

const MOVED: Figure = Figure { what: "moves", id: "b-moves" };
const WAVES: Figure = Figure { what: "waves", id: "b-waves" };
/// Guests that are left out.
pub(super) const LEFT_OUT: Figure = Figure { what: "guests left out", id: "b-left" };
const BOUNCES: Figure = Figure { what: "moves to make room", id: "b-bounces" };
/// When it ends.
pub(super) const ENDS: Figure = Figure { what: "ends", id: "b-ends" };
const SENT: Figure = Figure { what: "crosses the network live", id: "b-sent" };
/// The stages of a rollout.
pub(super) const STAGES: Figure = Figure { what: "stages", id: "b-stages" };

/// One figure, beside what no plan can do better.
pub(super) struct Bound {
    pub(super) what: &'static str,
    pub(super) id: &'static str,
    pub(super) is: Linked,
    pub(super) least: String,
    pub(super) rests: Vec<Linked>,
}

/// A row: what the plan comes to with where that is told, and the bound.
fn bound(
    Figure { what, id }: Figure,
    (is, to): (impl Display, &str),
    least: impl Display,
    rests: Vec<Linked>,
) -> Bound {
    Bound { what, id, is: Linked::to(is.to_string(), to), least: least.to_string(), rests }
}

/// The figures of a plan.
pub(super) fn of_plan(plan: &PlanDocument, stated: &Stated, quotes: &mut Quotes<'_>) -> Vec<Bound> {
    let of = &plan.figures;
    let moves: Vec<&MoveRecord> = plan.waves.iter().flatten().collect();
    let each = vec![Linked::to("guests that have to move, one by one", "moves")];
    let reasons = vec![Linked::to("the reasons of each", "left")];
    let limits = busiest(&moves).into_iter().chain([at_once(plan, stated, quotes)]).collect();
    vec![
        bound(MOVED, (of.moves, "moves"), of.moves_at_least, each),
        bound(WAVES, (of.waves, "moves"), of.waves_at_least, limits),
        bound(LEFT_OUT, (of.left_out, "left"), of.left_out_at_least, reasons),
        bound(BOUNCES, (of.bounces, "moves"), of.bounces_at_least, bounces(&moves)),
        ends(of, &moves, network(stated, quotes)),
        sent(of),
    ]
}

/// When it ends: with the last move.
fn ends(of: &FigureRecord, moves: &[&MoveRecord], network: [Linked; 2]) -> Bound {
    let rests = last(moves).into_iter().chain([Linked::no(NO_EARLIER)]).chain(network).collect();
    bound(ENDS, (duration(of.end_ms), "timeline"), duration(of.end_at_least_ms), rests)
}

/// What live moves send: at least the memory of their guests.
fn sent(of: &FigureRecord) -> Bound {
    let mib = |mib| Memory::mib(mib).to_string();
    let memory = format!("the memory of {}, each with its line", counted(of.live, "live move"));
    bound(SENT, (mib(of.sent_mib), "moves"), mib(of.live_memory_mib), vec![Linked::to(memory, "moves")])
}

/// The figures of a rollout.
pub(super) fn of_rollout(rollout: &RolloutDocument, stated: &Stated, quotes: &mut Quotes<'_>) -> Vec<Bound> {
    let of = &rollout.figures;
    let room = Linked::to("the room on the other hosts", "capacity");
    let down =
        stated.of(("upgrade", "hosts_at_once"), "how many hosts may be down at once".to_owned(), quotes);
    let guests = Linked::to("guests of the hosts, one by one", "guests");
    vec![
        bound(STAGES, (of.stages, "moves"), of.stages_at_least, vec![room, down]),
        bound(MOVED, (of.moves, "moves"), of.moves_at_least, vec![guests]),
    ]
}

/// How many moves may run at the same time on one host.
fn at_once(plan: &PlanDocument, stated: &Stated, quotes: &mut Quotes<'_>) -> Linked {
    let said =
        format!("on one host at most {} at the same time", counted(plan.limits.moves_per_host, "move"));
    stated.of(("limits", "moves_per_host"), said, quotes)
}

/// What the times rest on.
fn network(stated: &Stated, quotes: &mut Quotes<'_>) -> [Linked; 2] {
    let speed = stated.of(("network", "migration_mbit"), "the speed of the network".to_owned(), quotes);
    [speed, Linked::to("what the times rest on", "times")]
}

/// The host that most moves leave or come to.
fn busiest(moves: &[&MoveRecord]) -> Option<Linked> {
    let mut by_host: BTreeMap<&str, usize> = BTreeMap::new();
    for host in moves.iter().flat_map(|one| one.from.iter().chain([&one.to])) {
        *by_host.entry(host).or_default() += 1;
    }
    let most = by_host.values().copied().max()?;
    let (host, _) = by_host.into_iter().find(|(_, count)| *count == most)?;
    Some(Linked::to(format!("{host} has {}, and no host has more", counted(most, "move")), "moves"))
}

/// The moves that make room.
fn bounces(moves: &[&MoveRecord]) -> Vec<Linked> {
    let told = moves.iter().zip(1..).take(MOVES).filter(|(one, _)| one.goes_on);
    let mut named: Vec<Linked> =
        told.map(|(one, id)| Linked::to(format!("move {}", one.number), format!("m{id}"))).collect();
    if named.is_empty() {
        named.push(Linked::no("no guest goes by way of another host"));
    }
    named.truncate(NAMED);
    named
}

/// The move that ends last, where it is told.
fn last(moves: &[&MoveRecord]) -> Option<Linked> {
    let end = |one: &MoveRecord| one.start_ms + one.estimate.expected_ms;
    let (one, id) = moves.iter().zip(1..).max_by_key(|(one, _)| end(one))?;
    let text = format!("move {} ends last", one.number);
    Some(if id > MOVES { Linked::no(text) } else { Linked::to(text, format!("m{id}")) })
}

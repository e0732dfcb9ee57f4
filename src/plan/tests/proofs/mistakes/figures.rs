//! Figures, commands and steps that are not those of the moves.

use super::super::case::{At, Case, Dice, Wrong};
use super::{Mistake, mistake};
use crate::plan::{
    Command, Commands, FigureRecord, MoveMode, Preparation, StepRecord, ViolationKind as Kind, When,
};

pub(super) const ALL: &[Mistake] = &[
    mistake("a count one too high", &[Kind::Figure], |case, dice| {
        let count = dice.pick(COUNTS)?;
        Some(case.changed(|document| *count(&mut document.figures) += 1))
    }),
    mistake("a count one too low", &[Kind::Figure], |case, dice| {
        let mut figures = case.document.figures.clone();
        let count = dice.pick(COUNTS.into_iter().filter(|count| *count(&mut figures) > 0))?;
        Some(case.changed(|document| *count(&mut document.figures) -= 1))
    }),
    mistake("an end too early", &[Kind::Figure], |case, _| {
        (case.document.figures.end_ms > 0).then(|| case.changed(|document| document.figures.end_ms -= 1))
    }),
    mistake("an end too late", &[Kind::Figure], |case, _| {
        Some(case.changed(|document| document.figures.end_ms += 1))
    }),
    mistake("memory of live moves", &[Kind::Figure], |case, _| {
        Some(case.changed(|document| document.figures.live_memory_mib += 1))
    }),
    mistake("what is sent", &[Kind::Figure], |case, _| {
        let all: u64 = case.moves().map(|one| one.estimate.sent_mib).sum();
        Some(case.changed(|document| document.figures.sent_mib = all + 1))
    }),
    mistake("a bound above what it bounds", &[Kind::Figure], |case, dice| {
        let bounds: [fn(&mut FigureRecord); 4] = [
            |of| of.moves_at_least = of.moves + 1,
            |of| of.waves_at_least = of.waves + 1,
            |of| of.left_out_at_least = of.left_out + 1,
            |of| of.end_at_least_ms = of.end_ms + 1,
        ];
        let bound = dice.pick(bounds)?;
        Some(case.changed(|document| bound(&mut document.figures)))
    }),
    mistake("memory of a move", &[Kind::Figure], |case, dice| {
        let at = dice.pick(case.places())?;
        Some(case.with(at, |one| one.memory_mib += 1))
    }),
    mistake("whether a guest is stopped", &[Kind::Figure], |case, dice| {
        let at = dice.pick(case.places())?;
        Some(case.with(at, |one| one.stops = !one.stops))
    }),
    mistake("times that are not in order", &[Kind::Figure], |case, dice| {
        let at = dice.pick(case.places())?;
        Some(case.with(at, |one| one.estimate.low_ms = one.estimate.expected_ms + 1))
    }),
    mistake("a rate beyond the link", &[Kind::Network], |case, dice| {
        let link = case.cluster.settings.migration_mbit.unwrap_or(1_000) * 1_000_000 / 8 / 1_024;
        let at = dice.pick(case.places())?;
        Some(case.with(at, |one| one.estimate.rate_kib_s = link + 1))
    }),
    mistake("a command for another host", &[Kind::Command], |case, dice| {
        let at = dice.pick(case.places().filter(|&at| !case.one(at).to.contains('\'')))?;
        let (old, new) = (format!("//{}/", case.one(at).to), "//nowhere/");
        Some(case.with(at, |one| {
            one.commands.run.iter_mut().for_each(|line| line.line = line.line.replace(&old, new));
        }))
    }),
    mistake("a command on another host", &[Kind::Command], |case, dice| {
        let at = dice.pick(case.places())?;
        let line = dice.pick(0..case.one(at).commands.run.len())?;
        Some(case.with(at, |one| one.commands.run[line].on = Some("nowhere".into())))
    }),
    mistake("a command of another guest", &[Kind::Command], |case, dice| {
        let (at, other) = (dice.pick(case.places())?, dice.pick(case.places())?);
        let differ = case.one(at).guest != case.one(other).guest && case.one(at).mode == case.one(other).mode;
        let commands = case.one(other).commands.clone();
        differ.then(|| case.with(at, |one| one.commands = commands))
    }),
    mistake("a command missing", &[Kind::Command], |case, dice| {
        let at = dice.pick(case.places())?;
        let line = dice.pick(0..case.one(at).commands.run.len())?;
        Some(case.with(at, |one| drop(one.commands.run.remove(line))))
    }),
    mistake("no way back", &[Kind::Command], |case, dice| {
        let at = dice.pick(case.places())?;
        Some(case.with(at, |one| one.commands.back.clear()))
    }),
    mistake("commands of another mode", &[Kind::Command], |case, dice| {
        let live = |at: &At| case.one(*at).mode == MoveMode::Live;
        let (live, other) =
            (dice.pick(case.places().filter(live))?, dice.pick(case.places().filter(|at| !live(at)))?);
        let commands = case.one(live).commands.clone();
        Some(case.with(other, |one| one.commands = commands))
    }),
    mistake("a guest undefined before it is anywhere else", &[Kind::Command], |case, dice| {
        let undefines = |lines: &Commands| {
            lines.run.len() > 1 && lines.run.last().is_some_and(|last| last.line.contains("virsh undefine"))
        };
        let at = dice.pick(case.places().filter(|&at| undefines(&case.one(at).commands)))?;
        Some(case.with(at, |one| one.commands.run.rotate_right(1)))
    }),
    mistake("a step missing", &[Kind::Step], |case, dice| {
        let at = dice.pick(0..case.document.steps.len())?;
        Some(case.changed(|document| drop(document.steps.remove(at))))
    }),
    mistake("a guest missing in a step", &[Kind::Step], |case, dice| {
        let once = |at: &usize| {
            let guests = &case.document.steps[*at].guests;
            guests.iter().filter(|guest| Some(*guest) == guests.last()).count() == 1
        };
        let at = dice.pick((0..case.document.steps.len()).filter(once))?;
        Some(case.changed(|document| drop(document.steps[at].guests.pop())))
    }),
    mistake("a step for a guest that does not need it", &[Kind::Step], |case, dice| {
        let guest = case.one(dice.pick(case.places())?).guest.clone();
        let step =
            StepRecord { when: When::Before, rule: "new".into(), text: "pray".into(), guests: vec![guest] };
        Some(case.changed(|document| document.steps.push(step)))
    }),
    mistake("a step that comes too late", &[Kind::Step], |case, dice| {
        let at = dice.pick(0..case.document.steps.len())?;
        Some(case.changed(|document| document.steps[at].when = When::Stopped))
    }),
    mistake("something to do before that no step tells", &[Kind::Step], |case, dice| {
        let at = dice.pick(case.places())?;
        let to_do = Preparation::new("new", "pray");
        Some(case.with(at, |one| one.preparations.push(to_do)))
    }),
    mistake("a command more, for another host", &[Kind::Command], more),
];

type Count = fn(&mut FigureRecord) -> &mut usize;

const COUNTS: [Count; 9] = [
    |of| &mut of.moves,
    |of| &mut of.bounces,
    |of| &mut of.waves,
    |of| &mut of.live,
    |of| &mut of.placed,
    |of| &mut of.cold,
    |of| &mut of.rebuild,
    |of| &mut of.stopped,
    |of| &mut of.left_out,
];

fn more(case: &Case<'_>, dice: &mut Dice) -> Option<Wrong> {
    let at = dice.pick(case.places())?;
    let lists: [fn(&mut Commands) -> &mut Vec<Command>; 3] =
        [|of| &mut of.check, |of| &mut of.run, |of| &mut of.back];
    let list = dice.pick(lists)?;
    let line = "virsh -c qemu+ssh://nowhere/system nodememstats".to_owned();
    Some(case.with(at, |one| list(&mut one.commands).push(Command { on: None, line })))
}

//! Moves that are not in the order in which they must be.

use super::super::case::{At, Case, Dice, Wrong};
use super::super::referee::{breaks, course, knows, loads};
use super::{Mistake, mistake};
use crate::plan::{PlanDocument, ViolationKind as Kind};

/// So long that all else has ended.
const LONG: u64 = 1 << 40;

pub(super) const ALL: &[Mistake] = &[
    mistake("a start before what it comes after has ended", &[Kind::Order], |case, dice| {
        let late = dice.pick(case.places().filter(|&at| !case.one(at).after.is_empty()))?;
        let early = dice.pick(case.one(late).after.clone())?;
        let early = case.moves().find(|one| one.number == early)?;
        let end = early.start_ms + early.estimate.expected_ms.max(1);
        Some(case.with(late, |one| one.start_ms = end - 1))
    }),
    mistake("a move after one that comes later", &[Kind::Order], |case, dice| {
        let early = dice.pick(case.places())?;
        let later = |at: &At| case.one(*at).start_ms >= case.one(early).start_ms;
        let late = case.one(dice.pick(case.places().filter(later))?).number;
        Some(case.with(early, |one| one.after.push(late)))
    }),
    mistake("a move after one that is not there", &[Kind::Order], |case, dice| {
        let at = dice.pick(case.places())?;
        Some(case.with(at, |one| one.after.push(9_999_999)))
    }),
    mistake("a move that no longer comes after another", &[Kind::Order, Kind::Together], loosened),
    mistake("a number that is another move's", &[Kind::Order], |case, dice| {
        let at = dice.pick(case.places())?;
        Some(case.with(at, |one| one.number += 1))
    }),
    mistake("a wave in one with the next", &[Kind::Order], |case, dice| {
        let follows = |wave: &usize| {
            let numbers: Vec<usize> = case.document.waves[*wave].iter().map(|one| one.number).collect();
            let next = case.document.waves[*wave + 1].iter();
            next.flat_map(|one| &one.after).any(|other| numbers.contains(other))
        };
        let wave = dice.pick((0..case.document.waves.len().saturating_sub(1)).filter(follows))?;
        Some(case.changed(|document| {
            let next = document.waves.remove(wave + 1);
            document.waves[wave].extend(next);
        }))
    }),
    mistake("all waves in turned order", &[Kind::Order], |case, _| {
        let ordered = case.moves().any(|one| !one.after.is_empty());
        ordered.then(|| case.changed(|document| document.waves.reverse()))
    }),
    mistake("all moves at once", &[Kind::Room, Kind::Moves, Kind::Network, Kind::Apart], |case, _| {
        let wrong = case.changed(at_once);
        let known = knows(case) && case.plain().len() == case.moves().count();
        (known && breaks(case.cluster, &loads(case, &course(case, &wrong.document, &|_| LONG))))
            .then_some(wrong)
    }),
];

fn at_once(document: &mut PlanDocument) {
    let mut all: Vec<_> = document.waves.drain(..).flatten().collect();
    for one in &mut all {
        (one.start_ms, one.after) = (0, Vec::new());
    }
    document.waves.push(all);
}

/// One of the moves that another comes after is taken from its list, such that something breaks if the one takes long and all others do not.
fn loosened(case: &Case<'_>, dice: &mut Dice) -> Option<Wrong> {
    if !knows(case) {
        return None;
    }
    let pairs = case.places().flat_map(|late| case.one(late).after.iter().map(move |early| (late, *early)));
    let breaking = pairs.filter_map(|(late, early)| {
        let wrong = case.with(late, |one| one.after.retain(|other| *other != early));
        let runs = course(case, &wrong.document, &|number| if number == early { LONG } else { 1 });
        breaks(case.cluster, &loads(case, &runs)).then_some(wrong)
    });
    dice.pick(breaking)
}

//! Moves that go where, or in a way, that they must not.

use super::super::case::{At, Case, Dice, Wrong};
use super::{Mistake, mistake};
use crate::compat::HostIndex;
use crate::plan::{MoveMode, ViolationKind as Kind};

pub(super) const ALL: &[Mistake] = &[
    mistake("a move to a drained host", &[Kind::Unwanted], |case, dice| to_named(case, dice, "drain")),
    mistake("a move to a banned host", &[Kind::Unwanted], |case, dice| to_named(case, dice, "ban")),
    mistake("a move to a host that is not there", &[Kind::Name], |case, dice| {
        let at = dice.pick(case.places())?;
        Some(case.with(at, |one| one.to = "nowhere".into()))
    }),
    mistake("a move of a guest that is not there", &[Kind::Name], |case, dice| {
        let at = dice.pick(case.places())?;
        Some(case.with(at, |one| one.guest = "nobody".into()))
    }),
    mistake("a move to a host that its verdict bars", &[Kind::Mode], barred),
    mistake("a mode that its verdict bars", &[Kind::Mode], mode),
    mistake("live though it is shut off", &[Kind::Mode], |case, dice| {
        let is_off = |at: &At| !case.cluster.guests[case.guest(&case.one(*at).guest).unwrap()].running;
        let at = dice.pick(case.plain().into_iter().filter(is_off))?;
        Some(case.with(at, |one| one.mode = MoveMode::Live))
    }),
    mistake("placed though it is on a host", &[Kind::Mode], |case, dice| {
        let at = dice.pick(case.places().filter(|&at| case.one(at).from.is_some()))?;
        Some(case.with(at, |one| one.mode = MoveMode::Placed))
    }),
    mistake("cold by way of another host", &[Kind::Mode], |case, dice| {
        let at = dice.pick(case.places().filter(|&at| case.one(at).goes_on))?;
        Some(case.with(at, |one| one.mode = MoveMode::Cold))
    }),
    mistake("by way of a banned host", &[Kind::Unwanted], |case, dice| {
        let at = dice.pick(case.places().filter(|&at| case.one(at).goes_on))?;
        let hosts = vec![case.one(at).to.clone()];
        let ban = crate::plan::IntentRecord { intent: "ban".into(), hosts, guests: Vec::new() };
        Some(case.changed(|document| document.intents.push(ban)))
    }),
    mistake("from a host on which the guest is not", &[Kind::Start, Kind::Name], |case, dice| {
        let at = dice.pick(case.plain())?;
        let names = case.cluster.hosts.iter().map(|host| host.name.clone());
        let other = dice.pick(names.filter(|name| case.one(at).from.as_ref() != Some(name)))?;
        Some(case.with(at, |one| one.from = Some(other)))
    }),
    mistake("from no host though it is on one", &[Kind::Start, Kind::Name], |case, dice| {
        let at = dice.pick(case.plain().into_iter().filter(|&at| case.one(at).from.is_some()))?;
        Some(case.with(at, |one| one.from = None))
    }),
    mistake("a move to where the guest is", &[Kind::Start], |case, dice| {
        let at = dice.pick(case.places().filter(|&at| case.one(at).from.is_some()))?;
        Some(case.with(at, |one| one.to = one.from.clone().unwrap_or_default()))
    }),
    mistake("source and destination exchanged", &[Kind::Start, Kind::Name], |case, dice| {
        let at = dice.pick(case.plain().into_iter().filter(|&at| case.one(at).from.is_some()))?;
        Some(case.with(at, |one| {
            let to = one.from.clone().unwrap_or_default();
            one.from = Some(std::mem::replace(&mut one.to, to));
        }))
    }),
    mistake(
        "a guest that is to come ends on a host that does not adopt",
        &[Kind::Unfulfilled, Kind::Unwanted],
        astray,
    ),
];

/// Intents forbid that anything goes there.
fn to_named(case: &Case<'_>, dice: &mut Dice, word: &str) -> Option<Wrong> {
    let host = case.host_name(dice.pick(case.named(word))?);
    let others = case.places().filter(|&at| case.one(at).from.as_ref() != Some(&host));
    let at = dice.pick(others.filter(|&at| case.one(at).to != host))?;
    Some(case.with(at, |one| one.to = host))
}

fn barred(case: &Case<'_>, dice: &mut Dice) -> Option<Wrong> {
    let at = dice.pick(case.plain())?;
    let (one, guest) = (case.one(at), case.guest(&case.one(at).guest)?);
    let bars = |host: &HostIndex| {
        case.bars(guest, *host, one.mode) && one.from.as_deref() != Some(&case.host_name(*host))
    };
    let host = dice.pick((0..case.cluster.hosts.len()).filter(bars))?;
    Some(case.with(at, |one| one.to = case.host_name(host)))
}

fn mode(case: &Case<'_>, dice: &mut Dice) -> Option<Wrong> {
    let at = dice.pick(case.plain())?;
    let (guest, to) = (case.guest(&case.one(at).guest)?, case.host(&case.one(at).to));
    let modes = [MoveMode::Live, MoveMode::Cold, MoveMode::Placed, MoveMode::Rebuild];
    let mode = dice.pick(modes.into_iter().filter(|&mode| case.bars(guest, to, mode)))?;
    Some(case.with(at, |one| one.mode = mode))
}

/// Nothing but coming to a host that adopts is asked of the guest, and it goes to another.
fn astray(case: &Case<'_>, dice: &mut Dice) -> Option<Wrong> {
    let (adopting, drained) = (case.named("adopt"), case.named("drain"));
    let comes = |at: &At| {
        let guest = case.guest(&case.one(*at).guest).unwrap();
        let leaves = case.home(guest).is_some_and(|home| drained.contains(&home));
        case.is_asked(guest) && !leaves && !case.is_joined(guest)
    };
    let at = dice.pick(case.plain().into_iter().filter(comes))?;
    let other = |host: &HostIndex| {
        !adopting.contains(host) && case.one(at).from.as_deref() != Some(&case.host_name(*host))
    };
    let host = dice.pick(
        (0..case.cluster.hosts.len()).filter(other).filter(|_| !adopting.is_empty() && !case.is_loose()),
    )?;
    Some(case.with(at, |one| one.to = case.host_name(host)))
}

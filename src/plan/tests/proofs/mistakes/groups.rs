//! Guests that meet though they are to be apart, or part though they are to be together.

use super::super::case::{At, Case, Dice, Wrong};
use super::{Mistake, mistake};
use crate::compat::{GuestIndex, HostIndex};
use crate::model::{Apart, Area, Group, GroupPolicy, Known};
use crate::plan::ViolationKind as Kind;

pub(super) const ALL: &[Mistake] = &[
    mistake("two to be apart on one host", &[Kind::Apart], |case, dice| meet(case, dice, Area::Host, 1)),
    mistake("two to be apart in one rack", &[Kind::Apart], |case, dice| meet(case, dice, Area::Rack, 1)),
    mistake("three on a host that may have two of them", &[Kind::Apart], |case, dice| {
        meet(case, dice, Area::Host, 2)
    }),
    mistake("two to be together of which one moves", &[Kind::Together], |case, dice| {
        let at = dice.pick(case.plain().into_iter().filter(|&at| case.one(at).from.is_some()))?;
        let from = case.home(case.guest(&case.one(at).guest)?);
        let with = dice.pick(stayers(case).filter(|&guest| case.home(guest) == from && from.is_some()))?;
        Some(grouped(case, &[case.guest(&case.one(at).guest)?, with], GroupPolicy::Together))
    }),
    mistake("one of a pair to be together dropped", &[Kind::Together], |case, dice| {
        let (at, _) = pair(case, dice)?;
        Some(case.changed(|document| drop(document.waves[at.0].remove(at.1))))
    }),
    mistake("one of a pair to be together in a later wave", &[Kind::Together], |case, dice| {
        let (at, _) = pair(case, dice)?;
        Some(case.changed(|document| {
            let one = document.waves[at.0].remove(at.1);
            document.waves.insert(at.0 + 1, vec![one]);
        }))
    }),
    mistake("one of a pair to be together a moment later", &[Kind::Together], |case, dice| {
        let (at, _) = pair(case, dice)?;
        Some(case.with(at, |one| one.start_ms += 1))
    }),
    mistake("one of a pair to be together to another host", &[Kind::Together], |case, dice| {
        let (at, other) = pair(case, dice)?;
        let names = case.cluster.hosts.iter().map(|host| host.name.clone());
        let elsewhere =
            names.filter(|name| *name != case.one(other).to && Some(name) != case.one(at).from.as_ref());
        let host = dice.pick(elsewhere)?;
        Some(case.with(at, |one| one.to = host))
    }),
];

/// The guests that have a name of their own and do not move.
fn stayers<'k>(case: &'k Case<'_>) -> impl Iterator<Item = GuestIndex> + 'k {
    let still = |guest: &GuestIndex| {
        let name = &case.cluster.guests[*guest].name;
        case.guest(name).is_some() && !case.moves().any(|one| one.guest == *name)
    };
    (0..case.cluster.guests.len()).filter(still)
}

/// The same plan where these guests are a group.
fn grouped(case: &Case<'_>, guests: &[GuestIndex], policy: GroupPolicy) -> Wrong {
    let guests = guests.iter().map(|&guest| case.cluster.guests[guest].name.clone()).collect();
    case.in_other(|cluster| cluster.settings.groups.push(Group { name: "new".into(), guests, policy }))
}

/// A guest comes where others stay, which it is to be apart from.
fn meet(case: &Case<'_>, dice: &mut Dice, per: Area, at_most: usize) -> Option<Wrong> {
    let met = |at: &At| -> Vec<GuestIndex> {
        let to = case.host(&case.one(*at).to);
        stayers(case).filter(|&guest| case.home(guest) == Some(to)).take(at_most).collect()
    };
    let at = dice.pick(case.plain().into_iter().filter(|at| met(at).len() == at_most))?;
    let (from, to) = (case.one(at).from.as_deref().map(|name| case.host(name)), case.host(&case.one(at).to));
    let guests: Vec<GuestIndex> = [case.guest(&case.one(at).guest)?].into_iter().chain(met(&at)).collect();
    let mut wrong = grouped(case, &guests, GroupPolicy::Apart(Apart { per, at_most }));
    // The host is a rack by itself, and so is no place that the guest comes from.
    let (settings, place) = (&mut wrong.cluster.as_mut()?.settings, case.cluster.hosts[to].memory.place()?);
    let rack = |host: HostIndex| (case.host_name(host), Known::new(format!("rack {host}"), place));
    settings.racks.extend(from.into_iter().chain([to]).map(rack));
    Some(wrong)
}

/// Two of a group to be together that move, from one host.
fn pair(case: &Case<'_>, dice: &mut Dice) -> Option<(At, At)> {
    let places = case.plain();
    let groups = || case.cluster.settings.groups.iter().filter(|group| group.policy == GroupPolicy::Together);
    let of = |at: &At, group: &Group| group.guests.contains(&case.one(*at).guest);
    let pairs = places.iter().flat_map(|one| places.iter().map(move |other| (*one, *other)));
    let joined = pairs.filter(|(one, other)| {
        let from = &case.one(*one).from;
        one != other
            && from.is_some()
            && *from == case.one(*other).from
            && groups().any(|group| of(one, group) && of(other, group))
    });
    dice.pick(joined)
}

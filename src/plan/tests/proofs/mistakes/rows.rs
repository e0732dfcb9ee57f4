//! Moves and guests left out that are there too often, or not at all; and what is asked.

use super::super::case::{At, Case, Dice, Wrong};
use super::{Mistake, mistake};
use crate::compat::GuestIndex;
use crate::plan::{GuestRecord, IntentRecord, MoveRecord, PlanDocument, ReasonRecord, ViolationKind as Kind};

pub(super) const ALL: &[Mistake] = &[
    mistake("a move dropped", &[Kind::Unfulfilled], dropped),
    mistake("the second half of a way dropped", &[Kind::Unfulfilled], |case, dice| {
        let halves = case.moves().filter(|one| one.goes_on).map(|one| (one.guest.clone(), one.to.clone()));
        let (guest, via) = dice.pick(halves)?;
        let is_it = |one: &MoveRecord| one.guest == guest && one.from.as_ref() == Some(&via);
        Some(case.changed(|document| {
            document.waves.iter_mut().for_each(|wave| wave.retain(|one| !is_it(one)));
        }))
    }),
    mistake("a move that goes on though nothing follows", &[Kind::Unfulfilled], |case, dice| {
        let at = dice.pick(case.plain())?;
        Some(case.with(at, |one| one.goes_on = true))
    }),
    mistake("a move twice", &[Kind::Twice], |case, dice| {
        let at = dice.pick(case.plain())?;
        let again = case.one(at).clone();
        Some(case.changed(|document| document.waves[at.0].push(again)))
    }),
    mistake("a move once more at the end", &[Kind::Twice, Kind::Start], |case, dice| {
        let at = dice.pick(case.plain())?;
        let again = case.one(at).clone();
        Some(case.changed(|document| document.waves.push(vec![again])))
    }),
    mistake("a move that nobody asks for", &[Kind::Unwanted], unasked),
    mistake("a guest that is pinned", &[Kind::Unwanted], |case, dice| {
        let at = dice.pick(case.places())?;
        let guests = vec![case.one(at).guest.clone()];
        Some(asked(case, IntentRecord { intent: "pin".into(), hosts: Vec::new(), guests }))
    }),
    mistake("a destination that is banned", &[Kind::Unwanted], |case, dice| {
        let at = dice.pick(case.places())?;
        let hosts = vec![case.one(at).to.clone()];
        Some(asked(case, IntentRecord { intent: "ban".into(), hosts, guests: Vec::new() }))
    }),
    mistake("a host that is to be drained as well", &[Kind::Unfulfilled, Kind::Unwanted], |case, dice| {
        let at = dice.pick(case.places())?;
        let hosts = vec![case.one(at).to.clone()];
        Some(asked(case, IntentRecord { intent: "drain".into(), hosts, guests: Vec::new() }))
    }),
    mistake("nothing asked", &[Kind::Unwanted], |case, dice| {
        dice.pick(case.places())?;
        Some(case.changed(|document| document.intents.clear()))
    }),
    mistake("an intent that there is not", &[Kind::Name], |case, _| {
        Some(asked(case, IntentRecord { intent: "pray".into(), hosts: Vec::new(), guests: Vec::new() }))
    }),
    mistake("an intent for a host that is not there", &[Kind::Name], |case, _| {
        Some(asked(
            case,
            IntentRecord { intent: "drain".into(), hosts: vec!["nowhere".into()], guests: Vec::new() },
        ))
    }),
    mistake("a guest left out that is not told", &[Kind::Unfulfilled], |case, dice| {
        let at = dice.pick(0..case.document.left_out.len())?;
        Some(case.changed(|document| drop(document.left_out.remove(at))))
    }),
    mistake("a guest left out for no reason", &[Kind::Unfulfilled], |case, dice| {
        let at = dice.pick(0..case.document.left_out.len())?;
        Some(case.changed(|document| document.left_out[at].reasons.clear()))
    }),
    mistake("a guest left out twice", &[Kind::Twice], |case, dice| {
        let again = dice.pick(case.document.left_out.clone())?;
        Some(case.changed(|document| document.left_out.push(again)))
    }),
    mistake("a guest left out that is not there", &[Kind::Name], |case, dice| {
        let at = dice.pick(0..case.document.left_out.len())?;
        Some(case.changed(|document| document.left_out[at].host = Some("nowhere".into())))
    }),
    mistake("a guest left out that moves", &[Kind::Twice], |case, dice| {
        let at = dice.pick(case.plain())?;
        let guest = case.guest(&case.one(at).guest)?;
        Some(left_out(case, guest))
    }),
    mistake("a guest left out of which nothing is asked", &[Kind::Unwanted], |case, dice| {
        let is_moved =
            |guest: GuestIndex| case.moves().any(|one| one.guest == case.cluster.guests[guest].name);
        let alone = |guest: &GuestIndex| case.guest(&case.cluster.guests[*guest].name).is_some();
        let others =
            (0..case.cluster.guests.len()).filter(|&guest| !case.is_asked(guest) && !is_moved(guest));
        let guest = dice.pick(others.filter(alone))?;
        Some(left_out(case, guest))
    }),
    mistake("an empty wave", &[Kind::Figure], |case, _| {
        Some(case.changed(|document| document.waves.push(Vec::new())))
    }),
];

fn asked(case: &Case<'_>, intent: IntentRecord) -> Wrong {
    case.changed(|document| document.intents.push(intent))
}

/// Something is asked of the guest, and now it stays.
fn dropped(case: &Case<'_>, dice: &mut Dice) -> Option<Wrong> {
    let asks = |at: &At| case.is_asked(case.guest(&case.one(*at).guest).unwrap());
    let at = dice.pick(case.plain().into_iter().filter(asks))?;
    Some(case.changed(|document| drop(document.waves[at.0].remove(at.1))))
}

/// The guest is alone, nothing is asked of it, and no host is to be emptied or filled where it is.
fn unasked(case: &Case<'_>, dice: &mut Dice) -> Option<Wrong> {
    let named = |word: &str, host: Option<usize>| host.is_some_and(|host| case.named(word).contains(&host));
    let loose = |host| named("balance", host) || named("relieve", host);
    let still = |guest: &GuestIndex| {
        let name = &case.cluster.guests[*guest].name;
        let moves = case.moves().any(|one| one.guest == *name);
        !moves && !case.is_asked(*guest) && !case.is_joined(*guest) && case.guest(name).is_some()
    };
    let guest =
        dice.pick((0..case.cluster.guests.len()).filter(still).filter(|&guest| !loose(case.home(guest))))?;
    let mut one = dice.pick(case.moves().cloned())?;
    let to = (0..case.cluster.hosts.len())
        .filter(|&host| !named("adopt", Some(host)) && Some(host) != case.home(guest));
    one.guest.clone_from(&case.cluster.guests[guest].name);
    one.from.clone_from(&case.cluster.guests[guest].host);
    one.to = case.host_name(dice.pick(to)?);
    Some(case.changed(|document: &mut PlanDocument| document.waves.push(vec![one])))
}

fn left_out(case: &Case<'_>, guest: GuestIndex) -> Wrong {
    let about = &case.cluster.guests[guest];
    let reason = ReasonRecord {
        hosts: Vec::new(),
        rule: "no-room".into(),
        message: "there is no room".into(),
        remedy: "make room".into(),
    };
    let record = GuestRecord { guest: about.name.clone(), host: about.host.clone(), reasons: vec![reason] };
    case.changed(|document| document.left_out.push(record))
}

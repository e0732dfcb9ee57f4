//! What is wanted, what its words mean, and what comes of it.

use std::collections::{BTreeMap, BTreeSet};

use super::pictured::Wanted;
use crate::plan::{GuestRecord, IntentRecord, PlanDocument};
use crate::report::words::{counted, some};

/// Guests that are named, at most.
const NAMED: usize = 6;

/// One intent.
pub(super) struct Intended {
    /// What is wanted.
    pub(super) text: String,
    /// What its word means.
    pub(super) meaning: &'static str,
    /// What comes of it; empty where the figures of the whole plan say it.
    pub(super) outcome: String,
    /// Guests that go to other hosts instead, each with the first host that they do not go to: the chart says why.
    pub(super) elsewhere: Vec<(String, String)>,
    /// How many more do.
    pub(super) more: usize,
}

/// All that is wanted, and the guests that are counted with more than one intent.
pub(super) fn intended(wanted: Wanted<'_>) -> (Vec<Intended>, Vec<&str>) {
    let (intents, plan) = match wanted {
        Wanted::Plan(plan) => (&plan.intents, Some(plan)),
        Wanted::Rollout(rollout) => (&rollout.intents, None),
    };
    let ways = plan.map(|plan| ways(legs(plan))).unwrap_or_default();
    let mut times: BTreeMap<Traveller<'_>, usize> = BTreeMap::new();
    let told = |one: &IntentRecord| {
        let counted: BTreeSet<_> = ways.iter().filter(|way| way.serves(one)).map(|way| way.guest).collect();
        for guest in &counted {
            *times.entry(*guest).or_default() += 1;
        }
        let (elsewhere, more) = elsewhere(one, &ways);
        Intended {
            elsewhere,
            more,
            text: one.text(),
            meaning: meaning(&one.intent),
            outcome: plan.map(|plan| outcome(one, plan, counted.len())).unwrap_or_default(),
        }
    };
    let told = intents.iter().map(told).collect();
    let shared = times.into_iter().filter(|(_, times)| *times > 1).map(|((guest, _), _)| guest);
    (told, shared.collect())
}

/// A guest, and the host that it is on as the plan begins.
type Traveller<'p> = (&'p str, Option<&'p str>);

/// Where a guest comes from, and where it is in the end: places on the way are neither.
struct Way<'p> {
    guest: Traveller<'p>,
    to: &'p str,
}

impl Way<'_> {
    /// Whether an intent asks for it.
    fn serves(&self, intent: &IntentRecord) -> bool {
        let there = |host: &str| intent.hosts.iter().any(|one| one == host);
        let (before, after) = (self.guest.1.is_some_and(there), there(self.to));
        match intent.intent.as_str() {
            "adopt" => after && !before,
            "drain" => before && !after,
            _ => false,
        }
    }
}

/// A move: the guest and where it is by then, where it goes, and whether it goes on from there.
type Leg<'p> = (Traveller<'p>, &'p str, bool);

fn legs(plan: &PlanDocument) -> impl Iterator<Item = Leg<'_>> {
    let moves = plan.waves.iter().flatten();
    moves.map(|one| ((one.guest.as_str(), one.from.as_deref()), one.to.as_str(), one.goes_on))
}

/// The ways of guests: moves that go on are part of one.
fn ways<'p>(legs: impl Iterator<Item = Leg<'p>>) -> Vec<Way<'p>> {
    let mut under_way: BTreeMap<Traveller<'p>, Traveller<'p>> = BTreeMap::new();
    let mut ways = Vec::new();
    for (here, to, goes_on) in legs {
        let guest = under_way.remove(&here).unwrap_or(here);
        if goes_on {
            under_way.insert((here.0, Some(to)), guest);
        } else {
            ways.push(Way { guest, to });
        }
    }
    ways
}

/// What a word for an intent means.
fn meaning(intent: &str) -> &'static str {
    match intent {
        "adopt" => "every guest that may run there comes, also one that has to be rebuilt for it",
        "drain" => "every guest leaves",
        "upgrade" => "taken down one after the other, empty; guests need not come back",
        "evacuate" => "every guest leaves and comes back",
        "balance" => "made evenly full",
        "relieve" => "no host holds more than it can",
        "ban" => "no guest comes",
        "pin" => "stays where it is",
        _ => "",
    }
}

/// What comes of an intent that so many guests move for.
fn outcome(intent: &IntentRecord, plan: &PlanDocument, guests: usize) -> String {
    let here = |host: &str| intent.hosts.iter().any(|one| one == host);
    let stay = || plan.left_out.iter().filter(|one| one.host.as_deref().is_some_and(here)).count();
    match intent.intent.as_str() {
        "adopt" => format!("{} come{}", counted(guests, "guest"), left(intent, plan)),
        "drain" => match (guests, stay()) {
            (0, 0) => "no guest is there".to_owned(),
            (guests, 0) => format!("{} leave, none stays", counted(guests, "guest")),
            (guests, stay) => format!("{} leave, {stay} cannot", counted(guests, "guest")),
        },
        _ => String::new(),
    }
}

/// Who is left out of what hosts adopt.
fn left(intent: &IntentRecord, plan: &PlanDocument) -> String {
    let here = |host: &String| intent.hosts.contains(host);
    let barred = |one: &&GuestRecord| one.reasons.iter().any(|reason| reason.hosts.iter().any(here));
    let left: Vec<&str> = plan.left_out.iter().filter(barred).map(|one| one.guest.as_str()).collect();
    if left.is_empty() { String::new() } else { format!("; left out: {}", some(left.into_iter())) }
}

/// Guests that are named which go to other hosts than those that adopt, and how many more there are.
fn elsewhere(intent: &IntentRecord, ways: &[Way<'_>]) -> (Vec<(String, String)>, usize) {
    let Some(first) = intent.hosts.first().filter(|_| intent.intent == "adopt") else {
        return (Vec::new(), 0);
    };
    let here = |host: &str| intent.hosts.iter().any(|one| one == host);
    let away = ways.iter().filter(|way| !here(way.to) && !way.guest.1.is_some_and(here));
    let mut away: Vec<_> = away.map(|way| (way.guest.0.to_owned(), first.clone())).collect();
    let more = away.len().saturating_sub(NAMED);
    away.truncate(NAMED);
    (away, more)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn intent(word: &str, host: &str) -> IntentRecord {
        IntentRecord { intent: word.to_owned(), hosts: vec![host.to_owned()], guests: Vec::new() }
    }

    /// Made up: `web` goes from `a` by way of `b` to `c`, `db` from `b` to `c`.
    #[test]
    fn a_guest_that_passes_through_a_host_neither_comes_nor_leaves() {
        let legs = [
            (("web", Some("a")), "b", true),
            (("db", Some("b")), "c", false),
            (("web", Some("b")), "c", false),
        ];
        let ways = ways(legs.into_iter());
        let serve = |word, host| ways.iter().filter(|way| way.serves(&intent(word, host))).count();
        assert_eq!((serve("adopt", "b"), serve("adopt", "c"), serve("adopt", "a")), (0, 2, 0));
        assert_eq!((serve("drain", "b"), serve("drain", "a"), serve("drain", "c")), (1, 1, 0));
    }
}

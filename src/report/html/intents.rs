//! What is wanted, what its words mean, and what comes of it.

use std::collections::BTreeSet;

use super::pictured::Wanted;
use crate::plan::{IntentRecord, PlanDocument};
use crate::report::words::counted;

/// One intent.
pub(super) struct Intended {
    /// What is wanted.
    pub(super) text: String,
    /// What its word means.
    pub(super) meaning: &'static str,
    /// What comes of it; empty where the figures of the whole plan say it.
    pub(super) outcome: String,
}

/// All that is wanted.
pub(super) fn intended(wanted: Wanted<'_>) -> Vec<Intended> {
    let (intents, plan) = match wanted {
        Wanted::Plan(plan) => (&plan.intents, Some(plan)),
        Wanted::Rollout(rollout) => (&rollout.intents, None),
    };
    let told = |one: &IntentRecord| Intended {
        text: one.text(),
        meaning: meaning(&one.intent),
        outcome: plan.map(|plan| outcome(one, plan)).unwrap_or_default(),
    };
    intents.iter().map(told).collect()
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

fn outcome(intent: &IntentRecord, plan: &PlanDocument) -> String {
    let here = |host: &str| intent.hosts.iter().any(|one| one == host);
    let moves = || plan.waves.iter().flatten();
    match intent.intent.as_str() {
        "adopt" => {
            let come: BTreeSet<&str> =
                moves().filter(|one| here(&one.to)).map(|one| one.guest.as_str()).collect();
            format!("{} come", counted(come.len(), "guest"))
        }
        "drain" => {
            let from = moves().filter(|one| one.from.as_deref().is_some_and(here));
            let leave: BTreeSet<&str> = from.map(|one| one.guest.as_str()).collect();
            let stay = plan.left_out.iter().filter(|one| one.host.as_deref().is_some_and(here)).count();
            match (leave.len(), stay) {
                (0, 0) => "no guest is there".to_owned(),
                (leave, 0) => format!("{} leave, none stays", counted(leave, "guest")),
                (leave, stay) => format!("{} leave, {stay} cannot", counted(leave, "guest")),
            }
        }
        _ => String::new(),
    }
}

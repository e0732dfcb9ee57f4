//! What the page is made from.

use crate::compat::{Chart, Reach};
use crate::plan::{PlanDocument, RolloutDocument};
use crate::report::{BaselineDocument, DragRecord, LadderRecord, Places, ReviewDocument, RewriteDocument};

/// All that the page tells of.
pub struct Pictured<'t> {
    /// The verdicts with their reasons.
    pub chart: &'t Chart<'t>,
    /// Who can go where.
    pub reach: &'t Reach,
    /// What is to be done.
    pub wanted: Wanted<'t>,
    /// The baselines.
    pub baseline: &'t BaselineDocument,
    /// Which hosts hold the others back.
    pub drags: &'t [DragRecord],
    /// The divisions into CPU groups.
    pub ladders: &'t [LadderRecord],
    /// What the cluster can take.
    pub review: &'t ReviewDocument,
    /// The rewritten guests, each with its diff.
    pub rewritten: &'t [(RewriteDocument, String)],
    /// Where things stand.
    pub places: &'t Places<'t>,
}

/// What is to be done.
#[derive(Clone, Copy)]
pub enum Wanted<'t> {
    /// One plan.
    Plan(&'t PlanDocument),
    /// Hosts are taken down stage by stage.
    Rollout(&'t RolloutDocument),
}

impl<'t> Wanted<'t> {
    /// The plans, in order.
    pub(super) fn plans(self) -> Vec<&'t PlanDocument> {
        match self {
            Self::Plan(plan) => vec![plan],
            Self::Rollout(rollout) => rollout.stages.iter().map(|stage| &stage.plan).collect(),
        }
    }

    /// What is wanted, for people, each with what its word means.
    pub(super) fn intents(self) -> Vec<(String, &'static str)> {
        let intents = match self {
            Self::Plan(plan) => &plan.intents,
            Self::Rollout(rollout) => &rollout.intents,
        };
        intents.iter().map(|one| (one.text(), meaning(&one.intent))).collect()
    }
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

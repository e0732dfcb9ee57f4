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
    /// What it can take once the plan is carried out; `None` where nothing moves.
    pub then: Option<&'t ReviewDocument>,
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
}

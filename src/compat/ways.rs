//! What a chart keeps of the ways back.

use super::finding::RuleId;
use super::verdict::Assessment;

/// What the classes decide of the ways back after a live and after a cold move.
#[derive(Clone, Debug)]
pub(super) struct ClassWays {
    pub(super) live: ClassWay,
    pub(super) cold: ClassWay,
}

/// An assessment, and the rules that object.
pub(super) type ClassWay = (Assessment, Vec<RuleId>);

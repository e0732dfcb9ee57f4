//! A plan beside an older one.

use std::collections::BTreeMap;

use super::figures::SinceRecord;
use super::moves::Wave;
use super::since::Since;
use crate::compat::{GuestIndex, HostIndex};

/// What the waves of a new plan have in common with the older one.
pub(super) fn compared(since: &Since, waves: &[Wave]) -> SinceRecord {
    let moves = waves.iter().flat_map(|wave| &wave.moves);
    let goals: BTreeMap<GuestIndex, HostIndex> = moves.map(|one| (one.guest, one.to)).collect();
    let pending = || since.pending.iter().map(|(guest, host)| (goals.get(guest), host));
    SinceRecord {
        finished: since.finished.len(),
        kept: pending().filter(|(goal, host)| *goal == Some(*host)).count(),
        changed: pending().filter(|(goal, host)| goal.is_some_and(|goal| goal != *host)).count(),
        dropped: pending().filter(|(goal, _)| goal.is_none()).count(),
        added: goals.keys().filter(|guest| !since.pending.contains_key(guest)).count(),
        astray: since.astray,
    }
}

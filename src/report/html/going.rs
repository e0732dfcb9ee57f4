//! Which guests go in which way: what the figures of the answer count.

use super::links::{Linked, Links};
use crate::plan::{MoveMode, MoveRecord, PlanDocument};

/// Guests that are named for each way.
const NAMED: usize = 30;

/// Guests that go in one way.
pub(super) struct Going {
    /// Where the page tells of them.
    pub(super) id: &'static str,
    /// The way.
    pub(super) what: &'static str,
    pub(super) guests: Vec<Linked>,
    pub(super) more: usize,
}

/// A way, and whether a move is made in it.
type Told = (&'static str, &'static str, fn(&MoveRecord) -> bool);

/// The ways in which guests go.
const WAYS: [Told; 5] = [
    ("go-live", "live", |one| one.mode == MoveMode::Live),
    ("go-cold", "cold", |one| one.mode == MoveMode::Cold),
    ("go-rebuilt", "rebuilt", |one| one.mode == MoveMode::Rebuild),
    ("go-placed", "placed", |one| one.mode == MoveMode::Placed),
    ("go-stopped", "shut down for it", |one| one.stops),
];

/// The guests of a plan by the ways in which they go, each once.
pub(super) fn going(plan: &PlanDocument, links: &Links) -> Vec<Going> {
    let of = |&(id, what, goes): &Told| {
        let moves = plan.waves.iter().flatten().filter(|one| !one.goes_on && goes(one));
        let mut names: Vec<&str> = moves.map(|one| one.guest.as_str()).collect();
        names.sort_unstable();
        let guests = names.iter().take(NAMED).map(|name| links.guest(name)).collect();
        Going { id, what, guests, more: names.len().saturating_sub(NAMED) }
    };
    // Most clusters have no guest that is on no host.
    WAYS.iter().map(of).filter(|one| one.id != "go-placed" || !one.guests.is_empty()).collect()
}

//! Why each move is in the plan, for reading.

use std::fmt::Write as _;

use crate::plan::{MoveRecord, PlanDocument};

/// One line for each move: what asks for it, where else it could go, and what it waits for.
pub(super) fn motives_markdown(plan: &PlanDocument) -> String {
    let mut out = String::new();
    for one in plan.waves.iter().flatten() {
        let _ = writeln!(out, "{}. {}", one.number, motive(one));
    }
    out
}

fn motive(one: &MoveRecord) -> String {
    let MoveRecord { guest, to, mode, why, .. } = one;
    format!("{guest} to {to}, {mode}: {}; {}; {}.", why.wanted, why.place, why.time).replace('<', "&lt;")
}

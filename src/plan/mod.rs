//! From what the operator wants to waves of moves: where each guest goes, in which mode, in which
//! order, and why some stay.
//!
//! What holds in every plan, and what [`verify`] checks without any of the planner's code:
//!
//! - A guest moves at most once, in a mode whose answer is yes; unknown is not yes.
//! - While a wave runs, a guest that moves counts on both hosts, whatever its mode. For a cold
//!   move that is more than needed; it keeps the plan right in whichever order the moves of a
//!   wave start and end, and leaves the way back open.
//! - A guest that is shut off counts as if it ran: somebody may start it.
//! - Guests of a group that are to be apart are on different hosts at every instant, a guest that
//!   moves being on both. Guests that are to be together move in one wave, so that they are
//!   together before it and after it.
//! - The same input gives the same plan, on any number of threads: everything is decided in
//!   integers, and ties by the order of the inventory.

mod bounds;
mod capacity;
mod colours;
mod commands;
mod deadlock;
mod document;
mod error;
mod figures;
mod ledger;
mod mode;
mod moves;
mod needs;
mod order;
mod orders;
pub mod place;
mod placement;
mod planner;
mod policy;
mod search;
mod shortfall;
mod units;
mod verify;
mod waves;
mod why;
mod wish;
mod write;

#[cfg(test)]
mod tests;

pub use capacity::overhead;
pub use commands::{Command, Commands, quoted};
pub use document::{
    DocumentError, FORMAT, FigureRecord, GuestRecord, IntentRecord, LimitRecord, MoveRecord, PlanDocument,
    ReasonRecord, ShortfallRecord, StepRecord, VERSION, read_document, to_json,
};
pub use error::PlanError;
pub use figures::Figures;
pub use mode::MoveMode;
pub use moves::{Move, Plan, Preparation, Step, Wave};
pub use planner::plan;
pub use shortfall::Shortfall;
pub use verify::{Violation, ViolationKind, verify};
pub use why::{LeftOut, Reason};
pub use write::to_document;

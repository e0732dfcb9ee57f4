//! From what the operator wants to waves of moves: where each guest goes, in which mode, in which
//! order, and why some stay.
//!
//! What holds in every plan, and what [`verify`] checks without any of the planner's code:
//!
//! - A guest moves once, or live by way of one other host where hosts wait for one another, in modes whose answer is yes;
//!   unknown is not yes.
//! - While a guest moves it counts on both hosts, whatever its mode. For a cold move that is more
//!   than needed; it leaves the way back open.
//! - A move starts when those have ended that it comes after. Then every limit is kept at every
//!   instant, in whatever time the moves take ([`timetable::predecessors`]), and wave by wave.
//! - A guest that is shut off counts as if it ran: somebody may start it.
//! - Of guests that are to be apart no more are on a host, or in a rack, than may be, at every instant, a guest that moves being on
//!   both hosts; in one rack it is one. What is broken at the start gets no worse. Guests that are to be together start at the same instant, in one wave, so
//!   that they are together before it and after it.
//! - Where `headroom_hosts` asks for it, the hosts of each architecture that stay hold all guests, those that move twice, were so many of
//!   them gone.
//! - Moves are expected to run within the windows and in the order that `cluster.toml` gives; a move is left out rather than late.
//! - The same input gives the same plan, on any number of threads: everything is decided in
//!   integers, and ties by the order of the inventory.

mod afterwards;
mod backing;
mod bounds;
mod capacity;
mod channels;
mod commands;
mod compared;
mod deadlock;
mod dearer;
mod document;
mod error;
pub mod estimate;
mod evening;
mod figures;
mod flow;
mod headroom;
mod huge_pages;
mod jobs;
mod kinds;
mod ledger;
mod limits;
mod mode;
mod motive;
mod moves;
mod needs;
mod offer;
mod order;
pub mod place;
mod placement;
mod placing;
mod planner;
mod policy;
mod preparation;
mod racks;
mod rare;
pub mod review;
mod rollout;
mod rows;
mod schedule;
mod settle;
mod shortfall;
mod since;
mod stores;
mod timed;
mod times;
pub mod timetable;
mod timing;
mod units;
mod verdicts;
mod verify;
mod wanted;
mod way;
mod why;
mod wish;
mod write;

#[cfg(test)]
mod tests;

pub use afterwards::{after_rollout, afterwards};
pub use capacity::overhead;
pub use commands::{Command, Commands, quoted};
pub use document::{
    DocumentError, EstimateRecord, FORMAT, FigureRecord, GuestRecord, IntentRecord, KindRecord, LimitRecord,
    MotiveRecord, MoveRecord, PlanDocument, ReasonRecord, ShortfallRecord, StepRecord, TimeoutRecord,
    VERSION, read_document, to_json, write_json,
};
pub use error::PlanError;
pub use figures::{Figures, SinceRecord};
pub use mode::MoveMode;
pub use motive::Motive;
pub use moves::{Move, Plan, Step, Wave};
pub use planner::{plan, plan_by, plan_since};
pub use preparation::{Preparation, When};
pub use rollout::{
    After, FrontRecord, LeftHostRecord, ROLLOUT_FORMAT, ROLLOUT_VERSION, RolloutDocument, RolloutFigures,
    RolloutViolation, StageRecord, Stages, Upgrade, after_upgrade, read_rollout, rollout, rollout_to_json,
    verify_rollout,
};
pub use shortfall::{KindShortfall, Shortfall};
pub use since::Since;
pub use timed::Prepare;
pub use timing::Estimate;
pub use verdicts::{Charted, Verdicts};
pub use verify::{Violation, ViolationKind, verify, verify_by};
pub use why::{LeftOut, Reason};
pub use write::to_document;

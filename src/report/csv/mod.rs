//! Tables for spreadsheets: verdicts and moves.

mod moves;
mod table;
mod verdicts;

pub use moves::{plan_csv, rollout_csv};
pub use verdicts::verdicts_csv;

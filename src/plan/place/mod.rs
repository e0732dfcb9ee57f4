//! Where each item goes: an engine that knows hosts, items and costs, and no word of libvirt.

mod anneal;
mod areas;
mod blocks;
mod chain;
mod construct;
mod costs;
mod count;
mod crowds;
mod descend;
mod dice;
mod door;
mod effort;
mod eject;
mod engine;
mod error;
mod extra;
mod found;
mod heat;
mod lanes;
mod model;
mod parts;
mod problem;
mod recall;
mod resolve;
mod rows;
mod schedule;
mod score;
mod spare;
mod state;
mod tempers;
mod units;
mod ways;

#[cfg(test)]
mod tests;

pub use effort::Effort;
pub use engine::{Outcome, place};
pub use error::ProblemError;
pub use extra::{Extra, Share};
pub use problem::{Balance, Even, Group, Host, Item, Limit, Positions, Problem, Resource, Rule};
pub use score::Score;

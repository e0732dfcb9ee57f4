//! CPUs compared: which x86 definition runs where and what a set of hosts has in common; between
//! which ARM hosts a guest may move, and in which direction.

pub mod arm;
mod difference;
pub mod x86;

pub use difference::{Aspect, Bearing, Difference};

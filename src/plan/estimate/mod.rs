//! How long a live move takes, how long the guest stands still for it, what goes over the network, and whether it ever ends.
//!
//! QEMU's pre-copy loop is played through: a round sends what the round before left dirty, until the rest fits into the
//! downtime that is allowed. What a guest dirties is a curve with two slopes, its hot set and the rest. Of 1,000 measured
//! migrations (Kherbache and others, 2015: 2 and 3 GB guests over links of 500 and 1,000 Mbit/s) `cargo test mvm
//! -- --nocapture` prints how near that comes.

mod curve;
mod precopy;
mod range;
mod rate;
mod stacks;

pub use curve::DirtyCurve;
pub use precopy::{Course, Terms, precopy};
pub use range::{Range, Sureness};
pub use rate::Rate;
pub use stacks::{STACKS, Stack};

//! When what starts: jobs that hold channels while they run, and take from stores at their start what they give to others
//! at their end. No word of hosts and guests: a host's link is a channel, so is its number of moves at the same time; its
//! memory is a store.
//!
//! A list is worked off event by event: whatever ends wakes the jobs that waited for what it sets free, and of those the one
//! whose channels have most left to do starts first. That is done again with keys that are disturbed a little, from fixed
//! seeds, until no better time is possible or the budget of steps is spent. The same problem gives the same timetable on any
//! number of threads.

mod bound;
mod key;
mod order;
mod pass;
mod search;
#[cfg(test)]
mod tests;

pub use bound::{Bound, bound};
pub use order::{predecessors, waves};
pub use search::{Effort, timetable};

/// Milliseconds since the plan began.
pub type Instant = u64;

/// So much of one channel or store, by its index.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Part {
    /// Which.
    pub of: usize,
    /// How much of it.
    pub amount: u64,
}

/// One thing to do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Job {
    /// How long it takes, in milliseconds; nothing is done in less than one.
    pub duration: u64,
    /// What it holds of channels while it runs.
    pub holds: Vec<Part>,
    /// What it takes of stores at its start.
    pub takes: Vec<Part>,
    /// What it gives to stores at its end.
    pub gives: Vec<Part>,
    /// The jobs that must have ended before.
    pub after: Vec<usize>,
    /// When it may start at the earliest.
    pub not_before: Instant,
    /// When it must have ended.
    pub deadline: Option<Instant>,
}

impl Job {
    /// How long it takes, one millisecond at least.
    pub fn lasts(&self) -> u64 {
        self.duration.max(1)
    }
}

/// Jobs, and what they need.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Problem {
    /// By channel: of how much of it can be made use at the same time.
    pub channels: Vec<u64>,
    /// By store: how much there is at the beginning; below nothing where more is used than there is.
    pub stores: Vec<i64>,
    /// The jobs.
    pub jobs: Vec<Job>,
}

/// A channel or a store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Resource {
    /// The channel of that index.
    Channel(usize),
    /// The store of that index.
    Store(usize),
}

/// A job that never starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stuck {
    /// The job.
    pub job: usize,
    /// What it waits for when nothing runs any more; `None` where it waits for a job that never ends.
    pub waits_for: Option<Resource>,
    /// How much of it is lacking.
    pub lacking: u64,
}

/// When each job starts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Timetable {
    /// By job: when it starts, if it ever does.
    pub starts: Vec<Option<Instant>>,
    /// The jobs that never start.
    pub stuck: Vec<Stuck>,
    /// When the last of the others ends.
    pub end: Instant,
    /// How many end after their deadline.
    pub late: usize,
}

impl Timetable {
    /// The smaller the better: jobs that never start, jobs that are late, the end, and the sum of all ends.
    fn cost(&self, problem: &Problem) -> (usize, usize, Instant, u128) {
        let ends = self
            .starts
            .iter()
            .zip(&problem.jobs)
            .filter_map(|(start, job)| Some((*start)?.saturating_add(job.lasts())));
        (self.stuck.len(), self.late, self.end, ends.map(u128::from).sum())
    }
}

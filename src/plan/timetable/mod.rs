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
pub use order::{awaited, predecessors, waves};
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
    /// When it may run: from its start to its end within one of these, the earliest first; at any time where there are none.
    pub windows: Vec<Window>,
}

/// A time in which something may run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Window {
    /// When it begins.
    pub from: Instant,
    /// When it ends.
    pub until: Instant,
}

impl Window {
    /// What both have in common, if anything.
    pub fn common(self, other: Self) -> Option<Self> {
        let common = Self { from: self.from.max(other.from), until: self.until.min(other.until) };
        (common.from < common.until).then_some(common)
    }

    /// The same window, told from an instant on; nothing where it is over by then.
    pub fn since(self, instant: Instant) -> Option<Self> {
        let until = self.until.checked_sub(instant).filter(|&until| until > 0)?;
        Some(Self { from: self.from.saturating_sub(instant), until })
    }
}

impl Job {
    /// How long it takes, one millisecond at least.
    pub fn lasts(&self) -> u64 {
        self.duration.max(1)
    }

    /// The last instant at which it can start.
    fn latest(&self) -> Instant {
        let last = self.windows.iter().map(|window| window.until.saturating_sub(self.lasts())).max();
        last.unwrap_or(Instant::MAX)
    }

    /// When it can start at the earliest, from `now` on, by its windows alone; never where none leaves time for it.
    pub fn earliest(&self, now: Instant) -> Option<Instant> {
        if self.windows.is_empty() {
            return Some(now);
        }
        let within = |window: &Window| {
            let start = window.from.max(now);
            (start.saturating_add(self.lasts()) <= window.until).then_some(start)
        };
        self.windows.iter().filter_map(within).min()
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

/// A channel, a store, or time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Resource {
    /// The channel of that index.
    Channel(usize),
    /// The store of that index.
    Store(usize),
    /// A window that leaves time for it.
    Window,
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
}

impl Timetable {
    /// The smaller the better: jobs that never start, the end, and the sum of all ends.
    fn cost(&self, problem: &Problem) -> (usize, Instant, u128) {
        let ends = self
            .starts
            .iter()
            .zip(&problem.jobs)
            .filter_map(|(start, job)| Some((*start)?.saturating_add(job.lasts())));
        (self.stuck.len(), self.end, ends.map(u128::from).sum())
    }
}

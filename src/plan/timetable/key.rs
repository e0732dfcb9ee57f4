//! Which of several jobs starts first.

use std::cmp::Reverse;
use std::collections::BTreeSet;

/// How jobs are ordered in one pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Seed(pub(super) u64);

use super::Instant;

/// The smaller first: the last instant at which it can start, what is left to do on the job's channels, how long it takes, its number.
pub(super) type Key = (Instant, Reverse<u128>, Reverse<u64>, u64, usize);

/// By how much the keys of a pass are disturbed at most, in thousandths; three sizes take turns.
const DISTURBED: [u128; 3] = [150, 600, 2_000];

/// How the key of one job is disturbed in one pass.
#[derive(Clone, Copy, Debug)]
pub(super) struct Noise {
    /// Which of equal ones is first.
    tie: u64,
    /// What its work is multiplied with.
    factor: u64,
    /// Whether the last instant at which it can start comes first.
    by_last: bool,
}

impl Noise {
    /// The key of the job: the last instant at which it can start, and the work left on its busiest channel, in milliseconds.
    pub(super) fn key(self, job: usize, (last, left): (Instant, u128), duration: u64) -> Key {
        let last = if self.by_last { last } else { Instant::MAX };
        let left = left.saturating_mul(u128::from(self.factor));
        (last, Reverse(left), Reverse(duration), self.tie, job)
    }
}

impl Seed {
    /// How the key of a job is disturbed; not at all by the first seed. Every other pass looks at the work alone.
    pub(super) fn noise(self, job: usize) -> Noise {
        if self.0 == 0 {
            return Noise { tie: 0, factor: 1, by_last: true };
        }
        let tie = self.mix(job);
        let most = DISTURBED[usize::try_from(self.0 % 3).unwrap_or(0)];
        let more = u128::from(tie) * most / u128::from(u64::MAX);
        Noise { tie, factor: 1_000 + u64::try_from(more).unwrap_or(0), by_last: self.0.is_multiple_of(2) }
    }

    /// None of the jobs, all, or half of them: three kinds of passes take turns.
    pub(super) fn some_of(self, jobs: &BTreeSet<usize>) -> Vec<usize> {
        match self.0 % 3 {
            0 => Vec::new(),
            1 => jobs.iter().copied().collect(),
            _ => jobs.iter().copied().filter(|&job| self.mix(job) & 1 == 0).collect(),
        }
    }

    /// A number that looks random and is always the same (`SplitMix64`).
    fn mix(self, job: usize) -> u64 {
        let mut z = (job as u64).wrapping_add(self.0.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
}

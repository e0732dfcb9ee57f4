//! What a guest dirties of its memory.

use super::rate::Rate;
use crate::model::Memory;

/// How much of its memory a guest has dirtied after some time: first its hot set, pages that it writes to over and over, then
/// the others, more slowly.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DirtyCurve {
    /// All memory that it has pages of other than zeros in: never more is dirty.
    pub memory: Memory,
    /// The hot set.
    pub hot: Memory,
    /// In how many milliseconds it dirties the hot set once.
    pub hot_ms: u64,
    /// How fast it dirties other pages, after that.
    pub cold: Rate,
}

impl DirtyCurve {
    /// A guest of which nothing but its memory is known: a fiftieth of it is hot and dirtied in two seconds, the rest by a
    /// thousandth each second. That is an assumption of this project, for an ordinary server; a guest that does nothing dirties
    /// less and a database more.
    pub fn assumed(memory: Memory) -> Self {
        let kib = memory.as_kib();
        Self { memory, hot: Memory::kib(kib / 50), hot_ms: 2_000, cold: Rate::kib(kib / 1_000) }
    }

    /// Through what was measured: how much was dirtied in a first window of so many milliseconds, and in a longer one where
    /// there is one. The hot set is what the first one saw; without another nothing is known of the rest, which is taken as
    /// [`assumed`](Self::assumed).
    pub fn through(memory: Memory, first: (u64, Memory), longer: Option<(u64, Memory)>) -> Self {
        let (hot_ms, hot) = (first.0.max(1), first.1.min(memory));
        let rest = longer.filter(|&(ms, _)| ms > hot_ms);
        let cold = rest.map_or(Self::assumed(memory).cold, |(ms, dirtied)| {
            Rate::kib(dirtied.minus(hot).as_kib().saturating_mul(1_000) / (ms - hot_ms))
        });
        Self { memory, hot, hot_ms, cold }
    }

    /// What is dirty so many microseconds after nothing was.
    pub fn dirtied(&self, microseconds: u64) -> Memory {
        let hot_us = self.hot_ms.max(1).saturating_mul(1_000);
        let of_hot = u128::from(self.hot.as_kib()) * u128::from(microseconds) / u128::from(hot_us);
        let of_hot = u64::try_from(of_hot).unwrap_or(u64::MAX).min(self.hot.as_kib());
        let of_rest = self.cold.amount(microseconds.saturating_sub(hot_us));
        Memory::kib(of_hot).plus(of_rest).min(self.memory)
    }
}

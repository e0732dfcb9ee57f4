//! How fast something goes over a network, or is dirtied.

use std::fmt;

use crate::model::Memory;

/// An amount of memory each second, kept in KiB/s.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Rate(u64);

impl Rate {
    /// So many KiB each second.
    pub const fn kib(kib: u64) -> Self {
        Self(kib)
    }

    /// What a link of so many Mbit/s (10^6 bits) carries, rounded down; saturates.
    pub const fn mbit(mbit: u64) -> Self {
        Self(mbit.saturating_mul(1_000_000 / 8) / 1024)
    }

    /// The rate in KiB/s.
    pub const fn as_kib(self) -> u64 {
        self.0
    }

    /// How many microseconds `amount` takes, rounded up; for ever at no rate.
    pub fn microseconds(self, amount: Memory) -> u64 {
        let kib = u128::from(amount.as_kib());
        if self.0 == 0 {
            return if kib == 0 { 0 } else { u64::MAX };
        }
        u64::try_from((kib * 1_000_000).div_ceil(u128::from(self.0))).unwrap_or(u64::MAX)
    }

    /// What so many microseconds bring, rounded down; saturates.
    pub fn amount(self, microseconds: u64) -> Memory {
        let kib = u128::from(self.0) * u128::from(microseconds) / 1_000_000;
        Memory::kib(u64::try_from(kib).unwrap_or(u64::MAX))
    }
}

impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{}/s", Memory::kib(self.0)))
    }
}

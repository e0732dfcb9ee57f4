//! In which order moves are tried.

/// In which order moves are tried, wave after wave.
pub(super) enum Order {
    /// Each unit in its wave, or before it.
    ByWave(Vec<usize>),
    /// The moves of the busiest hosts first; equal ones the bigger first for 0, else in a shuffle
    /// of that number's own.
    Busiest(u64),
}

impl Order {
    /// The wave that a unit is meant for.
    pub(super) fn wave(&self, unit: usize) -> usize {
        match self {
            Self::ByWave(waves) => waves.get(unit).copied().unwrap_or(0),
            Self::Busiest(_) => 0,
        }
    }

    /// A unit's place among equally urgent ones: a number that looks random and is always the same
    /// (`SplitMix64`).
    pub(super) fn shuffle(&self, unit: usize) -> u64 {
        let Self::Busiest(salt @ 1..) = self else { return 0 };
        let mut z = (unit as u64).wrapping_add(salt.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
}

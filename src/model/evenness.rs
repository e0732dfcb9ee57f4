//! What it means that hosts are as full as one another.

/// What counts when hosts are to be as full as one another, and what makes a move worth it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Evenness {
    /// How many times it counts how much of a host's memory is taken.
    pub memory: u64,
    /// How many times it counts how many of its vCPUs are.
    pub vcpus: u64,
    /// How many times it counts how many guests it has, as a part of what hosts have on average.
    pub guests: u64,
    /// A move is worth it that does as much as to bring two hosts to the mean that are so many percent from it, in what counts
    /// most.
    pub gain_percent: u64,
    /// No more moves than so many are made of guests that may stay where they are.
    pub moves_at_most: Option<usize>,
}

impl Evenness {
    /// No measure counts more than so many times.
    pub const MOST: u64 = 100;

    /// Memory and vCPUs alike, and two hosts that are one twentieth from the mean.
    pub const USUAL: Self = Self { memory: 1, vcpus: 1, guests: 0, gain_percent: 5, moves_at_most: None };

    /// How many times that counts which counts most.
    #[must_use]
    pub fn most(&self) -> u64 {
        self.memory.max(self.vcpus).max(self.guests)
    }
}

impl Default for Evenness {
    fn default() -> Self {
        Self::USUAL
    }
}

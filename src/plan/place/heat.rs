//! How hot a round is.

/// How hot a round is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Heat {
    /// How much worse a change may be on average.
    pub(super) patience: i64,
    /// What it costs that hosts hold too much; `None` where they may not.
    pub(super) excess: Option<i64>,
    /// In how many of 256 draws a unit that is not at home is to go there.
    pub(super) home: u64,
}

impl Heat {
    /// None: nothing gets worse.
    pub(super) const STRICT: Self = Self { patience: 0, excess: None, home: 0 };
}

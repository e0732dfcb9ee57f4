//! How much is tried.

/// How much is tried, and by which seed. No clock: the same effort finds the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Effort {
    /// How many changes are tried, in all lanes together.
    pub steps: u64,
    /// Where random numbers begin.
    pub seed: u64,
}

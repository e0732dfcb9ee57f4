//! How much is said.

/// How much is said to a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Detail {
    /// The answer, without its reasons.
    Answer,
    /// The reasons, each with the place that shows it.
    Usual,
    /// All places, and what would change it.
    All,
}

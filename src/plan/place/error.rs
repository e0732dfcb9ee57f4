//! What is wrong with a problem.

use thiserror::Error;

/// What is wrong with a problem.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ProblemError {
    /// A list is too short or too long.
    #[error("{what} {at} has {has} numbers and needs {needs}")]
    Length {
        /// Of what.
        what: &'static str,
        /// Which one.
        at: usize,
        /// How many it has.
        has: usize,
        /// How many it needs.
        needs: usize,
    },
    /// There is nothing of this number.
    #[error("{what} {at} names {of} {number}, which does not exist")]
    Number {
        /// What names it.
        what: &'static str,
        /// Which one.
        at: usize,
        /// What is named.
        of: &'static str,
        /// The number.
        number: usize,
    },
    /// The numbers are so big that their sums are not counted.
    #[error("{0} add up to more than 2^61")]
    TooBig(&'static str),
    /// The constraints beyond the problem do not hold at the start.
    #[error("what is asked beyond the problem does not hold at the start")]
    Start,
}

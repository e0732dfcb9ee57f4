//! The chart as a grid of guests and hosts that are alike, with every answer, reason and quoted line kept once.

mod after;
mod alike;
mod answers;
mod grid;
mod quotes;

pub(super) use after::After;
pub(super) use answers::{Answered, Answers, Cited, Reason};
pub(super) use grid::{Cell, Exception, Grid, Row};
pub(super) use quotes::{Quote, Quotes};

use crate::compat::Verdict;

/// The sign of a verdict: no meaning hangs on colour alone.
pub(super) fn sign(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Live => "L",
        Verdict::Cold => "C",
        Verdict::Rebuild => "R",
        Verdict::Unknown => "?",
        Verdict::Impossible => "×",
    }
}

/// The sign of what is impossible as it is, and possible once the guest is rewritten.
pub(super) const MENDED: &str = "×*";
/// What that sign means.
pub(super) const MENDS: &str =
    "impossible as it is; once it is rewritten for that host it could be started there";

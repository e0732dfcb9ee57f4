//! What the answers of cells refer to: reasons and quoted lines, each once.

use std::collections::BTreeSet;

use askama::Template;

use crate::report::heatmap::{Answers, Quote, Reason};

/// Lines of a reason that are named; each cell has its own.
const LINES: usize = 12;

#[derive(Template)]
#[template(path = "html/reasons.html")]
pub(super) struct ReasonsSection<'a> {
    /// How many there are; they stand in the page as data.
    answers: usize,
    /// Each with lines of those of whom it is said, and how many more there are.
    reasons: Vec<(&'a Reason, Vec<usize>, usize)>,
    quotes: &'a [Quote],
}

impl<'a> ReasonsSection<'a> {
    pub(super) fn new(answers: &'a Answers<'_>) -> Self {
        let mut lines: Vec<BTreeSet<usize>> =
            (0..answers.reasons().len()).map(|at| answers.example(at).iter().copied().collect()).collect();
        for cited in answers.answers().iter().flat_map(|answer| &answer.because) {
            lines[cited.reason].extend(&cited.quotes);
        }
        let reason = |(reason, lines): (&'a Reason, BTreeSet<usize>)| {
            let more = lines.len().saturating_sub(LINES);
            (reason, lines.into_iter().take(LINES).collect(), more)
        };
        Self {
            answers: answers.answers().len(),
            reasons: answers.reasons().iter().zip(lines).map(reason).collect(),
            quotes: answers.quotes.list(),
        }
    }
}

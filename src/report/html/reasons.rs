//! What the answers of cells refer to: reasons and quoted lines, each once.

use askama::Template;

use crate::report::heatmap::{Answers, Quote, Reason};

#[derive(Template)]
#[template(path = "html/reasons.html")]
pub(super) struct ReasonsSection<'a> {
    /// How many there are; they stand in the page as data.
    answers: usize,
    /// Each with the lines that stand for all of whom it is said.
    reasons: Vec<(&'a Reason, &'a [usize])>,
    quotes: &'a [Quote],
}

impl<'a> ReasonsSection<'a> {
    pub(super) fn new(answers: &'a Answers<'_>) -> Self {
        let reasons = answers.reasons().iter().enumerate();
        Self {
            answers: answers.answers().len(),
            reasons: reasons.map(|(at, reason)| (reason, answers.example(at))).collect(),
            quotes: answers.quotes.list(),
        }
    }
}

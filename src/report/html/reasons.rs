//! What the cells refer to: answers, reasons and quoted lines, each once.

use askama::Template;

use crate::compat::Verdict;
use crate::report::heatmap::{Answered, Answers, Quote, Reason};

#[derive(Template)]
#[template(path = "html/reasons.html")]
pub(super) struct ReasonsSection<'a> {
    /// Each with the letter that the filters go by.
    answers: Vec<(&'a Answered, &'static str)>,
    /// Each with the lines that stand for all of whom it is said.
    reasons: Vec<(&'a Reason, &'a [usize])>,
    quotes: &'a [Quote],
}

impl<'a> ReasonsSection<'a> {
    pub(super) fn new(answers: &'a Answers<'_>) -> Self {
        let reasons = answers.reasons().iter().enumerate();
        Self {
            answers: answers.answers().iter().map(|answer| (answer, letter(answer.verdict))).collect(),
            reasons: reasons.map(|(at, reason)| (reason, answers.example(at))).collect(),
            quotes: answers.quotes.list(),
        }
    }
}

fn letter(verdict: Verdict) -> &'static str {
    verdict.as_str().get(..1).unwrap_or_default()
}

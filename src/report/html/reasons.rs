//! What the cells refer to: answers, reasons and quoted lines, each once.

use askama::Template;

use crate::compat::Verdict;
use crate::report::heatmap::{Answered, Answers, Quote, Reason};

#[derive(Template)]
#[template(path = "html/reasons.html")]
pub(super) struct ReasonsSection<'a> {
    /// Each with the letter that the filters go by, and its rules.
    answers: Vec<(&'a Answered, &'static str, String)>,
    reasons: &'a [Reason],
    quotes: &'a [Quote],
}

impl<'a> ReasonsSection<'a> {
    pub(super) fn new(answers: &'a Answers<'_>) -> Self {
        let reasons = answers.reasons();
        let rules = |answer: &Answered| {
            let mut rules: Vec<&str> =
                answer.because.iter().map(|one| reasons[one.reason].rule.as_str()).collect();
            rules.sort_unstable();
            rules.dedup();
            rules.join(" ")
        };
        Self {
            answers: answers
                .answers()
                .iter()
                .map(|answer| (answer, letter(answer.verdict), rules(answer)))
                .collect(),
            reasons,
            quotes: answers.quotes.list(),
        }
    }
}

fn letter(verdict: Verdict) -> &'static str {
    verdict.as_str().get(..1).unwrap_or_default()
}

//! What the cells answer, as data for the script: a list of ten thousand links would be slow to open, and nobody reads it.

use serde::Serialize;

use crate::report::heatmap::{After, Answered, Answers, Cited};
use crate::report::numbered::Numbered;

/// All answers.
#[derive(Serialize)]
struct Data<'a> {
    /// The letter of a verdict that the filters go by, its word, whether each mode is possible, and what becomes of it once
    /// the guest is rewritten.
    words: Vec<Words<'a>>,
    /// By number: into the words, and then each reason's number with those of its lines.
    answers: Vec<Vec<Part>>,
}

type Words<'a> = (&'a str, &'a str, &'a str, &'a After);

#[derive(Serialize)]
#[serde(untagged)]
enum Part {
    Words(usize),
    Reason(Vec<usize>),
}

/// The answers as JSON that may stand in a page: no text in it ends the element.
pub(super) fn data(answers: &Answers<'_>) -> String {
    let mut words = Numbered::default();
    let answers = answers.answers().iter().map(|answer| {
        let verdict = answer.verdict.as_str();
        let own: Words<'_> =
            (verdict.get(..1).unwrap_or_default(), verdict, answer.modes.as_str(), &answer.after);
        parts(words.number(own), answer)
    });
    let answers = answers.collect();
    let words = words.into_list();
    // Writing numbers and texts into a text does not fail.
    serde_json::to_string(&Data { words, answers }).unwrap_or_default().replace('<', "\\u003c")
}

fn parts(words: usize, answer: &Answered) -> Vec<Part> {
    let reason =
        |one: &Cited| Part::Reason(std::iter::once(one.reason).chain(one.quotes.iter().copied()).collect());
    std::iter::once(Part::Words(words)).chain(answer.because.iter().map(reason)).collect()
}

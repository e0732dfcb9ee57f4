//! Lines of documents that something rests on, each kept once.

use crate::report::numbered::Numbered;
use crate::report::quote::line_at;
use crate::report::{Located, Places};
use crate::text::Place;

/// Characters of a line on each side of what it is quoted for.
const AROUND: usize = 60;
/// Characters of what it is quoted for.
const MARKED: usize = 120;

/// A line, and what of it matters.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::report) struct Quote {
    /// The document's path inside the inventory, the line and the column.
    pub(in crate::report) at: String,
    /// What stands before it in the line.
    pub(in crate::report) before: String,
    /// What matters.
    pub(in crate::report) marked: String,
    /// What stands after it.
    pub(in crate::report) after: String,
    /// What it says to the matter.
    pub(in crate::report) label: String,
}

/// All quoted lines.
pub(in crate::report) struct Quotes<'p> {
    places: &'p Places<'p>,
    all: Numbered<Quote>,
}

impl<'p> Quotes<'p> {
    pub(in crate::report) fn new(places: &'p Places<'p>) -> Self {
        Self { places, all: Numbered::default() }
    }

    /// The number of the line at `place`.
    pub(in crate::report) fn of(&mut self, place: Place, label: &str) -> usize {
        let (start, line) = line_at(&self.places.sources().get(place.source).text, place.span.start as usize);
        let inside = |byte: u32| (byte as usize).saturating_sub(start).min(line.len());
        let (from, to) = (inside(place.span.start), inside(place.span.end));
        let cut = |range: std::ops::Range<usize>| line.get(range).unwrap_or_default();
        self.all.number(Quote {
            at: self.places.locate(place).to_string(),
            before: last(cut(0..from).trim_start()),
            marked: first(cut(from..to.max(from)), MARKED),
            after: first(cut(to.max(from)..line.len()), AROUND),
            label: label.to_owned(),
        })
    }

    /// The number of a line that was found before.
    pub(in crate::report) fn located(&mut self, at: &Located, label: &str) -> usize {
        self.all.number(Quote {
            at: at.to_string(),
            before: String::new(),
            marked: first(&at.text, MARKED),
            after: String::new(),
            label: label.to_owned(),
        })
    }

    pub(in crate::report) fn list(&self) -> &[Quote] {
        self.all.list()
    }
}

fn first(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        text.to_owned()
    } else {
        text.chars().take(most).chain(['…']).collect()
    }
}

fn last(text: &str) -> String {
    let count = text.chars().count();
    if count <= AROUND {
        text.to_owned()
    } else {
        std::iter::once('…').chain(text.chars().skip(count - AROUND)).collect()
    }
}

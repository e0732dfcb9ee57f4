//! Documents as they were read, and places in them.

use std::ops::Range;

use super::lines::offset;
use super::{LineIndex, Position, Text};

/// A range of bytes in one document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// The first byte.
    pub start: u32,
    /// The byte after the last.
    pub end: u32,
}

impl Span {
    /// The span from `start` up to `end`.
    pub fn new(start: usize, end: usize) -> Self {
        Self { start: offset(start), end: offset(end) }
    }

    /// The span as a range to slice with.
    pub fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }

    /// Whether no byte lies in it.
    pub fn is_empty(self) -> bool {
        self.start >= self.end
    }
}

/// Names one document of [`Sources`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SourceId(u32);

impl SourceId {
    /// Its place among all documents, from 0.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// A span in a document: what evidence points at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// The document.
    pub source: SourceId,
    /// The bytes in it.
    pub span: Span,
}

/// One document as it was read.
#[derive(Clone, Debug)]
pub struct Source {
    /// Its path inside the inventory, with `/` between folders.
    pub path: String,
    /// Its text, as it came from its file.
    pub text: Text,
}

/// All documents of an inventory, in the order of their paths.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    all: Vec<Source>,
}

impl Sources {
    /// Adds a document and names it.
    pub fn add(&mut self, path: impl Into<String>, text: impl Into<String>) -> SourceId {
        self.share(path, Text::from(text.into()))
    }

    /// Adds a document with a text that is kept already, and names it.
    pub fn share(&mut self, path: impl Into<String>, text: Text) -> SourceId {
        self.all.push(Source { path: path.into(), text });
        SourceId(offset(self.all.len() - 1))
    }

    /// The document that `id` names.
    ///
    /// An id comes from the `Sources` it is used with; another's id gives an empty document.
    pub fn get(&self, id: SourceId) -> &Source {
        static NONE: std::sync::LazyLock<Source> =
            std::sync::LazyLock::new(|| Source { path: String::new(), text: Text::default() });
        self.all.get(id.0 as usize).unwrap_or(&NONE)
    }

    /// The documents with their ids, in order.
    pub fn iter(&self) -> impl Iterator<Item = (SourceId, &Source)> {
        self.all.iter().enumerate().map(|(at, source)| (SourceId(offset(at)), source))
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.all.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// The bytes that `place` points at.
    pub fn slice(&self, place: Place) -> &str {
        self.get(place.source).text.get(place.span.range()).unwrap_or_default()
    }

    /// Line and column at which `place` begins.
    pub fn position(&self, place: Place) -> Position {
        let text = &self.get(place.source).text;
        LineIndex::new(text).position(text, place.span.start as usize)
    }
}

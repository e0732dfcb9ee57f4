//! From places in documents to file, line, column and element.

use std::fmt;
use std::sync::OnceLock;

use schemars::JsonSchema;
use serde::Serialize;

use crate::text::xml::Document;
use crate::text::{LineIndex, Place, Sources};

/// Finds lines, columns and elements; each document is looked through once.
pub struct Places<'s> {
    sources: &'s Sources,
    looked: Vec<OnceLock<Looked<'s>>>,
}

struct Looked<'s> {
    lines: LineIndex,
    xml: Option<Document<'s>>,
}

/// A place in a document of the inventory.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
pub struct Located {
    /// The path of the document inside the inventory.
    pub file: String,
    /// The line, from 1.
    pub line: u32,
    /// The column, from 1, in characters.
    pub column: u32,
    /// The path of the element, such as `domain/devices/disk[2]`; absent where the document is no XML.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String")]
    pub element: Option<String>,
    /// What stands there: its first line, 160 characters at most.
    pub text: String,
}

impl fmt::Display for Located {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{}:{}:{}", self.file, self.line, self.column))
    }
}

impl<'s> Places<'s> {
    /// For places in these documents.
    pub fn new(sources: &'s Sources) -> Self {
        Self { sources, looked: (0..sources.len()).map(|_| OnceLock::new()).collect() }
    }

    /// The documents.
    pub fn sources(&self) -> &'s Sources {
        self.sources
    }

    /// Where `place` is, for a person.
    pub fn locate(&self, place: Place) -> Located {
        let source = self.sources.get(place.source);
        let at = place.span.start as usize;
        let looked =
            self.looked.get(place.source.index()).map(|slot| slot.get_or_init(|| Self::look(&source.text)));
        let position = looked.map(|looked| looked.lines.position(&source.text, at));
        let element = looked.and_then(|looked| looked.xml.as_ref()).map(|xml| xml.element_at(at).path());
        let text = self.sources.slice(place).lines().next().unwrap_or_default().trim();
        Located {
            file: source.path.clone(),
            line: position.map_or(1, |position| position.line),
            column: position.map_or(1, |position| position.column),
            element,
            text: text.chars().take(160).collect(),
        }
    }

    fn look(text: &'s str) -> Looked<'s> {
        let xml = text.trim_start().starts_with('<').then(|| Document::parse(text).ok()).flatten();
        Looked { lines: LineIndex::new(text), xml }
    }
}

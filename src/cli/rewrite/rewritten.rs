//! One guest, rewritten, with what is said of it.

use crate::report::{self, EditRecord, PinDocument, RewriteDocument};

/// One guest, rewritten or left as it was.
pub(super) struct Rewritten {
    /// The guest's name, or the file's.
    pub(super) name: String,
    /// Where its definition was read.
    pub(super) from: String,
    /// The old text.
    pub(super) old: String,
    /// What is said of it.
    pub(super) told: Told,
    /// Whether it cannot run so, or what was asked for could not be done.
    pub(super) blocked: bool,
}

/// What is said of a guest.
pub(super) enum Told {
    /// Rewritten for a target; with the sum of its ports in words.
    Rewrite(Box<RewriteDocument>, String),
    /// Pinned to a baseline.
    Pin(Box<PinDocument>),
}

impl Rewritten {
    /// The new XML; `None` where none was made.
    pub(super) fn new_text(&self) -> Option<&str> {
        match &self.told {
            Told::Rewrite(document, _) => document.xml.as_deref(),
            Told::Pin(document) => document.xml.as_deref(),
        }
    }

    /// The edits.
    pub(super) fn edits(&self) -> &[EditRecord] {
        match &self.told {
            Told::Rewrite(document, _) => &document.edits,
            Told::Pin(document) => &document.edits,
        }
    }

    /// Whether a person must look at one of the edits.
    pub(super) fn is_unsafe(&self) -> bool {
        self.edits().iter().any(|edit| !edit.safe)
    }

    /// Whether the new XML is another text than the old one.
    pub(super) fn changes(&self) -> bool {
        self.new_text().is_some_and(|new| new != self.old)
    }

    /// Whether nothing is to be done, and no new XML was made.
    pub(super) fn is_left_alone(&self) -> bool {
        self.new_text().is_none() && !self.blocked
    }

    /// Whether it has edits, steps or notices.
    pub(super) fn says_something(&self) -> bool {
        match &self.told {
            Told::Rewrite(one, _) => {
                !(one.edits.is_empty() && one.steps.is_empty() && one.notices.is_empty())
            }
            Told::Pin(_) => true,
        }
    }

    /// The whole story.
    pub(super) fn reasons(&self) -> String {
        match &self.told {
            Told::Rewrite(document, ports) => report::rewrite_reasons(document, ports),
            Told::Pin(document) => report::pin_text(document),
        }
    }

    /// The same in short.
    pub(super) fn summary(&self) -> String {
        match &self.told {
            Told::Rewrite(document, _) => report::rewrite_summary(document),
            Told::Pin(document) => report::pin_summary(document),
        }
    }
}

impl Told {
    /// Takes the new XML out of the document.
    pub(super) fn withhold(&mut self) {
        match self {
            Self::Rewrite(document, _) => document.xml = None,
            Self::Pin(document) => document.xml = None,
        }
    }
}

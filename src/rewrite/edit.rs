//! What a rewrite consists of.

use crate::text::{Span, Splice};

/// One change, with its reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// The id of the rule that asks for it.
    pub rule: &'static str,
    /// Why, for this very element.
    pub reason: String,
    /// The element that is changed, in the old text.
    pub span: Span,
    /// Its path in the old document, such as `domain/devices/disk[2]`.
    pub path: String,
    /// The replacements, in the old text.
    pub splices: Vec<Splice>,
    /// Whether the guest has what it had afterwards, and nobody must look.
    pub safe: bool,
    /// What the guest will notice, by the ids of `knowledge::noticed`.
    pub visible: &'static [&'static str],
}

/// Something that a person must do, for no edit can.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// The id of the rule that found it.
    pub rule: &'static str,
    /// What to do.
    pub text: String,
    /// The element it is about, in the old text.
    pub span: Span,
    /// Its path in the old document.
    pub path: String,
}

/// Something to know about the outcome.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// The id of the rule that found it.
    pub rule: &'static str,
    /// What to know.
    pub text: String,
    /// Whether the guest cannot run so on the target.
    pub blocks: bool,
}

//! What a rewrite consists of.

use super::PortBudget;
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

/// A guest's domain XML made fit for a target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rewrite {
    /// The new XML.
    pub text: String,
    /// The changes, in the order of the old text.
    pub edits: Vec<Edit>,
    /// What a person must do.
    pub steps: Vec<Step>,
    /// Which `PCIe` ports and SCSI targets the new guest takes.
    pub budget: PortBudget,
    /// What else to know.
    pub notices: Vec<Notice>,
}

impl Rewrite {
    /// Whether something stands against running the guest so.
    pub fn is_blocked(&self) -> bool {
        self.notices.iter().any(|notice| notice.blocks)
    }
}

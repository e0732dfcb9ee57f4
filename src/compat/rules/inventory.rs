//! What the inventory says and leaves out.

use crate::compat::finding::MISSING_FACT;
use crate::compat::mode::Modes;
use crate::compat::rule::{Check, Family, Rule};
use crate::compat::severity::Severity;

pub(super) const RULES: &[Rule] = &[Rule {
    id: MISSING_FACT,
    family: Family::Inventory,
    severity: Severity::Unknown,
    modes: Modes::ALL,
    summary: "A fact that another rule needs is not in the inventory",
    explanation: "Absent is not no, and unknown is not yes: a rule that lacks a fact says so, and the modes it \
                  bears on are unknown until the document is there. Older libvirt leaves out what newer prints, \
                  so an element that is missing says nothing.",
    remedy: "collect the document that the finding names",
    check: Check::None,
    ..Rule::BLANK
}];

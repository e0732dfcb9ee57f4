//! What the inventory says and leaves out.

use crate::compat::finding::{MISSING_FACT, WAIVER_EXPIRED, WAIVER_UNUSED};
use crate::compat::mode::Modes;
use crate::compat::rule::{Check, Family, Rule};
use crate::compat::severity::Severity;

const POLICY: Rule = Rule { family: Family::Policy, severity: Severity::Warning, ..Rule::BLANK };

pub(super) const RULES: &[Rule] = &[
    Rule {
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
    },
    Rule {
        id: WAIVER_EXPIRED,
        summary: "A waiver of the policy has expired",
        explanation: "A waiver holds up to and including the day that it names in portolan.toml; after it, what it \
                      waived counts again. The day is the computer's, in UTC, or that of --today.",
        remedy: "look at what was waived again; then name a later day, or remove the waiver",
        ..POLICY
    },
    Rule {
        id: WAIVER_UNUSED,
        summary: "A waiver of the policy matches no finding",
        explanation: "No guest and host that the waiver names have a finding of its rule, whether the rule says it or \
                      lacks a fact for it. What was waived is mended, or a name is misspelt; a waiver that is left \
                      standing would one day hide something new.",
        remedy: "remove the waiver, or name the rule, guest and host that it is meant for",
        ..POLICY
    },
];

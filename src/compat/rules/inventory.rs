//! What the inventory says and leaves out.

use crate::compat::excerpt::Excerpt;
use crate::compat::finding::{MISSING_FACT, WAIVER_EXPIRED, WAIVER_UNUSED};
use crate::compat::holds::Side;
use crate::compat::mode::Modes;
use crate::compat::rule::{Check, Family, Rule};
use crate::compat::severity::Severity;
use crate::model::DocumentKind;

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
        example: "<disk type='block'><source dev='/dev/sdb'/><target dev='vda' bus='virtio'/></disk>",
        near_miss: "<disk type='network'><source protocol='nbd' name='db'><host name='nas'/></source><target \
                    dev='vda' bus='virtio'/></disk>",
        references: &[
            "formatdomaincaps, Overview: what an element says of support",
            "observed: libvirt 9.0 leaves out enums that libvirt 11.3 prints",
        ],
        needs: &[DocumentKind::Domain],
        check: Check::None,
        ..Rule::BLANK
    },
    Rule {
        id: WAIVER_EXPIRED,
        summary: "A waiver of the policy has expired",
        explanation: "A waiver holds up to and including the day that it names in portolan.toml; after it, what it \
                      waived counts again. The day is the computer's, in UTC, or that of --today.",
        remedy: "look at what was waived again; then name a later day, or remove the waiver",
        example: "[[waiver]]\n\
                  rule = \"cpu-not-given\"\n\
                  reason = \"replaced in spring\"\n\
                  until = 2020-01-31",
        near_miss: "[[waiver]]\n\
                    rule = \"cpu-not-given\"\n\
                    reason = \"replaced in spring\"\n\
                    until = 9999-12-31",
        shown_in: (Side::Source, DocumentKind::Policy),
        references: &["docs/reference/files.md, portolan.toml"],
        needs: &[DocumentKind::Policy],
        ..POLICY
    },
    Rule {
        id: WAIVER_UNUSED,
        summary: "A waiver of the policy matches no finding",
        explanation: "No guest and host that the waiver names have a finding of its rule, whether the rule says it or \
                      lacks a fact for it. What was waived is mended, or a name is misspelt; a waiver that is left \
                      standing would one day hide something new.",
        remedy: "remove the waiver, or name the rule, guest and host that it is meant for",
        example: "[[waiver]]\n\
                  rule = \"cpu-not-given\"\n\
                  guest = \"retired\"\n\
                  reason = \"an appliance\"",
        near_miss: "[[waiver]]\n\
                    rule = \"cpu-not-given\"\n\
                    guest = \"g\"\n\
                    reason = \"an appliance\"",
        shown_in: (Side::Source, DocumentKind::Policy),
        beside: &[Excerpt::here(DocumentKind::Domain, "<name>g</name>")],
        references: &["docs/reference/files.md, portolan.toml"],
        needs: &[DocumentKind::Policy, DocumentKind::Domain],
        ..POLICY
    },
];

//! Differences as findings of a rule.

use super::{AbiDifference, AbiSaid};
use crate::compat::finding::{Evidence, Finding};
use crate::compat::rules::rule;
use crate::compat::severity::Severity;
use crate::text::{Place, SourceId};

/// The rule in whose name they speak.
const RULE: &str = "abi-changed";

/// The differences between the documents `source` and `target` as findings, each with its place in both.
pub fn abi_findings(differences: &[AbiDifference], source: SourceId, target: SourceId) -> Vec<Finding> {
    let prototype = rule(RULE).map(crate::compat::rule::Rule::prototype);
    let one = |difference: &AbiDifference| Some(finding(prototype.as_ref()?, difference, source, target));
    differences.iter().filter_map(one).collect()
}

fn finding(prototype: &Finding, difference: &AbiDifference, source: SourceId, target: SourceId) -> Finding {
    let AbiDifference { property, source: was, target: is } = difference;
    let place = |source, span, label| Evidence { place: Place { source, span }, label };
    let evidence = vec![
        place(target, is.span, format!("it would have {}", is.said)),
        place(source, was.span, format!("the guest has {}", was.said)),
    ];
    let (severity, remedy) = match (&was.said, &is.said) {
        (_, AbiSaid::LeftToLibvirt) => (Severity::Unknown, "say in the new XML what the old one says"),
        (AbiSaid::LeftToLibvirt, _) => (
            Severity::Unknown,
            "take the old XML from the guest as it runs: virsh dumpxml --migratable GUEST",
        ),
        _ => (prototype.severity, &*prototype.remedy),
    };
    let remedy = remedy.to_owned().into();
    let message = format!("{property}: {} becomes {}", was.said, is.said);
    Finding { severity, message, evidence, remedy, ..prototype.clone() }
}

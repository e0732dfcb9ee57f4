//! The versions for which a rule holds.

use std::fmt;

use super::finding::{Finding, MISSING_FACT};
use super::severity::Severity;
use crate::model::{DocumentKind, Platform, Version};

/// Which host's programs decide.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// The host that the guest is on.
    Source,
    /// The host that the guest would go to.
    Target,
}

/// Which program's version decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Program {
    /// libvirt
    Libvirt,
    /// QEMU
    Qemu,
}

/// A range of versions of a program on one of the hosts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Range {
    /// Whose program.
    pub side: Side,
    /// The program.
    pub program: Program,
    /// The first version in the range; any where `None`.
    pub from: Option<Version>,
    /// The first version behind the range; none where `None`.
    pub before: Option<Version>,
}

impl Range {
    /// From this version on.
    pub const fn from(side: Side, program: Program, version: Version) -> Self {
        Self { side, program, from: Some(version), before: None }
    }

    /// Up to, and without, this version.
    pub const fn before(side: Side, program: Program, version: Version) -> Self {
        Self { side, program, from: None, before: Some(version) }
    }

    fn has(&self, version: Version) -> bool {
        self.from.is_none_or(|from| version >= from) && self.before.is_none_or(|before| version < before)
    }

    /// Whether the version is in the range; `None` where it is not known.
    fn holds(&self, source: Option<&Platform>, target: Option<&Platform>) -> Option<bool> {
        let host = match self.side {
            Side::Source => source,
            Side::Target => target,
        }?;
        let version = match self.program {
            Program::Libvirt => &host.libvirt,
            Program::Qemu => &host.qemu,
        };
        version.value().map(|&version| self.has(version))
    }
}

impl fmt::Display for Range {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let program = match self.program {
            Program::Libvirt => "libvirt",
            Program::Qemu => "QEMU",
        };
        let host = match self.side {
            Side::Source => "the guest's host",
            Side::Target => "the host it would go to",
        };
        match (self.from, self.before) {
            (Some(from), Some(before)) => write!(f, "{program} {from} up to {before} on {host}"),
            (Some(from), None) => write!(f, "{program} {from} and newer on {host}"),
            (None, Some(before)) => write!(f, "{program} before {before} on {host}"),
            (None, None) => write!(f, "any {program} on {host}"),
        }
    }
}

/// What is left of `findings` of a rule that holds for all of `ranges` only: nothing where a version
/// is outside; doubts where one is not known and the findings would forbid.
pub(super) fn held(
    ranges: &[Range],
    source: Option<&Platform>,
    target: Option<&Platform>,
    mut findings: Vec<Finding>,
) -> Vec<Finding> {
    for range in ranges {
        match range.holds(source, target) {
            Some(true) => {}
            Some(false) => return Vec::new(),
            None => findings.iter_mut().for_each(|finding| doubt(finding, range)),
        }
    }
    findings
}

/// A blocker of which it is not known whether it holds.
fn doubt(finding: &mut Finding, range: &Range) {
    if finding.severity != Severity::Blocker {
        return;
    }
    let document = DocumentKind::Version;
    finding.message = format!("{}, which is so with {range}; the version is not known", finding.message);
    finding.remedy = format!("collect {}: `{}`", document.path(), document.command()).into();
    finding.rule = MISSING_FACT.into();
    finding.severity = Severity::Unknown;
    finding.missing = Some(document);
}

//! Whether one domain XML may take the other's place under a running guest: what the guest sees of its machine must stay.
//!
//! What is compared, in which order and by which name, is a table (`knowledge`, abi.txt). Here is how: lists are paired by
//! place as libvirt keeps them, with what libvirt adds to both of them, and each property is read from both sides.

mod address;
mod controllers;
mod device;
mod findings;
mod implied;
mod lists;
mod memory;
mod order;
mod read;
mod vcpus;

use std::fmt;

use crate::knowledge::{AbiDefault, AbiKind, AbiProperty, AbiScope, abi_scopes};
use crate::text::Span;
use crate::text::xml::Document;
use device::Device;
pub use findings::abi_findings;

/// One property in which two domain XMLs differ for the guest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AbiDifference {
    /// libvirt's name of it: `disk serial`, `State of feature 'pmu'`.
    pub property: String,
    /// What the running guest has.
    pub source: AbiSide,
    /// What it would have.
    pub target: AbiSide,
}

/// What one document says of a property, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AbiSide {
    /// What it says.
    pub said: AbiSaid,
    /// Where; where it says nothing, the element that would hold it.
    pub span: Span,
}

/// What a document says of a property.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AbiSaid {
    /// This.
    Value(String),
    /// That there is none.
    Nothing,
    /// Nothing, and libvirt fills in a value: whether it is the same, only libvirt can tell.
    LeftToLibvirt,
}

impl fmt::Display for AbiSaid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Value(value) => write!(f, "'{value}'"),
            Self::Nothing => f.write_str("none"),
            Self::LeftToLibvirt => f.write_str("what libvirt chooses"),
        }
    }
}

impl AbiDifference {
    /// Whether the two differ whatever libvirt fills in.
    pub fn is_certain(&self) -> bool {
        let left = |side: &AbiSide| side.said == AbiSaid::LeftToLibvirt;
        !left(&self.source) && !left(&self.target)
    }
}

/// Every difference between the XML of a running guest and one that is to take its place, in the order in which libvirt looks
/// (`virDomainDefCheckABIStabilityFlags`, libvirt 9.0), so that the first certain one is what libvirt would complain of.
///
/// What both documents leave to libvirt is no difference: a guest that runs was given it once.
pub fn abi_differences(source: &Document<'_>, target: &Document<'_>) -> Vec<AbiDifference> {
    let mut found = Found::default();
    for scope in abi_scopes() {
        compare(scope, (source, target), &mut found);
    }
    found.0
}

/// The differences so far.
#[derive(Default)]
struct Found(Vec<AbiDifference>);

impl Found {
    /// Adds a difference where the two sides say different things.
    fn compare(&mut self, property: &str, source: AbiSide, target: AbiSide) {
        if source.said != target.said {
            self.0.push(AbiDifference { property: property.to_owned(), source, target });
        }
    }
}

fn compare(scope: &AbiScope, documents: (&Document<'_>, &Document<'_>), found: &mut Found) {
    let sources = lists::devices(documents.0, scope);
    let targets = lists::devices(documents.1, scope);
    if sources.len() != targets.len() {
        return count(scope, &sources, &targets, documents, found);
    }
    if scope.path == "devices/controller" {
        hubs(scope, &sources, documents, found);
    }
    for (source, target) in sources.iter().zip(&targets) {
        for property in &scope.properties {
            one(property, (source, target), documents, found);
        }
    }
}

/// How many there are, with the first on either side that the other has not.
fn count(
    scope: &AbiScope,
    sources: &[Device<'_>],
    targets: &[Device<'_>],
    documents: (&Document<'_>, &Document<'_>),
    found: &mut Found,
) {
    let side = |own: &[Device<'_>], other: &[Device<'_>], document| {
        let extra = own.iter().find(|one| !other.iter().any(|two| one.reads_as(two)));
        let said = match scope.absent {
            AbiDefault::Chosen if own.len() < other.len() => AbiSaid::LeftToLibvirt,
            _ => AbiSaid::Value(own.len().to_string()),
        };
        AbiSide { said, span: extra.map_or_else(|| lists::anchor(document, scope), |one| one.anchor) }
    };
    if scope.absent != AbiDefault::Same {
        let (source, target) = (side(sources, targets, documents.0), side(targets, sources, documents.1));
        found.compare(scope.count, source, target);
    }
}

/// Controllers that libvirt may add, for the target has devices that wait for a place.
fn hubs(
    scope: &AbiScope,
    sources: &[Device<'_>],
    documents: (&Document<'_>, &Document<'_>),
    found: &mut Found,
) {
    let waiting = |document: &Document<'_>| controllers::unplugged(document.root());
    if waiting(documents.1) > waiting(documents.0) {
        let said = AbiSaid::Value(sources.len().to_string());
        let source = AbiSide { said, span: lists::anchor(documents.0, scope) };
        let target = AbiSide { said: AbiSaid::LeftToLibvirt, span: lists::anchor(documents.1, scope) };
        found.compare(scope.count, source, target);
    }
}

fn one(
    property: &AbiProperty,
    (source, target): (&Device<'_>, &Device<'_>),
    documents: (&Document<'_>, &Document<'_>),
    found: &mut Found,
) {
    match property.kind {
        AbiKind::Address => address::compare(source, target, found),
        AbiKind::Virtio | AbiKind::Driver => read::virtio(property, source, target, found),
        AbiKind::Options => read::options(property, source, target, found),
        AbiKind::Machine => read::machine(property, source, target, found),
        AbiKind::Keyed => read::keyed(property, source, target, found),
        AbiKind::Memory => memory::total(property, documents, found),
        AbiKind::Numa => memory::nodes(documents, found),
        AbiKind::Vcpus => vcpus::compare(property, documents, found),
        _ => {
            let (source, target) = (read::side(property, source), read::side(property, target));
            let silent = source.said == AbiSaid::Nothing || target.said == AbiSaid::Nothing;
            if !(silent && property.absent == AbiDefault::Same) {
                found.compare(property.property, source, target);
            }
        }
    }
}

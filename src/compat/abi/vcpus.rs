//! vCPUs, each by itself (`virDomainDefVcpuCheckAbiStability`, libvirt 9.0).

use super::order::all;
use super::read::number;
use super::{AbiSaid, AbiSide, Found};
use crate::knowledge::AbiProperty;
use crate::text::Span;
use crate::text::xml::{Document, Element};

/// More vCPUs than any machine has: numbers beyond it are mistakes.
pub(super) const MOST: u64 = 16384;

/// How many vCPUs the guest can have.
pub(super) fn most(document: &Document<'_>) -> u64 {
    let said = document.root().child("vcpu").and_then(|vcpu| number(&vcpu.text()));
    said.unwrap_or(1).min(MOST)
}

/// Compares how many vCPUs there can be, which of them are there, and in which order they came.
pub(super) fn compare(property: &AbiProperty, documents: (&Document<'_>, &Document<'_>), found: &mut Found) {
    let count = |document: &Document<'_>| {
        let root = document.root();
        let span = root.child("vcpu").map_or(root.start_tag(), Element::span);
        AbiSide { said: AbiSaid::Value(most(document).to_string()), span }
    };
    let (one, two) = (count(documents.0), count(documents.1));
    if one.said != two.said {
        return found.compare(property.property, one, two);
    }
    let (sources, targets) = (each(documents.0, one.span), each(documents.1, two.span));
    for (at, (one, two)) in sources.into_iter().zip(targets).enumerate() {
        let state = |vcpu: &Vcpu| AbiSide { said: AbiSaid::Value(vcpu.enabled.clone()), span: vcpu.span };
        found.compare(&format!("State of vCPU '{at}'"), state(&one), state(&two));
        let order = |vcpu: &Vcpu| AbiSide { said: AbiSaid::Value(vcpu.order.clone()), span: vcpu.span };
        found.compare(&format!("vcpu enable order of vCPU '{at}'"), order(&one), order(&two));
    }
}

struct Vcpu {
    enabled: String,
    order: String,
    span: Span,
}

/// Each vCPU: as `<vcpus>` says, or the first so many of `current`.
fn each(document: &Document<'_>, span: Span) -> Vec<Vcpu> {
    let root = document.root();
    let most = most(document);
    let vcpu = root.child("vcpu");
    let current = vcpu.and_then(|vcpu| number(&vcpu.value("current")?)).unwrap_or(most);
    let state = |on: bool| if on { "yes" } else { "no" }.to_owned();
    let first = |at: u64| Vcpu { enabled: state(at < current), order: "0".to_owned(), span };
    let mut each: Vec<Vcpu> = (0..most).map(first).collect();
    for told in all(root, "vcpus/vcpu") {
        let id = told.value("id").as_deref().and_then(number).and_then(|id| usize::try_from(id).ok());
        if let Some(vcpu) = id.and_then(|id| each.get_mut(id)) {
            vcpu.enabled = told.value("enabled").map_or_else(|| state(true), std::borrow::Cow::into_owned);
            vcpu.order = told.value("order").map_or_else(|| "0".to_owned(), std::borrow::Cow::into_owned);
            vcpu.span = told.start_tag();
        }
    }
    each
}

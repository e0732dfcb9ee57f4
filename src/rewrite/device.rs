//! The devices of a guest as the edits leave them.

use std::borrow::Cow;

use super::draft::{Draft, Left};
use super::said::Said;

/// A device, with what is asked of it over and over.
pub(super) struct Device<'l> {
    pub(super) element: Left<'l>,
    /// The name of its element.
    pub(super) name: &'l str,
    /// Its `type`; empty where it says none, as its model.
    pub(super) kind: Cow<'l, str>,
    pub(super) model: Cow<'l, str>,
    /// Where its address puts it; `None` where libvirt is to choose a PCI place.
    pub(super) place: Option<Place>,
}

/// Where a device's address puts it.
#[derive(Clone, Copy)]
pub(super) enum Place {
    Bus { number: u32, slot: u32 },
    Elsewhere,
}

impl<'l> Device<'l> {
    /// All devices, in order.
    pub(super) fn all(draft: &'l Draft<'l>) -> Vec<Self> {
        Left::devices(draft).into_iter().map(Self::of).collect()
    }

    fn of(element: Left<'l>) -> Self {
        let said = |name| element.value(name).unwrap_or_default();
        let (kind, model) = (said("type"), said("model"));
        Self { element, name: element.name(), kind, model, place: place(element) }
    }

    /// Whether it is a controller of this type.
    pub(super) fn controls(&self, kind: &str) -> bool {
        self.name == "controller" && self.kind == kind
    }
}

/// What `device` says of its place; `None` where libvirt is to choose a PCI place.
fn place(device: Left<'_>) -> Option<Place> {
    let address = device.child("address")?;
    let kind = address.value("type")?;
    if kind != "pci" {
        let other = matches!(kind.as_ref(), "virtio-mmio" | "ccw" | "unassigned");
        return other.then_some(Place::Elsewhere);
    }
    let numbered = |name| {
        let said = address.value(name)?;
        let hex = said.strip_prefix("0x").map(|hex| u32::from_str_radix(hex, 16));
        hex.unwrap_or_else(|| said.parse()).ok()
    };
    Some(Place::Bus { number: numbered("bus")?, slot: numbered("slot").unwrap_or(0) })
}

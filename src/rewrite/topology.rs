//! The PCI controllers that a domain names, and what they have room for.

use std::collections::{BTreeMap, BTreeSet};

use super::device::{Device, Place};
use super::hangs::name;
use super::port_line::PortLine;
use super::said::number;
use crate::knowledge::ports;

/// Slots of a pcie-to-pci-bridge that devices can use (libvirt 9.0: 1 to 31).
const BRIDGE_SLOTS: u32 = 31;

/// The PCI controllers that a domain names.
pub(super) struct Topology {
    pub(super) ports: BTreeSet<u32>,
    buses: BTreeSet<u32>,
    bridges: u32,
}

impl Topology {
    pub(super) fn of(devices: &[Device<'_>]) -> Self {
        let pci = devices.iter().filter(|d| d.controls("pci"));
        let index = |c: &Device<'_>| number(c.element, "index").unwrap_or(0);
        let of = |model: &'static str| {
            pci.clone().filter(move |c| c.model == model).map(index).collect::<BTreeSet<u32>>()
        };
        Self {
            ports: of("pcie-root-port"),
            buses: pci.clone().map(index).collect(),
            bridges: u32::try_from(of("pcie-to-pci-bridge").len()).unwrap_or(u32::MAX),
        }
    }

    pub(super) fn count(&self) -> u32 {
        u32::try_from(self.ports.len()).unwrap_or(u32::MAX)
    }

    /// Counts a device to its line: one port, or none where its address is on another bus than a
    /// root port's, or on a port that another device has taken already.
    pub(super) fn place(
        &self,
        device: &Device<'_>,
        what: &'static str,
        lines: &mut BTreeMap<&'static str, (usize, PortLine)>,
        shared: &mut BTreeSet<u32>,
    ) {
        let order = lines.len();
        let (_, line) = lines
            .entry(what)
            .or_insert_with(|| (order, PortLine { what: what.into(), names: Vec::new(), ports: 0 }));
        line.names.extend(name(device));
        let takes = match device.place {
            None => true,
            Some(Place::Bus { number: bus, .. }) => {
                (self.ports.contains(&bus) || !self.buses.contains(&bus)) && shared.insert(bus)
            }
            Some(Place::Elsewhere) => false,
        };
        line.ports += u32::from(takes);
    }

    /// Whether a device on a conventional slot needs one still: it has no address on a bus that
    /// is named.
    pub(super) fn takes_slot(&self, device: &Device<'_>) -> bool {
        match device.place {
            None => true,
            Some(Place::Bus { number: bus, .. }) => !self.buses.contains(&bus),
            Some(Place::Elsewhere) => false,
        }
    }

    /// The bridges that are named, and those that libvirt adds for `slots`.
    pub(super) fn bridges(&self, slots: Vec<String>) -> Option<PortLine> {
        let asked = u32::try_from(slots.len()).unwrap_or(u32::MAX).div_ceil(BRIDGE_SLOTS);
        let ports = asked.max(self.bridges);
        let what = "bridge to conventional PCI".into();
        (ports > 0).then_some(PortLine { what, names: slots, ports })
    }
}

/// How many root ports fit into the slots of bus 0 that nothing else is in, of `all` that there can be: devices with a place
/// of their `own`, and those addressed there, take a whole slot.
pub(super) fn packed(all: u32, devices: &[Device<'_>], own: &[Option<u32>]) -> u32 {
    let addressed = |device: &Device<'_>| match device.place {
        Some(Place::Bus { number: 0, slot }) if !device.controls("pci") => Some(slot),
        _ => None,
    };
    let slots = devices.iter().zip(own).filter_map(|(device, own)| addressed(device).or(*own));
    let taken: BTreeSet<u32> = slots.filter(|slot| (1..=all / ports::OF_SLOT).contains(slot)).collect();
    all.saturating_sub(u32::try_from(taken.len()).unwrap_or(u32::MAX).saturating_mul(ports::OF_SLOT))
}

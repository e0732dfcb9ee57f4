//! `PCIe` root ports, allocated ahead.

use super::budget::PortBudget;
use super::draft::{At, Draft, Fresh, Left};
use super::guest::Guest;
use super::rules::{PCI_CONTROLLER, PCIE_PORTS_AHEAD, PCIE_PORTS_EXHAUSTED};
use super::said::{Said, says};
use crate::text::xml::Element;

/// Writes `pcie-root` and as many root ports as the devices of `budget` take, and some more, for
/// without free ports nothing can be plugged in while the guest runs.
pub(super) fn allocate<'d>(draft: &mut Draft<'d>, guest: &Guest<'d>, budget: &mut PortBudget) {
    let (used, limit) = (budget.used(), budget.limit);
    if used > limit {
        let text =
            format!("the guest's devices take {used} PCIe root ports, and the machine can have {limit}");
        draft.notice(PCIE_PORTS_EXHAUSTED, true, text);
    }
    let Some(devices) = guest.root.child("devices").filter(|_| guest.wants_ports()) else { return };
    let ahead = guest.profile.headroom.map_or(limit, |headroom| used.saturating_add(headroom).min(limit));
    let at = place(draft, guest, devices);
    let kept = |c| says(c, "type", "pci") && !draft.is_gone(c);
    if !guest.devices_named("controller").any(kept) {
        let reason = "the machine's PCI topology begins with pcie-root";
        draft.insert(PCI_CONTROLLER, reason, devices, at, pci(0, "pcie-root"));
    }
    let free = ahead.saturating_sub(used);
    let reason = format!("{ahead} root ports: {used} for the devices there are, {free} for devices to come");
    for index in 1..=ahead {
        draft.insert(PCIE_PORTS_AHEAD, reason.as_str(), devices, at, pci(index, "pcie-root-port"));
    }
    for bridge in 1..=budget.bridges {
        let reason = "devices on conventional PCI need a bridge; libvirt adds a root port more for one that is not named";
        draft.insert(PCIE_PORTS_AHEAD, reason, devices, at, pci(ahead + bridge, "pcie-to-pci-bridge"));
    }
    if ahead > 0 {
        budget.allocated = ahead.max(used);
    }
}

/// Behind the last controller that is left or new; else where libvirt would put the first, behind the disks. New ones are behind
/// the last that was there.
fn place<'d>(draft: &Draft<'d>, guest: &Guest<'d>, devices: Element<'d>) -> At<'d> {
    let own = || guest.devices().filter(|device| device.parent() == Some(devices));
    let controllers = || own().filter(|device| device.name() == "controller");
    let left = |device: &Element<'d>| !draft.is_gone(*device);
    if count_controllers(draft) > controllers().filter(left).count() {
        return controllers().last().map_or(At::Last, At::After);
    }
    let before = own().filter(|device| matches!(device.name(), "emulator" | "disk")).filter(left);
    controllers().filter(left).last().or(before.last()).map_or(At::First, At::After)
}

/// How many controllers there are after the edits so far.
fn count_controllers(draft: &Draft<'_>) -> usize {
    Left::devices(draft).into_iter().filter(|device| device.is("controller")).count()
}

fn pci(index: u32, model: &'static str) -> Fresh {
    Fresh::new("controller").with("type", "pci").with("index", index.to_string()).with("model", model)
}

//! Controllers other than SCSI.

use super::draft::{At, Draft, Fresh};
use super::guest::Guest;
use super::q35::sata_place;
use super::rules::{PCI_CONTROLLER, USB_CONTROLLER, X86_CONTROLLER};
use super::said::{child_value, number, says};
use super::targets::bus;
use crate::text::xml::Element;

/// Types of controllers that a `virt` machine does not have or does not need.
const UNFIT: &[(&str, &str)] = &[
    ("fdc", "a virt machine has no floppy controller"),
    ("ide", "a virt machine has no IDE"),
    ("isa", "a virt machine has no ISA bus"),
    ("xenbus", "it is of Xen only"),
];

/// How many ports a qemu-xhci has at most (QEMU, `MAXPORTS_2`).
const USB_PORTS: &str = "15";

pub(super) fn pass<'d>(draft: &mut Draft<'d>, guest: &Guest<'d>) {
    if guest.foreign {
        for controller in guest.devices_named("controller") {
            unfit(draft, guest, controller);
        }
    }
    if guest.has_usb() {
        usb(draft, guest);
    }
}

fn unfit<'d>(draft: &mut Draft<'d>, guest: &Guest<'d>, controller: Element<'d>) {
    let kind = controller.value("type").unwrap_or_default();
    if kind == "pci" {
        let model = controller.value("model").unwrap_or("pci".into()).into_owned();
        let reason = format!("'{model}' belongs to the PC's PCI topology");
        draft.delete(PCI_CONTROLLER, reason, controller);
    } else if kind == "sata" {
        draft.delete(X86_CONTROLLER, why_no_ahci(guest, controller), controller);
    } else if let Some((_, reason)) = UNFIT.iter().find(|(unfit, _)| *unfit == kind) {
        draft.delete(X86_CONTROLLER, *reason, controller);
    }
}

/// Every q35 has an AHCI controller, whether anything is on it or not.
fn why_no_ahci(guest: &Guest<'_>, controller: Element<'_>) -> &'static str {
    let index = number(controller, "index").unwrap_or(0);
    let on_it = |disk: Element<'_>| bus(disk) == "sata" && sata_place(disk).0 == index;
    if guest.devices_named("disk").any(on_it) {
        "its disks go on virtio-scsi"
    } else {
        "nothing is on it, and a virt machine has no AHCI of its own as a q35 has"
    }
}

/// One `qemu-xhci` for all. A guest that is on a `virt` machine gets one only where it has USB
/// devices and no controller.
fn usb<'d>(draft: &mut Draft<'d>, guest: &Guest<'d>) {
    let all: Vec<_> = guest.devices_named("controller").filter(|c| says(*c, "type", "usb")).collect();
    let Some((first, more)) = all.split_first() else {
        return add(draft, guest);
    };
    if !guest.foreign {
        return;
    }
    let model = first.value("model").unwrap_or("the default".into());
    let reason =
        format!("{model}: one xHCI controller serves USB 1 to 3, and every ARM kernel has its driver");
    draft.set(USB_CONTROLLER, reason.as_str(), *first, "index", "0");
    draft.set(USB_CONTROLLER, reason.as_str(), *first, "model", "qemu-xhci");
    draft.set(USB_CONTROLLER, reason, *first, "ports", USB_PORTS);
    let old = ["master", "companion"].iter().filter_map(|name| first.child(name));
    for element in old {
        draft.delete(USB_CONTROLLER, "an xHCI controller has no companions", element);
    }
    for controller in more {
        draft.delete(USB_CONTROLLER, "the one xHCI controller is for all USB devices", *controller);
    }
}

fn add<'d>(draft: &mut Draft<'d>, guest: &Guest<'d>) {
    let needs = guest.devices().any(|device| !draft.is_gone(device) && is_usb(device));
    if !guest.foreign && !needs {
        return;
    }
    let Some(devices) = guest.root.child("devices") else { return };
    let last = guest.devices_named("controller").next_back().filter(|c| c.parent() == Some(devices));
    let new = Fresh::new("controller")
        .with("type", "usb")
        .with("index", "0")
        .with("model", "qemu-xhci")
        .with("ports", USB_PORTS);
    let reason = "a PC has USB by itself, a virt machine only where it is said";
    draft.insert(USB_CONTROLLER, reason, devices, last.map_or(At::Last, At::After), new);
}

/// Whether a device needs a USB bus.
fn is_usb(device: Element<'_>) -> bool {
    says(device, "bus", "usb")
        || says(device, "type", "usb")
        || child_value(device, "target", "bus").is_some_and(|bus| bus == "usb")
        || matches!(device.name(), "redirdev" | "hub" | "smartcard")
        || device.name() == "sound" && says(device, "model", "usb")
}

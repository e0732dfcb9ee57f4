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
/// How many it has where none is said (libvirt 9.0, `virDomainUSBAddressControllerModelToPorts`).
const PORTS_UNSAID: &str = "4";
/// The model of the one controller.
const XHCI: &str = "qemu-xhci";

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
        draft.delete(PCI_CONTROLLER, why_no_pci(controller), controller);
    } else if kind == "sata" {
        draft.delete(X86_CONTROLLER, why_no_ahci(guest, controller), controller);
    } else if let Some((_, reason)) = UNFIT.iter().find(|(unfit, _)| *unfit == kind) {
        draft.delete(X86_CONTROLLER, *reason, controller);
    }
}

/// What of the same name a `virt` machine has is its own.
fn why_no_pci(controller: Element<'_>) -> String {
    match controller.value("model").unwrap_or("pci".into()).as_ref() {
        "pcie-root" => "the PC's pcie-root gives way to the virt machine's own".to_owned(),
        "pcie-root-port" => "the PC's root ports give way to the virt machine's own".to_owned(),
        model => format!("'{model}' belongs to the PC's PCI topology"),
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
    one_for_all(draft, *first);
    let old = ["master", "companion"].iter().filter_map(|name| first.child(name));
    for element in old {
        draft.delete(USB_CONTROLLER, "an xHCI controller has no companions", element);
    }
    for controller in more {
        draft.delete(USB_CONTROLLER, "the one xHCI controller is for all USB devices", *controller);
    }
}

/// Makes the first controller the one. A guest that has a `qemu-xhci` sees the same one, with more ports.
fn one_for_all<'d>(draft: &mut Draft<'d>, first: Element<'d>) {
    if says(first, "model", XHCI) {
        let ports = first.value("ports").unwrap_or(PORTS_UNSAID.into());
        let reason = format!(
            "all USB devices are on this one controller: {USB_PORTS} ports, the most there can be, in place of {ports}"
        );
        draft.set(USB_CONTROLLER, "the one controller for all USB devices is the first", first, "index", "0");
        draft.set(USB_CONTROLLER, reason, first, "ports", USB_PORTS);
        return draft.unnoticed(USB_CONTROLLER, first);
    }
    let model = first.value("model").unwrap_or("the default".into());
    let reason = format!(
        "{model}: one xHCI controller with {USB_PORTS} ports serves USB 1 to 3, and every ARM kernel has its driver"
    );
    draft.set(USB_CONTROLLER, reason.as_str(), first, "index", "0");
    draft.set(USB_CONTROLLER, reason.as_str(), first, "model", XHCI);
    draft.set(USB_CONTROLLER, reason, first, "ports", USB_PORTS);
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
        .with("model", XHCI)
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

//! Addresses and aliases of devices, which belong to the old machine.

use super::draft::Draft;
use super::guest::Guest;
use super::rules::{ACPI_INDEX, DEVICE_ADDRESS, DEVICE_ALIAS, VIRTIO_TRANSITIONAL};
use super::said::says;
use super::targets::bus;
use crate::text::xml::Element;

pub(super) fn pass<'d>(draft: &mut Draft<'d>, guest: &Guest<'d>) {
    if !guest.foreign {
        return;
    }
    for device in guest.devices().filter(|device| device.name() != "controller" || !draft_pci(*device)) {
        address(draft, device);
        alias(draft, device);
        transitional(draft, device);
        if let Some(acpi) = device.child("acpi") {
            draft.delete(ACPI_INDEX, "QEMU gives onboard numbers on PC machines only", acpi);
        }
    }
}

fn draft_pci(controller: Element<'_>) -> bool {
    says(controller, "type", "pci")
}

/// A disk that stays on SCSI keeps its place there. Everything else is given a new one by libvirt:
/// an old PCI address would make it a device of the root complex, which cannot be unplugged.
fn address<'d>(draft: &mut Draft<'d>, device: Element<'d>) {
    let stays = device.name() == "disk" && bus(device) == "scsi" && !draft.is_gone(device);
    for address in device.children_named("address") {
        let kind = address.value("type").unwrap_or_default().into_owned();
        if kind != "unassigned" && !(stays && kind == "drive") {
            let reason = format!("an address of type '{kind}' is a place on the old machine");
            draft.delete(DEVICE_ADDRESS, reason, address);
        }
    }
}

/// Aliases that begin with `ua-` are an operator's (libvirt 3.9 and newer); the others libvirt makes.
fn alias<'d>(draft: &mut Draft<'d>, device: Element<'d>) {
    let own = |alias: &Element<'_>| alias.value("name").is_some_and(|name| name.starts_with("ua-"));
    for alias in device.children_named("alias").filter(|alias| !own(alias)) {
        draft.delete(DEVICE_ALIAS, "libvirt makes aliases by itself", alias);
    }
}

/// `model='virtio-transitional'` stands on the device, or on its `<model type=…>` (libvirt 5.2).
fn transitional<'d>(draft: &mut Draft<'d>, device: Element<'d>) {
    let reason = "a transitional device needs I/O ports and a conventional PCI slot";
    if says(device, "model", "virtio-transitional") {
        let modern =
            if device.name() == "disk" || device.name() == "controller" && !says(device, "type", "scsi") {
                "virtio-non-transitional"
            } else {
                "virtio"
            };
        draft.set(VIRTIO_TRANSITIONAL, reason, device, "model", modern);
    }
}

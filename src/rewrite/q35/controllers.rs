//! Controllers: the PCI topology, IDE, and the USB of the PIIX.

use super::super::draft::Draft;
use super::super::guest::Guest;
use super::super::rules::{DEVICE_ADDRESS, I440FX_CONTROLLER, PCI_CONTROLLER};
use super::super::said::child_value;
use crate::text::xml::Element;

pub(in super::super) fn pass<'d>(draft: &mut Draft<'d>, guest: &Guest<'d>) {
    if !guest.foreign {
        return;
    }
    for controller in guest.devices_named("controller") {
        let model = controller.value("model").map(std::borrow::Cow::into_owned);
        match controller.value("type").unwrap_or_default().as_ref() {
            "pci" => pci(draft, controller, model.as_deref().unwrap_or("pci-root")),
            "ide" => draft.delete(I440FX_CONTROLLER, "q35 has no IDE", controller),
            "usb" => usb(draft, controller, model.as_deref()),
            _ => {}
        }
    }
    for device in guest.devices() {
        address(draft, device);
    }
}

/// `pci-root` becomes `pcie-root` where it stands, for its size of the 64-bit window counts there as well.
fn pci<'d>(draft: &mut Draft<'d>, controller: Element<'d>, model: &str) {
    if model == "pci-root" {
        let reason = "the PCI topology of q35 begins with pcie-root";
        draft.set(PCI_CONTROLLER, reason, controller, "model", "pcie-root");
        return unpluggable(draft, controller);
    }
    let reason = format!("'{model}' hangs on the i440fx's PCI bus; devices get root ports of their own");
    draft.delete(PCI_CONTROLLER, reason, controller);
    if child_value(controller, "target", "busNr").is_some() {
        let text = "decide whether devices must be near a NUMA node still: the new domain XML has lost their \
                    pci-expander-bus, and a pcie-expander-bus would take its place";
        draft.step(PCI_CONTROLLER, text, controller);
    }
}

/// `pcie-root` has no `<target hotplug='off'/>`: on q35 each root port says so for itself.
fn unpluggable<'d>(draft: &mut Draft<'d>, root: Element<'d>) {
    let Some(target) = root.child("target").filter(|target| target.attribute("hotplug").is_some()) else {
        return;
    };
    draft.delete(PCI_CONTROLLER, "pcie-root has no switch for hotplug, its root ports have", target);
    let text = "say <target hotplug='off'/> in each pcie-root-port of the new domain XML, if nothing may be plugged into the guest still";
    draft.step(PCI_CONTROLLER, text, root);
}

/// libvirt puts a piix3-uhci only beside the i440fx; a model that is a PCI card of its own stays.
fn usb<'d>(draft: &mut Draft<'d>, controller: Element<'d>, model: Option<&str>) {
    if matches!(model, None | Some("default" | "piix3-uhci" | "piix4-uhci")) {
        let was = model.unwrap_or("the default");
        let reason = format!(
            "{was}: the USB of an i440fx is a part of its PIIX; an xHCI controller serves USB 1 to 3"
        );
        draft.set(I440FX_CONTROLLER, reason, controller, "model", "qemu-xhci");
    }
}

/// An address on the old bus 0 would make a device of q35 one of the root complex, which cannot be unplugged.
fn address<'d>(draft: &mut Draft<'d>, device: Element<'d>) {
    for address in device.children_named("address") {
        if address.value("type").is_some_and(|kind| kind == "pci") {
            draft.delete(DEVICE_ADDRESS, "a PCI address is a place on the i440fx's bus", address);
        }
    }
}

//! Serial ports, consoles, parallel ports, channels.

use super::draft::{At, Draft, Fresh};
use super::guest::Guest;
use super::rules::{ISA_SERIAL, PARALLEL_PORT, XEN_DEVICE};
use super::said::{child_value, says};
use crate::text::xml::Element;

pub(super) fn pass<'d>(draft: &mut Draft<'d>, guest: &Guest<'d>) {
    if !guest.foreign {
        return;
    }
    for parallel in guest.devices_named("parallel") {
        let reason =
            "QEMU's parallel port is an ISA device, which a virt machine does not have: the guest has none";
        draft.delete(PARALLEL_PORT, reason, parallel);
        draft.step(PARALLEL_PORT, "find another way for what was on the parallel port", parallel);
    }
    serials(draft, guest);
    for console in guest.devices_named("console").chain(guest.devices_named("channel")) {
        let kind = child_value(console, "target", "type").unwrap_or_default();
        if matches!(kind.as_ref(), "xen" | "uml" | "openvz" | "lxc") {
            draft.delete(XEN_DEVICE, format!("a target of type '{kind}' is not QEMU's"), console);
        }
    }
}

/// The first ISA port becomes the machine's pl011; each more a port on PCI, for older machines have
/// one UART only.
fn serials<'d>(draft: &mut Draft<'d>, guest: &Guest<'d>) {
    let mut first = true;
    for serial in guest.devices_named("serial") {
        let kind = child_value(serial, "target", "type").unwrap_or_default();
        if draft.is_gone(serial) || matches!(kind.as_ref(), "pci-serial" | "pci" | "usb-serial" | "usb") {
            continue;
        }
        if matches!(kind.as_ref(), "isa-debug" | "isa-debugcon") {
            draft.delete(
                ISA_SERIAL,
                "a debug port is an ISA device, which a virt machine does not have: the guest has none",
                serial,
            );
            continue;
        }
        retarget(draft, serial, if first { OWN } else { ON_PCI });
        if first {
            let text = "in the image for aarch64, before the guest starts, have the kernel use console=ttyAMA0 instead of ttyS0, and its getty as well";
            draft.step(ISA_SERIAL, text, serial);
        }
        first = false;
    }
}

/// Type and model of a serial port, and what becomes of an ISA port that is one from now on.
type Port = (&'static str, &'static str, &'static str);

/// The port that a `virt` machine has by itself.
const OWN: Port =
    ("system-serial", "pl011", "its serial port is a pl011, which Linux calls ttyAMA0 and not ttyS0");
const ON_PCI: Port =
    ("pci-serial", "pci-serial", "the port is one on PCI, for which the guest needs a driver");

fn retarget<'d>(draft: &mut Draft<'d>, serial: Element<'d>, (kind, model, becomes): Port) {
    let reason = format!("a virt machine has no ISA bus: {becomes}");
    let named = Fresh::new("model").with("name", model);
    let Some(target) = serial.child("target") else {
        let new = Fresh::new("target").with("type", kind).holding(named);
        return draft.insert(ISA_SERIAL, reason, serial, At::Last, new);
    };
    draft.set(ISA_SERIAL, reason.as_str(), target, "type", kind);
    match target.child("model") {
        Some(old) if says(old, "name", model) => {}
        Some(old) => draft.set(ISA_SERIAL, reason, old, "name", model),
        None => draft.insert(ISA_SERIAL, reason, target, At::First, named),
    }
}

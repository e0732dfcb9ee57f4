//! The machine type, and what the guest notices of another chipset.

use super::super::draft::Draft;
use super::super::guest::{Guest, machine_of};
use super::super::machine::{reason, variant};
use super::super::rules::{I440FX_MACHINE, NOT_HVM, QEMU_ARGUMENTS};
use crate::text::xml::Element;

pub(in super::super) fn pass<'d>(draft: &mut Draft<'d>, guest: &Guest<'d>) {
    let Some(kind) = guest.root.at("os/type").filter(|_| guest.foreign) else { return };
    let from = machine_of(kind);
    let known = guest.profile.resolved(&from);
    let same = as_q35(known);
    let to = guest.profile.nearest(&same);
    let reason = if to == same {
        format!("'{from}' is an i440fx; '{to}' is a q35, where devices have other PCI addresses")
    } else {
        format!(
            "'{from}' is an i440fx; devices have other PCI addresses on q35, of which {}",
            reason(&same, &same, to)
        )
    };
    draft.set(I440FX_MACHINE, reason, kind, "machine", to);
    variant(draft, kind, known, to);
    if kind.text() != "hvm" {
        let text = format!("the guest is of type '{}', not 'hvm'; it cannot be on q35", kind.text());
        draft.notice(NOT_HVM, true, text);
    }
    steps(draft, guest, kind);
}

/// The q35 of the same version, so that nothing changes but the chipset.
fn as_q35(machine: &str) -> String {
    let version = ["pc-i440fx-", "pc-"].iter().find_map(|prefix| machine.strip_prefix(prefix));
    format!("pc-q35-{}", version.unwrap_or(machine))
}

fn steps<'d>(draft: &mut Draft<'d>, guest: &Guest<'d>, kind: Element<'d>) {
    if guest.devices_named("interface").len() > 0 {
        let text = "see that the guest configures its network interfaces by MAC address: their names change with their \
                    PCI addresses (ens3 becomes enp1s0), and Windows takes them for new ones";
        draft.step(I440FX_MACHINE, text, kind);
    }
    let raw = guest.root.children().find(|child| child.name().ends_with(":commandline"));
    if let Some(raw) = raw {
        let text = "look through the raw QEMU arguments in the new domain XML: those that name piix3, piix4 or pci.0 do not hold on q35";
        draft.step(QEMU_ARGUMENTS, text, raw);
    }
}

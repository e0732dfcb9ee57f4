//! The machine type, and what the guest notices of another chipset.

use super::super::draft::Draft;
use super::super::guest::Guest;
use super::super::profile::MachineVersion;
use super::super::rules::{I440FX_MACHINE, NOT_HVM, NOT_I440FX, QEMU_ARGUMENTS, RUNNING_DEFINITION};
use crate::model::{MachineFamily, machine_family};
use crate::text::xml::Element;

/// The oldest q35 that QEMU still has (QEMU 2.12 to 10.0).
const OLDEST: &str = "pc-q35-2.4";

pub(in super::super) fn pass<'d>(draft: &mut Draft<'d>, guest: &Guest<'d>) {
    if guest.root.attribute("id").is_some() {
        let text = "this is the XML of a running guest (it has an id); rewrite what `virsh dumpxml --inactive` prints";
        draft.notice(RUNNING_DEFINITION, false, text);
    }
    let Some(kind) = guest.root.at("os/type") else { return };
    let from = kind.value("machine").unwrap_or_default();
    if !guest.foreign {
        return other_board(draft, kind, &from);
    }
    let to = counterpart(guest, &from);
    let reason = format!("'{from}' is an i440fx; '{to}' is a q35");
    draft.set(I440FX_MACHINE, reason, kind, "machine", &to);
    if kind.text() != "hvm" {
        let text = format!("the guest is of type '{}', not 'hvm'; it cannot be on q35", kind.text());
        draft.notice(NOT_HVM, true, text);
    }
    steps(draft, guest, kind);
}

/// Whatever is on q35 already is left alone; whatever is on neither cannot become one.
fn other_board(draft: &mut Draft<'_>, kind: Element<'_>, machine: &str) {
    if machine_family(machine) != Some(MachineFamily::Q35) {
        let arch = kind.value("arch").unwrap_or("unknown".into());
        let text =
            format!("it is a guest of {arch} on '{machine}': only one of x86 on i440fx becomes one on q35");
        draft.notice(NOT_I440FX, true, text);
    }
}

/// The q35 of the same version, so that nothing changes but the chipset; else the target's newest.
fn counterpart(guest: &Guest<'_>, from: &str) -> String {
    let same = from.strip_prefix("pc-i440fx-").map(|version| format!("pc-q35-{version}"));
    let exists = |machine: &String| {
        guest.profile.has_machine(machine) && MachineVersion::of(machine) >= MachineVersion::of(OLDEST)
    };
    same.filter(exists).unwrap_or_else(|| guest.profile.machine.clone())
}

fn steps<'d>(draft: &mut Draft<'d>, guest: &Guest<'d>, kind: Element<'d>) {
    if !guest.devices_named("interface").is_empty() {
        let text = "see that the guest configures its network interfaces by MAC address: their names change with their \
                    PCI addresses (ens3 becomes enp1s0), and Windows takes them for new ones";
        draft.step(I440FX_MACHINE, text, kind);
    }
    let raw = guest.root.children().find(|child| child.name().ends_with(":commandline"));
    if let Some(raw) = raw {
        let text =
            "look through the raw QEMU arguments: those that name piix3, piix4 or pci.0 do not hold on q35";
        draft.step(QEMU_ARGUMENTS, text, raw);
    }
}

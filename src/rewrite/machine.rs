//! How the guest is run, by which emulator and on which machine type.

use super::draft::Draft;
use super::guest::{Guest, machine_of};
use super::rules::{
    EMULATOR, EMULATOR_ABSENT, MACHINE_ALIAS, MACHINE_TYPE, MACHINE_VERSION, NOT_HVM, NOT_I440FX,
    RUNNING_DEFINITION, VIRT_TYPE,
};
use crate::knowledge::MachineVersion;
use crate::model::{Arch, MachineFamily, VirtType, machine_family};
use crate::text::xml::Element;

pub(super) fn pass<'d>(draft: &mut Draft<'d>, guest: &Guest<'d>) {
    if guest.root.attribute("id").is_some() {
        let text = "this is the XML of a running guest (it has an id); rewrite what `virsh dumpxml --inactive` prints";
        draft.notice(RUNNING_DEFINITION, false, text);
    }
    virt_type(draft, guest);
    emulators(draft, guest);
    let Some(kind) = guest.root.at("os/type") else { return };
    if guest.profile.arch.is_arm() {
        on_virt(draft, guest, kind);
    } else if !guest.foreign {
        on_pc(draft, guest, kind);
    }
}

fn virt_type<'d>(draft: &mut Draft<'d>, guest: &Guest<'d>) {
    let Some(to) = &guest.profile.virt_type else { return };
    let from = guest.root.value("type").unwrap_or_default();
    let how = if *to == VirtType::Kvm { "with KVM" } else { "by emulation" };
    let reason = format!("the target runs its guests {how} ({to}), not as '{from}'");
    draft.set(VIRT_TYPE, reason, guest.root, "type", to.as_str());
}

fn emulators<'d>(draft: &mut Draft<'d>, guest: &Guest<'d>) {
    for emulator in guest.all_at("devices/emulator") {
        let there = guest.profile.emulators.as_ref().is_none_or(|all| all.contains(&*emulator.text()));
        if guest.foreign && guest.profile.arch.is_arm() {
            let reason = "it runs x86 guests; libvirt finds the target's emulator by architecture";
            draft.delete(EMULATOR, reason, emulator);
        } else if !there {
            let reason = "the target does not have this emulator; libvirt finds its own by architecture";
            draft.delete(EMULATOR_ABSENT, reason, emulator);
        }
    }
}

fn on_virt<'d>(draft: &mut Draft<'d>, guest: &Guest<'d>, kind: Element<'d>) {
    let (to, from) = (&guest.profile.machine, kind.value("machine").unwrap_or_default());
    if guest.foreign {
        let reason = "the target is aarch64: kernel and programs that were built for x86 do not run there";
        draft.set(MACHINE_TYPE, reason, kind, "arch", guest.profile.arch.as_str());
        let reason = format!(
            "'{from}' does not exist on aarch64; '{to}' is the target's newest, a board without a PC's devices"
        );
        draft.set(MACHINE_TYPE, reason, kind, "machine", to);
    } else {
        version(draft, guest, kind, &from);
    }
    if kind.text() != "hvm" {
        let text =
            format!("the guest is of type '{}', not 'hvm'; it cannot become a virt machine", kind.text());
        draft.notice(NOT_HVM, true, text);
    }
}

/// On x86 the family of boards stays; whatever is neither an i440fx nor a q35 is left as it is.
fn on_pc<'d>(draft: &mut Draft<'d>, guest: &Guest<'d>, kind: Element<'d>) {
    let from = machine_of(kind);
    let is_x86 = kind.value("arch").is_none_or(|arch| Arch::named(&arch).is_x86());
    match machine_family(guest.profile.resolved(&from)) {
        Some(MachineFamily::I440fx | MachineFamily::Q35) if is_x86 => version(draft, guest, kind, &from),
        _ if guest.is_home() => {}
        _ => {
            let arch = kind.value("arch").unwrap_or("unknown".into());
            let text =
                format!("it is a guest of {arch} on '{from}': only one of x86 on i440fx becomes one on q35");
            draft.notice(NOT_I440FX, true, text);
        }
    }
}

/// The same machine type where the target lists it, else the nearest.
fn version<'d>(draft: &mut Draft<'d>, guest: &Guest<'d>, kind: Element<'d>, from: &str) {
    let known = guest.profile.resolved(from);
    let to = guest.profile.nearest(known);
    let rule = if known == to { MACHINE_ALIAS } else { MACHINE_VERSION };
    draft.set(rule, reason(from, known, to), kind, "machine", to);
    variant(draft, kind, known, to);
}

/// Why the guest on `from`, which stands for `known`, is on `to` now.
pub(super) fn reason(from: &str, known: &str, to: &str) -> String {
    let alias =
        if from == known { String::new() } else { format!("'{from}' stands for '{known}' at home; ") };
    match (MachineVersion::of(known), MachineVersion::of(to)) {
        _ if known == to => {
            format!("{alias}the name of the version is written, for an alias means another on each QEMU")
        }
        (Some(old), Some(new)) if old.qemu.release() == new.qemu.release() => {
            format!(
                "{alias}the target does not list '{known}', which is made from QEMU {}; '{to}' is as well",
                short(old)
            )
        }
        (Some(old), Some(new)) => format!(
            "{alias}the target does not list '{known}' (QEMU {}); '{to}' (QEMU {}) is the nearest that it lists",
            short(old),
            short(new)
        ),
        _ => format!(
            "{alias}the target does not list '{known}' as a versioned machine type; '{to}' is its newest"
        ),
    }
}

fn short(version: MachineVersion) -> String {
    format!("{}.{}", version.qemu.major, version.qemu.minor)
}

/// A variant of a version, such as `jammy-hpb`, is lost on another type.
pub(super) fn variant<'d>(draft: &mut Draft<'d>, kind: Element<'d>, from: &str, to: &str) {
    let is_variant =
        MachineVersion::of(from).is_some_and(|version| version.variant && version.maker.is_some());
    if is_variant && from != to {
        let text = format!(
            "find out what the variant '{from}' was chosen for, which '{to}' does not have: Ubuntu's -hpb gives guests as \
             many bits of physical addresses as the host has (<maxphysaddr mode='passthrough'/>), -maxcpus and -v2 more vCPUs"
        );
        draft.step(MACHINE_VERSION, text, kind);
    }
}

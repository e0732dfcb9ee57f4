//! `<cpu>`.

use super::draft::{At, Draft, Fresh};
use super::guest::Guest;
use super::pin;
use super::rules::{ARM_CPU_MODE, CPU_DIES, CPU_MIGRATABLE, CPU_OF_EMULATION, X86_CPU};
use super::said::{child_value, says};
use crate::compat::Rule;
use crate::model::VirtType;
use crate::text::xml::Element;

/// The attributes that a CPU of another mode or model does not keep.
const ATTRIBUTES: &[&str] = &["match", "check", "migratable", "deprecated_features"];
/// The elements that say what an x86 CPU is. `topology` and `numa` stay.
const ELEMENTS: &[&str] = &["model", "vendor", "feature", "cache", "maxphysaddr", "arch"];

pub(super) fn pass<'d>(draft: &mut Draft<'d>, guest: &Guest<'d>) {
    let cpu = guest.root.child("cpu");
    match cpu {
        Some(cpu) if guest.foreign => {
            replace(draft, guest, cpu, X86_CPU, "an ARM machine has no x86 CPU");
            dies(draft, cpu);
        }
        Some(cpu) => native(draft, guest, cpu),
        None if guest.foreign => {
            let reason = "the CPU is named, for the default of an emulator is not what KVM runs";
            let at = ["features", "os", "vcpu", "memory"].iter().find_map(|name| guest.root.child(name));
            let (mode, model) = wanted(guest);
            let new = Fresh::new("cpu").with("mode", mode);
            let new = model.map_or(new.clone(), |model| new.with("match", "exact").holding(model));
            draft.insert(X86_CPU, reason, guest.root, at.map_or(At::Last, At::After), new);
        }
        None => {}
    }
}

/// On x86 the CPU stays unless it is pinned; only an emulated guest cannot have its host's own.
pub(super) fn on_x86<'d>(draft: &mut Draft<'d>, guest: &Guest<'d>) {
    let emulated = guest.profile.virt_type == Some(VirtType::Qemu);
    match (&guest.profile.cpu, guest.root.child("cpu")) {
        (Some(pinned), _) if !emulated => pin::give(draft, guest.root, &pinned.definition, pinned.reason),
        (_, Some(cpu)) if emulated && says(cpu, "mode", "host-passthrough") => by_emulation(draft, cpu),
        _ => {}
    }
}

fn by_emulation<'d>(draft: &mut Draft<'d>, cpu: Element<'d>) {
    let reason = "an emulated guest cannot have the host's CPU; it has all that its emulator gives";
    draft.set(CPU_OF_EMULATION, reason, cpu, "mode", "maximum");
    for name in ["check", "migratable"] {
        draft.unset(CPU_OF_EMULATION, reason, cpu, name);
    }
}

/// The CPU mode for the target, and the model that goes with it.
fn wanted(guest: &Guest<'_>) -> (&'static str, Option<Fresh>) {
    if guest.under_kvm() {
        return ("host-passthrough", None);
    }
    match guest.profile.emulated_cpu.as_str() {
        "max" => ("maximum", None),
        name => ("custom", Some(Fresh::new("model").with("fallback", "forbid").saying(name.to_owned()))),
    }
}

fn native<'d>(draft: &mut Draft<'d>, guest: &Guest<'d>, cpu: Element<'d>) {
    let mode = cpu.value("mode").unwrap_or("custom".into());
    let named = cpu.child("model").is_some();
    let kvm = guest.under_kvm();
    let reason = match (kvm, mode.as_ref()) {
        (true, "custom") if named => "KVM on ARM runs the host's CPU only, no named model",
        (true, "host-model") => "libvirt has no host-model of an ARM host's CPU",
        (false, "host-passthrough" | "host-model") => "an emulated guest cannot have the host's CPU",
        _ => return draft_migratable(draft, cpu),
    };
    replace(draft, guest, cpu, ARM_CPU_MODE, reason);
}

/// libvirt's domcapabilities of aarch64 offer `hostPassthroughMigratable` `off` only (4.2 to 11.0).
fn draft_migratable<'d>(draft: &mut Draft<'d>, cpu: Element<'d>) {
    if says(cpu, "migratable", "on") {
        draft.unset(
            CPU_MIGRATABLE,
            "host-passthrough on ARM offers migratable 'off' only",
            cpu,
            "migratable",
        );
    }
}

fn replace<'d>(draft: &mut Draft<'d>, guest: &Guest<'d>, cpu: Element<'d>, rule: &Rule, reason: &str) {
    let (mode, model) = wanted(guest);
    for name in ATTRIBUTES {
        draft.unset(rule, reason, cpu, name);
    }
    draft.set(rule, reason, cpu, "mode", mode);
    for old in cpu.children().filter(|child| ELEMENTS.contains(&child.name())) {
        draft.delete(rule, reason, old);
    }
    if let Some(model) = model {
        draft.insert(rule, reason, cpu, At::First, model);
    }
}

/// Counts the cores of a socket's dies to the socket: QEMU's `virt` knows sockets, clusters, cores
/// and threads.
fn dies<'d>(draft: &mut Draft<'d>, cpu: Element<'d>) {
    let Some(topology) = cpu.child("topology") else { return };
    let number = |name: &str| child_value(cpu, "topology", name).and_then(|value| value.parse::<u32>().ok());
    let cores = number("dies").unwrap_or(1).saturating_mul(number("cores").unwrap_or(1));
    if topology.attribute("dies").is_some() {
        let reason = "QEMU's virt machine knows no dies; their cores are counted to the socket";
        draft.set(CPU_DIES, reason, topology, "cores", &cores.to_string());
        draft.unset(CPU_DIES, reason, topology, "dies");
    }
}

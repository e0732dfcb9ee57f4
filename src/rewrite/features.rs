//! `<features>`.

use super::draft::{At, Draft};
use super::fresh::Fresh;
use super::guest::Guest;
use super::rules::{ACPI_NEEDED, GIC_VERSION, HYPERV_FEATURE, X86_FEATURE};
use crate::compat::Rule;
use crate::model::VirtType;
use crate::text::xml::Element;

/// What a `virt` machine does not have. `acpi`, `gic`, `pmu`, `ras` and `vmcoreinfo` stay, and what
/// this table does not know.
const UNFIT: &[(&str, &Rule, &str)] = &[
    ("aia", X86_FEATURE, "libvirt does not support it on aarch64"),
    ("apic", X86_FEATURE, "an ARM machine has a GIC, not an APIC"),
    ("async-teardown", X86_FEATURE, "it is of s390x only"),
    ("hap", X86_FEATURE, "it is of Xen only"),
    ("hyperv", HYPERV_FEATURE, "QEMU has no Hyper-V enlightenments for ARM CPUs"),
    ("ioapic", X86_FEATURE, "an ARM machine has no I/O APIC"),
    ("kvm", X86_FEATURE, "hiding KVM is a property of x86 CPUs"),
    ("msrs", X86_FEATURE, "ARM has no MSRs"),
    ("pae", X86_FEATURE, "it is of 32-bit x86 only"),
    ("privnet", X86_FEATURE, "it is of containers only"),
    ("ps2", X86_FEATURE, "a virt machine has no PS/2 controller"),
    ("pvspinlock", X86_FEATURE, "libvirt does not support it on aarch64"),
    ("smm", X86_FEATURE, "ARM has no System Management Mode"),
    ("viridian", HYPERV_FEATURE, "it is of Xen on x86 only"),
    ("vmport", X86_FEATURE, "the VMware I/O port is x86 only"),
    ("xen", X86_FEATURE, "it is of Xen on x86 only"),
];

pub(super) fn pass<'d>(draft: &mut Draft<'d>, guest: &Guest<'d>) {
    let features = guest.root.child("features");
    if let (Some(features), true) = (features, guest.foreign) {
        unfit(draft, guest, features);
    }
    acpi(draft, guest, features);
    gic(draft, guest, features);
}

/// QEMU's `virt` takes memory devices with ACPI only ("memory hotplug is not enabled: missing
/// acpi-ged device", QEMU 7.2).
fn acpi<'d>(draft: &mut Draft<'d>, guest: &Guest<'d>, features: Option<Element<'d>>) {
    let Some(features) = features.filter(|f| guest.foreign && f.child("acpi").is_none()) else { return };
    if !guest.devices_named("memory").is_empty() {
        let reason = "a virt machine takes memory devices with ACPI only";
        draft.insert(ACPI_NEEDED, reason, features, At::First, &Fresh::new("acpi"));
    }
}

fn unfit<'d>(draft: &mut Draft<'d>, guest: &Guest<'d>, features: Element<'d>) {
    for feature in features.children() {
        if let Some((_, rule, reason)) = UNFIT.iter().find(|(name, ..)| *name == feature.name()) {
            draft.delete(rule, *reason, feature);
        }
        if feature.name() == "tcg" && guest.profile.virt_type == VirtType::Kvm {
            draft.delete(
                X86_FEATURE,
                "it is of emulation only, and the target runs guests with KVM",
                feature,
            );
        }
    }
}

/// A `GICv2` serves eight vCPUs (QEMU, `GIC_NCPU`); libvirt takes version 2 under emulation.
fn gic<'d>(draft: &mut Draft<'d>, guest: &Guest<'d>, features: Option<Element<'d>>) {
    let offered = &guest.profile.gic_versions;
    let asked = features.and_then(|features| features.child("gic"));
    let version = asked.and_then(|gic| gic.value("version"));
    let number = version.as_deref().and_then(|version| version.parse::<u32>().ok());
    let many = guest.vcpus() > 8;
    let under_kvm = guest.profile.virt_type == VirtType::Kvm;
    let host = version.as_deref() == Some("host") && under_kvm;
    if host || number.is_some_and(|n| offered.contains(&n) && (n > 2 || !many)) {
        return;
    }
    if !many && version.is_none() {
        return;
    }
    let newest = offered.iter().filter(|&&n| n > 2).min().or(offered.first()).copied().unwrap_or(3);
    if many && newest <= 2 {
        let text = format!("{} vCPUs, but the target's GICv2 serves 8", guest.vcpus());
        return draft.notice(GIC_VERSION, true, text);
    }
    let reason = if many {
        format!("{} vCPUs, of which a GICv2 serves 8", guest.vcpus())
    } else {
        format!("the target has no GIC of version '{}'", version.unwrap_or_default())
    };
    write_gic(draft, guest, features, &reason, &newest.to_string());
}

fn write_gic<'d>(
    draft: &mut Draft<'d>,
    guest: &Guest<'d>,
    features: Option<Element<'d>>,
    reason: &str,
    version: &str,
) {
    let gic = Fresh::new("gic").with("version", version);
    match (features.and_then(|features| features.child("gic")), features) {
        (Some(old), _) => draft.set(GIC_VERSION, reason, old, "version", version),
        (None, Some(features)) => draft.insert(GIC_VERSION, reason, features, At::Last, &gic),
        (None, None) => {
            let after = ["os", "vcpu", "memory"].iter().find_map(|name| guest.root.child(name));
            let at = after.map_or(At::Last, At::After);
            draft.insert(GIC_VERSION, reason, guest.root, at, &Fresh::new("features").holding(gic));
        }
    }
}

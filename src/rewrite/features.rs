//! `<features>`.

use super::draft::{At, Draft, Fresh};
use super::guest::Guest;
use super::rules::{ACPI_NEEDED, GIC_VERSION, HYPERV_FEATURE, X86_FEATURE};
use super::said::says;
use crate::compat::Rule;
use crate::text::xml::Element;

/// What a `virt` machine does not have. `acpi`, `gic`, `pmu`, `ras` and `vmcoreinfo` stay, and what
/// this table does not know.
const UNFIT: &[(&str, &Rule, &str)] = &[
    ("aia", X86_FEATURE, "libvirt does not support it on aarch64"),
    ("apic", X86_FEATURE, "an ARM machine has a GIC, not an APIC"),
    ("async-teardown", X86_FEATURE, "it is of s390x only"),
    ("hap", X86_FEATURE, "it is of Xen only"),
    (
        "hyperv",
        HYPERV_FEATURE,
        "QEMU has no Hyper-V enlightenments for ARM CPUs; without them timers and locks cost Windows more",
    ),
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
    let gic = gic(draft, guest, features);
    match features {
        Some(features) => {
            if needs_acpi(guest, Some(features)) {
                draft.insert(ACPI_NEEDED, WHY_ACPI, features, At::First, Fresh::new("acpi"));
            }
            if let Some((reason, version)) = gic {
                write_gic(draft, features, &reason, &version);
            }
        }
        None => add_features(draft, guest, gic),
    }
}

const WHY_ACPI: &str = "a virt machine takes memory devices with ACPI only";

/// QEMU's `virt` takes memory devices with ACPI only ("memory hotplug is not enabled: missing
/// acpi-ged device", QEMU 7.2).
fn needs_acpi(guest: &Guest<'_>, features: Option<Element<'_>>) -> bool {
    let has = features.is_some_and(|features| features.child("acpi").is_some());
    let mut modules = guest.devices_named("memory");
    guest.foreign && !has && modules.any(|module| !says(module, "model", "sgx-epc"))
}

/// A guest without `<features>` gets one with what it needs.
fn add_features<'d>(draft: &mut Draft<'d>, guest: &Guest<'d>, gic: Option<(String, String)>) {
    let acpi = needs_acpi(guest, None);
    let Some((rule, reason)) = acpi
        .then(|| (ACPI_NEEDED, WHY_ACPI.to_owned()))
        .or_else(|| gic.as_ref().map(|(reason, _)| (GIC_VERSION, reason.clone())))
    else {
        return;
    };
    let children = acpi.then(|| Fresh::new("acpi")).into_iter();
    let children = children.chain(gic.map(|(_, version)| Fresh::new("gic").with("version", version)));
    let after = ["os", "vcpu", "memory"].iter().find_map(|name| guest.root.child(name));
    let new = children.fold(Fresh::new("features"), Fresh::holding);
    draft.insert(rule, reason, guest.root, after.map_or(At::Last, At::After), new);
}

fn unfit<'d>(draft: &mut Draft<'d>, guest: &Guest<'d>, features: Element<'d>) {
    for feature in features.children() {
        if let Some((_, rule, reason)) = UNFIT.iter().find(|(name, ..)| *name == feature.name()) {
            draft.delete(rule, *reason, feature);
        }
        if feature.name() == "tcg" && guest.under_kvm() {
            draft.delete(
                X86_FEATURE,
                "it is of emulation only, and the target runs guests with KVM",
                feature,
            );
        }
    }
}

/// The version that is to be named, and why. A `GICv2` serves eight vCPUs (QEMU, `GIC_NCPU`); libvirt takes version 2 under
/// emulation.
fn gic<'d>(
    draft: &mut Draft<'d>,
    guest: &Guest<'d>,
    features: Option<Element<'d>>,
) -> Option<(String, String)> {
    let offered = &guest.profile.gic_versions;
    let asked = features.and_then(|features| features.child("gic"));
    let version = asked.and_then(|gic| gic.value("version"));
    let number = version.as_deref().and_then(|version| version.parse::<u32>().ok());
    let many = guest.vcpus() > 8;
    let host = version.as_deref() == Some("host") && guest.under_kvm();
    if host || number.is_some_and(|n| offered.contains(&n) && (n > 2 || !many)) {
        return None;
    }
    if !many && version.is_none() {
        return None;
    }
    let newest = offered.iter().filter(|&&n| n > 2).min().or(offered.first()).copied().unwrap_or(3);
    if many && newest <= 2 {
        let text = format!("{} vCPUs, but the target's GICv2 serves 8", guest.vcpus());
        draft.notice(GIC_VERSION, true, text);
        return None;
    }
    let reason = if many {
        format!("{} vCPUs, of which a GICv2 serves 8", guest.vcpus())
    } else {
        format!("the target has no GIC of version '{}'", version.unwrap_or_default())
    };
    Some((reason, newest.to_string()))
}

fn write_gic<'d>(draft: &mut Draft<'d>, features: Element<'d>, reason: &str, version: &str) {
    if let Some(old) = features.child("gic") {
        draft.set(GIC_VERSION, reason, old, "version", version);
    } else {
        let gic = Fresh::new("gic").with("version", version.to_owned());
        draft.insert(GIC_VERSION, reason, features, At::Last, gic);
    }
}

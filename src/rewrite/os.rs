//! How the guest is run and started: virt type, machine type, boot order.

use super::draft::Draft;
use super::guest::Guest;
use super::rules::{
    ACPI_TABLE, BIOS_OPTION, DIRECT_KERNEL, FLOPPY_BOOT, GUEST_DISK, LAUNCH_SECURITY, MACHINE_TYPE,
    MACHINE_VERSION, NOT_HVM, QEMU_ARGUMENTS, RUNNING_DEFINITION, VIRT_TYPE,
};
use super::unfit::{Unfit, When, drop_all};
use crate::model::VirtType;
use crate::text::xml::Element;

const UNFIT: &[Unfit] = &[
    Unfit {
        path: "os/boot",
        when: When::Says("dev", &["fd"]),
        rule: FLOPPY_BOOT,
        reason: "a virt machine has no floppy drive",
        step: None,
    },
    Unfit {
        path: "os/acpi",
        when: When::Always,
        rule: ACPI_TABLE,
        reason: "an ACPI table of a PC (such as the SLIC of a Windows licence) is nothing to an ARM guest",
        step: Some("find out what the ACPI table was for; a licence bound to it is lost"),
    },
    Unfit {
        path: "launchSecurity",
        when: When::Always,
        rule: LAUNCH_SECURITY,
        reason: "memory encryption by SEV or TDX is x86 only",
        step: Some("decide whether the guest may run without encrypted memory"),
    },
];

pub(super) fn pass<'d>(draft: &mut Draft<'d>, guest: &Guest<'d>) {
    virt_type(draft, guest);
    machine(draft, guest);
    if guest.root.attribute("id").is_some() {
        let text = "this is the XML of a running guest (it has an id); rewrite what `virsh dumpxml --inactive` prints";
        draft.notice(RUNNING_DEFINITION, false, text);
    }
    let Some(os) = guest.root.child("os") else { return };
    if guest.foreign {
        drop_all(draft, guest, UNFIT);
        bios_options(draft, os);
        guest_disk(draft, os);
        qemu_arguments(draft, guest);
    }
}

fn virt_type<'d>(draft: &mut Draft<'d>, guest: &Guest<'d>) {
    let to = guest.profile.virt_type.as_str();
    let from = guest.root.value("type").unwrap_or_default();
    let how = if guest.profile.virt_type == VirtType::Kvm { "with KVM" } else { "by emulation" };
    let reason = format!("the target runs its guests {how} ({to}), not as '{from}'");
    draft.set(VIRT_TYPE, reason, guest.root, "type", to);
}

fn machine<'d>(draft: &mut Draft<'d>, guest: &Guest<'d>) {
    let Some(kind) = guest.root.at("os/type") else { return };
    let (to, from) = (&guest.profile.machine, kind.value("machine").unwrap_or_default());
    if guest.foreign {
        draft.set(MACHINE_TYPE, "the target is aarch64", kind, "arch", guest.profile.arch.as_str());
        let reason = format!("'{from}' does not exist on aarch64; '{to}' is the target's newest");
        draft.set(MACHINE_TYPE, reason, kind, "machine", to);
    } else if !guest.profile.has_machine(&from) {
        let reason = format!("the target does not list '{from}' as a versioned machine type");
        draft.set(MACHINE_VERSION, reason, kind, "machine", to);
    }
    if kind.text() != "hvm" {
        let text =
            format!("the guest is of type '{}', not 'hvm'; it cannot become a virt machine", kind.text());
        draft.notice(NOT_HVM, true, text);
    }
}

fn bios_options<'d>(draft: &mut Draft<'d>, os: Element<'d>) {
    let Some(bios) = os.child("bios") else { return };
    let reason = "a serial console of the BIOS exists on x86 only";
    match bios.attributes().count() {
        1 if bios.attribute("useserial").is_some() => draft.delete(BIOS_OPTION, reason, bios),
        _ => draft.unset(BIOS_OPTION, reason, bios, "useserial"),
    }
}

fn guest_disk<'d>(draft: &mut Draft<'d>, os: Element<'d>) {
    let text = "rebuild the guest's image for aarch64, with an EFI system partition and \\EFI\\BOOT\\BOOTAA64.EFI: \
                the operating system on its disks is for x86";
    draft.step(GUEST_DISK, text, os);
    if let Some(kernel) = os.child("kernel").or_else(|| os.child("initrd")) {
        let text = format!("put an aarch64 kernel and initrd in place of {}", kernel.text());
        draft.step(DIRECT_KERNEL, text, kernel);
    }
}

/// Drops `commandline`, `override` and `capabilities` of QEMU's own namespace.
fn qemu_arguments<'d>(draft: &mut Draft<'d>, guest: &Guest<'d>) {
    let raw = ["commandline", "override", "capabilities"];
    for element in guest.root.children() {
        let Some((_, name)) = element.name().split_once(':') else { continue };
        if !raw.contains(&name) || !is_qemu(element) {
            continue;
        }
        draft.delete(QEMU_ARGUMENTS, "raw QEMU arguments name devices of the old machine", element);
        let text =
            "look through the raw QEMU arguments, and give libvirt's own elements for what is still needed";
        draft.step(QEMU_ARGUMENTS, text, element);
    }
}

/// Whether the prefix of `element` is bound to QEMU's namespace (libvirt, `QEMU_NAMESPACE_HREF`).
fn is_qemu(element: Element<'_>) -> bool {
    let prefix = element.name().split(':').next().unwrap_or_default();
    let binds = |e: Element<'_>| e.value(&format!("xmlns:{prefix}")).map(std::borrow::Cow::into_owned);
    let bound = binds(element).or_else(|| element.parent().and_then(binds));
    bound.is_some_and(|uri| uri == "http://libvirt.org/schemas/domain/qemu/1.0")
}

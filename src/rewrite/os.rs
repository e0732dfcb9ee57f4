//! How the guest is started: boot order, kernels, what is said to QEMU itself.

use super::draft::Draft;
use super::guest::Guest;
use super::rules::{
    ACPI_TABLE, BIOS_OPTION, DIRECT_KERNEL, FLOPPY_BOOT, GUEST_DISK, LAUNCH_SECURITY, QEMU_ARGUMENTS,
};
use super::unfit::{Unfit, When, drop_all};
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
        reason: "an ACPI table of a PC is nothing to an ARM guest; a licence bound to it (SLIC, MSDM) is lost",
        step: Some("find out what the ACPI table was for; a licence bound to it is lost"),
    },
    Unfit {
        path: "launchSecurity",
        when: When::Always,
        rule: LAUNCH_SECURITY,
        reason: "memory encryption by SEV or TDX is x86 only; without it the host can read the guest's memory",
        step: Some("decide whether the guest may run without encrypted memory"),
    },
];

pub(super) fn pass<'d>(draft: &mut Draft<'d>, guest: &Guest<'d>) {
    let Some(os) = guest.root.child("os") else { return };
    if guest.foreign {
        drop_all(draft, guest, UNFIT);
        bios_options(draft, os);
        guest_disk(draft, os);
        qemu_arguments(draft, guest);
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
        let text = format!(
            "put an aarch64 kernel and initrd on the target in place of {}, which the new domain XML names",
            kernel.text()
        );
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
        draft.delete(
            QEMU_ARGUMENTS,
            "raw QEMU arguments name devices of the old machine; what they gave the guest is gone",
            element,
        );
        let text = "look through the raw QEMU arguments, which the new domain XML has lost, and give it libvirt's own elements for what \
             is still needed";
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

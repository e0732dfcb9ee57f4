//! How the guest is started: firmware, boot order, kernels.

use super::draft::{At, Draft};
use super::fresh::Fresh;
use super::guest::{Guest, says};
use super::profile::{FirmwareChoice, Offer};
use super::rules::{
    ACPI_TABLE, BIOS_FIRMWARE, BIOS_OPTION, DIRECT_KERNEL, FIRMWARE_AUTO, FIRMWARE_EXPANDED, FIRMWARE_FILES,
    FLOPPY_BOOT, GUEST_DISK, LAUNCH_SECURITY, NVRAM_CONTENTS, QEMU_ARGUMENTS, SECURE_BOOT,
};
use super::unfit::{Unfit, When, drop_all};
use crate::compat::Rule;
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
    let Some(os) = guest.root.child("os") else { return };
    if guest.foreign {
        drop_all(draft, guest, UNFIT);
        bios_options(draft, os);
        guest_disk(draft, os);
        firmware(draft, guest, os);
        qemu_arguments(draft, guest);
    } else if says(os, "firmware", "efi") {
        native_firmware(draft, guest, os);
    }
}

fn native_firmware<'d>(draft: &mut Draft<'d>, guest: &Guest<'d>, os: Element<'d>) {
    if guest.profile.firmware != FirmwareChoice::Automatic {
        let reason = "libvirt before 5.3 does not know firmware='efi'";
        return named_firmware(draft, guest, os, FIRMWARE_AUTO, reason);
    }
    let Some(loader) = os.child("loader").filter(|_| !guest.profile.offers(Offer::FirmwareExpanded)) else {
        return;
    };
    let reason = "libvirt before 9.2 refuses the chosen files beside firmware='efi', and chooses again";
    draft.delete(FIRMWARE_EXPANDED, reason, loader);
    if let Some(nvram) = os.child("nvram") {
        for attribute in ["template", "templateFormat", "format"] {
            draft.unset(FIRMWARE_EXPANDED, reason, nvram, attribute);
        }
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

fn firmware<'d>(draft: &mut Draft<'d>, guest: &Guest<'d>, os: Element<'d>) {
    let nvram = os.child("nvram").or_else(|| os.child("varstore"));
    if let Some(nvram) = nvram {
        let text = "note the guest's boot entries and Secure Boot keys: NVRAM contents do not move to another architecture";
        draft.step(NVRAM_CONTENTS, text, nvram);
    }
    let efi = nvram.is_some()
        || says(os, "firmware", "efi")
        || os.child("loader").is_some_and(|loader| says(loader, "type", "pflash"));
    let (rule, reason) = if efi {
        (FIRMWARE_FILES, "the firmware files are for x86; the target's libvirt has its own")
    } else {
        (BIOS_FIRMWARE, "the guest starts from a PC BIOS; a virt machine starts from UEFI")
    };
    if guest.profile.firmware != FirmwareChoice::Automatic {
        return named_firmware(draft, guest, os, rule, reason);
    }
    for old in ["loader", "nvram", "varstore"].iter().filter_map(|name| os.child(name)) {
        draft.delete(rule, reason, old);
    }
    draft.set(rule, reason, os, "firmware", "efi");
    firmware_features(draft, guest, os);
}

/// Asks for firmware without Secure Boot: where it is not said, Debian 12 chooses the one with
/// enrolled keys, which starts no unsigned loader.
fn firmware_features<'d>(draft: &mut Draft<'d>, guest: &Guest<'d>, os: Element<'d>) {
    let reason =
        "Secure Boot with SMM exists on q35 only, and firmware with enrolled keys refuses unsigned loaders";
    if let Some(old) = os.child("firmware") {
        draft.delete(SECURE_BOOT, reason, old);
    }
    if !guest.profile.offers(Offer::FirmwareFeatures) {
        return;
    }
    let feature = Fresh::new("feature").with("enabled", "no").with("name", "secure-boot");
    let at = os.child("type").map_or(At::First, At::After);
    draft.insert(SECURE_BOOT, reason, os, at, &Fresh::new("firmware").holding(feature));
}

fn named_firmware<'d>(draft: &mut Draft<'d>, guest: &Guest<'d>, os: Element<'d>, rule: &Rule, reason: &str) {
    let FirmwareChoice::Explicit { loader, nvram_template } = &guest.profile.firmware else { return };
    for old in ["loader", "nvram", "varstore", "firmware"].iter().filter_map(|name| os.child(name)) {
        draft.delete(rule, reason, old);
    }
    draft.unset(rule, reason, os, "firmware");
    let at = os.child("type").map_or(At::First, At::After);
    let code = Fresh::new("loader").with("readonly", "yes").with("type", "pflash").saying(loader);
    draft.insert(rule, reason, os, at, &code);
    draft.insert(rule, reason, os, at, &Fresh::new("nvram").with("template", nvram_template));
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

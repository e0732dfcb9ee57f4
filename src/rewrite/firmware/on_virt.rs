//! The firmware of a guest that becomes a `virt` machine, or is one.

use super::super::draft::Draft;
use super::super::guest::Guest;
use super::super::rules::{
    BIOS_FIRMWARE, FIRMWARE_AUTO, FIRMWARE_EXPANDED, FIRMWARE_FILES, FIRMWARE_NOT_PADDED, LOADER_ABSENT,
    NVRAM_CONTENTS,
};
use super::super::said::says;
use super::super::target::{FirmwareChoice, Offer};
use super::edits::{Variables, Why, by_choice, by_name};
use super::fit::fit;
use super::secure::{chosen, give};
use crate::knowledge::firmware::{not_padded, padded};
use crate::text::xml::Element;

pub(in super::super) fn pass<'d>(draft: &mut Draft<'d>, guest: &Guest<'d>) {
    let Some(os) = guest.root.child("os") else { return };
    if let Some(decided) = guest.profile.fitting.as_ref().filter(|_| !guest.foreign) {
        fit(draft, guest.root, os, decided);
    } else if guest.foreign {
        anew(draft, guest, os);
    } else if says(os, "firmware", "efi") {
        native(draft, guest, os);
    } else if let Some(loader) = os.child("loader").filter(|loader| says(*loader, "type", "pflash")) {
        flash(draft, guest, os, loader);
    }
}

/// The guest of another architecture gets the target's UEFI.
fn anew<'d>(draft: &mut Draft<'d>, guest: &Guest<'d>, os: Element<'d>) {
    let nvram = os.child("nvram").or_else(|| os.child("varstore"));
    if let Some(nvram) = nvram {
        let text = "note the guest's boot entries and Secure Boot keys: NVRAM contents do not move to another architecture";
        draft.step(NVRAM_CONTENTS, text, nvram);
    }
    let efi = nvram.is_some()
        || says(os, "firmware", "efi")
        || os.child("loader").is_some_and(|loader| says(loader, "type", "pflash"));
    let (rule, reason) = if efi {
        (
            FIRMWARE_FILES,
            "the firmware files are for x86; the target's have fresh variables, without the guest's boot entries and keys",
        )
    } else {
        (
            BIOS_FIRMWARE,
            "the guest starts from a PC BIOS; a virt machine starts from UEFI, by an EFI system partition of its disk",
        )
    };
    give(draft, guest, os, Why { rule, reason }, Variables::Fresh);
}

/// What a guest of the target's own kind needs where its libvirt is to choose.
pub(super) fn native<'d>(draft: &mut Draft<'d>, guest: &Guest<'d>, os: Element<'d>) {
    if let Some(FirmwareChoice::Explicit(_)) = &guest.profile.firmware {
        let reason = "the target's libvirt does not choose the firmware that is needed";
        let (_, choice) = chosen(draft, guest, os);
        if let Some(FirmwareChoice::Explicit(files)) = choice {
            by_name(draft, Why { rule: FIRMWARE_AUTO, reason }, os, files, Variables::Fresh);
        }
        return;
    }
    if os.child("loader").is_some() && !guest.profile.offers(Offer::FirmwareExpanded) {
        let reason = "libvirt before 9.2 refuses the chosen files beside firmware='efi', and chooses again";
        by_choice(draft, Why { rule: FIRMWARE_EXPANDED, reason }, os, Variables::Kept);
    }
}

/// A file that the target does not have gives way to one that it has.
fn flash<'d>(draft: &mut Draft<'d>, guest: &Guest<'d>, os: Element<'d>, loader: Element<'d>) {
    let path = loader.text().trim().to_owned();
    let images = &guest.profile.firmware_images;
    if images.is_empty() || images.contains(&path) {
        return padding(draft, guest, &path);
    }
    absent(draft, guest, os, (loader, &path), Variables::Kept);
}

/// The file at `path`, which `loader` stands for, is not on the target.
pub(super) fn absent<'d>(
    draft: &mut Draft<'d>,
    guest: &Guest<'d>,
    os: Element<'d>,
    (loader, path): (Element<'d>, &str),
    variables: Variables,
) {
    let reason = format!("the target does not have '{path}'");
    give(draft, guest, os, Why { rule: LOADER_ABSENT, reason: &reason }, variables);
    let text = "note the guest's boot entries, and start it once with `virsh start --reset-nvram`: its variables were made for \
                another firmware";
    draft.step(NVRAM_CONTENTS, text, loader);
}

/// QEMU takes no image as flash of an ARM that has not the size of the chip.
fn padding(draft: &mut Draft<'_>, guest: &Guest<'_>, path: &str) {
    let Some(image) = not_padded(path).filter(|_| !guest.profile.arch.is_x86()) else { return };
    let names: Vec<&str> = padded().collect();
    let text = format!(
        "{} is not padded to the 64 MiB of a flash chip, and QEMU refuses it; padded are {}",
        image.name,
        names.join(", ")
    );
    draft.notice(FIRMWARE_NOT_PADDED, true, text);
}

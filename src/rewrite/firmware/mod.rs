//! What starts a guest: UEFI for a `virt` machine, and on a guest's own host the same firmware said another way, or UEFI for a
//! BIOS.

mod edits;
mod foresee;
mod refit;
#[cfg(test)]
mod tests;

pub use refit::{FirmwareWish, refit_firmware};

use super::draft::Draft;
use super::guest::Guest;
use super::rules::{
    BIOS_FIRMWARE, FIRMWARE_AUTO, FIRMWARE_EXPANDED, FIRMWARE_FILES, FIRMWARE_NOT_PADDED, LOADER_ABSENT,
    NVRAM_CONTENTS, SECURE_BOOT,
};
use super::said::says;
use super::target::{Boot, FirmwareChoice, Offer};
use crate::knowledge::firmware::{not_padded, padded};
use crate::text::xml::Element;
use edits::{Variables, Why, by_choice, by_features, by_name};

pub(super) fn pass<'d>(draft: &mut Draft<'d>, guest: &Guest<'d>) {
    let Some(os) = guest.root.child("os") else { return };
    if guest.foreign {
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
        (FIRMWARE_FILES, "the firmware files are for x86; the target's libvirt has its own")
    } else {
        (BIOS_FIRMWARE, "the guest starts from a PC BIOS; a virt machine starts from UEFI")
    };
    let (boot, choice) = chosen(draft, guest, os);
    let why = Why { rule, reason };
    match choice {
        FirmwareChoice::Automatic => {
            by_choice(draft, why, os, Variables::Fresh);
            features(draft, guest, os, boot);
        }
        FirmwareChoice::Explicit(files) => by_name(draft, why, os, files, Variables::Fresh),
    }
}

/// The target's firmware for the guest: with Secure Boot where the guest has that by the keys that come with firmware, and
/// the target has such firmware for it.
fn chosen<'p>(draft: &mut Draft<'p>, guest: &Guest<'p>, os: Element<'p>) -> (Boot, &'p FirmwareChoice) {
    let plain = (Boot::Open, &guest.profile.firmware);
    let Some(asked) = asks_secure_boot(os) else { return plain };
    let why = match (&guest.profile.secure_firmware, has_keys(os)) {
        (Some(choice), true) => return (Boot::Secure, choice),
        (None, true) => "no firmware with enrolled keys is known on the target",
        (_, false) => "the keys are in its variables, as far as is known, and do not move",
    };
    draft.step(SECURE_BOOT, format!("decide whether the guest may run without Secure Boot: {why}"), asked);
    plain
}

/// What says that the guest is started with Secure Boot.
fn asks_secure_boot(os: Element<'_>) -> Option<Element<'_>> {
    let loader = || os.child("loader").filter(|loader| says(*loader, "secure", "yes"));
    feature(os, "secure-boot", "yes").or_else(loader)
}

/// The feature of firmware that the guest asks for, or asks to leave out.
fn feature<'d>(os: Element<'d>, name: &str, enabled: &str) -> Option<Element<'d>> {
    let all = os.children_named("firmware").flat_map(Element::children);
    all.into_iter().find(|one| says(*one, "name", name) && says(*one, "enabled", enabled))
}

/// In the names of images and templates that come with enrolled keys (Debian 12, Fedora 40, openSUSE 15.5).
const WITH_KEYS: [&str; 5] = [".ms.", "-ms-", ".snakeoil.", "VARS.secboot.", "VARS_4M.secboot."];

/// Whether the guest's keys are those that come with firmware: it says so, or the names of its files do.
fn has_keys(os: Element<'_>) -> bool {
    if feature(os, "secure-boot", "yes").is_some() {
        return feature(os, "enrolled-keys", "no").is_none();
    }
    let loader = os.child("loader").map(|loader| loader.text().into_owned());
    let template =
        os.child("nvram").and_then(|nvram| nvram.value("template").map(std::borrow::Cow::into_owned));
    loader.into_iter().chain(template).any(|path| WITH_KEYS.iter().any(|part| path.contains(part)))
}

/// Says which firmware is asked for: where it is not said, Debian 12 chooses one with enrolled keys, which starts no
/// unsigned loader.
fn features<'d>(draft: &mut Draft<'d>, guest: &Guest<'d>, os: Element<'d>, boot: Boot) {
    let reason = match boot {
        Boot::Secure => "the target has firmware for the machine with Secure Boot and enrolled keys",
        Boot::Open => {
            "Secure Boot with SMM exists on q35 only, and firmware with enrolled keys refuses unsigned loaders"
        }
    };
    let can = guest.profile.offers(Offer::FirmwareFeatures);
    let asked = if can { boot.features() } else { &[] };
    by_features(draft, Why { rule: SECURE_BOOT, reason }, os, asked);
}

/// What a guest of the target's own kind needs where its libvirt is to choose.
fn native<'d>(draft: &mut Draft<'d>, guest: &Guest<'d>, os: Element<'d>) {
    if let FirmwareChoice::Explicit(_) = &guest.profile.firmware {
        let reason = "the target's libvirt does not choose the firmware that is needed";
        let (_, choice) = chosen(draft, guest, os);
        if let FirmwareChoice::Explicit(files) = choice {
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
    let (boot, choice) = chosen(draft, guest, os);
    let reason = format!("the target does not have '{path}'");
    let why = Why { rule: LOADER_ABSENT, reason: &reason };
    match choice {
        FirmwareChoice::Automatic => {
            by_choice(draft, why, os, Variables::Kept);
            features(draft, guest, os, boot);
        }
        FirmwareChoice::Explicit(files) => by_name(draft, why, os, files, Variables::Kept),
    }
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

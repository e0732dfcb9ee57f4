//! The firmware of a PC that comes to another host.

use super::super::draft::Draft;
use super::super::guest::Guest;
use super::super::rules::FIRMWARE_AUTO;
use super::super::said::says;
use super::super::target::{FirmwareChoice, Fitting};
use super::edits::{Variables, Why};
use super::fit::fit;
use super::on_virt::{absent, native};
use super::secure::{asks_secure_boot, give, has_keys};
use crate::text::xml::Element;

/// What is asked for is done where it can be. Else what the new host has stays, and a pair of files that it does not have gives
/// way, whole, to what it has instead.
pub(in super::super) fn pass<'d>(draft: &mut Draft<'d>, guest: &Guest<'d>) {
    let Some(os) = guest.root.child("os") else { return };
    let lacking = lacking(guest, os).filter(|_| guest.moves());
    match (&guest.profile.fitting, lacking) {
        (None | Some(Fitting::Stays | Fitting::Refused(..) | Fitting::NotShared), Some((element, path))) => {
            absent(draft, guest, os, (element, &path), Variables::Fresh);
        }
        (Some(decided), _) => fit(draft, guest.root, os, decided),
        (None, None) if guest.moves() && says(os, "firmware", "efi") => chosen_there(draft, guest, os),
        (None, None) => {}
    }
}

/// The file that the guest names and the target is known not to have: the image, or the template of its variables.
fn lacking<'d>(guest: &Guest<'d>, os: Element<'d>) -> Option<(Element<'d>, String)> {
    let images = &guest.profile.firmware_images;
    let loader = os.child("loader").filter(|loader| says(*loader, "type", "pflash"));
    let image = loader.map(|loader| (loader, loader.text().into_owned()));
    let nvram = os.child("nvram").filter(|_| loader.is_some());
    let template = nvram.and_then(|nvram| Some((nvram, nvram.value("template")?.into_owned())));
    let named = image.into_iter().chain(template);
    named.into_iter().find(|(_, path)| !images.is_empty() && !images.contains(path))
}

/// libvirt chooses there as well, unless the guest has Secure Boot and it would find no firmware with enrolled keys.
fn chosen_there<'d>(draft: &mut Draft<'d>, guest: &Guest<'d>, os: Element<'d>) {
    if guest.profile.firmware_images.is_empty() {
        return;
    }
    let secure = asks_secure_boot(os).is_some() && has_keys(os);
    if secure && guest.profile.secure_firmware != Some(FirmwareChoice::Automatic) {
        let reason = "the target's libvirt does not choose firmware with enrolled keys for the guest";
        return give(draft, guest, os, Why { rule: FIRMWARE_AUTO, reason }, Variables::Fresh);
    }
    if !secure {
        native(draft, guest, os);
    }
}

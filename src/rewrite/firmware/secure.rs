//! The target's firmware for a guest, with Secure Boot or without.

use super::super::draft::Draft;
use super::super::guest::Guest;
use super::super::rules::SECURE_BOOT;
use super::super::said::says;
use super::super::target::{Boot, FirmwareChoice, Offer};
use super::edits::{Variables, Why, by_choice, by_features};
use super::fit::name;
use crate::text::xml::Element;

/// The target's firmware for the guest: with Secure Boot where the guest has that by the keys that come with firmware, and
/// the target has such firmware for it.
pub(super) fn chosen<'p>(
    draft: &mut Draft<'p>,
    guest: &Guest<'p>,
    os: Element<'p>,
) -> (Boot, Option<&'p FirmwareChoice>) {
    let plain = (Boot::Open, guest.profile.firmware.as_ref());
    let Some(asked) = asks_secure_boot(os) else { return plain };
    let why = match (&guest.profile.secure_firmware, has_keys(os)) {
        (Some(choice), true) => return (Boot::Secure, Some(choice)),
        (None, true) => "no firmware with enrolled keys is known on the target",
        (_, false) => "the keys are in its variables, as far as is known, and do not move",
    };
    draft.step(SECURE_BOOT, format!("decide whether the guest may run without Secure Boot: {why}"), asked);
    plain
}

/// What says that the guest is started with Secure Boot.
pub(super) fn asks_secure_boot(os: Element<'_>) -> Option<Element<'_>> {
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
pub(super) fn has_keys(os: Element<'_>) -> bool {
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

/// Gives the guest the target's firmware, chosen or named with its own template, whether its variables stay or not.
pub(super) fn give<'d>(
    draft: &mut Draft<'d>,
    guest: &Guest<'d>,
    os: Element<'d>,
    why: Why<'_>,
    variables: Variables,
) {
    let (boot, choice) = chosen(draft, guest, os);
    match choice {
        Some(FirmwareChoice::Automatic) => {
            by_choice(draft, why, os, variables);
            features(draft, guest, os, boot);
        }
        Some(FirmwareChoice::Explicit(files)) => name(draft, (guest.root, os), why, files, variables),
        None => {
            let text = format!("{}, and no UEFI is known there that it could have instead", why.reason);
            draft.notice(why.rule, true, text);
        }
    }
}

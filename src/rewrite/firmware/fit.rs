//! The edits by which a guest gets its firmware as its host decided.

use super::super::draft::{At, Draft, Fresh};
use super::super::rules::{FIRMWARE_BY_CHOICE, FIRMWARE_BY_NAME, NVRAM_CONTENTS, PC_BIOS, SECURE_BOOT};
use super::super::target::{Boot, FirmwareChoice, FirmwareFiles, FirmwareWish, Fitting};
use super::edits::{Variables, Why, by_choice, by_features, by_name};
use super::foresee::descriptors;
use crate::compat::Rule;
use crate::text::xml::Element;

/// Says the firmware of the guest `root`, whose `<os>` this is, as it was decided.
pub(in super::super) fn fit<'d>(
    draft: &mut Draft<'d>,
    root: Element<'d>,
    os: Element<'d>,
    decided: &Fitting,
) {
    match decided {
        Fitting::Stays => {}
        Fitting::Refused(wish, why) => draft.notice(rule(*wish), true, format!("left as it is: {why}")),
        Fitting::NotShared => {
            let text = "left as it is: the targets have unlike firmware for it";
            draft.notice(FIRMWARE_BY_CHOICE, true, text);
        }
        Fitting::Chosen { image, asked } => chosen(draft, os, image, asked),
        Fitting::Named(files) => {
            let reason = format!("libvirt chooses '{}' by its descriptors", files.loader);
            let why = Why { rule: FIRMWARE_BY_CHOICE, reason: &reason };
            name(draft, (root, os), why, files, Variables::Kept);
        }
        Fitting::Uefi { choice, asks, unknown, step } => {
            uefi(draft, (root, os), choice, *asks);
            if *unknown {
                let text =
                    format!("whether the host has UEFI for it is unknown: {} would tell", descriptors());
                draft.notice(PC_BIOS, false, text);
            }
            feature(draft, (root, os), PC_BIOS, "libvirt takes no UEFI without ACPI on x86", ("acpi", None));
            steps(draft, os, step);
        }
    }
}

/// The rule in whose name a wish is met.
fn rule(wish: FirmwareWish) -> &'static Rule {
    match wish {
        FirmwareWish::Auto => FIRMWARE_BY_NAME,
        FirmwareWish::Explicit => FIRMWARE_BY_CHOICE,
        FirmwareWish::Efi => PC_BIOS,
    }
}

fn chosen<'d>(draft: &mut Draft<'d>, os: Element<'d>, image: &str, asked: &[(&str, bool)]) {
    let Some(loader) = os.child("loader") else { return };
    let reason = format!("libvirt chooses '{image}' by its descriptors");
    let why = Why { rule: FIRMWARE_BY_NAME, reason: &reason };
    by_choice(draft, why, os, Variables::Kept);
    by_features(draft, why, os, asked);
    let path = loader.text();
    if *image != *path {
        let text = format!(
            "note the guest's boot entries, and start it once with `virsh start --reset-nvram`: its variables were made for \
             '{path}', and '{image}' takes their place with its own"
        );
        draft.step(NVRAM_CONTENTS, text, loader);
    }
}

fn uefi<'d>(draft: &mut Draft<'d>, guest: (Element<'d>, Element<'d>), choice: &FirmwareChoice, asks: bool) {
    let why = Why {
        rule: PC_BIOS,
        reason: "the guest is to start from UEFI, which its disk needs an EFI system partition for",
    };
    match choice {
        FirmwareChoice::Automatic => {
            by_choice(draft, why, guest.1, Variables::Fresh);
            if asks {
                let reason = "firmware with enrolled keys starts no unsigned loader";
                by_features(draft, Why { rule: SECURE_BOOT, reason }, guest.1, Boot::Open.features());
            }
        }
        FirmwareChoice::Explicit(files) => name(draft, guest, why, files, Variables::Fresh),
    }
}

/// What a person does so that the guest's disk starts from UEFI.
fn steps<'d>(draft: &mut Draft<'d>, os: Element<'d>, first: &str) {
    draft.step(PC_BIOS, first, os);
    let text = "see that the system disk has \\EFI\\BOOT\\BOOTX64.EFI, which UEFI starts while its variables name no boot \
                entry; else make an entry in the firmware's menu or with efibootmgr. Keep a copy of the disk: the way back \
                to a BIOS needs it";
    draft.step(PC_BIOS, text, os);
}

/// Names the files, with System Management Mode where they need it.
pub(super) fn name<'d>(
    draft: &mut Draft<'d>,
    guest: (Element<'d>, Element<'d>),
    why: Why<'_>,
    files: &FirmwareFiles,
    variables: Variables,
) {
    by_name(draft, why, guest.1, files, variables);
    if files.needs_smm {
        feature(draft, guest, why.rule, "the firmware needs SMM", ("smm", Some("on")));
    }
}

/// Gives the guest a feature, where it lacks it.
fn feature<'d>(
    draft: &mut Draft<'d>,
    (root, os): (Element<'d>, Element<'d>),
    rule: &Rule,
    reason: &str,
    (name, state): (&'static str, Option<&'static str>),
) {
    let fresh = || state.map_or(Fresh::new(name), |state| Fresh::new(name).with("state", state));
    let features = root.child("features");
    match (features, features.and_then(|features| features.child(name))) {
        (_, Some(old)) => {
            if let Some(state) = state {
                draft.set(rule, reason, old, "state", state);
            }
        }
        (Some(features), None) => draft.insert(rule, reason, features, At::Last, fresh()),
        (None, None) => {
            let features = Fresh::new("features").holding(fresh());
            draft.insert(rule, reason, root, At::After(os), features);
        }
    }
}

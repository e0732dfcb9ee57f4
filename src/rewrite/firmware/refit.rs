//! A guest's firmware said another way on the guest's own host: chosen by libvirt, by name, or UEFI for a BIOS.

use super::super::draft::{At, Draft, Fresh};
use super::super::for_guest::refused;
use super::super::rules::{FIRMWARE_BY_CHOICE, FIRMWARE_BY_NAME, NVRAM_CONTENTS, PC_BIOS, SECURE_BOOT};
use super::super::said::says;
use super::super::target::{Boot, FirmwareChoice, FirmwareFiles, Shelf};
use super::super::{Gap, PortBudget, Profile, Refusal, Rewrite, RewriteError, domain, finish, guest};
use super::edits::{Variables, Why, by_choice, by_features, by_name};
use super::foresee::{Foresight, descriptors};
use crate::compat::Rule;
use crate::knowledge::firmware::step_to_uefi;
use crate::knowledge::versions::{Component, has};
use crate::model::{Cluster, DocumentKind, FirmwareKind, Guest, Host, Requirements, VirtType};
use crate::text::xml::Element;

/// How a guest is to get its firmware.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FirmwareWish {
    /// UEFI that is named is chosen by libvirt.
    Auto,
    /// Firmware that libvirt chooses is named.
    Explicit,
    /// A PC that starts from a BIOS starts from UEFI.
    Efi,
}

/// Rewrites nothing of `guest`'s stored definition but its firmware, for its own `host`.
///
/// What libvirt there would choose is foreseen from the host's descriptors. Where that is not known, or the guest would not
/// start, nothing is changed and a notice blocks.
///
/// # Errors
/// [`Refusal`], where the document is no domain's XML, or the host's emulators are unknown.
pub fn refit_firmware(
    cluster: &Cluster,
    guest: &Guest,
    host: &Host,
    wish: FirmwareWish,
) -> Result<(Profile, Rewrite), Refusal> {
    let source = cluster.sources.get(guest.source);
    let needs = &guest.requirements;
    let arch = needs.arch.value().or(host.platform.arch.value()).cloned();
    let known = arch.filter(|_| host.platform.emulators.value().is_some());
    let gap = || Gap::Unknown(DocumentKind::Capabilities);
    let arch = known.ok_or_else(|| Refusal::host(guest, host, gap()))?;
    // What libvirt gives an x86 guest that names none.
    let machine = needs.machine.value().copied().unwrap_or_else(|| "pc".into());
    let machine = host.platform.canonical_machine(&arch, machine);
    let virt_type = needs.virt_type.value().cloned().unwrap_or(VirtType::Kvm);
    let profile = Profile::at_home(&host.name, arch, machine.into(), virt_type);
    let rewrite = refit(&source.text, needs, host, &profile, wish);
    rewrite.map(|done| (profile, done)).map_err(|error| refused(&source.path, &source.text, error))
}

fn refit(
    text: &str,
    needs: &Requirements,
    host: &Host,
    profile: &Profile,
    wish: FirmwareWish,
) -> Result<Rewrite, RewriteError> {
    let document = domain(text)?;
    let target = guest::Guest::new(&document, profile);
    let mut draft = Draft::new(&document);
    let platform = &host.platform;
    let virt_type = profile.virt_type.as_ref().unwrap_or(&VirtType::Kvm);
    let capability = platform.capability(&profile.arch, virt_type, &profile.machine).ok();
    let shelf = Shelf { host: platform, arch: &profile.arch, machine: &profile.machine };
    if let Some(os) = target.root.child("os") {
        let refit = Refit { host: Foresight { shelf, capability, needs }, os, root: target.root };
        match wish {
            FirmwareWish::Auto => refit.to_auto(&mut draft),
            FirmwareWish::Explicit => refit.to_explicit(&mut draft),
            FirmwareWish::Efi => refit.to_efi(&mut draft),
        }
    }
    let budget = PortBudget::of(&draft, &target);
    finish(draft, budget)
}

/// A guest and its host's firmware.
struct Refit<'r, 'd> {
    host: Foresight<'r>,
    os: Element<'d>,
    root: Element<'d>,
}

impl<'d> Refit<'_, 'd> {
    fn to_auto(&self, draft: &mut Draft<'d>) {
        let Some(loader) = self.os.child("loader").filter(|loader| says(*loader, "type", "pflash")) else {
            return;
        };
        if self.host.needs.firmware.auto.is_some() {
            return;
        }
        let path = loader.text().trim().to_owned();
        let (one, asked) = match self.host.would_choose(&path) {
            Ok(found) => found,
            Err(why) => return draft.notice(FIRMWARE_BY_NAME, true, format!("left as it is: {why}")),
        };
        let new = one.value.executable.as_deref().unwrap_or_default();
        let reason = format!("libvirt chooses '{new}' by its descriptors");
        let why = Why { rule: FIRMWARE_BY_NAME, reason: &reason };
        by_choice(draft, why, self.os, Variables::Kept);
        by_features(draft, why, self.os, &asked);
        if new != path {
            let text = format!(
                "note the guest's boot entries, and start it once with `virsh start --reset-nvram`: its variables were made for \
                 '{path}', and '{new}' takes their place with its own"
            );
            draft.step(NVRAM_CONTENTS, text, loader);
        }
    }

    fn to_explicit(&self, draft: &mut Draft<'d>) {
        if self.host.needs.firmware.auto.is_none() {
            return;
        }
        let found = self.host.described().and_then(|libvirt| self.host.choose(&self.host.request(), libvirt));
        let files =
            found.and_then(|one| FirmwareFiles::of(&one.value).ok_or_else(|| "it is built into QEMU".into()));
        match files {
            Ok(files) => {
                let reason = format!("libvirt chooses '{}' by its descriptors", files.loader);
                self.name(draft, Why { rule: FIRMWARE_BY_CHOICE, reason: &reason }, &files, Variables::Kept);
            }
            Err(why) => draft.notice(FIRMWARE_BY_CHOICE, true, format!("left as it is: {why}")),
        }
    }

    fn to_efi(&self, draft: &mut Draft<'d>) {
        if self.host.needs.firmware.kind() == FirmwareKind::Efi {
            return;
        }
        if !self.host.shelf.arch.is_x86() {
            return draft.notice(PC_BIOS, true, "left as it is: only a PC starts from a BIOS");
        }
        let mut assumptions = Vec::new();
        let choice = self.host.shelf.choice(Boot::Open, self.host.capability, &mut assumptions);
        let why = Why { rule: PC_BIOS, reason: "the guest is to start from UEFI" };
        match choice {
            Some(FirmwareChoice::Automatic) => {
                by_choice(draft, why, self.os, Variables::Fresh);
                self.without_keys(draft);
            }
            Some(FirmwareChoice::Explicit(files)) => self.name(draft, why, &files, Variables::Fresh),
            None => {
                let text =
                    format!("left as it is: no UEFI is known on the host for '{}'", self.host.shelf.machine);
                return draft.notice(PC_BIOS, true, text);
            }
        }
        if !self.host.shelf.is_described() {
            let text = format!("whether the host has UEFI for it is unknown: {} would tell", descriptors());
            draft.notice(PC_BIOS, false, text);
        }
        self.feature(draft, PC_BIOS, "libvirt takes no UEFI without ACPI on x86", "acpi", None);
        self.steps(draft);
    }

    fn without_keys(&self, draft: &mut Draft<'d>) {
        let can = |version| has(Component::Libvirt, version, "firmware-features");
        if self.host.shelf.libvirt().is_some_and(can) {
            let reason = "firmware with enrolled keys starts no unsigned loader";
            by_features(draft, Why { rule: SECURE_BOOT, reason }, self.os, Boot::Open.features());
        }
    }

    /// What a person does so that the guest's disk starts from UEFI.
    fn steps(&self, draft: &mut Draft<'d>) {
        let id = self.host.needs.os_id.as_ref().map(|id| id.value.as_str());
        draft.step(PC_BIOS, step_to_uefi(id), self.os);
        let text = "see that the system disk has \\EFI\\BOOT\\BOOTX64.EFI, which UEFI starts while its variables name no boot \
                    entry; else make an entry in the firmware's menu or with efibootmgr. Keep a copy of the disk: the way back \
                    to a BIOS needs it";
        draft.step(PC_BIOS, text, self.os);
    }

    /// Names the files, with System Management Mode where they need it.
    fn name(&self, draft: &mut Draft<'d>, why: Why<'_>, files: &FirmwareFiles, variables: Variables) {
        by_name(draft, why, self.os, files, variables);
        if files.needs_smm {
            self.feature(draft, why.rule, "the firmware needs SMM", "smm", Some("on"));
        }
    }

    /// Gives the guest a feature, where it lacks it.
    fn feature(
        &self,
        draft: &mut Draft<'d>,
        rule: &Rule,
        reason: &str,
        name: &'static str,
        state: Option<&'static str>,
    ) {
        let fresh = || state.map_or(Fresh::new(name), |state| Fresh::new(name).with("state", state));
        match (self.root.child("features"), self.root.at(&format!("features/{name}"))) {
            (_, Some(old)) => {
                if let Some(state) = state {
                    draft.set(rule, reason, old, "state", state);
                }
            }
            (Some(features), None) => draft.insert(rule, reason, features, At::Last, fresh()),
            (None, None) => {
                let features = Fresh::new("features").holding(fresh());
                draft.insert(rule, reason, self.root, At::After(self.os), features);
            }
        }
    }
}

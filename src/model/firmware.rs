//! Firmware that a host offers, and what a guest asks for.

use std::collections::BTreeMap;

use super::{Arch, DocumentKind, Known, Pattern};

/// What kind of firmware starts a guest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FirmwareKind {
    /// A PC BIOS.
    Bios,
    /// UEFI.
    Efi,
}

impl FirmwareKind {
    /// libvirt's name in `os@firmware`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Bios => "bios",
            Self::Efi => "efi",
        }
    }
}

/// How QEMU is given a firmware (QEMU's `docs/interop/firmware.json`, `FirmwareMapping`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FirmwareMapping {
    /// As flash: code and variables in a file each.
    Split,
    /// As flash: code and variables in one file, which each guest has a copy of.
    Combined,
    /// As flash that stores nothing.
    Stateless,
    /// As a kernel.
    Kernel,
    /// In memory (`-bios`).
    Memory,
}

impl FirmwareMapping {
    /// Whether it is in flash, however many files there are of it.
    pub fn is_flash(self) -> bool {
        matches!(self, Self::Split | Self::Combined | Self::Stateless)
    }
}

/// One firmware of a host, whichever document told of it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Firmware {
    /// What it is.
    pub kind: FirmwareKind,
    /// The file that QEMU loads; `None` for firmware built in.
    pub executable: Option<String>,
    /// The file from which a guest's NVRAM is made.
    pub nvram_template: Option<String>,
    /// How QEMU is given it.
    pub mapping: FirmwareMapping,
    /// The format of the image that QEMU loads: `raw` or `qcow2`.
    pub format: String,
    /// The format of the NVRAM's template.
    pub template_format: String,
    /// For which architecture, and for which machine types (patterns with `*`; none means all).
    pub targets: Vec<(Arch, Vec<String>)>,
    /// The features its descriptor names, such as `secure-boot`, `enrolled-keys`, `requires-smm`.
    pub features: Vec<String>,
    /// The kind of document that told of it. libvirt chooses among descriptors only.
    pub told_by: DocumentKind,
}

impl Firmware {
    /// Whether its descriptor names the feature.
    pub fn has(&self, feature: &str) -> bool {
        self.features.iter().any(|one| one == feature)
    }

    /// Whether it is for guests of `arch`, whatever their machine type.
    pub fn is_for(&self, arch: &Arch) -> bool {
        self.targets.iter().any(|(target, _)| target == arch)
    }

    /// Whether a descriptor's targets hold the machine type, which is no alias. libvirt compares with patterns; of their signs
    /// no distribution uses any but `*`.
    pub fn is_for_machine(&self, arch: &Arch, machine: &str) -> bool {
        let is_one = |machines: &Vec<String>| machines.iter().any(|one| Pattern::new(one).fits(machine));
        self.targets.iter().any(|(target, machines)| target == arch && is_one(machines))
    }
}

/// What a guest's `<os>` says of firmware.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FirmwareNeed {
    /// `os@firmware`: libvirt chooses.
    pub auto: Option<Known<FirmwareKind>>,
    /// `<loader>`: the file.
    pub loader: Option<Known<String>>,
    /// `loader@type`: `rom` or `pflash`.
    pub loader_type: Option<Known<String>>,
    /// `loader@secure`.
    pub secure: Option<Known<bool>>,
    /// `loader@readonly`.
    pub readonly: Option<Known<bool>>,
    /// `loader@stateless` (libvirt 8.6).
    pub stateless: Option<Known<bool>>,
    /// `loader@format` (libvirt 9.2).
    pub format: Option<Known<String>>,
    /// `nvram@format` (libvirt 9.2).
    pub nvram_format: Option<Known<String>>,
    /// `os/firmware/feature`: whether libvirt is to choose one with it or without (libvirt 7.2).
    pub features: BTreeMap<String, Known<bool>>,
    /// `pm/suspend-to-mem` (S3) and `pm/suspend-to-disk` (S4), where they are switched on.
    pub suspends: Vec<Known<String>>,
    /// Whether `launchSecurity/policy` asks for SEV-ES.
    pub encrypted_state: bool,
    /// `nvram@template`.
    pub nvram_template: Option<Known<String>>,
    /// Whether `<nvram>` names a file (its name is personal to the guest).
    pub nvram: Option<Known<()>>,
    /// The loader of a running guest whose stored definition is missing: libvirt may have chosen it when the guest started, and
    /// chooses anew when it starts again.
    pub started_with: Option<Known<()>>,
}

impl FirmwareNeed {
    /// The kind of firmware that starts the guest: what is said, or what a pflash loader means;
    /// `Bios` where nothing is said.
    pub fn kind(&self) -> FirmwareKind {
        let pflash = self.loader_type.as_ref().is_some_and(|known| known.value == "pflash");
        match &self.auto {
            Some(auto) => auto.value,
            None if pflash || self.nvram.is_some() => FirmwareKind::Efi,
            None => FirmwareKind::Bios,
        }
    }
}

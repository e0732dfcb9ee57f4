//! How guests get their UEFI on a host: chosen by its libvirt, or by name.

use std::collections::BTreeSet;

use crate::knowledge::firmware::{FirmwareRequest, chosen, is_there, not_padded};
use crate::knowledge::versions::{Component, has};
use crate::model::{
    Arch, Capability, DocumentKind, Firmware, FirmwareKind, FirmwareMapping, Known, Platform, Version,
};

/// How a guest gets its UEFI.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum FirmwareChoice {
    /// `firmware='efi'`: libvirt chooses (libvirt 5.3 and newer).
    Automatic,
    /// By name: for older libvirt, and where libvirt would not choose what the guest needs.
    Explicit(FirmwareFiles),
}

/// The files of a firmware: code and variables of one make always go together.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct FirmwareFiles {
    /// The file that QEMU loads.
    pub loader: String,
    /// The format of its image.
    pub format: String,
    /// The file that a guest's NVRAM is made from, and the format of that.
    pub nvram_template: Option<(String, String)>,
    /// How QEMU is given it.
    pub mapping: FirmwareMapping,
    /// Whether it needs System Management Mode.
    pub needs_smm: bool,
}

impl FirmwareFiles {
    /// Raw files by these names, without Secure Boot.
    pub fn raw(loader: impl Into<String>, nvram_template: impl Into<String>) -> Self {
        Self {
            loader: loader.into(),
            format: "raw".to_owned(),
            nvram_template: Some((nvram_template.into(), "raw".to_owned())),
            mapping: FirmwareMapping::Split,
            needs_smm: false,
        }
    }

    /// The files of a host's firmware; `None` where it is built into QEMU.
    pub(in super::super) fn of(firmware: &Firmware) -> Option<Self> {
        let template = firmware.nvram_template.clone();
        Some(Self {
            loader: firmware.executable.clone()?,
            format: firmware.format.clone(),
            nvram_template: template.map(|path| (path, firmware.template_format.clone())),
            mapping: firmware.mapping,
            needs_smm: firmware.has("requires-smm"),
        })
    }
}

/// Whether a guest is to have Secure Boot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Boot {
    /// Any loader starts.
    Open,
    /// Only loaders that are signed for the keys that come with the firmware start.
    Secure,
}

/// A host's firmware, for guests of one architecture on one machine type.
#[derive(Clone, Copy)]
pub(in super::super) struct Shelf<'p> {
    pub(in super::super) host: &'p Platform,
    pub(in super::super) arch: &'p Arch,
    /// Canonical.
    pub(in super::super) machine: &'p str,
}

impl<'p> Shelf<'p> {
    /// Whether the host's libvirt can choose UEFI by itself.
    pub(in super::super) fn chooses(self, capability: Option<&Capability>) -> Option<bool> {
        let told =
            capability.and_then(|c| c.firmware.value()).map(|kinds| kinds.contains(&FirmwareKind::Efi));
        told.or_else(|| self.libvirt().map(|version| has(Component::Libvirt, version, "firmware-autoselect")))
    }

    pub(in super::super) fn libvirt(self) -> Option<Version> {
        self.host.libvirt.value().copied()
    }

    /// Everything that is known of the host's firmware.
    pub(in super::super) fn all(self) -> &'p [Known<Firmware>] {
        self.host.firmware.value().map(Vec::as_slice).unwrap_or_default()
    }

    /// The images and templates that the host is known to have.
    pub(in super::super) fn images(self) -> BTreeSet<String> {
        let named = self.all().iter().filter(|one| is_there(self.host, &one.value) != Some(false));
        let named = named.flat_map(|one| [&one.value.executable, &one.value.nvram_template]);
        let named = named.filter_map(Clone::clone);
        named.chain(self.host.firmware_images.value().into_iter().flatten().cloned()).collect()
    }

    /// Whether the descriptors are known, among which libvirt chooses.
    pub(in super::super) fn is_described(self) -> bool {
        self.all().iter().any(|one| one.value.told_by == DocumentKind::FirmwareDescriptor)
    }

    /// How a guest gets its UEFI: by choice where that is what libvirt would choose, else by name. What is not known is said in
    /// `assumptions`.
    pub(in super::super) fn choice(
        self,
        boot: Boot,
        capability: Option<&Capability>,
        assumptions: &mut Vec<String>,
    ) -> Option<FirmwareChoice> {
        match self.chooses(capability) {
            Some(true) if self.chooses_well(boot) => return Some(FirmwareChoice::Automatic),
            None if boot == Boot::Open => {
                assumptions.push("libvirt's version is unknown: firmware is named, not chosen".into());
            }
            _ => {}
        }
        self.by_name(boot).map(FirmwareChoice::Explicit)
    }

    /// Whether what libvirt would choose serves the guest. Where its descriptors are unknown it is taken to, but not to have
    /// Secure Boot with keys.
    fn chooses_well(self, boot: Boot) -> bool {
        let (Some(libvirt), true) = (self.libvirt(), self.is_described()) else { return boot == Boot::Open };
        chosen(self.all(), &self.request(boot, libvirt), libvirt)
            .is_ok_and(|one| self.serves(boot, &one.value))
    }

    /// What a guest asks that leaves the choice to libvirt.
    fn request(self, boot: Boot, libvirt: Version) -> FirmwareRequest {
        let mut request = FirmwareRequest::plain(FirmwareKind::Efi, self.arch.clone(), self.machine);
        if has(Component::Libvirt, libvirt, "firmware-features") {
            let switches = boot.features().iter().map(|(name, on)| ((*name).to_owned(), *on));
            request.features = switches.collect();
        }
        request
    }

    /// Whether the firmware starts the guest as it is to be, and is on the host: for Secure Boot certainly, else as far as is
    /// known.
    fn serves(self, boot: Boot, firmware: &Firmware) -> bool {
        let there = is_there(self.host, firmware);
        match boot {
            Boot::Open => !firmware.has("enrolled-keys") && there != Some(false),
            Boot::Secure => {
                firmware.has("secure-boot") && firmware.has("enrolled-keys") && there == Some(true)
            }
        }
    }

    /// The files that a guest gets where it names them.
    pub(in super::super) fn by_name(self, boot: Boot) -> Option<FirmwareFiles> {
        let expands = self.libvirt().is_some_and(|v| has(Component::Libvirt, v, "firmware-expanded"));
        let fits = |one: &&Known<Firmware>| {
            let firmware = &one.value;
            let path = firmware.executable.as_deref().unwrap_or_default();
            firmware.kind == FirmwareKind::Efi
                && firmware.mapping == FirmwareMapping::Split
                && firmware.nvram_template.is_some()
                && (expands || firmware.format == "raw")
                && self.is_for_machine(firmware)
                && self.serves(boot, firmware)
                && (self.arch.is_x86() || not_padded(path).is_none())
        };
        // What needs SMM serves a guest without Secure Boot as well, and changes more of it.
        let (with, without): (Vec<_>, Vec<_>) =
            self.all().iter().filter(fits).partition(|one| one.value.has("requires-smm"));
        without.iter().chain(&with).find_map(|one| FirmwareFiles::of(&one.value))
    }

    /// What no descriptor tells of may name no machine types.
    fn is_for_machine(self, firmware: &Firmware) -> bool {
        let any = |(arch, machines): &(Arch, Vec<String>)| arch == self.arch && machines.is_empty();
        firmware.is_for_machine(self.arch, self.machine)
            || (firmware.told_by != DocumentKind::FirmwareDescriptor && firmware.targets.iter().any(any))
    }
}

impl Boot {
    /// The features that libvirt is asked for, or asked to leave out.
    pub(in super::super) fn features(self) -> &'static [(&'static str, bool)] {
        match self {
            Self::Open => &[("secure-boot", false)],
            Self::Secure => &[("enrolled-keys", true), ("secure-boot", true)],
        }
    }
}

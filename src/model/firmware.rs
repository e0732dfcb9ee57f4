//! Firmware that a host offers, and what a guest asks for.

use super::{Arch, Known};

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

/// One firmware of a host, whichever document told of it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Firmware {
    /// What it is.
    pub kind: FirmwareKind,
    /// The file that QEMU loads; `None` for firmware built in.
    pub executable: Option<String>,
    /// The file from which a guest's NVRAM is made.
    pub nvram_template: Option<String>,
    /// For which architecture, and for which machine types (patterns with `*`; none means all).
    pub targets: Vec<(Arch, Vec<String>)>,
    /// The features its descriptor names, such as `secure-boot`, `enrolled-keys`, `requires-smm`.
    pub features: Vec<String>,
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
    /// `nvram@template`.
    pub nvram_template: Option<Known<String>>,
    /// Whether `<nvram>` names a file (its name is personal to the guest).
    pub nvram: Option<Known<()>>,
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

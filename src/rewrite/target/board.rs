//! What a guest is to become, and why a host cannot have it.

use crate::model::{Arch, DocumentKind, MachineFamily, VirtType};

/// Why no profile can be made of a host.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Gap {
    /// Which emulators and machine types it has is unknown.
    #[error("its emulators are unknown: {} ({}) would tell", .0.path(), .0.command())]
    Unknown(DocumentKind),
    /// It has no emulator for the architecture that runs guests so.
    #[error("it has no {0} emulator for guests of type '{1}'")]
    NoEmulator(Arch, VirtType),
    /// Its emulator lists no versioned machine type of the family.
    #[error("its {0} emulator lists no versioned '{1}' machine type")]
    NoMachine(Arch, &'static str),
    /// Its libvirt cannot choose firmware, and no UEFI for aarch64 is known on it.
    #[error("its libvirt cannot choose firmware, and no aarch64 UEFI is known on it")]
    NoFirmware,
    /// It and another target have nothing in common to rewrite for.
    #[error("it and {0} have no {1} in common")]
    NotShared(String, &'static str),
}

/// What kind of guest one is to become.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Board {
    /// Its architecture.
    pub arch: Arch,
    /// Its family of machine types.
    pub family: MachineFamily,
    /// How it is run.
    pub virt_type: VirtType,
}

impl Board {
    /// A `virt` machine of ARM, run so.
    pub fn virt(virt_type: VirtType) -> Self {
        Self { arch: Arch::Aarch64, family: MachineFamily::Virt, virt_type }
    }

    /// The alias of its machine types.
    pub(super) fn alias(&self) -> &'static str {
        match self.family {
            MachineFamily::I440fx => "pc",
            MachineFamily::Q35 => "q35",
            MachineFamily::Virt => "virt",
        }
    }
}

//! A guest's firmware said another way, as a host decides it.

use super::shelf::{FirmwareChoice, FirmwareFiles};

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

/// What becomes of a wish.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fitting {
    /// Nothing: the guest has its firmware so.
    Stays,
    /// Nothing, for this reason.
    Refused(FirmwareWish, String),
    /// Nothing, for the targets have unlike firmware.
    NotShared,
    /// libvirt chooses the image, asked for these features.
    Chosen {
        /// The image that it will choose.
        image: String,
        /// Features with which, or without which, it is to be.
        asked: Vec<(&'static str, bool)>,
    },
    /// These files are named.
    Named(FirmwareFiles),
    /// UEFI takes the place of a BIOS.
    Uefi {
        /// How the guest gets it.
        choice: FirmwareChoice,
        /// Whether libvirt can be asked for firmware without enrolled keys.
        asks: bool,
        /// Whether it is unknown that the host has UEFI.
        unknown: bool,
        /// What a person does first, so that the guest's system starts from UEFI.
        step: &'static str,
    },
}

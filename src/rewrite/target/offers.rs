//! What a host offers, from its `domcapabilities` or its versions.

use std::collections::BTreeSet;

use super::offer::Offer;
use crate::knowledge::versions::{Component, has};
use crate::model::{Capability, Platform};

/// What decides an offer.
struct Condition {
    offer: Offer,
    told: Told,
    what: &'static str,
}

/// Who tells whether something is offered.
enum Told {
    /// `domcapabilities`: an enum of a device lists a value (libvirt 9.0 and newer print these).
    /// Versions do not tell, for builds differ.
    Enum(&'static str, &'static str, &'static str),
    /// The version of libvirt, by the id of the change that brought it.
    Libvirt(&'static str),
    /// The versions of libvirt and of QEMU.
    Both(&'static str),
}

const fn condition(offer: Offer, told: Told, what: &'static str) -> Condition {
    Condition { offer, told, what }
}

const CONDITIONS: &[Condition] = &[
    condition(Offer::Spice, Told::Enum("graphics", "type", "spice"), "SPICE graphics"),
    condition(Offer::UsbRedirection, Told::Enum("redirdev", "bus", "usb"), "USB redirection"),
    condition(Offer::Tpm, Told::Enum("tpm", "model", "tpm-tis"), "a TPM"),
    condition(Offer::PanicDevice, Told::Enum("panic", "model", "pvpanic"), "a panic device"),
    condition(Offer::Smmuv3, Told::Both("smmuv3"), "the IOMMU smmuv3"),
    condition(Offer::FirmwareFeatures, Told::Libvirt("firmware-features"), "firmware features"),
    condition(
        Offer::FirmwareExpanded,
        Told::Libvirt("firmware-expanded"),
        "firmware files beside firmware='efi'",
    ),
];

/// What is known to be offered; what is unknown is not, and `assumptions` says so.
pub(super) fn offers(
    platform: &Platform,
    capability: Option<&Capability>,
    assumptions: &mut Vec<String>,
) -> BTreeSet<Offer> {
    let mut offers = BTreeSet::new();
    for condition in CONDITIONS {
        match condition.holds(platform, capability) {
            Some(true) => _ = offers.insert(condition.offer),
            Some(false) => {}
            None => assumptions.push(format!("whether it has {} is unknown: not used", condition.what)),
        }
    }
    offers
}

/// What an x86 target offers of what its guests may have: what it is not known to lack.
pub(super) fn offers_on_x86(platform: &Platform, capability: Option<&Capability>) -> BTreeSet<Offer> {
    let held = |one: &&Condition| match (one.offer, one.holds(platform, capability)) {
        (Offer::Spice | Offer::UsbRedirection | Offer::FirmwareExpanded, held) => held != Some(false),
        // An older libvirt refuses a guest that asks.
        (Offer::FirmwareFeatures, held) => held == Some(true),
        _ => false,
    };
    CONDITIONS.iter().filter(held).map(|one| one.offer).collect()
}

impl Condition {
    fn holds(&self, platform: &Platform, capability: Option<&Capability>) -> Option<bool> {
        let libvirt = |id| Some(has(Component::Libvirt, *platform.libvirt.value()?, id));
        let qemu = |id| Some(has(Component::Qemu, *platform.qemu.value()?, id));
        match self.told {
            Told::Enum(device, name, value) => capability?.offers(device, name, value).value().copied(),
            Told::Libvirt(id) => libvirt(id),
            Told::Both(id) => Some(libvirt(id)? && qemu(id)?),
        }
    }
}

//! What a host offers, from its `domcapabilities` or its versions.

use std::collections::BTreeSet;

use super::profile::Offer;
use crate::model::{Capability, Platform, Version};

/// What decides an offer: what `domcapabilities` says of an enum, else the versions that have it.
struct Condition {
    offer: Offer,
    told_by: Option<(&'static str, &'static str, &'static str)>,
    libvirt: Version,
    qemu: Version,
    what: &'static str,
}

const NEVER: Version = Version::new(u32::MAX, 0, 0);

/// Where `domcapabilities` can say it (libvirt 9.0 and newer print these enums), versions do not:
/// builds differ.
const CONDITIONS: &[Condition] = &[
    Condition {
        offer: Offer::Spice,
        told_by: Some(("graphics", "type", "spice")),
        libvirt: NEVER,
        qemu: NEVER,
        what: "SPICE graphics",
    },
    Condition {
        offer: Offer::UsbRedirection,
        told_by: Some(("redirdev", "bus", "usb")),
        libvirt: NEVER,
        qemu: NEVER,
        what: "USB redirection",
    },
    Condition {
        offer: Offer::Tpm,
        told_by: Some(("tpm", "model", "tpm-tis")),
        libvirt: NEVER,
        qemu: NEVER,
        what: "a TPM",
    },
    Condition {
        offer: Offer::PanicDevice,
        told_by: Some(("panic", "model", "pvpanic")),
        libvirt: NEVER,
        qemu: NEVER,
        what: "a panic device",
    },
    Condition {
        offer: Offer::Smmuv3,
        told_by: None,
        libvirt: Version::new(5, 5, 0),
        qemu: Version::new(3, 0, 0),
        what: "the IOMMU smmuv3",
    },
    Condition {
        offer: Offer::FirmwareFeatures,
        told_by: None,
        libvirt: Version::new(8, 6, 0),
        qemu: Version::new(0, 0, 0),
        what: "firmware features",
    },
    Condition {
        offer: Offer::FirmwareExpanded,
        told_by: None,
        libvirt: Version::new(9, 2, 0),
        qemu: Version::new(0, 0, 0),
        what: "firmware files beside firmware='efi'",
    },
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

impl Condition {
    fn holds(&self, platform: &Platform, capability: Option<&Capability>) -> Option<bool> {
        let Some((device, name, value)) = self.told_by else {
            let (libvirt, qemu) = (platform.libvirt.value()?, platform.qemu.value()?);
            return Some(*libvirt >= self.libvirt && *qemu >= self.qemu);
        };
        capability?.offers(device, name, value).value().copied()
    }
}

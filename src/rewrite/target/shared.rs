//! What several targets have in common.

use super::board::Gap;
use super::fitting::Fitting;
use super::profile::{Profile, newest};

impl Profile {
    /// What fits this target and `other` alike.
    ///
    /// # Errors
    /// [`Gap`], where they share no machine type or not the way to firmware.
    pub fn shared_with(self, other: &Self) -> Result<Self, Gap> {
        let gap = |what| Gap::NotShared(other.name.clone(), what);
        let machines: Vec<String> =
            self.machines.into_iter().filter(|one| other.machines.contains(one)).collect();
        let machine = newest(&machines).ok_or_else(|| gap("machine type"))?;
        let firmware = self.firmware.filter(|one| other.firmware.as_ref() == Some(one));
        // A PC need not have UEFI.
        if firmware.is_none() && self.arch.is_arm() {
            return Err(gap("firmware"));
        }
        let said = other.assumptions.iter().map(|text| format!("{}: {text}", other.name));
        Ok(Self {
            name: format!("{}, {}", self.name, other.name),
            machine,
            machines,
            emulators: both(self.emulators, other.emulators.as_ref(), |one, other| {
                one.intersection(other).cloned().collect()
            }),
            port_limit: self.port_limit.min(other.port_limit),
            headroom: self.headroom.min(other.headroom),
            offers: self.offers.intersection(&other.offers).copied().collect(),
            videos: videos(self.videos, &other.videos),
            gic_versions: self.gic_versions.into_iter().filter(|v| other.gic_versions.contains(v)).collect(),
            max_vcpus: self.max_vcpus.min(other.max_vcpus),
            address_bits: self.address_bits.min(other.address_bits),
            firmware,
            secure_firmware: self.secure_firmware.filter(|one| other.secure_firmware.as_ref() == Some(one)),
            firmware_images: self.firmware_images.intersection(&other.firmware_images).cloned().collect(),
            fitting: both(self.fitting, other.fitting.as_ref(), |one, other| {
                if one == other { one.clone() } else { Fitting::NotShared }
            }),
            emulated_cpu: if self.emulated_cpu == other.emulated_cpu {
                self.emulated_cpu
            } else {
                EMULATED.to_owned()
            },
            scsi_targets: self.scsi_targets.min(other.scsi_targets),
            hugepages: both(self.hugepages, other.hugepages.as_ref(), |one, other| {
                one.iter().filter(|size| other.contains(size)).copied().collect()
            }),
            site: both(self.site, other.site.as_ref(), |one, other| one.clone().shared_with(other)),
            assumptions: self.assumptions.into_iter().chain(said).collect(),
            ..self
        })
    }
}

/// The CPU model that every emulator for ARM has.
const EMULATED: &str = "cortex-a57";

/// What both know, or what one of them does.
fn both<T: Clone>(one: Option<T>, other: Option<&T>, join: impl Fn(&T, &T) -> T) -> Option<T> {
    match (one, other) {
        (Some(one), Some(other)) => Some(join(&one, other)),
        (one, other) => one.or_else(|| other.cloned()),
    }
}

/// An empty list is one that is unknown.
fn videos(one: Vec<String>, other: &[String]) -> Vec<String> {
    if one.is_empty() || other.is_empty() {
        return if one.is_empty() { other.to_vec() } else { one };
    }
    one.into_iter().filter(|model| other.contains(model)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::VirtType;

    fn named(name: &str) -> Profile {
        Profile::named(name, VirtType::Kvm).unwrap()
    }

    #[test]
    fn targets_share_their_newest_common_machine() {
        let shared = named("aarch64-virt").shared_with(&named("debian-12-aarch64")).unwrap();
        assert_eq!((shared.machine.as_str(), shared.nearest("virt-9.0")), ("virt-7.2", "virt-7.2"));
        assert_eq!(shared.name, "aarch64-virt, debian-12-aarch64");
        assert_eq!(shared.offers, named("debian-12-aarch64").offers);
        let other = named("rhel-aarch64");
        assert_eq!(shared.shared_with(&other), Err(Gap::NotShared("rhel-aarch64".into(), "machine type")));
    }

    #[test]
    fn what_one_does_not_know_the_other_tells() {
        let shared = named("x86_64-q35").shared_with(&named("rhel-9-q35"));
        assert_eq!(shared, Err(Gap::NotShared("rhel-9-q35".into(), "machine type")));
        assert_eq!(videos(Vec::new(), &["vga".into()]), ["vga"]);
        assert_eq!(both(Some(1), None, |one, _| *one), Some(1));
    }
}

//! Targets without a host: what distributions ship.

use std::collections::{BTreeMap, BTreeSet};

use super::super::part::Part;
use super::offer::Offer;
use super::profile::{ADDRESS_BITS, HEADROOM, Profile, SCSI_TARGETS, newest};
use super::shelf::{FirmwareChoice, FirmwareFiles};
use crate::knowledge::{ports, upstream_machines};
use crate::model::{Arch, MachineFamily, Version, VirtType};

struct BuiltIn {
    name: &'static str,
    arch: Arch,
    machines: Listed,
    ports: u32,
    headroom: Option<u32>,
    offers: &'static [Offer],
    videos: &'static [&'static str],
    max_vcpus: u32,
    /// Loader and NVRAM template, where libvirt cannot choose.
    firmware: Option<(&'static str, &'static str)>,
    cpu: &'static str,
    hugepages: Option<&'static [u64]>,
}

/// The machine types of a target.
#[derive(Clone, Copy)]
enum Listed {
    /// QEMU's own of a family, from the oldest release to the newest.
    Upstream(MachineFamily, Version, Version),
    /// Those of a distribution.
    Named(&'static [&'static str]),
}

impl Listed {
    fn names(self) -> Vec<String> {
        match self {
            Self::Upstream(family, oldest, newest) => upstream_machines(family, oldest, newest),
            Self::Named(names) => names.iter().map(|name| (*name).to_owned()).collect(),
        }
    }
}

/// The `virt` of QEMU from 2.6 on, the first that is versioned, to this release.
const fn virt(major: u32, minor: u32) -> Listed {
    Listed::Upstream(MachineFamily::Virt, Version::new(2, 6, 0), Version::new(major, minor, 0))
}

/// The q35 of QEMU from 2.4 on, the oldest that QEMU 2.12 to 10.0 have, to this release.
const fn q35(major: u32, minor: u32) -> Listed {
    Listed::Upstream(MachineFamily::Q35, Version::new(2, 4, 0), Version::new(major, minor, 0))
}

/// Profiles without a host. Sources: libvirt 11.3 and QEMU 10.0 (tests/qemucapabilitiesdata) for
/// the newest; Debian 12's libvirt 9.0 and QEMU 7.2 as installed; Ubuntu 24.04's libvirt 10.0 and QEMU 8.2, which packages SPICE
/// apart, so that it is not counted on; RHEL 9.4's machine types and devices (QEMU 8.2, without SPICE and QXL); and
/// libvirt 4.5 with QEMU 2.12 as Kunpeng 920 servers were first shipped with, on a kernel of
/// 64 KiB pages.
const BUILT_IN: &[BuiltIn] = &[
    BuiltIn {
        name: "aarch64-virt",
        machines: virt(10, 0),
        offers: &[
            Offer::Spice,
            Offer::UsbRedirection,
            Offer::Tpm,
            Offer::PanicDevice,
            Offer::Smmuv3,
            Offer::FirmwareFeatures,
            Offer::FirmwareExpanded,
        ],
        cpu: "cortex-a72",
        ..VIRT
    },
    BuiltIn {
        name: "debian-12-aarch64",
        machines: virt(7, 2),
        offers: &[Offer::Spice, Offer::UsbRedirection, Offer::Tpm, Offer::Smmuv3, Offer::FirmwareFeatures],
        cpu: "cortex-a72",
        ..VIRT
    },
    BuiltIn {
        name: "ubuntu-24.04-aarch64",
        machines: virt(8, 2),
        offers: &[
            Offer::PanicDevice,
            Offer::Tpm,
            Offer::Smmuv3,
            Offer::FirmwareFeatures,
            Offer::FirmwareExpanded,
        ],
        cpu: "cortex-a72",
        ..VIRT
    },
    BuiltIn {
        name: "rhel-aarch64",
        machines: Listed::Named(&["virt-rhel9.0.0", "virt-rhel9.2.0", "virt-rhel9.4.0"]),
        offers: &[Offer::Tpm, Offer::Smmuv3, Offer::FirmwareFeatures, Offer::FirmwareExpanded],
        ..VIRT
    },
    BuiltIn {
        name: "kunpeng-qemu-2.12",
        machines: virt(2, 12),
        ports: ports::OF_OLD_QEMU,
        headroom: None,
        max_vcpus: 255,
        firmware: Some(("/usr/share/AAVMF/AAVMF_CODE.fd", "/usr/share/AAVMF/AAVMF_VARS.fd")),
        hugepages: Some(&[2048, 524_288]),
        ..VIRT
    },
    BuiltIn { name: "x86_64-q35", machines: q35(10, 0), ..Q35 },
    BuiltIn { name: "debian-12-q35", machines: q35(7, 2), ..Q35 },
    BuiltIn { name: "ubuntu-24.04-q35", machines: q35(8, 2), offers: &[], ..Q35 },
    BuiltIn {
        name: "rhel-9-q35",
        machines: Listed::Named(&[
            "pc-q35-rhel7.6.0",
            "pc-q35-rhel8.0.0",
            "pc-q35-rhel8.1.0",
            "pc-q35-rhel8.2.0",
            "pc-q35-rhel8.3.0",
            "pc-q35-rhel8.4.0",
            "pc-q35-rhel8.5.0",
            "pc-q35-rhel8.6.0",
            "pc-q35-rhel9.0.0",
            "pc-q35-rhel9.2.0",
            "pc-q35-rhel9.4.0",
        ]),
        offers: &[],
        videos: &["vga", "cirrus", "virtio", "bochs", "ramfb", "none"],
        ..Q35
    },
];

/// What most targets with `virt` machines have in common.
const VIRT: BuiltIn = BuiltIn {
    name: "",
    arch: Arch::Aarch64,
    machines: Listed::Named(&[]),
    ports: ports::AT_MOST,
    headroom: Some(HEADROOM),
    offers: &[],
    videos: &["virtio", "ramfb", "none"],
    max_vcpus: 512,
    firmware: None,
    cpu: "cortex-a57",
    hugepages: Some(&[64, 2048, 32768, 1_048_576]),
};

/// What targets of the chipset q35 have in common.
const Q35: BuiltIn = BuiltIn {
    name: "",
    arch: Arch::X86_64,
    machines: Listed::Named(&[]),
    ports: ports::OF_Q35,
    headroom: Some(HEADROOM),
    offers: &[Offer::Spice, Offer::UsbRedirection],
    videos: &[],
    max_vcpus: 255,
    firmware: None,
    cpu: "",
    hugepages: None,
};

impl BuiltIn {
    fn profile(&self, virt_type: VirtType) -> Profile {
        let explicit = |(loader, template)| FirmwareChoice::Explicit(FirmwareFiles::raw(loader, template));
        let machines = self.machines.names();
        Profile {
            name: self.name.into(),
            arch: self.arch.clone(),
            machine: newest(&machines).unwrap_or_default(),
            machines,
            aliases: BTreeMap::new(),
            virt_type: self.arch.is_arm().then_some(virt_type),
            emulators: None,
            port_limit: self.ports,
            headroom: self.headroom,
            offers: self.offers.iter().copied().collect(),
            videos: self.videos.iter().map(|model| (*model).to_owned()).collect(),
            gic_versions: vec![2, 3],
            max_vcpus: self.max_vcpus,
            address_bits: ADDRESS_BITS,
            firmware: Some(self.firmware.map_or(FirmwareChoice::Automatic, explicit)),
            secure_firmware: None,
            firmware_images: BTreeSet::new(),
            fitting: None,
            emulated_cpu: self.cpu.into(),
            scsi_targets: SCSI_TARGETS,
            hugepages: self.hugepages.map(<[u64]>::to_vec),
            cpu: None,
            site: None,
            parts: Part::ALL.into(),
            assumptions: Vec::new(),
        }
    }
}

impl Profile {
    /// The names of the built-in profiles.
    pub fn names() -> impl Iterator<Item = &'static str> {
        BUILT_IN.iter().map(|one| one.name)
    }

    /// The built-in profile of this name, for guests run so; on x86 how they are run is left as it is.
    pub fn named(name: &str, virt_type: VirtType) -> Option<Self> {
        BUILT_IN.iter().find(|one| one.name == name).map(|one| one.profile(virt_type))
    }

    /// A guest's own host, for a rewrite that changes nothing of the machine.
    pub(in super::super) fn at_home(name: &str, arch: Arch, machine: String, virt_type: VirtType) -> Self {
        let blank = Q35.profile(virt_type.clone());
        Self { name: name.to_owned(), arch, machine, virt_type: Some(virt_type), ..blank }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::knowledge::MachineVersion;

    #[test]
    fn built_in_profiles_name_versioned_machines() {
        for name in Profile::names() {
            let profile = Profile::named(name, VirtType::Kvm).unwrap();
            assert_eq!(profile.nearest(&profile.machine), profile.machine, "{name}");
            assert!(profile.machines.iter().all(|m| MachineVersion::of(m).is_some()), "{name}");
        }
        assert_eq!(Profile::named("x86", VirtType::Kvm), None);
        let machine = |name| Profile::named(name, VirtType::Kvm).unwrap().machine;
        assert_eq!([machine("aarch64-virt"), machine("rhel-9-q35")], ["virt-10.0", "pc-q35-rhel9.4.0"]);
    }

    #[test]
    fn a_machine_stays_or_becomes_the_nearest() {
        let debian = Profile::named("debian-12-aarch64", VirtType::Kvm).unwrap();
        assert_eq!(
            ["virt-6.2", "virt-10.0", "virt", "virt-rhel7.6.0"].map(|m| debian.nearest(m)),
            ["virt-6.2", "virt-7.2", "virt-7.2", "virt-2.12"]
        );
    }
}

//! The target of a rewrite, as data.

use std::collections::BTreeSet;

use crate::knowledge::ports;
use crate::model::{Arch, VirtType};

/// Something that a target may or may not offer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Offer {
    /// SPICE graphics
    Spice,
    /// USB redirection
    UsbRedirection,
    /// A TPM (`tpm-tis`, version 2.0)
    Tpm,
    /// The panic device `pvpanic` on PCI (libvirt 9.1, QEMU 6.0)
    PanicDevice,
    /// The IOMMU `smmuv3` (libvirt 5.5, QEMU 3.0)
    Smmuv3,
    /// `os/firmware/feature`, told apart by libvirt 8.6 and newer
    FirmwareFeatures,
    /// The chosen firmware's files beside `firmware='efi'` (libvirt 9.2)
    FirmwareExpanded,
}

/// How a guest gets its UEFI.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum FirmwareChoice {
    /// `firmware='efi'`: libvirt chooses (libvirt 5.3 and newer).
    Automatic,
    /// By name, for older libvirt.
    Explicit {
        /// The file of the firmware.
        loader: String,
        /// The file that a guest's NVRAM is made from.
        nvram_template: String,
    },
}

/// What a guest is made fit for: one kind of aarch64 host, or the chipset q35 on x86.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    /// Its name.
    pub name: String,
    /// The architecture of the machine.
    pub arch: Arch,
    /// The machine type, versioned.
    pub machine: String,
    /// Every machine type of its family that the target lists; empty where only the
    /// newest is known, and older ones of the same making are taken to be there.
    pub machines: Vec<String>,
    /// How guests are run. From i440fx to q35 this does not change, nor does anything that is said below but of ports.
    pub virt_type: VirtType,
    /// How many `PCIe` root ports a machine can have.
    pub port_limit: u32,
    /// How many root ports are left free for devices to come; `None` allocates all there can be.
    pub headroom: Option<u32>,
    /// What the target offers.
    pub offers: BTreeSet<Offer>,
    /// The video models it takes.
    pub videos: Vec<String>,
    /// The versions of the GIC it gives.
    pub gic_versions: Vec<u32>,
    /// How many vCPUs the machine type takes.
    pub max_vcpus: u32,
    /// How many bits of physical addresses its guests have.
    pub address_bits: u32,
    /// How its guests get their UEFI.
    pub firmware: FirmwareChoice,
    /// The CPU model for guests that are emulated.
    pub emulated_cpu: String,
    /// How many targets of a virtio-scsi controller get disks, 8 logical units each.
    pub scsi_targets: u32,
    /// The sizes of huge pages it has, in KiB.
    pub hugepages: Vec<u64>,
    /// What was not known of the target, and what is taken to be so.
    pub assumptions: Vec<String>,
}

/// Bits of physical addresses: an emulated Cortex-A57 or A72 has these (observed: QEMU 7.2). Taken for a host's as well
/// where they are unknown.
pub(super) const ADDRESS_BITS: u32 = 44;
/// Root ports left free where nothing else is asked for.
pub const HEADROOM: u32 = 4;
/// Targets of a virtio-scsi controller that UEFI looks at (edk2, `PcdVirtioScsiMaxTargetLimit`: 31, counted from 0); QEMU
/// has 256.
pub const SCSI_TARGETS: u32 = 32;

struct BuiltIn {
    name: &'static str,
    arch: Arch,
    machine: &'static str,
    ports: u32,
    headroom: Option<u32>,
    offers: &'static [Offer],
    max_vcpus: u32,
    /// Loader and NVRAM template, where libvirt cannot choose.
    firmware: Option<(&'static str, &'static str)>,
    cpu: &'static str,
    hugepages: &'static [u64],
}

/// Profiles without a host. Sources: libvirt 11.3 and QEMU 10.0 (tests/qemucapabilitiesdata) for
/// the newest; Debian 12's libvirt 9.0 and QEMU 7.2 as installed; RHEL 9.4's machine types; and
/// libvirt 4.5 with QEMU 2.12 as Kunpeng 920 servers were first shipped with, on a kernel of
/// 64 KiB pages.
const BUILT_IN: &[BuiltIn] = &[
    BuiltIn {
        name: "aarch64-virt",
        arch: Arch::Aarch64,
        machine: "virt-10.0",
        ports: ports::AT_MOST,
        headroom: Some(HEADROOM),
        offers: &[
            Offer::Spice,
            Offer::UsbRedirection,
            Offer::Tpm,
            Offer::PanicDevice,
            Offer::Smmuv3,
            Offer::FirmwareFeatures,
            Offer::FirmwareExpanded,
        ],
        max_vcpus: 512,
        firmware: None,
        cpu: "cortex-a72",
        hugepages: &[64, 2048, 32768, 1_048_576],
    },
    BuiltIn {
        name: "debian-12-aarch64",
        arch: Arch::Aarch64,
        machine: "virt-7.2",
        ports: ports::AT_MOST,
        headroom: Some(HEADROOM),
        offers: &[Offer::Spice, Offer::UsbRedirection, Offer::Tpm, Offer::Smmuv3, Offer::FirmwareFeatures],
        max_vcpus: 512,
        firmware: None,
        cpu: "cortex-a72",
        hugepages: &[64, 2048, 32768, 1_048_576],
    },
    BuiltIn {
        name: "rhel-aarch64",
        arch: Arch::Aarch64,
        machine: "virt-rhel9.4.0",
        ports: ports::AT_MOST,
        headroom: Some(HEADROOM),
        offers: &[Offer::Tpm, Offer::Smmuv3, Offer::FirmwareFeatures, Offer::FirmwareExpanded],
        max_vcpus: 512,
        firmware: None,
        cpu: "cortex-a57",
        hugepages: &[64, 2048, 32768, 1_048_576],
    },
    BuiltIn {
        name: "kunpeng-qemu-2.12",
        arch: Arch::Aarch64,
        machine: "virt-2.12",
        ports: ports::OF_OLD_QEMU,
        headroom: None,
        offers: &[],
        max_vcpus: 255,
        firmware: Some(("/usr/share/AAVMF/AAVMF_CODE.fd", "/usr/share/AAVMF/AAVMF_VARS.fd")),
        cpu: "cortex-a57",
        hugepages: &[2048, 524_288],
    },
    BuiltIn { name: "x86_64-q35", machine: "pc-q35-10.0", ..Q35 },
    BuiltIn { name: "debian-12-q35", machine: "pc-q35-7.2", ..Q35 },
];

/// What targets of the chipset q35 have in common.
const Q35: BuiltIn = BuiltIn {
    name: "",
    arch: Arch::X86_64,
    machine: "",
    ports: ports::OF_Q35,
    headroom: Some(HEADROOM),
    offers: &[],
    max_vcpus: 255,
    firmware: None,
    cpu: "",
    hugepages: &[],
};

impl BuiltIn {
    fn profile(&self, virt_type: VirtType) -> Profile {
        let explicit = |(loader, template): (&str, &str)| FirmwareChoice::Explicit {
            loader: loader.into(),
            nvram_template: template.into(),
        };
        Profile {
            name: self.name.into(),
            arch: self.arch.clone(),
            machine: self.machine.into(),
            machines: Vec::new(),
            virt_type,
            port_limit: self.ports,
            headroom: self.headroom,
            offers: self.offers.iter().copied().collect(),
            videos: ["virtio", "ramfb", "none"].map(str::to_owned).to_vec(),
            gic_versions: vec![2, 3],
            max_vcpus: self.max_vcpus,
            address_bits: ADDRESS_BITS,
            firmware: self.firmware.map_or(FirmwareChoice::Automatic, explicit),
            emulated_cpu: self.cpu.into(),
            scsi_targets: SCSI_TARGETS,
            hugepages: self.hugepages.to_vec(),
            assumptions: Vec::new(),
        }
    }
}

impl Profile {
    /// The names of the built-in profiles.
    pub fn names() -> impl Iterator<Item = &'static str> {
        BUILT_IN.iter().map(|one| one.name)
    }

    /// The built-in profile of this name, for guests run so.
    pub fn named(name: &str, virt_type: VirtType) -> Option<Self> {
        BUILT_IN.iter().find(|one| one.name == name).map(|one| one.profile(virt_type))
    }

    /// Whether the target offers `what`.
    pub fn offers(&self, what: Offer) -> bool {
        self.offers.contains(&what)
    }

    /// Whether the target has the machine type `machine`, and it is no alias.
    pub fn has_machine(&self, machine: &str) -> bool {
        if !self.machines.is_empty() {
            return self.machines.iter().any(|known| known == machine);
        }
        match (MachineVersion::of(machine), MachineVersion::of(&self.machine)) {
            (Some(asked), Some(newest)) => {
                (asked.family, asked.maker) == (newest.family, newest.maker) && asked <= newest
            }
            _ => machine == self.machine,
        }
    }
}

/// A versioned machine type: `virt-7.2`, `virt-rhel9.4.0`, `pc-q35-7.2`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct MachineVersion<'n> {
    /// `virt` or `pc-q35`.
    family: &'static str,
    /// Upstream, or who made it; upstream is above all others.
    pub(super) maker: std::cmp::Reverse<&'n str>,
    numbers: Vec<u32>,
}

impl<'n> MachineVersion<'n> {
    /// The version in `machine`; `None` for an alias and for other families.
    pub(super) fn of(machine: &'n str) -> Option<Self> {
        let of = |family: &'static str| Some((family, machine.strip_prefix(family)?.strip_prefix('-')?));
        let (family, version) = ["virt", "pc-q35"].into_iter().find_map(of)?;
        let (maker, numbers) = version.split_at(version.find(|c: char| c.is_ascii_digit())?);
        let numbers = numbers.split('.').map(str::parse).collect::<Result<_, _>>().ok()?;
        Some(Self { family, maker: std::cmp::Reverse(maker), numbers })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn built_in_profiles_name_versioned_machines() {
        for name in Profile::names() {
            let profile = Profile::named(name, VirtType::Kvm).unwrap();
            assert!(MachineVersion::of(&profile.machine).is_some(), "{name}");
            assert!(profile.has_machine(&profile.machine), "{name}");
        }
        assert_eq!(Profile::named("x86", VirtType::Kvm), None);
    }

    #[test]
    fn older_machines_of_the_same_maker_are_there() {
        let debian = Profile::named("debian-12-aarch64", VirtType::Kvm).unwrap();
        assert!(debian.has_machine("virt-6.2"));
        assert!(!debian.has_machine("virt-10.0") && !debian.has_machine("virt"));
        assert!(!debian.has_machine("virt-rhel7.6.0") && !debian.has_machine("pc-q35-6.2"));
    }
}

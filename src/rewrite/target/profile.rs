//! The target of a rewrite, as data.

use std::collections::{BTreeMap, BTreeSet};

use super::super::part::Part;
use super::fitting::Fitting;
use super::offer::Offer;
use super::pinned::PinnedCpu;
use super::shelf::FirmwareChoice;
use super::site::Site;
use crate::knowledge::{MachineVersion, nearest_machine};
use crate::model::{Arch, MachineFamily, VirtType, machine_family};

/// What a guest is made fit for: one kind of aarch64 or x86 host, or several that are unlike.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    /// Its name.
    pub name: String,
    /// The architecture of the machine.
    pub arch: Arch,
    /// The newest machine type of its family that the target lists.
    pub machine: String,
    /// Every versioned machine type of that family that the target lists.
    pub machines: Vec<String>,
    /// What unversioned machine types stand for where the guest comes from.
    pub aliases: BTreeMap<String, String>,
    /// How guests are run; `None` leaves that as it is.
    pub virt_type: Option<VirtType>,
    /// The emulators that it has for the architecture; `None` where that is unknown.
    pub emulators: Option<BTreeSet<String>>,
    /// How many `PCIe` root ports a machine can have.
    pub port_limit: u32,
    /// How many root ports are left free for devices to come; `None` allocates all there can be.
    pub headroom: Option<u32>,
    /// What the target offers. On x86 what is not known to be missing is taken to be there.
    pub offers: BTreeSet<Offer>,
    /// The video models it takes; empty where that is unknown.
    pub videos: Vec<String>,
    /// The versions of the GIC it gives.
    pub gic_versions: Vec<u32>,
    /// How many vCPUs the machine type takes.
    pub max_vcpus: u32,
    /// How many bits of physical addresses its guests have.
    pub address_bits: u32,
    /// How its guests get their UEFI; `None` where an x86 target is not known to have one.
    pub firmware: Option<FirmwareChoice>,
    /// How those with Secure Boot get theirs; `None` where no firmware with enrolled keys is known.
    pub secure_firmware: Option<FirmwareChoice>,
    /// The firmware images, and templates of variables, that it is known to have; empty where no document tells of any.
    pub firmware_images: BTreeSet<String>,
    /// What becomes of a wish for a guest's firmware.
    pub fitting: Option<Fitting>,
    /// The CPU model for guests that are emulated.
    pub emulated_cpu: String,
    /// How many targets of a virtio-scsi controller get disks, 8 logical units each.
    pub scsi_targets: u32,
    /// The sizes of huge pages it has, in KiB; `None` leaves them as they are.
    pub hugepages: Option<Vec<u64>>,
    /// The CPU that the guest is pinned to; `None` leaves an x86 guest's as it is.
    pub cpu: Option<PinnedCpu>,
    /// The host, where one is meant and not a kind of hosts.
    pub site: Option<Site>,
    /// The parts of the guest that are rewritten.
    pub parts: BTreeSet<Part>,
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

/// The newest of these machine types, where one is versioned.
pub(super) fn newest(machines: &[String]) -> Option<String> {
    let versioned = machines.iter().filter_map(|name| Some((MachineVersion::of(name)?.newness(), name)));
    versioned.max_by(|(one, _), (other, _)| one.cmp(other)).map(|(_, name)| name.clone())
}

impl Profile {
    /// Whether the target offers `what`.
    pub fn offers(&self, what: Offer) -> bool {
        self.offers.contains(&what)
    }

    /// The family of its machine types.
    pub fn family(&self) -> Option<MachineFamily> {
        machine_family(&self.machine)
    }

    /// What `machine` stands for where the guest comes from; itself where it is no alias.
    pub fn resolved<'m>(&'m self, machine: &'m str) -> &'m str {
        self.aliases.get(machine).map_or(machine, String::as_str)
    }

    /// The target's machine type that is nearest to `machine`, which is of its family; the newest where `machine` is not versioned.
    pub fn nearest(&self, machine: &str) -> &str {
        let listed = self.machines.iter().map(String::as_str);
        nearest_machine(machine, listed).unwrap_or(&self.machine)
    }
}

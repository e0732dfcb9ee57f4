//! How many PCI Express ports a guest of ARM's `virt` can have.

use crate::model::Version;

/// The newest QEMU with which only [`OF_OLD_QEMU`] ports come up.
const OLD_QEMU: Version = Version::new(2, 12, u32::MAX);

/// With QEMU 2.12 and older: found by bisection on a Kunpeng 920, where a guest with more ports
/// does not boot.
pub const OF_OLD_QEMU: u32 = 15;

/// Root ports that libvirt packs into one slot of bus 0, a function each (`qemuDomainAssignPCIAddresses`, libvirt 9.0).
pub const OF_SLOT: u32 = 8;

/// Slots 1 to 31 of bus 0 (observed: libvirt 9.0 with QEMU 7.2 defines and starts 248 ports, and refuses 249). A device
/// that needs I/O ports gets them behind any root port (observed: a pci-serial behind the 20th of 24, AAVMF 2022.11).
pub const AT_MOST: u32 = 31 * OF_SLOT;

/// The same on q35, where slot 31 is the ICH9's; its USB, its sound and the first display adapter take slots 29, 26, 27
/// and 1 where a guest has them (observed: 240, 232 with one of them, 224 with two; libvirt 9.0, QEMU 7.2).
pub const OF_Q35: u32 = 30 * OF_SLOT;

/// Where `OpenStack` Nova manages the guest: the most that its option `num_pcie_ports` takes.
pub const OF_NOVA: u32 = 28;

/// How many root ports a guest of `virt` can have with this QEMU.
pub fn limit(qemu: Version) -> u32 {
    if qemu <= OLD_QEMU { OF_OLD_QEMU } else { AT_MOST }
}

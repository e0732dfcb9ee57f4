//! How many PCI Express ports a guest of ARM's `virt` can have.

use crate::model::Version;

/// The newest QEMU with which only [`OF_OLD_QEMU`] ports come up.
const OLD_QEMU: Version = Version::new(2, 12, u32::MAX);

/// With QEMU 2.12 and older: found by bisection on a Kunpeng 920, where a guest with more ports
/// does not boot.
pub const OF_OLD_QEMU: u32 = 15;

/// libvirt packs 8 root ports into each of slots 1 to 31 of bus 0 (`qemuDomainAssignPCIAddresses`,
/// libvirt 9.0; 248 defined and started with QEMU 7.2).
pub const AT_MOST: u32 = 248;

/// The same on q35, where the chipset's own devices take slots 1, 26, 27, 29 and 31 (libvirt 9.0).
pub const OF_Q35: u32 = 208;

/// Where `OpenStack` Nova manages the guest: the most that its option `num_pcie_ports` takes.
pub const OF_NOVA: u32 = 28;

/// How many root ports a guest of `virt` can have with this QEMU.
pub fn limit(qemu: Version) -> u32 {
    if qemu <= OLD_QEMU { OF_OLD_QEMU } else { AT_MOST }
}

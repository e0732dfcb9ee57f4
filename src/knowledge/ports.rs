//! How many PCI Express ports a guest of ARM's `virt` can have.

use crate::model::Version;

/// The newest QEMU with which only [`OLD_LIMIT`] ports come up.
const OLD_QEMU: Version = Version::new(2, 12, u32::MAX);
/// Found by bisection on a Kunpeng 920 with QEMU 2.12: with more ports the guest does not boot.
const OLD_LIMIT: usize = 15;
/// libvirt packs 8 root ports into each of slots 1 to 31 of bus 0 (`qemuDomainAssignPCIAddresses`,
/// libvirt 9.0; 248 defined and started with QEMU 7.2).
const LIBVIRT_LIMIT: usize = 248;

/// How many root ports a guest of `virt` can have with this QEMU.
pub fn limit(qemu: Version) -> usize {
    if qemu <= OLD_QEMU { OLD_LIMIT } else { LIBVIRT_LIMIT }
}

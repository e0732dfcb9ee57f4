//! ARM: whether a guest with `host-passthrough` can move live from one host to another.
//!
//! There is no baseline and, under KVM, no named model: the guest sees the host's identification
//! registers, and on arrival QEMU writes the source's values into the destination's KVM. KVM takes
//! `MIDR_EL1` only as it is (Linux, `arch/arm64/kvm/sys_regs.c`, invariant registers), and of the
//! feature registers only values that promise no more than the host has. So the question has a
//! direction.

mod given;
mod groups;
mod hwcaps;
mod judge;
mod named;
mod path;
mod pointers;
mod vectors;
pub mod virsh;

#[cfg(test)]
mod tests;

pub use given::{Given, required_vector, required_vectors};
pub use groups::{ArmEdge, ArmGroups, ArmHost, arm_groups};
pub use hwcaps::guest_hwcaps;
pub use judge::{cores, revisions};
pub use named::given_under_kvm;
pub use vectors::{Longest, longest_vector};

use std::collections::BTreeSet;

use crate::cpu::difference::{compare, same};
use crate::cpu::{Aspect, Bearing, Difference};
use crate::model::{Arch, Fact, Platform, Version, VirtType};

/// Every aspect that bears on a live move from `source` to `destination`, for and against, of a
/// guest that is given this much of its host's CPU.
pub fn passthrough_differences(source: &Platform, destination: &Platform, given: &Given) -> Vec<Difference> {
    let (from, to) = (&source.cpu, &destination.cpu);
    let gic = |from: &_, to: &_| judge::judge_gic(from, to, given.gic);
    let mut all = vec![
        compare(Aspect::Core, &from.midrs, &to.midrs, judge::cores, judge::judge_cores),
        compare(Aspect::Revision, &from.midrs, &to.midrs, judge::revisions, judge::judge_revisions),
        hwcaps::difference(source, destination, given),
        compare(Aspect::Gic, &gics(source), &gics(destination), hwcaps::words, gic),
        compare(
            Aspect::IpaBits,
            &from.ipa_bits,
            &to.ipa_bits,
            |bits| format!("{bits} bits"),
            |from, to| judge::judge_ipa(*from, *to),
        ),
        compare(Aspect::PageSizes, &from.page_sizes, &to.page_sizes, judge::sizes, judge::judge_sizes),
        compare(
            Aspect::KvmMode,
            &from.kvm_mode,
            &to.kvm_mode,
            |mode| judge::mode(*mode),
            |a, b| judge::judge_mode([*a, *b]),
        ),
        compare(Aspect::Kernel, &source.kernel, &destination.kernel, String::clone, same),
        compare(Aspect::Qemu, &source.qemu, &destination.qemu, Version::to_string, judge::judge_qemu),
    ];
    // The revisions of different cores say nothing more.
    let other_cores = all.iter().any(|one| one.aspect == Aspect::Core && one.bearing == Bearing::Blocks);
    all.retain(|one| one.aspect != Aspect::Revision || !other_cores);
    all.extend(vectors::difference(source, destination, given));
    all.extend(pointers::difference(source, destination, given));
    if let Some(path) = path::path(source, destination) {
        path::soften(&mut all, path);
        all.push(path::difference(path, source, destination));
    }
    all
}

/// What would change a difference of this aspect.
pub fn remedy(aspect: Aspect) -> Option<&'static str> {
    Some(match aspect {
        Aspect::Core => "move the guest shut down, or to a host of the same cores",
        Aspect::Revision => "move the guest shut down, or to a host of the same revision",
        Aspect::Features => {
            "bring firmware settings, boot options and kernels of both hosts to the same, or move the guest shut down"
        }
        Aspect::VectorLength => {
            "require in the guest's <cpu> the longest sveN that both hosts have, or disable sve, and start it anew"
        }
        Aspect::PointerAuthentication => {
            "disable pauth in the guest's <cpu> (libvirt 10.6 and newer) and start it anew, or move it shut down"
        }
        Aspect::Gic => {
            "name a GIC version that both hosts offer (features/gic@version), and start the guest anew"
        }
        Aspect::IpaBits => "move the guest shut down",
        Aspect::PageSizes => "boot both hosts with kernels of the same page size",
        Aspect::KvmMode => "boot both hosts with the same kvm-arm.mode",
        Aspect::Kernel => "bring both hosts to the same kernel",
        Aspect::Qemu => "bring both hosts to the same QEMU",
        Aspect::VendorPath => {
            "bring both hosts to what the vendor asks for, and try it with a guest that nobody needs"
        }
        Aspect::Model | Aspect::Microcode => return None,
    })
}

/// The GICs that guests can have: by `domcapabilities`, else by the kernel's messages.
fn gics(host: &Platform) -> Fact<BTreeSet<String>> {
    let kvm =
        |c: &&crate::model::Capability| c.arch.value == Arch::Aarch64 && c.virt_type.value == VirtType::Kvm;
    let told = host.capabilities.iter().filter(kvm).find_map(|c| c.gic_versions.get());
    if let Some(told) = told {
        return Fact::known(told.value.iter().cloned().collect(), told.place);
    }
    match host.cpu.gic.ask() {
        // A GICv4 gives its guests a GICv3.
        Ok(gic) => Fact::known(BTreeSet::from([gic.value.min(3).to_string()]), gic.place),
        Err(document) => Fact::Unknown(document),
    }
}

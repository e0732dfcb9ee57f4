//! ARM: whether a guest with `host-passthrough` can move live from one host to another.
//!
//! There is no baseline and, under KVM, no named model: the guest sees the host's identification
//! registers, and on arrival QEMU writes the source's values into the destination's KVM. KVM takes
//! `MIDR_EL1` only as it is (Linux, `arch/arm64/kvm/sys_regs.c`, invariant registers), and of the
//! feature registers only values that promise no more than the host has. So the question has a
//! direction.

mod groups;
pub mod virsh;

pub use groups::{ArmEdge, ArmGroups, ArmHost, arm_groups};

use std::collections::BTreeSet;

use crate::cpu::difference::{Judgement, compare, either, plain, same, within};
use crate::cpu::{Aspect, Bearing, Difference};
use crate::knowledge::arm::{VendorPath, core, vendor_path};
use crate::model::{Arch, DocumentKind, Fact, KvmMode, Memory, Midr, Platform, Version, VirtType};

/// Every aspect that bears on a live move from `source` to `destination`, for and against.
pub fn passthrough_differences(source: &Platform, destination: &Platform) -> Vec<Difference> {
    let (from, to) = (&source.cpu, &destination.cpu);
    let mut all = vec![
        compare(Aspect::Core, &from.midrs, &to.midrs, cores, judge_cores),
        compare(Aspect::Revision, &from.midrs, &to.midrs, revisions, judge_revisions),
        compare(Aspect::Features, &hwcaps(source), &hwcaps(destination), words, judge_hwcaps),
        compare(Aspect::Gic, &gics(source), &gics(destination), words, judge_gic),
        compare(Aspect::IpaBits, &from.ipa_bits, &to.ipa_bits, u32::to_string, |from, to| {
            judge_ipa(*from, *to)
        }),
        compare(Aspect::PageSizes, &from.page_sizes, &to.page_sizes, sizes, judge_sizes),
        compare(
            Aspect::KvmMode,
            &from.kvm_mode,
            &to.kvm_mode,
            |mode| format!("{mode:?}"),
            |a, b| judge_mode([*a, *b]),
        ),
        compare(Aspect::Kernel, &source.kernel, &destination.kernel, String::clone, same),
        compare(Aspect::Qemu, &source.qemu, &destination.qemu, Version::to_string, judge_qemu),
    ];
    if let Some(path) = path(source, destination) {
        soften(&mut all, path);
        all.push(judge_path(path, source, destination));
    }
    all
}

/// The way between all the cores of two hosts that their vendor supports.
fn path(source: &Platform, destination: &Platform) -> Option<&'static VendorPath> {
    let (from, to) = (source.cpu.midrs.value()?, destination.cpu.midrs.value()?);
    let mut ways = from.iter().flat_map(|&one| to.iter().map(move |&other| vendor_path(one, other)));
    let first = ways.next()??;
    ways.all(|way| way == Some(first)).then_some(first)
}

/// On a way that the vendor supports, other cores are a doubt and no longer a bar.
fn soften(all: &mut [Difference], path: &VendorPath) {
    for difference in all.iter_mut().filter(|d| matches!(d.aspect, Aspect::Core | Aspect::Revision)) {
        difference.bearing = difference.bearing.min(Bearing::Doubts);
        difference.note = Some(path.source.to_owned());
    }
}

fn judge_path(path: &VendorPath, source: &Platform, destination: &Platform) -> Difference {
    let judge = |one: &(Version, Version), other: &(Version, Version)| {
        let enough = |have: &(Version, Version)| have.0 >= path.kernel && have.1 >= path.qemu;
        let note =
            format!("needs kernel {} and QEMU {} on both hosts: {}", path.kernel, path.qemu, path.source);
        let bearing = if enough(one) && enough(other) { Bearing::Doubts } else { Bearing::Blocks };
        (bearing, Vec::new(), Some(note))
    };
    let show = |have: &(Version, Version)| format!("kernel {}, QEMU {}", have.0, have.1);
    compare(Aspect::VendorPath, &versions(source), &versions(destination), show, judge)
}

/// Kernel and QEMU of a host.
fn versions(host: &Platform) -> Fact<(Version, Version)> {
    let qemu = match host.qemu.ask() {
        Ok(qemu) => qemu,
        Err(document) => return Fact::Unknown(document),
    };
    match host.kernel.get().and_then(|kernel| Version::parse(&kernel.value).zip(Some(kernel.place))) {
        Some((kernel, place)) => Fact::known((kernel, qemu.value), place),
        None => Fact::Unknown(DocumentKind::Uname),
    }
}

/// The HWCAP names: what Linux tells, else `capabilities`, which has the same names on ARM.
fn hwcaps(host: &Platform) -> Fact<BTreeSet<String>> {
    either(&host.cpu.flags, &host.cpu.features)
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

fn judge_cores(from: &BTreeSet<Midr>, to: &BTreeSet<Midr>) -> Judgement {
    let parts = |set: &BTreeSet<Midr>| -> BTreeSet<_> {
        set.iter().map(|midr| (midr.implementer(), midr.part())).collect()
    };
    let (from, to) = (parts(from), parts(to));
    if from != to {
        return plain(Bearing::Blocks);
    }
    if from.len() > 1 {
        let note = "the host has cores of several kinds, and a guest's may land on any".to_owned();
        return (Bearing::Doubts, Vec::new(), Some(note));
    }
    plain(Bearing::Agrees)
}

fn judge_revisions(from: &BTreeSet<Midr>, to: &BTreeSet<Midr>) -> Judgement {
    plain(if from == to { Bearing::Agrees } else { Bearing::Blocks })
}

fn judge_hwcaps(from: &BTreeSet<String>, to: &BTreeSet<String>) -> Judgement {
    within(from, to, |more| {
        format!("the destination has more ({more}): KVM must take the source's lower values")
    })
}

fn judge_gic(from: &BTreeSet<String>, to: &BTreeSet<String>) -> Judgement {
    let lost: Vec<String> = from.difference(to).cloned().collect();
    match (lost.is_empty(), from.is_disjoint(to)) {
        (true, _) => plain(Bearing::Agrees),
        (false, true) => (Bearing::Blocks, lost, None),
        (false, false) => (Bearing::Doubts, lost, Some("it depends on the guest's GIC".to_owned())),
    }
}

fn judge_ipa(from: u32, to: u32) -> Judgement {
    plain(match to.cmp(&from) {
        std::cmp::Ordering::Less => Bearing::Blocks,
        std::cmp::Ordering::Equal => Bearing::Agrees,
        std::cmp::Ordering::Greater => Bearing::Doubts,
    })
}

fn judge_sizes(from: &BTreeSet<Memory>, to: &BTreeSet<Memory>) -> Judgement {
    let lost: Vec<String> = from.difference(to).map(Memory::to_string).collect();
    let same_base = from.first() == to.first();
    let bearing = if lost.is_empty() && same_base { Bearing::Agrees } else { Bearing::Doubts };
    let note = (!same_base).then(|| "the kernels' own page sizes differ".to_owned());
    (bearing, lost, note)
}

fn judge_mode(modes: [KvmMode; 2]) -> Judgement {
    let protected = modes.contains(&KvmMode::Protected);
    plain(if protected { Bearing::Doubts } else { Bearing::Agrees })
}

/// Forward is what QEMU's machine types are for; backward depends on the guest's machine type.
fn judge_qemu(from: &Version, to: &Version) -> Judgement {
    plain(if to >= from { Bearing::Agrees } else { Bearing::Doubts })
}

fn cores(midrs: &BTreeSet<Midr>) -> String {
    let names: BTreeSet<String> = midrs.iter().map(|&midr| core(midr).name).collect();
    names.into_iter().collect::<Vec<_>>().join(", ")
}

fn revisions(midrs: &BTreeSet<Midr>) -> String {
    let each = midrs
        .iter()
        .map(|&midr| format!("{} r{}p{} ({midr})", core(midr).name, midr.variant(), midr.revision()));
    each.collect::<Vec<_>>().join(", ")
}

fn words(set: &BTreeSet<String>) -> String {
    set.iter().map(String::as_str).collect::<Vec<_>>().join(" ")
}

fn sizes(set: &BTreeSet<Memory>) -> String {
    set.iter().map(Memory::to_string).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::{Place, Sources, Span};

    fn fact<T>(value: T) -> Fact<T> {
        let source = Sources::default().add("test", "");
        Fact::known(value, Place { source, span: Span::new(0, 0) })
    }

    fn host(midr: u32, hwcaps: &str, kernel: &str, qemu: Version) -> Platform {
        let mut host = Platform::unknown();
        host.cpu.midrs = fact(BTreeSet::from([Midr(midr)]));
        host.cpu.flags = fact(hwcaps.split(' ').map(str::to_owned).collect());
        host.cpu.gic = fact(3);
        host.cpu.ipa_bits = fact(48);
        host.cpu.page_sizes = fact(BTreeSet::from([Memory::kib(4), Memory::mib(2)]));
        host.cpu.kvm_mode = fact(KvmMode::Vhe);
        host.kernel = fact(kernel.to_owned());
        host.qemu = fact(qemu);
        host
    }

    const KUNPENG: u32 = 0x481f_d010;
    const NEWER: u32 = 0x480f_d020;

    fn bearing(all: &[Difference], aspect: Aspect) -> Option<Bearing> {
        all.iter().find(|difference| difference.aspect == aspect).map(|difference| difference.bearing)
    }

    #[test]
    fn like_hosts_agree_in_everything() {
        let host = host(KUNPENG, "fp asimd", "6.6.0", Version::new(8, 2, 0));
        let all = passthrough_differences(&host, &host);
        assert!(all.iter().all(|difference| difference.bearing == Bearing::Agrees), "{all:#?}");
    }

    #[test]
    fn what_is_not_known_stays_unknown() {
        let host = host(KUNPENG, "fp asimd", "6.6.0", Version::new(8, 2, 0));
        let all = passthrough_differences(&host, &Platform::unknown());
        assert!(all.iter().all(|difference| difference.bearing == Bearing::Unknown), "{all:#?}");
        assert_eq!(all[0].destination.ask(), Err(DocumentKind::CpuInfo));
    }

    #[test]
    fn features_have_a_direction() {
        let small = host(KUNPENG, "fp asimd", "6.6.0", Version::new(8, 2, 0));
        let large = host(KUNPENG, "fp asimd sve", "6.6.0", Version::new(9, 0, 0));
        let down = passthrough_differences(&large, &small);
        assert_eq!(bearing(&down, Aspect::Features), Some(Bearing::Blocks));
        assert_eq!(down[2].lost, ["sve"]);
        assert_eq!(bearing(&down, Aspect::Qemu), Some(Bearing::Doubts));
        let up = passthrough_differences(&small, &large);
        assert_eq!(bearing(&up, Aspect::Features), Some(Bearing::Doubts));
        assert_eq!(bearing(&up, Aspect::Qemu), Some(Bearing::Agrees));
    }

    #[test]
    fn another_core_bars_the_way_unless_its_vendor_supports_it() {
        let old = host(KUNPENG, "fp", "6.6.0", Version::new(8, 2, 0));
        let new = host(NEWER, "fp", "6.6.0-100.oe2403", Version::new(8, 2, 0));
        let there = passthrough_differences(&old, &new);
        assert_eq!(bearing(&there, Aspect::Core), Some(Bearing::Doubts));
        assert_eq!(bearing(&there, Aspect::VendorPath), Some(Bearing::Doubts));
        let back = passthrough_differences(&new, &old);
        assert_eq!(bearing(&back, Aspect::Core), Some(Bearing::Blocks));
        assert_eq!(bearing(&back, Aspect::VendorPath), None);
        let early = host(KUNPENG, "fp", "5.10.0", Version::new(8, 2, 0));
        let too_early = passthrough_differences(&early, &new);
        assert_eq!(bearing(&too_early, Aspect::VendorPath), Some(Bearing::Blocks));
    }

    #[test]
    fn a_smaller_ipa_and_an_older_gic_bar_the_way() {
        let one = host(KUNPENG, "fp", "6.6.0", Version::new(8, 2, 0));
        let mut other = one.clone();
        other.cpu.ipa_bits = fact(40);
        other.cpu.gic = fact(2);
        let all = passthrough_differences(&one, &other);
        assert_eq!(bearing(&all, Aspect::IpaBits), Some(Bearing::Blocks));
        assert_eq!(bearing(&all, Aspect::Gic), Some(Bearing::Blocks));
        other.cpu.gic = fact(4);
        assert_eq!(bearing(&passthrough_differences(&one, &other), Aspect::Gic), Some(Bearing::Agrees));
    }

    #[test]
    fn cores_of_several_kinds_are_a_doubt() {
        let mut mixed = host(KUNPENG, "fp", "6.6.0", Version::new(8, 2, 0));
        mixed.cpu.midrs = fact(BTreeSet::from([Midr(0x410f_d034), Midr(0x410f_d083)]));
        let all = passthrough_differences(&mixed, &mixed);
        assert_eq!(bearing(&all, Aspect::Core), Some(Bearing::Doubts));
    }
}

//! What two values of an aspect mean for a live move, and how they are shown.

use std::collections::BTreeSet;

use crate::cpu::Bearing;
use crate::cpu::difference::{Judgement, plain};
use crate::knowledge::arm::core;
use crate::model::{KvmMode, Memory, Midr, Name, Version};

pub(super) fn judge_cores(from: &BTreeSet<Midr>, to: &BTreeSet<Midr>) -> Judgement {
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

pub(super) fn judge_revisions(from: &BTreeSet<Midr>, to: &BTreeSet<Midr>) -> Judgement {
    plain(if from == to { Bearing::Agrees } else { Bearing::Blocks })
}

/// Where the guest's definition names its GIC, no other counts.
pub(super) fn judge_gic(from: &BTreeSet<String>, to: &BTreeSet<String>, named: Option<u32>) -> Judgement {
    if let Some(named) = named.map(|version| version.to_string()) {
        return if to.contains(&named) {
            plain(Bearing::Agrees)
        } else {
            (Bearing::Blocks, vec![named.into()], None)
        };
    }
    let lost: Vec<Name> = from.difference(to).map(Name::from).collect();
    match (lost.is_empty(), from.is_disjoint(to)) {
        (true, _) => plain(Bearing::Agrees),
        (false, true) => (Bearing::Blocks, lost, None),
        (false, false) => (Bearing::Doubts, lost, Some("it depends on the guest's GIC".to_owned())),
    }
}

pub(super) fn judge_ipa(from: u32, to: u32) -> Judgement {
    plain(match to.cmp(&from) {
        std::cmp::Ordering::Less => Bearing::Blocks,
        std::cmp::Ordering::Equal => Bearing::Agrees,
        std::cmp::Ordering::Greater => Bearing::Doubts,
    })
}

pub(super) fn judge_sizes(from: &BTreeSet<Memory>, to: &BTreeSet<Memory>) -> Judgement {
    let lost: Vec<Name> = from.difference(to).map(|size| size.to_string().into()).collect();
    let same_base = from.first() == to.first();
    let bearing = if lost.is_empty() && same_base { Bearing::Agrees } else { Bearing::Doubts };
    let note = (!same_base).then(|| "the kernels' own page sizes differ".to_owned());
    (bearing, lost, note)
}

pub(super) fn judge_mode(modes: [KvmMode; 2]) -> Judgement {
    if modes.contains(&KvmMode::Protected) {
        let note = "a protected KVM keeps parts of guests to itself".to_owned();
        return (Bearing::Doubts, Vec::new(), Some(note));
    }
    plain(Bearing::Agrees)
}

/// Forward is what QEMU's machine types are for; backward depends on the guest's machine type.
pub(super) fn judge_qemu(from: &Version, to: &Version) -> Judgement {
    plain(if to >= from { Bearing::Agrees } else { Bearing::Doubts })
}

/// The names of cores.
pub fn cores(midrs: &BTreeSet<Midr>) -> String {
    let names: BTreeSet<String> = midrs.iter().map(|&midr| core(midr).name).collect();
    names.into_iter().collect::<Vec<_>>().join(", ")
}

/// The names of cores with their revisions and registers.
pub fn revisions(midrs: &BTreeSet<Midr>) -> String {
    let each = midrs
        .iter()
        .map(|&midr| format!("{} r{}p{} ({midr})", core(midr).name, midr.variant(), midr.revision()));
    each.collect::<Vec<_>>().join(", ")
}

pub(super) fn sizes(set: &BTreeSet<Memory>) -> String {
    set.iter().map(Memory::to_string).collect::<Vec<_>>().join(", ")
}

/// How KVM runs, as its documentation spells it.
pub(super) fn mode(mode: KvmMode) -> String {
    let word = match mode {
        KvmMode::Vhe => "VHE",
        KvmMode::Nvhe => "nVHE",
        KvmMode::Protected => "protected",
    };
    word.to_owned()
}

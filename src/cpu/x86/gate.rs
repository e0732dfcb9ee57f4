//! Features that QEMU takes away with another: registers that a feature announces.

use std::collections::BTreeSet;

use crate::model::{CpuMap, FeatureBit};

/// A feature, and whether it announces the bit (`feature_dependencies` of QEMU's `target/i386/cpu.c`, 7.2; that of
/// `arch-capabilities` was observed with a guest that disables it).
type Gate = (&'static str, fn(&FeatureBit) -> bool);

const GATES: [Gate; 5] = [
    ("arch-capabilities", |bit| matches!(bit, FeatureBit::Msr { index: 0x10a, .. })),
    ("core-capability", |bit| matches!(bit, FeatureBit::Msr { index: 0xcf, .. })),
    ("vmx", |bit| matches!(bit, FeatureBit::Msr { index: 0x480..=0x492, .. })),
    ("svm", |bit| matches!(bit, FeatureBit::Cpuid { eax_in: 0x8000_000a, .. })),
    ("xsave", |bit| matches!(bit, FeatureBit::Cpuid { eax_in: 0xd, .. })),
];

/// The features of `map` that a guest cannot have without `feature`.
pub(super) fn behind<'m>(map: &'m CpuMap, feature: &str) -> impl Iterator<Item = &'m str> {
    let gate = GATES.iter().find(|(name, _)| *name == feature);
    let shut = move |bit: &FeatureBit| gate.is_some_and(|(_, announces)| announces(bit));
    map.features.iter().filter(move |one| shut(&one.bit)).map(|one| one.name.as_str())
}

/// The feature that a guest needs to have `feature`.
pub(super) fn announcer(map: &CpuMap, feature: &str) -> Option<&'static str> {
    let bit = &map.features.iter().find(|one| one.name == feature)?.bit;
    GATES.iter().find(|(_, announces)| announces(bit)).map(|(name, _)| *name)
}

/// Takes `feature` away, with all that is behind it.
pub(super) fn shut(map: &CpuMap, features: &mut BTreeSet<String>, feature: &str) {
    features.remove(feature);
    for name in behind(map, feature) {
        features.remove(name);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::knowledge::x86::latest;

    #[test]
    fn registers_go_with_what_announces_them() {
        assert!(behind(latest(), "arch-capabilities").any(|name| name == "mds-no"));
        assert!(behind(latest(), "vmx").all(|name| name.starts_with("vmx-")));
        assert!(behind(latest(), "svm").any(|name| name == "npt"));
        assert_eq!(behind(latest(), "avx").count(), 0);
        assert!(GATES.iter().all(|(name, _)| latest().features.iter().any(|one| one.name == *name)));
    }
}

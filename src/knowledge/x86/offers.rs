//! What QEMU of a version offers, and what CPUID does not tell of a host.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use crate::knowledge::data::rows;
use crate::model::{FeatureBit, Version};

/// The models that each version of QEMU offers, by its first two numbers.
static OFFERS: LazyLock<BTreeMap<Version, BTreeSet<&str>>> = LazyLock::new(|| {
    let mut now = BTreeSet::new();
    let mut all = BTreeMap::new();
    for [version, new, gone] in rows::<3>(include_str!("../data/qemu-x86-models.txt")) {
        now.extend(new.split_whitespace());
        now.retain(|name| !gone.split_whitespace().any(|gone| gone == *name));
        if let Some(version) = Version::parse(version) {
            all.insert(version, now.clone());
        }
    }
    all
});

static BEYOND: LazyLock<Vec<[&str; 3]>> =
    LazyLock::new(|| rows::<3>(include_str!("../data/x86-beyond-cpuid.txt")).collect());

/// The models without a version in their name that QEMU of this version offers; `None` where that is not known.
pub fn qemu_models(qemu: Version) -> Option<&'static BTreeSet<&'static str>> {
    OFFERS.get(&qemu.release())
}

/// The versions of QEMU of which it is known what they offer, oldest first.
pub fn qemu_versions() -> impl Iterator<Item = Version> {
    OFFERS.keys().copied()
}

/// Whether guests may have the feature though the processor's CPUID does not show it.
pub fn is_given(feature: &str) -> bool {
    let is = |name: &str| name.strip_suffix('*').map_or(name == feature, |start| feature.starts_with(start));
    let given = BEYOND.iter().filter(|[kind, ..]| *kind == "given");
    given.flat_map(|[_, names, _]| names.split_whitespace()).any(is)
}

/// The name under which Linux shows the feature for certain, where the processor has it.
pub fn shown_as(feature: &str) -> Option<&'static str> {
    let found = BEYOND.iter().find(|[kind, name, _]| *kind == "shown" && *name == feature);
    found.map(|[.., linux]| *linux)
}

/// The feature that every processor with `feature` has, where that is written down.
pub fn needed_for(feature: &str) -> Option<&'static str> {
    let mut needs = BEYOND.iter().filter(|[kind, ..]| *kind == "needs");
    let found = needs.find(|[_, names, _]| names.split_whitespace().any(|name| name == feature));
    found.map(|[.., other]| *other)
}

/// The features that newer versions take from guests on such a processor; a family that is not known may be any.
pub fn withdrawn(vendor: &str, family: Option<u32>) -> impl Iterator<Item = &'static str> {
    let rows = BEYOND.iter().filter(|[kind, ..]| *kind == "withdrawn");
    let is = move |whose: &str| {
        let (of, number) = whose.split_once(' ').unwrap_or((whose, "*"));
        of == vendor && (number == "*" || family.is_none_or(|family| number == family.to_string()))
    };
    rows.filter(move |[.., whose]| is(whose)).map(|[_, name, _]| *name)
}

/// The features that QEMU's model of this name has beyond what libvirt's map and any host tell.
pub fn modelled(model: &str) -> impl Iterator<Item = &'static str> {
    let rows = BEYOND.iter().filter(|[kind, ..]| *kind == "modelled");
    rows.filter(move |[.., models]| models.split_whitespace().any(|name| name == model))
        .map(|[_, name, _]| *name)
}

/// The feature without which QEMU gives none of those that share a register or leaf with this bit
/// (`feature_dependencies` of target/i386/cpu.c, QEMU 7.2; observed for `arch-capabilities`).
pub fn depends_on(bit: FeatureBit) -> Option<&'static str> {
    match bit {
        FeatureBit::Msr { index: 0x10a, .. } => Some("arch-capabilities"),
        FeatureBit::Msr { index: 0xcf, .. } => Some("core-capability"),
        FeatureBit::Msr { index: 0x480..=0x491, .. } => Some("vmx"),
        FeatureBit::Cpuid { eax_in: 0x8000_000a, .. } => Some("svm"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::knowledge::{data, x86};

    #[test]
    fn every_line_is_read() {
        data::assert_rows::<3>(include_str!("../data/qemu-x86-models.txt"));
        data::assert_rows::<3>(include_str!("../data/x86-beyond-cpuid.txt"));
        assert_eq!(qemu_versions().count(), 14);
        assert!(
            BEYOND
                .iter()
                .all(|[kind, ..]| ["given", "shown", "needs", "withdrawn", "modelled"].contains(kind))
        );
    }

    #[test]
    fn tables_name_what_libvirt_knows() {
        let newest = qemu_models(Version::new(10, 0, 2)).unwrap();
        assert!(newest.iter().all(|name| x86::latest().models.iter().any(|model| model.name == *name)));
        let known = |name: &str| x86::latest().features.iter().any(|feature| feature.name == name);
        let named = BEYOND.iter().flat_map(|[_, names, _]| names.split_whitespace());
        assert_eq!(named.filter(|name| !name.ends_with('*') && !known(name)).collect::<Vec<_>>(), [""; 0]);
    }

    #[test]
    fn models_come_and_go() {
        let offers = |major, minor, name| qemu_models(Version::new(major, minor, 1)).unwrap().contains(name);
        assert!(!offers(4, 2, "EPYC-Rome") && offers(5, 0, "EPYC-Rome") && offers(10, 0, "EPYC-Rome"));
        assert!(offers(7, 0, "Icelake-Client") && !offers(7, 1, "Icelake-Client"));
        assert_eq!(qemu_models(Version::new(6, 0, 0)), None);
        assert_eq!((needed_for("avx10-256"), needed_for("avx2")), (Some("avx10"), None));
        assert_eq!((modelled("EPYC-Rome").count(), modelled("Nehalem").count()), (1, 0));
        let bit = |name: &str| x86::latest().features.iter().find(|one| one.name == name).map(|one| one.bit);
        assert_eq!(bit("mds-no").and_then(depends_on), Some("arch-capabilities"));
        assert_eq!(bit("vmx-ept").and_then(depends_on), Some("vmx"));
        assert_eq!(bit("avx2").and_then(depends_on), None);
        assert!(is_given("amd-ssbd") && !is_given("avx2"));
        assert_eq!(withdrawn("AMD", Some(23)).collect::<Vec<_>>(), ["xsaves"]);
        assert_eq!((withdrawn("AMD", Some(25)).count(), withdrawn("AMD", None).count()), (0, 1));
    }
}

//! What a host's guests can have at least and at most with other versions of libvirt and QEMU.
//!
//! For certain only while the processor, its microcode and the kernel stay as they are. A newer QEMU passes what an older
//! one did, and maybe more; a newer libvirt names what an older one did, and maybe more. How much more nothing tells but
//! a document of such a host; the processor's CPUID bounds it.

use std::collections::BTreeSet;

use super::class::Class;
use super::definition::NEVER_PASSED;
use super::gate::announcer;
use super::{Definition, expand};
use crate::knowledge::x86::{is_given, needed_for, shown_as, withdrawn};
use crate::model::{CpuMap, Name, Platform, Version};

/// Names of features.
pub(super) type Names = BTreeSet<String>;

/// The versions that decide what a guest can have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Versions {
    /// libvirt's.
    pub libvirt: Version,
    /// QEMU's.
    pub qemu: Version,
}

impl Versions {
    /// Those of the host, where both are known.
    pub fn of(platform: &Platform) -> Option<Self> {
        Some(Self { libvirt: *platform.libvirt.value()?, qemu: *platform.qemu.value()? })
    }

    /// Whether neither is older than the other's, release by release.
    fn includes(self, other: Self) -> bool {
        self.libvirt.release() >= other.libvirt.release() && self.qemu.release() >= other.qemu.release()
    }

    /// Whether both are of the same releases.
    pub fn is_like(self, other: Self) -> bool {
        self.includes(other) && other.includes(self)
    }
}

/// The features that a host gives for certain and those that it may give; `None` where that is not known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Bounds {
    pub(super) least: Option<Names>,
    pub(super) most: Option<Names>,
}

/// The bounds of a host of `class`, which is of the versions `from`, with the versions `to` and the map of that libvirt.
pub(super) fn bounds(
    class: &Class<'_>,
    platform: &Platform,
    [from, to]: [Versions; 2],
    map: &CpuMap,
) -> Bounds {
    let has: Names = class.has.iter().map(|&name| name.to_owned()).collect();
    let family = platform.cpu.signature.value().map(|signature| signature.family);
    let uncertain: BTreeSet<&str> = withdrawn(&class.vendor, family).collect();
    let named = |name: &str| map.features.iter().any(|feature| feature.name == name);
    let most = if from.includes(to) {
        let back = uncertain.iter().map(|&name| name.to_owned());
        Some(has.iter().cloned().chain(back).filter(|name| named(name)).collect())
    } else {
        Processor::of(class, platform).map(|processor| {
            let possible = map.features.iter().map(|feature| feature.name.as_str());
            let possible = possible.filter(|name| has.contains(*name) || processor.may_give(map, name));
            possible.map(str::to_owned).collect()
        })
    };
    let least = to.includes(from).then(|| {
        let kept = has.into_iter().filter(|name| named(name) && !uncertain.contains(name.as_str()));
        kept.collect()
    });
    Bounds { least, most }
}

/// What is known of a processor itself.
struct Processor<'p> {
    /// The features that libvirt found in its CPUID, and all names that it looked for.
    found: BTreeSet<&'p str>,
    known: BTreeSet<&'p str>,
    /// What Linux shows.
    flags: Option<&'p BTreeSet<Name>>,
}

impl<'p> Processor<'p> {
    fn of(class: &Class<'p>, platform: &'p Platform) -> Option<Self> {
        let map = class.map;
        let (model, listed) = (platform.cpu.model.value()?, platform.cpu.features.value()?);
        let of_model = expand(map, &Definition::of_model(model)).ok()?.names(map);
        let found = of_model.into_iter().chain(listed.iter().map(|name| &**name)).collect();
        let known = map.features.iter().map(|feature| feature.name.as_str()).collect();
        Some(Self { found, known, flags: platform.cpu.flags.value() })
    }

    /// Whether it is not known that the processor's guests can never have the feature.
    fn may_give(&self, map: &CpuMap, name: &str) -> bool {
        if name == "invtsc" || NEVER_PASSED.contains(&name) {
            return false;
        }
        match announcer(map, name) {
            // A register of which CPUID does not tell what is in it.
            Some(gate @ ("arch-capabilities" | "vmx" | "svm")) => self.may_give(map, gate),
            _ => is_given(name) || self.has(name),
        }
    }

    /// Whether it has the feature, or nothing tells that it has not.
    fn has(&self, name: &str) -> bool {
        let shown = || match (shown_as(name), self.flags) {
            (Some(linux), Some(flags)) => flags.contains(linux),
            _ => true,
        };
        let needed = || needed_for(name).is_none_or(|other| self.has(other));
        self.found.contains(name) || !self.known.contains(name) && shown() && needed()
    }
}

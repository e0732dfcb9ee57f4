//! What of its host's CPU an ARM guest with `host-passthrough` is given.
//!
//! QEMU's `docs/system/arm/cpu-features.rst`, and QEMU 7.2's answers to `query-cpu-model-expansion`:
//! a guest has all SVE vector lengths of its host unless its `<cpu>` lists some. The longest that is
//! required is then the longest it has; one that is disabled disables the longer ones with it.

use crate::model::{CpuDefinition, CpuFeature, Known, Policy};

/// What an ARM guest is given of its host's CPU.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Given {
    /// Bits of the longest SVE vector it may have; 0 where it has none, `None` where its host decides.
    pub longest_vector: Option<u32>,
    /// Whether it can authenticate pointers, where its host can.
    pub pointer_authentication: bool,
    /// The version of its GIC, where its definition names one.
    pub gic: Option<u32>,
}

impl Given {
    /// All that the host has: what `host-passthrough` gives by itself.
    pub const EVERYTHING: Self = Self { longest_vector: None, pointer_authentication: true, gic: None };

    /// What a guest with this `<cpu>` is given.
    pub fn of(cpu: &CpuDefinition) -> Self {
        let off = |name| cpu.features.iter().any(|feature| feature.value.name == name && disables(feature));
        let longest_vector = if off("sve") {
            Some(0)
        } else {
            required_vector(cpu).map(|known| known.value).or_else(|| below_the_disabled(cpu))
        };
        Self { longest_vector, pointer_authentication: !off("pauth"), ..Self::EVERYTHING }
    }
}

/// Bits of the longest SVE vector that `cpu` requires.
pub fn required_vector(cpu: &CpuDefinition) -> Option<Known<u32>> {
    required_vectors(cpu).max_by_key(|known| known.value)
}

/// Bits of every SVE vector that `cpu` requires.
pub fn required_vectors(cpu: &CpuDefinition) -> impl Iterator<Item = Known<u32>> {
    let required = cpu.features.iter().filter(|feature| requires(feature));
    required.filter_map(|feature| Some(Known::new(vector(&feature.value.name)?, feature.place)))
}

/// The longest vector below the shortest disabled power of two, which disables all longer ones.
fn below_the_disabled(cpu: &CpuDefinition) -> Option<u32> {
    let disabled = cpu.features.iter().filter(|feature| disables(feature));
    let lengths = disabled.filter_map(|feature| vector(&feature.value.name));
    lengths.filter(|bits| bits.is_power_of_two()).min().map(|bits| bits / 2)
}

/// The bits of a feature such as `sve512`.
fn vector(name: &str) -> Option<u32> {
    name.strip_prefix("sve")?.parse().ok()
}

fn requires(feature: &Known<CpuFeature>) -> bool {
    matches!(feature.value.policy, Policy::Require | Policy::Force)
}

fn disables(feature: &Known<CpuFeature>) -> bool {
    matches!(feature.value.policy, Policy::Disable | Policy::Forbid)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::{Place, Sources, Span};

    fn given(features: &[(&str, Policy)]) -> Given {
        let place = Place { source: Sources::default().add("made up", ""), span: Span::new(0, 0) };
        let feature =
            |&(name, policy): &(&str, Policy)| Known::new(CpuFeature { name: name.into(), policy }, place);
        Given::of(&CpuDefinition {
            features: features.iter().map(feature).collect(),
            ..CpuDefinition::default()
        })
    }

    #[test]
    fn the_guests_cpu_says_what_it_is_given() {
        use Policy::{Disable, Forbid, Optional, Require};
        let longest = |features: &[(&str, Policy)]| given(features).longest_vector;
        assert_eq!(given(&[]), Given::EVERYTHING);
        assert_eq!(longest(&[("sve", Forbid)]), Some(0));
        assert_eq!(longest(&[("sve", Require)]), None);
        assert_eq!(longest(&[("sve512", Require), ("sve384", Disable), ("sve256", Require)]), Some(512));
        assert_eq!(longest(&[("sve256", Disable), ("sve1024", Disable)]), Some(128));
        assert_eq!(longest(&[("sve384", Disable)]), None, "no power of two: the longer ones stay");
        assert_eq!(longest(&[("sve512", Optional)]), None, "libvirt 9.0 passes nothing on to QEMU");
        assert!(!given(&[("pauth", Disable)]).pointer_authentication);
    }
}

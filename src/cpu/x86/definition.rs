//! A CPU as libvirt's algorithms see it: a `<cpu>` without the places its parts came from.

use crate::model::{Arch, CpuDefinition, CpuFeature, Name, Policy};

/// Whose CPU a definition is (`virCPUType`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Side {
    /// A host's: its features have no policies, all are there.
    Host,
    /// A guest's: each feature has a policy.
    #[default]
    Guest,
}

/// Features that libvirt knows and its QEMU driver never passes on (`virQEMUCapsCPUFilterFeatures`,
/// libvirt 11.3; the first five since before 9.0).
pub const NEVER_PASSED: [&str; 8] = [
    "cmt",
    "mbm_total",
    "mbm_local",
    "osxsave",
    "ospke",
    "vmx-ept-uc",
    "vmx-ept-wb",
    "vmx-invvpid-single-context",
];

/// A CPU: a named model and what differs from it.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Definition {
    /// Whose it is.
    pub side: Side,
    /// `<arch>`, where it is said.
    pub arch: Option<Arch>,
    /// Whether `match='strict'` is said.
    pub strict: bool,
    /// `<model>`
    pub model: Option<String>,
    /// `model@fallback`
    pub fallback: Option<String>,
    /// `<vendor>`
    pub vendor: Option<String>,
    /// `<feature>`s, in order.
    pub features: Vec<CpuFeature>,
    /// `maxphysaddr@limit`
    pub max_physical_bits: Option<u32>,
}

impl From<&CpuDefinition> for Definition {
    /// The definition without its places. One that names an architecture is a host's
    /// (`VIR_CPU_TYPE_AUTO`, `virCPUDefParseXML`).
    fn from(cpu: &CpuDefinition) -> Self {
        Self {
            side: if cpu.arch.is_some() { Side::Host } else { Side::Guest },
            arch: cpu.arch.clone(),
            strict: cpu.match_.as_ref().is_some_and(|known| known.value == "strict"),
            model: cpu.model.as_ref().map(|known| known.value.into()),
            fallback: cpu.fallback.as_ref().map(|known| known.value.into()),
            vendor: cpu.vendor.as_ref().map(|known| known.value.into()),
            features: cpu.features.iter().map(|known| known.value.clone()).collect(),
            max_physical_bits: cpu.max_physical_bits.as_ref().map(|known| known.value),
        }
    }
}

impl Definition {
    /// A guest's CPU of this model and nothing else.
    pub fn of_model(name: impl Into<String>) -> Self {
        Self { model: Some(name.into()), ..Self::default() }
    }

    /// The same definition taken as a host's: policies are ignored, as `virsh cpu-baseline` does.
    #[must_use]
    pub fn as_host(mut self) -> Self {
        self.side = Side::Host;
        self
    }

    /// The definition without the features of [`NEVER_PASSED`]. `virsh cpu-baseline` leaves them out
    /// of its answer where a QEMU driver gives it (observed with libvirt 9.0), the library itself
    /// does not.
    #[must_use]
    pub fn passed_to_qemu(mut self) -> Self {
        self.features.retain(|feature| !NEVER_PASSED.contains(&feature.name.as_str()));
        self
    }

    /// Adds a feature.
    #[must_use]
    pub fn with(mut self, policy: Policy, name: impl Into<Name>) -> Self {
        self.features.push(CpuFeature { name: name.into(), policy });
        self
    }

    /// What is asked of a feature; a host's are all there.
    pub fn policy(&self, feature: &CpuFeature) -> Policy {
        match self.side {
            Side::Host => Policy::Require,
            Side::Guest => feature.policy,
        }
    }

    /// The names of the features with this policy, in order.
    pub fn named(&self, policy: Policy) -> impl Iterator<Item = &str> {
        let with = self.features.iter().filter(move |feature| self.policy(feature) == policy);
        with.map(|feature| feature.name.as_str())
    }
}

//! A host's CPU and a guest's as sets, made once and compared many times.

use super::expand::{features_of, with_policy};
use super::{Comparison, CpuError, Definition, FeatureSet, Incompatibility, Side};
use crate::model::{CpuMap, Policy};

/// What a host gives.
#[derive(Clone, Debug)]
pub struct Given {
    vendor: Option<String>,
    has: FeatureSet,
}

impl Given {
    /// What `host` has by `map`.
    ///
    /// # Errors
    /// [`CpuError`] where it names no model, or a model or feature that the map does not know.
    pub fn of(map: &CpuMap, host: &Definition) -> Result<Self, CpuError> {
        Ok(Self { vendor: host.vendor.clone(), has: features_of(map, host)? })
    }
}

/// What a CPU asks of a host.
#[derive(Clone, Debug)]
pub struct Asked {
    vendor: Option<String>,
    /// Whether the host may have no more.
    strict: bool,
    required: FeatureSet,
    forbidden: FeatureSet,
    /// All that is named with a policy that a host may meet.
    named: FeatureSet,
}

impl Asked {
    /// What `cpu` asks for by `map`.
    ///
    /// # Errors
    /// [`CpuError`] for a model or feature that the map does not know.
    pub fn of(map: &CpuMap, cpu: &Definition) -> Result<Self, CpuError> {
        let of = |policy| with_policy(map, cpu, policy);
        // In libvirt's order: it names the first that the map does not know.
        let (force, require) = (of(Policy::Force)?, of(Policy::Require)?);
        let (optional, disable, forbidden) =
            (of(Policy::Optional)?, of(Policy::Disable)?, of(Policy::Forbid)?);
        let others = force.or(&optional).or(&disable);
        let required = require.minus(&others);
        let named = required.or(&others);
        let strict = cpu.strict && cpu.side == Side::Guest;
        Ok(Self { vendor: cpu.vendor.clone(), strict, required, forbidden, named })
    }

    /// Whether the CPU can run on a host that gives `host`, by the same map.
    pub fn runs_on(&self, host: &Given) -> bool {
        self.vendor_fits(host)
            && self.required.is_subset(&host.has)
            && self.forbidden.is_disjoint(&host.has)
            && (!self.strict || host.has.is_subset(&self.named))
    }

    /// The comparison with what `host` gives by the same `map`, with every reason (`x86Compute`).
    pub fn compare(&self, map: &CpuMap, host: &Given) -> Comparison {
        let named = |set: FeatureSet| set.names(map).into_iter().map(str::to_owned).collect::<Vec<_>>();
        let mut reasons: Vec<Incompatibility> = self.other_vendor(host).into_iter().collect();
        let forbidden = self.forbidden.and(&host.has);
        if !forbidden.is_empty() {
            reasons.push(Incompatibility::Forbidden(named(forbidden)));
        }
        let missing = self.required.minus(&host.has);
        if !missing.is_empty() {
            reasons.push(Incompatibility::Missing(named(missing)));
        }
        let extra = host.has.minus(&self.named);
        let identical = extra.is_empty();
        if self.strict && !identical {
            reasons.push(Incompatibility::Strict(named(extra)));
        }
        match (reasons.is_empty(), identical) {
            (false, _) => Comparison::Incompatible(reasons),
            (true, true) => Comparison::Identical,
            (true, false) => Comparison::Superset,
        }
    }

    fn vendor_fits(&self, host: &Given) -> bool {
        self.vendor.is_none() || self.vendor == host.vendor
    }

    fn other_vendor(&self, host: &Given) -> Option<Incompatibility> {
        let asked = self.vendor.clone().filter(|_| !self.vendor_fits(host))?;
        Some(Incompatibility::Vendor { asked, host: host.vendor.clone() })
    }
}

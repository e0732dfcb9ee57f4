//! From a definition to the features it means.

use std::collections::BTreeMap;

use super::{Definition, FeatureSet};
use crate::model::{CpuFeature, CpuMap, MapModel, Policy};

/// A definition that a map cannot make sense of.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
pub enum CpuError {
    /// No model is named.
    #[error("the CPU definition names no model")]
    NoModel,
    /// libvirt says the same.
    #[error("Unknown CPU model {0}")]
    UnknownModel(String),
    /// libvirt says the same.
    #[error("Unknown CPU feature {0}")]
    UnknownFeature(String),
    /// libvirt says the same.
    #[error("Unknown CPU vendor {0}")]
    UnknownVendor(String),
}

/// The features that a CPU of this definition has: its model's, with those required or forced, without those disabled
/// or forbidden. Optional ones do not count.
///
/// # Errors
/// [`CpuError`] for a model, vendor or feature that the map does not know.
pub fn expand(map: &CpuMap, cpu: &Definition) -> Result<FeatureSet, CpuError> {
    check_vendor(map, cpu)?;
    known_names(map, cpu)?;
    features_of(map, cpu)
}

/// Fails where the map does not know the model or any feature, whatever its policy.
pub(super) fn known_names(map: &CpuMap, cpu: &Definition) -> Result<(), CpuError> {
    known_model(map, cpu)?;
    cpu.features.iter().try_for_each(|each| known_feature(map, &each.name).map(drop))
}

/// [`expand`] as libvirt has it (`x86ModelFromCPU` with policy -1), which looks at no vendor and at no name that is
/// optional.
pub(super) fn features_of(map: &CpuMap, cpu: &Definition) -> Result<FeatureSet, CpuError> {
    let mut set = FeatureSet::of_model(map, known_model(map, cpu)?);
    for each in &cpu.features {
        match cpu.policy(each) {
            Policy::Require | Policy::Force => set.insert(known_feature(map, &each.name)?),
            Policy::Disable | Policy::Forbid => set.remove(known_feature(map, &each.name)?),
            Policy::Optional => {}
        }
    }
    Ok(set)
}

/// The features listed with `policy`; the model's belong to those required.
pub(super) fn with_policy(map: &CpuMap, cpu: &Definition, policy: Policy) -> Result<FeatureSet, CpuError> {
    let mut set = match policy {
        // A guest's CPU without a model is whatever the host has, and asks for nothing.
        Policy::Require if cpu.model.is_some() => FeatureSet::of_model(map, known_model(map, cpu)?),
        _ => FeatureSet::none(map),
    };
    for name in cpu.named(policy) {
        set.insert(known_feature(map, name)?);
    }
    Ok(set)
}

/// All features of the definition one by one (`virCPUx86ExpandFeatures`): the model's as required,
/// the listed ones as listed, those its model once had as disabled; sorted by name.
///
/// # Errors
/// [`CpuError`] for a model or feature that the map does not know.
pub fn expand_features(map: &CpuMap, cpu: &Definition) -> Result<Definition, CpuError> {
    let model = known_model(map, cpu)?;
    let name = |&index: &u32| map.features.get(index as usize).map(|f| f.name.clone());
    let mut all: BTreeMap<String, Policy> = BTreeMap::new();
    all.extend(model.features.iter().filter_map(name).map(|name| (name, Policy::Require)));
    for each in &cpu.features {
        known_feature(map, &each.name)?;
        all.insert(each.name.into(), cpu.policy(each));
    }
    for removed in model.removed.iter().filter_map(name) {
        all.entry(removed).or_insert(Policy::Disable);
    }
    let features = all.into_iter().map(|(name, policy)| CpuFeature { name: name.into(), policy }).collect();
    Ok(Definition { features, ..cpu.clone() })
}

pub(super) fn known_model<'m>(map: &'m CpuMap, cpu: &Definition) -> Result<&'m MapModel, CpuError> {
    let name = cpu.model.as_deref().ok_or(CpuError::NoModel)?;
    map.model(name).ok_or_else(|| CpuError::UnknownModel(name.to_owned()))
}

fn known_feature(map: &CpuMap, name: &str) -> Result<u32, CpuError> {
    map.feature(name).ok_or_else(|| CpuError::UnknownFeature(name.to_owned()))
}

pub(super) fn check_vendor(map: &CpuMap, cpu: &Definition) -> Result<(), CpuError> {
    match &cpu.vendor {
        Some(vendor) if map.vendors.iter().all(|(name, _)| name != vendor) => {
            Err(CpuError::UnknownVendor(vendor.clone()))
        }
        _ => Ok(()),
    }
}

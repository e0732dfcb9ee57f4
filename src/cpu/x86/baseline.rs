//! The CPU that all of several can give, as libvirt computes it (`virCPUx86Baseline`).

use std::collections::BTreeSet;

use super::decode::{Choice, decode};
use super::expand::{check_vendor, features_of, known_model};
use super::{CpuError, Definition, FeatureSet, ModelOffer};
use crate::model::CpuMap;

/// What a baseline depends on, apart from its inputs.
#[derive(Clone, Debug, Default)]
pub struct BaselineOptions {
    /// The models of the hypervisor; all of the map, where `None` (`virsh cpu-baseline`).
    pub models: Option<Vec<ModelOffer>>,
    /// The features that the hypervisor knows; all, where `None`.
    pub features: Option<BTreeSet<String>>,
    /// Whether features that cannot migrate are left out.
    pub migratable: bool,
}

/// Why there is no baseline.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BaselineError {
    /// Nothing to make it of.
    #[error("no CPU definition is given")]
    NoInput,
    /// libvirt says the same.
    #[error("no CPU model specified at index {0}")]
    NoModelAt(usize),
    /// An input that the map cannot make sense of.
    #[error(transparent)]
    Cpu(#[from] CpuError),
    /// libvirt says the same.
    #[error("CPU vendor {vendor} of model {model} differs from vendor {other}")]
    VendorOfModel {
        /// The model's vendor.
        vendor: String,
        /// The model.
        model: String,
        /// The vendor that the input names.
        other: String,
    },
    /// libvirt says the same.
    #[error("CPU vendors do not match")]
    Vendors,
    /// libvirt says the same.
    #[error("CPUs are incompatible")]
    Incompatible,
    /// libvirt says the same.
    #[error("Cannot find suitable CPU model for given data")]
    NoModel,
}

/// The baseline of `inputs` as libvirt's own (`virCPUx86Baseline`, libvirt 9.0 to 11.3).
///
/// # Errors
/// [`BaselineError`] in the cases in which libvirt has none either.
pub fn baseline(
    map: &CpuMap,
    inputs: &[Definition],
    options: &BaselineOptions,
) -> Result<Definition, BaselineError> {
    if let Some(at) = inputs.iter().position(|cpu| cpu.model.is_none()) {
        return Err(BaselineError::NoModelAt(at));
    }
    let (mut base, vendor) = common(map, inputs)?;
    if let Some(features) = &options.features {
        base = base.and(&FeatureSet::named(map, features.iter().map(String::as_str)));
    }
    if base.is_empty() {
        return Err(BaselineError::Incompatible);
    }
    let preferred = model_names(inputs);
    let choice = Choice {
        models: options.models.as_deref(),
        vendor: vendor.as_deref(),
        preferred: &preferred,
        migratable: options.migratable,
        ..Choice::default()
    };
    let mut result = decode(map, &base, &choice).ok_or(BaselineError::NoModel)?;
    let kept = matches!(preferred.as_slice(), [only] if result.model.as_ref() == Some(only));
    // qemuConnectBaselineHypervisorCPU says forbid whatever the result is.
    let forbid = kept || options.models.is_some();
    result.fallback = Some(if forbid { "forbid" } else { "allow" }.to_owned());
    result.vendor = vendor.filter(|_| inputs.iter().all(|cpu| cpu.vendor.is_some()));
    let bits: Option<Vec<u32>> = inputs.iter().map(|cpu| cpu.max_physical_bits).collect();
    result.max_physical_bits = bits.and_then(|bits| bits.into_iter().min());
    Ok(result)
}

/// What all inputs have, and whose they are. libvirt looks at one after the other, at each one's names and then at its
/// vendor: that decides which error it is where there are several.
fn common(map: &CpuMap, inputs: &[Definition]) -> Result<(FeatureSet, Option<String>), BaselineError> {
    let (first, rest) = inputs.split_first().ok_or(BaselineError::NoInput)?;
    let mut base = features_of(map, first)?;
    // Of the first, only what it says counts and not its model's vendor: libvirt makes that difference.
    check_vendor(map, first)?;
    let mut vendor = first.vendor.clone();
    for cpu in rest {
        base = base.and(&features_of(map, cpu)?);
        match (&vendor, vendor_of(map, cpu)?) {
            (Some(one), Some(other)) if *one != other => return Err(BaselineError::Vendors),
            (None, other) => {
                check_vendor(map, cpu)?;
                vendor = other;
            }
            _ => {}
        }
    }
    Ok((base, vendor))
}

/// The vendor of an input that is not the first: what it says, else its model's.
fn vendor_of(map: &CpuMap, cpu: &Definition) -> Result<Option<String>, BaselineError> {
    let model = known_model(map, cpu)?;
    match (&model.vendor, &cpu.vendor) {
        (Some(vendor), Some(said)) if vendor != said => {
            let (vendor, model) = (vendor.clone(), model.name.clone());
            Err(BaselineError::VendorOfModel { vendor, model, other: said.clone() })
        }
        (of_model, said) => Ok(said.as_ref().or(of_model.as_ref()).cloned()),
    }
}

/// The models of the inputs, in order, none twice.
pub(super) fn model_names(inputs: &[Definition]) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for name in inputs.iter().filter_map(|cpu| cpu.model.as_ref()) {
        if !names.contains(name) {
            names.push(name.clone());
        }
    }
    names
}

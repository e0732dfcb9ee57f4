//! Definitions as virsh takes them, and refusals in libvirt's words: each with the class of its error
//! (`virErrorMsg`), as virsh prints it after `error: `.

use super::check::tells_blockers;
use super::set::model;
use super::{
    BaselineError, CannotTell, CpuError, Definition, FeatureSet, Incompatibility, ModelOffer, NEVER_PASSED,
};
use crate::model::{Capability, CpuDefinition, CpuMap, CustomModel, Policy};

/// A definition that libvirt does not parse (`virCPUDefParseXML`, libvirt 11.3).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InputError {
    /// A feature stands twice.
    #[error("XML error: CPU feature '{0}' specified more than once")]
    FeatureTwice(String),
    /// A host's definition names no architecture.
    #[error("XML error: Missing CPU architecture")]
    NoArch,
    /// `<arch>` belongs to hosts, `match` to guests.
    #[error("XML error: 'arch' element element cannot be used inside 'cpu' element with 'match' attribute'")]
    ArchWithMatch,
}

/// The definition as a host's (`VIR_CPU_TYPE_HOST`, what `virsh cpu-baseline` asks for).
///
/// # Errors
/// [`InputError`] where libvirt does not parse it as such.
pub fn host_input(cpu: &CpuDefinition) -> Result<Definition, InputError> {
    if cpu.arch.is_none() {
        return Err(InputError::NoArch);
    }
    Ok(once_each(Definition::from(cpu))?.as_host())
}

/// The definition as what it is (`VIR_CPU_TYPE_AUTO`): a host's where it names an architecture.
///
/// # Errors
/// [`InputError`] where libvirt does not parse it.
pub fn any_input(cpu: &CpuDefinition) -> Result<Definition, InputError> {
    if cpu.arch.is_some() && cpu.match_.is_some() {
        return Err(InputError::ArchWithMatch);
    }
    once_each(Definition::from(cpu))
}

fn once_each(cpu: Definition) -> Result<Definition, InputError> {
    let mut seen = std::collections::BTreeSet::new();
    let twice = cpu.features.iter().find(|feature| !seen.insert(feature.name.as_str()));
    match twice.map(|feature| feature.name.clone()) {
        Some(name) => Err(InputError::FeatureTwice(name)),
        None => Ok(cpu),
    }
}

/// The models that a hypervisor offers, usable or not, as its domain capabilities tell them.
///
/// libvirt before 10.9 knows what blocks a model and does not print it. Of one model it can be told
/// all the same: of that of the host-model, for what blocks it is disabled there.
pub fn offers(map: &CpuMap, host: &Capability) -> Vec<ModelOffer> {
    let models = host.models.value().map_or(&[][..], Vec::as_slice);
    let told = tells_blockers(host);
    let own = host.host_model.value().and_then(Option::as_ref).map(Definition::from).filter(|_| !told);
    let offer = |listed: &CustomModel| {
        let own = own.as_ref().filter(|own| own.model.as_ref() == Some(&listed.name));
        let derived = own.into_iter().flat_map(|own| blocking(map, own));
        let blockers = listed.blockers.iter().flatten().cloned().chain(derived).collect();
        ModelOffer { name: listed.name.clone(), blockers }
    };
    models.iter().map(|listed| offer(&listed.value)).collect()
}

/// What a host-model disables, without what it disables only because its model once had it.
fn blocking(map: &CpuMap, own: &Definition) -> Vec<String> {
    let model = own.model.as_deref().and_then(|name| model(map, name));
    let removed = FeatureSet::of(map, model.map_or(&[], |model| &model.removed));
    let removed = removed.names(map);
    own.named(Policy::Disable).filter(|name| !removed.contains(name)).map(str::to_owned).collect()
}

/// The features a baseline may have (`virQEMUCapsGetCPUFeatures`): domain capabilities do not list
/// what QEMU has a property for, so all of the map but those it never has one for; where guests
/// must be able to migrate, without `invtsc`, the one that QEMU itself calls unmigratable.
pub fn known_to_qemu(map: &CpuMap, migratable: bool) -> std::collections::BTreeSet<String> {
    let dropped = |name: &str| NEVER_PASSED.contains(&name) || migratable && name == "invtsc";
    map.features.iter().map(|feature| feature.name.clone()).filter(|name| !dropped(name)).collect()
}

/// Why there is no baseline (`virCPUBaseline`, `virCPUx86Baseline`).
pub fn baseline_words(error: &BaselineError) -> String {
    match error {
        BaselineError::NoInput => "invalid argument: no CPUs given".to_owned(),
        BaselineError::NoModelAt(_) => format!("invalid argument: {error}"),
        BaselineError::Cpu(error) => cpu_words(error),
        BaselineError::NoModel => format!("internal error: {error}"),
        BaselineError::VendorOfModel { .. } | BaselineError::Vendors | BaselineError::Incompatible => {
            format!("operation failed: {error}")
        }
    }
}

/// What the map cannot make sense of (`x86ModelFromCPU`, `x86VendorFind`).
pub fn cpu_words(error: &CpuError) -> String {
    match error {
        CpuError::UnknownVendor(_) => format!("operation failed: {error}"),
        CpuError::NoModel | CpuError::UnknownModel(_) | CpuError::UnknownFeature(_) => {
            format!("internal error: {error}")
        }
    }
}

/// Why it cannot be told whether the host's hypervisor gives a CPU (`qemuConnectCompareHypervisorCPU`).
pub fn comparison_words(error: &CannotTell, host: &Capability) -> String {
    match error {
        CannotTell::Cpu(error) => cpu_words(error),
        CannotTell::NotReported | CannotTell::Unknown(_) => format!(
            "Operation not supported: QEMU '{}' does not support reporting CPU model for virttype '{}'",
            emulator(host),
            host.virt_type.value.as_str()
        ),
    }
}

/// The path of the host's QEMU.
pub fn emulator(host: &Capability) -> &str {
    host.emulator.as_ref().map_or("", |known| known.value.as_str())
}

/// Why a CPU is incompatible with a host: the first reason, as `x86Compute` stops there.
pub fn incompatible_words(reasons: &[Incompatibility]) -> String {
    let head = "the CPU is incompatible with host CPU";
    let Some(reason) = reasons.first() else { return head.to_owned() };
    let said = match reason {
        Incompatibility::Arch(arch) => format!("CPU arch {arch} does not match host arch"),
        Incompatibility::HostUnknown => "unknown host CPU".to_owned(),
        Incompatibility::Vendor { asked, .. } => {
            format!("host CPU vendor does not match required CPU vendor {asked}")
        }
        Incompatibility::Forbidden(names) => {
            format!("Host CPU provides forbidden features: {}", names.join(", "))
        }
        Incompatibility::Missing(names) => {
            format!("Host CPU does not provide required features: {}", names.join(", "))
        }
        Incompatibility::Strict(names) => {
            format!("Host CPU does not strictly match guest CPU: Extra features: {}", names.join(", "))
        }
        Incompatibility::ModelNotOffered(name) => format!("CPU model {name} is not supported by hypervisor"),
    };
    format!("{head}: {said}")
}

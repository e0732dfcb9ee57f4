//! Definitions as virsh takes them, and refusals in libvirt's words: each with the class of its error
//! (`virErrorMsg`), as virsh prints it after `error: `.

use super::check::{reported, tells_blockers};
use super::{
    BaselineError, CannotTell, CpuError, Definition, FeatureSet, Incompatibility, Malformed, ModelOffer,
    NEVER_PASSED, expand, malformed,
};
use crate::ingest::CpuInput;
use crate::model::{Capability, CpuMap, CustomModel, Policy, Usable, VirtType};

/// A definition that libvirt does not parse (`virCPUDefParseXML`, libvirt 9.0 and 11.3), in its words.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InputError {
    /// It is no definition, whatever names stand in it.
    #[error("{class}: {0}", class = class_of(.0))]
    Malformed(Malformed),
    /// A feature has a policy that there is not.
    #[error("unsupported configuration: Invalid CPU feature policy")]
    Policy,
}

/// The class of libvirt's error.
fn class_of(error: &Malformed) -> &'static str {
    match error {
        Malformed::ModeOfHost => "unsupported configuration",
        _ => "XML error",
    }
}

/// The definition as a host's (`VIR_CPU_TYPE_HOST`, what `virsh cpu-baseline` asks for).
///
/// # Errors
/// [`InputError`] where libvirt does not parse it as such.
pub fn host_input(input: &CpuInput) -> Result<Definition, InputError> {
    match malformed(&input.cpu, true) {
        Some(error) => Err(InputError::Malformed(error)),
        None => Ok(Definition::from(&input.cpu).as_host()),
    }
}

/// The definition as what it is (`VIR_CPU_TYPE_AUTO`): a host's where it names an architecture.
///
/// # Errors
/// [`InputError`] where libvirt does not parse it.
pub fn any_input(input: &CpuInput) -> Result<Definition, InputError> {
    let wrong_policy = input.unknown_policy && input.cpu.arch.is_none();
    match malformed(&input.cpu, false) {
        // libvirt reads the policies of the features before it sees one for the second time.
        None | Some(Malformed::Twice(_)) if wrong_policy => Err(InputError::Policy),
        Some(error) => Err(InputError::Malformed(error)),
        None => Ok(Definition::from(&input.cpu)),
    }
}

/// Features that QEMU turns off in every model it runs under KVM, so that their lack blocks none
/// (`kvm_default_props`, QEMU 7.2).
pub(super) const OFF_UNDER_KVM: [&str; 3] = ["acpi", "monitor", "svm"];

/// The models that a host offers, usable or not, as its domain capabilities tell them.
///
/// libvirt before 10.9 knows what blocks a model and does not print it; then it is what the
/// host-model lacks for it by libvirt's map. QEMU's own models differ from the map's here and there, so
/// that is exact only for CPUs that the host-model has whole.
pub fn offers(map: &CpuMap, host: &Capability) -> Vec<ModelOffer> {
    let models = host.models.value().map_or(&[][..], Vec::as_slice);
    let own = reported(host).ok().filter(|_| !tells_blockers(host));
    let given = own.and_then(|own| Some((expand(map, &own).ok()?, own)));
    let off: &[&str] = if host.virt_type.value == VirtType::Kvm { &OFF_UNDER_KVM } else { &[] };
    let offer = |listed: &CustomModel| {
        let given = given.as_ref().filter(|_| listed.usable != Usable::Yes);
        let derived = given.into_iter().flat_map(|(given, own)| blocking(map, &listed.name, given, own));
        let derived = derived.filter(|name| !off.contains(&name.as_str()));
        let blockers = listed.blockers.iter().flatten().cloned().chain(derived).collect();
        ModelOffer { name: listed.name.clone(), blockers }
    };
    models.iter().map(|listed| offer(&listed.value)).collect()
}

/// What blocks the model called `name` on a host whose host-model is `own` and has the features
/// `given`: what the map has of the model and the host lacks, and what QEMU has more of the
/// host-model's own model, which is disabled there; not what that model merely once had.
fn blocking(map: &CpuMap, name: &str, given: &FeatureSet, own: &Definition) -> Vec<String> {
    let Some(model) = map.model(name) else { return Vec::new() };
    let lacking = FeatureSet::of_model(map, model).minus(given);
    let disabled = own.named(Policy::Disable).filter(|_| own.model.as_deref() == Some(name));
    let disabled = FeatureSet::named(map, disabled).minus(&FeatureSet::of(map, &model.removed));
    lacking.or(&disabled).names(map).into_iter().map(str::to_owned).collect()
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

/// Why it cannot be told whether the host gives a CPU (`qemuConnectCompareHypervisorCPU`).
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

//! Whether a CPU definition can run on a host, by what its QEMU says (`virsh hypervisor-cpu-compare`).

use super::expand::{expand, known_model, known_names, with_policy};
use super::{Comparison, CpuError, Definition, FeatureSet, Incompatibility, compare};
use crate::model::{Capability, CpuMap, CustomModel, DocumentKind, Policy, Usable};

/// Why it cannot be told whether a CPU can run on a host.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CannotTell {
    /// Such a document would tell.
    #[error("it is not known: {} would tell", .0.command())]
    Unknown(DocumentKind),
    /// QEMU reports no CPU of its own (`fallback` is not `forbid`, or there is no host-model).
    #[error("QEMU does not report the CPU it can give")]
    NotReported,
    /// The map cannot make sense of the definition.
    #[error(transparent)]
    Cpu(#[from] CpuError),
}

/// Compares as `qemuConnectCompareHypervisorCPU` and `qemuDomainCheckCPU` of libvirt 11.3 do.
///
/// Where `host` tells of no blockers (libvirt before 10.9) that is plain `compare` with the
/// host-model, as older libvirt does.
///
/// # Errors
/// [`CannotTell`] where the host's document does not say enough, or the map does not know a name.
pub fn hypervisor_compare(
    map: &CpuMap,
    host: &Capability,
    cpu: &Definition,
) -> Result<Comparison, CannotTell> {
    let given = reported(host)?;
    let offered = cpu.model.as_deref().and_then(|name| host.model(name)).map(|known| &known.value);
    let blockers = tells_blockers(host).then_some(offered).flatten();
    let Some(offered) = blockers else { return Ok(compare(map, &given, cpu)?) };
    let model = known_model(map, cpu)?;
    let only_disables = cpu.features.iter().all(|f| cpu.policy(f) == Policy::Disable);
    if offered.usable == Usable::Yes && only_disables {
        return Ok(Comparison::Superset);
    }
    if model.compat || offered.blockers.is_none() && offered.usable != Usable::Yes {
        return Ok(compare(map, &given, cpu)?);
    }
    Ok(compare_unusable(map, &given, offered, cpu)?)
}

/// `virCPUCompareUnusable`: what is missing are the model's blockers that are not disabled, and the
/// features required beside the model that the host does not give.
fn compare_unusable(
    map: &CpuMap,
    given: &Definition,
    offered: &CustomModel,
    cpu: &Definition,
) -> Result<Comparison, CpuError> {
    let disabled: Vec<&str> = cpu.named(Policy::Disable).collect();
    let blockers = offered.blockers.iter().flatten();
    let mut missing: Vec<String> =
        blockers.filter(|blocker| !disabled.contains(&blocker.as_str())).cloned().collect();
    let has = expand(map, given)?;
    with_policy(map, cpu, Policy::Require)?;
    let required = FeatureSet::named(map, cpu.named(Policy::Require)).minus(&has);
    missing.extend(required.names(map).into_iter().map(str::to_owned));
    missing.sort();
    missing.dedup();
    Ok(if missing.is_empty() {
        Comparison::Superset
    } else {
        Comparison::Incompatible(vec![Incompatibility::Missing(missing)])
    })
}

/// Why a guest with this CPU does not start on the host; empty where it does.
///
/// Beyond [`hypervisor_compare`] the model must be one that the host's QEMU offers: `fallback`
/// would let libvirt choose another, which a running guest cannot take.
///
/// # Errors
/// [`CannotTell`] where the host's document does not say enough, or the map does not know a name.
pub fn missing_on(
    map: &CpuMap,
    host: &Capability,
    cpu: &Definition,
) -> Result<Vec<Incompatibility>, CannotTell> {
    reported(host)?;
    // A name that the map does not know is said to be so, even where libvirt stops at another vendor.
    known_names(map, cpu)?;
    let mut reasons = match hypervisor_compare(map, host, cpu)? {
        Comparison::Incompatible(reasons) => reasons,
        Comparison::Identical | Comparison::Superset => Vec::new(),
    };
    let models = host.models.ask().map_err(CannotTell::Unknown)?;
    let name = cpu.model.as_deref().ok_or(CpuError::NoModel)?;
    if !models.value.iter().any(|model| model.value.name == name) {
        reasons.push(Incompatibility::ModelNotOffered(name.to_owned()));
    }
    Ok(reasons)
}

/// The host-model, where it is what QEMU reports and not a guess from CPUID.
///
/// # Errors
/// [`CannotTell`] where there is none, or it is such a guess.
pub fn reported(host: &Capability) -> Result<Definition, CannotTell> {
    let model = host.host_model.ask().map_err(CannotTell::Unknown)?;
    let model = model.value.as_ref().map(Definition::from).ok_or(CannotTell::NotReported)?;
    match model.fallback.as_deref() {
        Some("forbid") => Ok(model),
        _ => Err(CannotTell::NotReported),
    }
}

/// Whether the host's libvirt tells what blocks a model: it does where it tells so of any.
pub(super) fn tells_blockers(host: &Capability) -> bool {
    let models = host.models.value().map_or(&[][..], Vec::as_slice);
    models.iter().any(|model| model.value.blockers.as_ref().is_some_and(|blockers| !blockers.is_empty()))
}

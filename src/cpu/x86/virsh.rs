//! Definitions as virsh takes them, and refusals in libvirt's words: each with the class of its error
//! (`virErrorMsg`), as virsh prints it after `error: `.

use super::{BaselineError, CannotTell, CpuError, Definition, Incompatibility};
use crate::ingest::CpuInput;
use crate::model::Capability;

/// The definition as a host's (`VIR_CPU_TYPE_HOST`, what `virsh cpu-baseline` asks for).
///
/// # Errors
/// libvirt's words, where it does not parse it as such.
pub fn host_input(input: &CpuInput) -> Result<Definition, String> {
    let read = || Definition::from(&input.cpu).as_host();
    input.host_refusal.clone().map_or_else(|| Ok(read()), Err)
}

/// The definition as what it is (`VIR_CPU_TYPE_AUTO`): a host's where it names an architecture.
///
/// # Errors
/// libvirt's words, where it does not parse it.
pub fn any_input(input: &CpuInput) -> Result<Definition, String> {
    input.refusal.clone().map_or_else(|| Ok(Definition::from(&input.cpu)), Err)
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
        Incompatibility::Model(name) => {
            format!("host CPU model does not match required CPU model {name}")
        }
        Incompatibility::ModelNotOffered(name) => format!("CPU model {name} is not supported by hypervisor"),
    };
    format!("{head}: {said}")
}

//! What libvirt does not take for a CPU definition, before it looks at any name in it.

use crate::model::{CpuDefinition, CpuMode};

/// Why a `<cpu>` is no definition; libvirt's words.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
pub enum Malformed {
    /// What names an architecture is a host's, and what says how to match is a guest's.
    #[error("'arch' element cannot be used inside 'cpu' element with 'match' attribute'")]
    ArchAndMatch,
    /// A host's CPU is what it is.
    #[error("Attribute mode is only allowed for guest CPU")]
    ModeOfHost,
    /// A host's CPU is of some architecture.
    #[error("Missing CPU architecture")]
    NoArch,
    /// A host's CPU is of some model.
    #[error("Missing CPU model name")]
    NoModel,
    /// A vendor says nothing without a model.
    #[error("CPU vendor specified without CPU model")]
    VendorAlone,
    /// Features say nothing without a model.
    #[error("Non-empty feature list specified without CPU model")]
    FeaturesAlone,
    /// It cannot be told which of them counts.
    #[error("CPU feature '{0}' specified more than once")]
    Twice(String),
}

/// Why libvirt does not read `cpu`, where it does not (`virCPUDefParseXML`). `of_host` says that it must be a host's,
/// as `virsh cpu-baseline` has it; the other commands go by whether there is an `<arch>`.
pub fn malformed(cpu: &CpuDefinition, of_host: bool) -> Option<Malformed> {
    let host = of_host || cpu.arch.is_some();
    let (model, custom) = (cpu.model.is_some(), host || cpu.mode() == CpuMode::Custom);
    let cases = [
        (!of_host && cpu.arch.is_some() && cpu.match_.is_some(), Malformed::ArchAndMatch),
        (host && cpu.mode.is_some(), Malformed::ModeOfHost),
        (host && cpu.arch.is_none(), Malformed::NoArch),
        (host && !model, Malformed::NoModel),
        (!model && cpu.vendor.is_some(), Malformed::VendorAlone),
        (!model && custom && !cpu.features.is_empty(), Malformed::FeaturesAlone),
    ];
    let found = cases.into_iter().find(|(is, _)| *is).map(|(_, error)| error);
    found.or_else(|| twice(cpu))
}

fn twice(cpu: &CpuDefinition) -> Option<Malformed> {
    let names = || cpu.features.iter().map(|feature| &feature.value.name);
    let again = names().enumerate().find(|(at, name)| names().take(*at).any(|earlier| earlier == *name));
    again.map(|(_, name)| Malformed::Twice(name.clone()))
}

//! Whether a CPU can be given on a host, by the map alone (`virsh cpu-compare`).

use super::{Asked, CpuError, Definition, Given};
use crate::model::{Arch, CpuMap};

/// What comparing a host's CPU with another says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// The host gives that and no more.
    Identical,
    /// The host gives that and more.
    Superset,
    /// The host does not give that, for all these reasons.
    Incompatible(Vec<Incompatibility>),
}

impl Comparison {
    /// Whether the CPU can run there.
    pub fn runs(&self) -> bool {
        !matches!(self, Self::Incompatible(_))
    }
}

/// Why a CPU cannot be given on a host.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Incompatibility {
    /// It is of an architecture that is no x86.
    Arch(Arch),
    /// The host's CPU model is not known.
    HostUnknown,
    /// It asks for another vendor.
    Vendor {
        /// What it asks for.
        asked: String,
        /// What the host is.
        host: Option<String>,
    },
    /// The host has features that it forbids.
    Forbidden(Vec<String>),
    /// The host lacks features that it needs.
    Missing(Vec<String>),
    /// `match='strict'`, and the host has more features.
    Strict(Vec<String>),
    /// It is of another model, where only names are compared (ARM).
    Model(String),
    /// The host's QEMU does not offer the model.
    ModelNotOffered(String),
}

/// Compares as `virCPUx86Compare` and `x86Compute` do, except that every reason is named and not
/// only the first.
///
/// # Errors
/// [`CpuError`] for a model, vendor or feature that the map does not know.
pub fn compare(map: &CpuMap, host: &Definition, cpu: &Definition) -> Result<Comparison, CpuError> {
    if host.model.is_none() {
        return Ok(Comparison::Incompatible(vec![Incompatibility::HostUnknown]));
    }
    if let Some(arch) = cpu.arch.as_ref().filter(|arch| !arch.is_x86()) {
        return Ok(Comparison::Incompatible(vec![Incompatibility::Arch(arch.clone())]));
    }
    match (compare_sets(map, host, cpu), vendor_differs(host, cpu)) {
        // libvirt looks at the vendor first, and then at no name any more.
        (Err(_), Some(vendor)) => Ok(Comparison::Incompatible(vec![vendor])),
        (answer, _) => answer,
    }
}

fn compare_sets(map: &CpuMap, host: &Definition, cpu: &Definition) -> Result<Comparison, CpuError> {
    let given = Given::of(map, host)?;
    Ok(Asked::of(map, cpu)?.compare(map, &given))
}

fn vendor_differs(host: &Definition, cpu: &Definition) -> Option<Incompatibility> {
    let asked = cpu.vendor.as_ref().filter(|asked| host.vendor.as_ref() != Some(asked))?;
    Some(Incompatibility::Vendor { asked: asked.clone(), host: host.vendor.clone() })
}

//! What virsh answers about CPUs that are not x86, by name alone (`src/cpu/cpu.c`, `src/cpu/cpu_arm.c`, libvirt 9.0
//! and 11.3; baselines observed with 9.0).
//!
//! On ARM the answers are there and mean nothing. Those of other architectures are not computed here.

use crate::cpu::x86::{Comparison, Definition, Incompatibility, Side};
use crate::model::Arch;

/// Architectures that libvirt's ARM code answers for.
const ARM: [&str; 4] = ["armv6l", "armv7b", "armv7l", "aarch64"];
/// Architectures whose code there is, and not here.
const OTHER_CODE: [&str; 5] = ["ppc64", "ppc64le", "s390", "s390x", "loongarch64"];

/// The model of the first CPU (`virCPUarmBaseline`); features and vendor are dropped.
///
/// # Errors
/// libvirt's words for an architecture that it does not support, ours for one that is not supported here.
pub fn baseline(arch: &Arch, cpus: &[Definition]) -> Result<Definition, String> {
    answered(arch, "compute baseline CPU")?;
    let model = cpus.first().and_then(|first| first.model.clone());
    let fallback = Some("allow".to_owned());
    Ok(Definition { arch: Some(arch.clone()), model, fallback, ..Definition::default() })
}

/// Identical, unless it is a host's CPU of another name (`virCPUarmCompare`).
///
/// # Errors
/// libvirt's words for an architecture that it does not support, ours for one that is not supported here.
pub fn compare(arch: &Arch, host: &Definition, cpu: &Definition) -> Result<Comparison, String> {
    answered(arch, "compare CPUs")?;
    if cpu.side != Side::Host {
        return Ok(Comparison::Identical);
    }
    let incompatible = |reason| Ok(Comparison::Incompatible(vec![reason]));
    if host.vendor != cpu.vendor {
        let asked = cpu.vendor.clone().unwrap_or_default();
        return incompatible(Incompatibility::Vendor { asked, host: host.vendor.clone() });
    }
    if host.model != cpu.model {
        return incompatible(Incompatibility::Model(cpu.model.clone().unwrap_or_default()));
    }
    Ok(Comparison::Identical)
}

fn answered(arch: &Arch, what: &str) -> Result<(), String> {
    let unsupported = "this function is not supported by the connection driver";
    match arch.as_str() {
        name if ARM.contains(&name) => Ok(()),
        // The one that libvirt cannot do either, by the code it has.
        "s390" | "s390x" if what.starts_with("compute") => {
            Err(format!("{unsupported}: cannot {what} of {arch} architecture"))
        }
        name if OTHER_CODE.contains(&name) => {
            Err(format!("Portolan cannot {what} of {arch} architecture; ask virsh"))
        }
        _ => Err(format!("{unsupported}: '{arch}' architecture is not supported by CPU driver")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn host(model: &str, vendor: &str) -> Definition {
        let vendor = Some(vendor.to_owned());
        Definition { vendor, ..Definition::of_model(model).as_host() }
    }

    #[test]
    fn names_are_all_that_counts() {
        let (one, other) = (host("Neoverse-N1", "ARM"), host("Kunpeng-920", "HiSilicon"));
        let compared = |cpu: &Definition| compare(&Arch::Aarch64, &one, cpu).expect("answered");
        assert_eq!(compared(&one), Comparison::Identical);
        assert_eq!(compared(&Definition::of_model("cortex-a57")), Comparison::Identical);
        assert!(matches!(compared(&other), Comparison::Incompatible(_)));
        assert!(matches!(compared(&host("Neoverse-V1", "ARM")), Comparison::Incompatible(_)));
        let copied = baseline(&Arch::Aarch64, &[one.clone(), other]).expect("answered");
        assert_eq!(copied.model.as_deref(), Some("Neoverse-N1"));
    }

    #[test]
    fn other_architectures_are_refused() {
        let refused = |arch: &str| baseline(&Arch::Other(arch.to_owned()), &[]).expect_err("refused");
        assert!(refused("riscv64").ends_with("'riscv64' architecture is not supported by CPU driver"));
        assert!(refused("s390x").ends_with("cannot compute baseline CPU of s390x architecture"));
        assert!(refused("ppc64le").starts_with("Portolan cannot"));
    }
}

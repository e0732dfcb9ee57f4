//! Names of x86 features that QEMU spells otherwise than libvirt (`virQEMUCapsCPUFeaturesX86`, libvirt 9.0
//! and 11.3; all others are spelled alike).

use crate::model::Arch;

/// libvirt's name and QEMU's.
const X86: [(&str, &str); 11] = [
    ("cmp_legacy", "cmp-legacy"),
    ("ds_cpl", "ds-cpl"),
    ("fxsr_opt", "fxsr-opt"),
    ("kvm_pv_eoi", "kvm-pv-eoi"),
    ("kvm_pv_unhalt", "kvm-pv-unhalt"),
    ("lahf_lm", "lahf-lm"),
    ("nodeid_msr", "nodeid-msr"),
    ("pclmuldq", "pclmulqdq"),
    ("perfctr_core", "perfctr-core"),
    ("perfctr_nb", "perfctr-nb"),
    ("tsc_adjust", "tsc-adjust"),
];

/// libvirt's name of the feature that QEMU calls `name` (`virQEMUCapsCPUFeatureFromQEMU`).
pub(super) fn feature(arch: &Arch, name: &str) -> String {
    let row = X86.iter().find(|(_, qemu)| arch.is_x86() && *qemu == name);
    row.map_or(name, |(libvirt, _)| libvirt).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn features_are_renamed_on_x86_only() {
        assert_eq!(feature(&Arch::X86_64, "pclmulqdq"), "pclmuldq");
        assert_eq!(feature(&Arch::X86_64, "nrip-save"), "nrip-save");
        assert_eq!(feature(&Arch::Aarch64, "lahf-lm"), "lahf-lm");
    }
}

//! Whether KVM gives a guest the named model it asks for.

use crate::knowledge::arm::ArmModel;
use crate::model::{DocumentKind, Platform};

/// Whether a host gives the model under KVM: its QEMU must do so, and its cores must be of that model.
///
/// # Errors
/// The kind of document that would tell.
pub fn given_under_kvm(model: Option<&ArmModel>, host: &Platform) -> Result<bool, DocumentKind> {
    let Some(model) = model.filter(|model| model.kvm) else { return Ok(false) };
    let (midrs, qemu) = (host.cpu.midrs.ask()?, host.qemu.ask()?);
    Ok(qemu.value >= model.qemu && midrs.value.iter().all(|&midr| model.is(midr)))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::knowledge::arm::models;
    use crate::model::{Fact, Midr, Version};
    use crate::text::{Place, Sources, Span};

    fn host(midr: u32, qemu: Version) -> Platform {
        let place = Place { source: Sources::default().add("made up", ""), span: Span::new(0, 0) };
        let mut host = Platform::unknown();
        host.cpu.midrs = Fact::known(BTreeSet::from([Midr(midr)]), place);
        host.qemu = Fact::known(qemu, place);
        host
    }

    #[test]
    fn no_model_of_today_is_given_under_kvm() {
        let n1 = host(0x413f_d0c1, Version::new(10, 0, 0));
        assert!(models().iter().all(|model| given_under_kvm(Some(model), &n1) == Ok(false)));
        assert_eq!(given_under_kvm(None, &n1), Ok(false));
    }

    #[test]
    fn a_model_that_qemu_gains_is_one_more_line() {
        let line = ["neoverse-n1", "99.0", "tcg kvm", "0x41", "0xd0c", "0", "made up"];
        let model = ArmModel::read(line).expect("a model");
        let given = |midr, qemu| given_under_kvm(Some(&model), &host(midr, qemu));
        assert_eq!(given(0x413f_d0c1, Version::new(99, 0, 0)), Ok(true));
        assert_eq!(given(0x413f_d0c1, Version::new(98, 2, 0)), Ok(false), "an older QEMU");
        assert_eq!(given(0x481f_d010, Version::new(99, 0, 0)), Ok(false), "another core");
        assert_eq!(given_under_kvm(Some(&model), &Platform::unknown()), Err(DocumentKind::CpuInfo));
    }
}

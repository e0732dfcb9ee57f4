//! QEMU's named ARM CPU models, and under which accelerators they are.

use std::sync::LazyLock;

use crate::knowledge::data::{number, rows};
use crate::model::{Midr, Version};

/// One model, on the machine type `virt`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArmModel {
    /// QEMU's name.
    pub name: &'static str,
    /// A QEMU that has it; older ones may.
    pub qemu: Version,
    /// Whether it works under emulation.
    pub emulated: bool,
    /// Whether it works under KVM on a host of the same core.
    pub kvm: bool,
    /// Implementer and part; `None` where it is no real core.
    pub core: Option<(u8, u16)>,
    /// Bits of its longest SVE vector; 0 where it has no `sve` properties.
    pub longest_vector: u32,
    /// Where that is from.
    pub source: &'static str,
}

impl ArmModel {
    /// What a line of the table says.
    pub fn read(
        [name, qemu, accelerators, implementer, part, vector, source]: [&'static str; 7],
    ) -> Option<Self> {
        let core = (implementer != "-")
            .then(|| Some((u8::try_from(number(implementer)?).ok()?, u16::try_from(number(part)?).ok()?)));
        let under = |accelerator| accelerators.split(' ').any(|one| one == accelerator);
        Some(Self {
            name,
            qemu: Version::parse(qemu)?,
            emulated: under("tcg"),
            kvm: under("kvm"),
            core: core.map_or(Some(None), |core| core.map(Some))?,
            longest_vector: number(vector)?,
            source,
        })
    }

    /// Whether `midr` is a core of this model.
    pub fn is(&self, midr: Midr) -> bool {
        self.core == Some((midr.implementer(), midr.part()))
    }
}

static MODELS: LazyLock<Vec<ArmModel>> =
    LazyLock::new(|| rows::<7>(include_str!("../data/arm-models.txt")).filter_map(ArmModel::read).collect());

/// All models.
pub fn models() -> &'static [ArmModel] {
    &MODELS
}

/// The model that QEMU calls `name`.
pub fn model(name: &str) -> Option<&'static ArmModel> {
    MODELS.iter().find(|model| model.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::knowledge::data::assert_rows;

    #[test]
    fn every_line_is_a_model() {
        let text = include_str!("../data/arm-models.txt");
        assert_rows::<7>(text);
        assert_eq!(MODELS.len(), rows::<7>(text).count());
        let known = |model: &ArmModel| {
            model.core.is_none_or(|(implementer, part)| {
                part < 0xd00 || super::super::core(Midr::new(implementer, 0, part, 0)).known
            })
        };
        assert!(MODELS.iter().all(known), "a core that the table of cores lacks");
    }

    #[test]
    fn models_say_where_they_work() {
        let n1 = model("neoverse-n1").expect("a model");
        assert!(n1.emulated && !n1.kvm && n1.is(Midr(0x413f_d0c1)));
        assert!(model("cortex-m0").is_some_and(|m0| !m0.emulated && m0.core.is_none()));
        assert_eq!(model("Kunpeng-920"), None);
    }
}

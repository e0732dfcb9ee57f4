//! From the bits of a processor to its features, vendor and signature, and from these to a CPU
//! (`x86DataToVendor`, `x86DataToSignature`, `x86DataFilterTSX`, `x86Decode`; libvirt 11.3).

use super::decode::{Choice, ModelOffer, decode};
use super::{BaselineError, Definition, FeatureSet, Side};
use crate::model::{Arch, CpuData, CpuMap, CpuSignature, CpuidRegister, FeatureBit};

/// What the bits of a processor mean by one map.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RawCpu {
    /// The features of the map that it has.
    pub features: FeatureSet,
    /// Its vendor's name in the map.
    pub vendor: Option<String>,
    /// What it says it is.
    pub signature: Option<CpuSignature>,
}

impl RawCpu {
    /// What `data` means by `map`. Leaves and registers that the data lack are taken for zero.
    pub fn of(map: &CpuMap, data: &CpuData) -> Self {
        let mut features = FeatureSet::none(map);
        for (at, feature) in (0..).zip(&map.features) {
            if has(data, feature.bit) {
                features.insert(at);
            }
        }
        let vendor = data.cpuid.get(&(0, 0)).map(vendor_string);
        let vendor = map.vendors.iter().find(|(_, string)| Some(string.as_bytes()) == vendor.as_deref());
        let signature = data.cpuid.get(&(1, 0)).map(|[eax, ..]| *eax).filter(|&eax| eax != 0);
        Self { features, vendor: vendor.map(|(name, _)| name.clone()), signature: signature.map(unpack) }
    }
}

fn has(data: &CpuData, bit: FeatureBit) -> bool {
    match bit {
        FeatureBit::Cpuid { eax_in, ecx_in, register, bit } => {
            data.cpuid.get(&(eax_in, ecx_in)).is_some_and(|&[eax, ebx, ecx, edx]| {
                let word = match register {
                    CpuidRegister::Eax => eax,
                    CpuidRegister::Ebx => ebx,
                    CpuidRegister::Ecx => ecx,
                    CpuidRegister::Edx => edx,
                };
                word.checked_shr(bit.into()).unwrap_or(0) & 1 == 1
            })
        }
        FeatureBit::Msr { index, bit } => {
            data.msrs.get(&index).is_some_and(|word| word.checked_shr(bit.into()).unwrap_or(0) & 1 == 1)
        }
    }
}

/// Leaf 0 spells the vendor in EBX, EDX and ECX.
fn vendor_string([_, ebx, ecx, edx]: &[u32; 4]) -> Vec<u8> {
    [ebx, edx, ecx].iter().flat_map(|word| word.to_le_bytes()).collect()
}

/// EAX of leaf 1 (`virCPUx86SignatureFromCPUID`): the extended family is added, the extended model
/// stands before the model.
fn unpack(eax: u32) -> CpuSignature {
    let field = |shift: u32, mask: u32| eax >> shift & mask;
    CpuSignature {
        family: field(20, 0xff) + field(8, 0xf),
        model: field(16, 0xf) << 4 | field(4, 0xf),
        stepping: field(0, 0xf),
    }
}

/// The nearest CPU of a processor: a host's as `virsh capabilities` tells it, or a guest's as
/// host-model gives it where the hypervisor offers `models`.
///
/// # Errors
/// [`BaselineError::NoModel`] where no model of the map is like it.
pub fn decode_raw(
    map: &CpuMap,
    raw: &RawCpu,
    side: Side,
    models: Option<&[ModelOffer]>,
) -> Result<Definition, BaselineError> {
    let features = without_broken_tsx(map, raw);
    let (vendor, signature) = (raw.vendor.as_deref(), raw.signature);
    let choice = Choice { side, signature, models, vendor, ..Choice::default() };
    let mut cpu = decode(map, &features, &choice).ok_or(BaselineError::NoModel)?;
    cpu.arch = (side == Side::Host).then_some(Arch::X86_64);
    cpu.vendor.clone_from(&raw.vendor);
    cpu.fallback = (side == Side::Guest).then(|| "forbid".to_owned());
    Ok(cpu)
}

/// `x86DataFilterTSX`: Haswell's transactions do not work, whatever CPUID says of them.
fn without_broken_tsx(map: &CpuMap, raw: &RawCpu) -> FeatureSet {
    let mut features = raw.features.clone();
    let broken = raw.signature.is_some_and(|one| {
        one.family == 6 && (matches!(one.model, 60 | 69 | 70) || one.model == 63 && one.stepping < 4)
    });
    if broken && raw.vendor.as_deref() == Some("Intel") {
        ["hle", "rtm"].iter().filter_map(|name| map.feature(name)).for_each(|f| features.remove(f));
    }
    features
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::knowledge::x86::latest;

    /// A made-up processor of Intel, of this family and model, with `tsc` and `hle`.
    fn processor(eax: u32) -> CpuData {
        let vendor = [0x16, 0x756e_6547, 0x6c65_746e, 0x4965_6e69];
        let cpuid = [((0, 0), vendor), ((1, 0), [eax, 0, 0, 1 << 4]), ((7, 0), [0, 1 << 4, 0, 0])];
        CpuData { cpuid: cpuid.into(), msrs: [(0x10a, 1 << 3)].into() }
    }

    #[test]
    fn bits_are_named() {
        let raw = RawCpu::of(latest(), &processor(0x0003_06c3));
        assert_eq!(raw.features.names(latest()), ["tsc", "hle", "skip-l1dfl-vmentry"]);
        assert_eq!(raw.vendor.as_deref(), Some("Intel"));
        assert_eq!(raw.signature, Some(CpuSignature { family: 6, model: 60, stepping: 3 }));
        assert_eq!(RawCpu::of(latest(), &CpuData::default()).vendor, None);
    }

    #[test]
    fn transactions_that_do_not_work_are_left_out() {
        let left = |eax| without_broken_tsx(latest(), &RawCpu::of(latest(), &processor(eax)));
        assert!(!left(0x0003_06c3).names(latest()).contains(&"hle"));
        assert!(!left(0x0003_06f2).names(latest()).contains(&"hle"));
        assert!(left(0x0003_06f4).names(latest()).contains(&"hle"));
    }

    #[test]
    fn a_processor_that_no_model_is_like_is_refused() {
        let raw = RawCpu::of(latest(), &CpuData::default());
        assert_eq!(decode_raw(latest(), &raw, Side::Host, None), Err(BaselineError::NoModel));
    }
}

//! libvirt's map of x86 CPU models and features, whichever version of libvirt it is from.

use std::collections::BTreeMap;
use std::sync::OnceLock;

/// Where a feature's bit stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FeatureBit {
    /// In the answer of CPUID.
    Cpuid {
        /// The leaf.
        eax_in: u32,
        /// The sub-leaf.
        ecx_in: u32,
        /// The register of the answer.
        register: CpuidRegister,
        /// The bit of the register.
        bit: u8,
    },
    /// In a model-specific register.
    Msr {
        /// The register's index.
        index: u32,
        /// The bit of its 64.
        bit: u8,
    },
}

/// A register that CPUID answers in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CpuidRegister {
    /// EAX
    Eax,
    /// EBX
    Ebx,
    /// ECX
    Ecx,
    /// EDX
    Edx,
}

/// One feature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MapFeature {
    /// libvirt's name.
    pub name: String,
    /// Whether a guest that has it may migrate.
    pub migratable: bool,
    /// Where its bit stands.
    pub bit: FeatureBit,
}

/// A CPU signature a model stands for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Signature {
    /// Extended and base family together.
    pub family: u32,
    /// Extended and base model together.
    pub model: u32,
    /// Which steppings, first and last; `None` for all.
    pub stepping: Option<(u32, u32)>,
}

/// One model, ancestors' features included.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MapModel {
    /// libvirt's name.
    pub name: String,
    /// The vendor's name in the map, such as `Intel`.
    pub vendor: Option<String>,
    /// The features it has, as indices into [`CpuMap::features`], ascending.
    pub features: Vec<u32>,
    /// Features it once had: every guest result lists them.
    pub removed: Vec<u32>,
    /// Features that a live guest may turn out to have as well.
    pub added: Vec<u32>,
    /// Whether it may be the name of a decoded host CPU.
    pub decode_host: bool,
    /// Whether it may be the name of a baseline or guest CPU.
    pub decode_guest: bool,
    /// Whether guests are compared by the map alone (`<check partial='compat'/>`).
    pub compat: bool,
    /// The CPUs it stands for.
    pub signatures: Vec<Signature>,
    /// The model this one only renames.
    pub alias_of: Option<String>,
}

/// A map of x86 models, in libvirt's order, oldest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CpuMap {
    /// Where it is from, such as `libvirt 11.3.0`.
    pub origin: String,
    /// Vendors: name in the map and string of CPUID leaf 0.
    pub vendors: Vec<(String, String)>,
    /// Features, in libvirt's order.
    pub features: Vec<MapFeature>,
    /// Models, in libvirt's order.
    pub models: Vec<MapModel>,
    places: Places,
}

impl CpuMap {
    /// A map without anything in it yet.
    pub fn new(origin: impl Into<String>) -> Self {
        Self { origin: origin.into(), ..Self::default() }
    }

    /// The place of the feature called `name` in [`CpuMap::features`]. From the first question on the map must not change.
    pub fn feature(&self, name: &str) -> Option<u32> {
        self.places().features.get(name).copied()
    }

    /// The model called `name`. From the first question on the map must not change.
    pub fn model(&self, name: &str) -> Option<&MapModel> {
        self.places().models.get(name).and_then(|&at| self.models.get(at))
    }

    fn places(&self) -> &ByName {
        self.places.0.get_or_init(|| {
            let mut places = ByName::default();
            // Of several of one name the first counts.
            for (feature, at) in self.features.iter().zip(0..) {
                places.features.entry(feature.name.clone()).or_insert(at);
            }
            for (at, model) in self.models.iter().enumerate() {
                places.models.entry(model.name.clone()).or_insert(at);
            }
            places
        })
    }
}

/// Where names stand: found when first asked, and the same for equal maps.
#[derive(Clone, Debug, Default)]
struct Places(OnceLock<ByName>);

#[derive(Clone, Debug, Default)]
struct ByName {
    features: BTreeMap<String, u32>,
    models: BTreeMap<String, usize>,
}

impl PartialEq for Places {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Places {}

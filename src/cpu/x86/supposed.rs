//! A host as it would be with other versions, if it had certain features.

use std::collections::BTreeSet;

use super::bounds::{Names, Versions};
use super::class::Class;
use super::decode::{Choice, decode};
use super::hypervisor::OFF_UNDER_KVM;
use super::{Definition, FeatureSet, ModelOffer};
use crate::knowledge::versions::{Component, has};
use crate::model::{CpuDefinition, CpuMap, CustomModel, Fact, Known, Platform, Usable};
use crate::text::Place;

/// What is supposed of a host: its versions, the map of that libvirt, and the models it offers.
pub(super) struct Supposition<'s> {
    pub(super) to: Versions,
    pub(super) map: &'s CpuMap,
    pub(super) offered: &'s BTreeSet<String>,
}

impl Supposition<'_> {
    /// The host of `class` under this supposition, with the features `names`. What it says is said nowhere; its places are
    /// those of the document that it stands for.
    pub(super) fn platform(&self, class: &Class<'_>, platform: &Platform, names: &Names) -> Platform {
        let place = class.capability.machine.place;
        let set = FeatureSet::named(self.map, names.iter().map(String::as_str));
        let mut capability = class.capability.clone();
        let given = self.host_model(class, platform, &set);
        capability.host_model = Fact::known(Some(definition(given, &class.vendor, place)), place);
        let models = self.offered.iter().map(|name| Known::new(self.offer(name, &set), place));
        capability.models = Fact::known(models.collect(), place);
        // That is another QEMU than the one that was probed.
        capability.probed = None;
        let mut platform = platform.clone();
        platform.libvirt = Fact::known(self.to.libvirt, place);
        platform.qemu = Fact::known(self.to.qemu, place);
        platform.capabilities = vec![capability];
        platform
    }

    /// The features decoded as that libvirt does (`virQEMUCapsInitCPUModelX86`).
    fn host_model(&self, class: &Class<'_>, platform: &Platform, set: &FeatureSet) -> Definition {
        let offers = self.offered.iter().cloned().map(|name| ModelOffer { name, ..ModelOffer::default() });
        let offers: Vec<ModelOffer> = offers.collect();
        let choice = Choice {
            models: Some(&offers),
            vendor: (!class.vendor.is_empty()).then_some(class.vendor.as_str()),
            signature: platform.cpu.signature.value().copied(),
            ..Choice::default()
        };
        decode(self.map, set, &choice).unwrap_or_default()
    }

    fn offer(&self, name: &str, set: &FeatureSet) -> CustomModel {
        let lacking = self.map.model(name).map(|model| FeatureSet::of_model(self.map, model).minus(set));
        let names = lacking.iter().flat_map(|lacking| lacking.names(self.map));
        let blockers: Vec<String> =
            names.filter(|name| !OFF_UNDER_KVM.contains(name)).map(str::to_owned).collect();
        CustomModel {
            name: name.into(),
            usable: if blockers.is_empty() { Usable::Yes } else { Usable::No },
            canonical: None,
            deprecated: false,
            blockers: has(Component::Libvirt, self.to.libvirt, "domcaps-blockers").then_some(blockers),
        }
    }
}

fn definition(given: Definition, vendor: &str, place: Place) -> CpuDefinition {
    CpuDefinition {
        model: given.model.map(|model| Known::new(model.into(), place)),
        fallback: Some(Known::new("forbid".into(), place)),
        vendor: (!vendor.is_empty()).then(|| Known::new(vendor.into(), place)),
        features: given.features.into_iter().map(|feature| Known::new(feature, place)).collect(),
        ..CpuDefinition::default()
    }
}

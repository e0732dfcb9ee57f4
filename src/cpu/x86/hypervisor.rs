//! What is asked in the place of a host's QEMU: its domain capabilities, or what libvirt's cache holds of it.

use std::collections::{BTreeMap, BTreeSet};

use super::check::{reported, tells_blockers};
use super::{Definition, FeatureSet, ModelOffer, NEVER_PASSED, RawCpu, Side, decode_raw, expand};
use crate::model::{
    Accelerator, Capability, CpuDefinition, CpuMap, CpuProperty, CpuSignature, CustomModel, Fact, FeatureBit,
    Known, Policy, PropertyValue, QemuCapabilities, Usable, Version, VirtType,
};

/// QEMU with one virt type, as a document tells of it.
#[derive(Clone, Debug)]
pub struct Hypervisor {
    /// The models, and the host-model.
    pub capability: Capability,
    /// The properties of QEMU's CPU, which domain capabilities do not list.
    properties: Option<Vec<CpuProperty>>,
}

impl From<Capability> for Hypervisor {
    fn from(capability: Capability) -> Self {
        Self { capability, properties: None }
    }
}

/// Features that QEMU turns off in every model it runs under KVM, so that their lack blocks none
/// (`kvm_default_props`, QEMU 7.2).
pub(super) const OFF_UNDER_KVM: [&str; 3] = ["acpi", "monitor", "svm"];

/// The libvirt that began to print what blocks a model, and to go by it.
const TELLS_BLOCKERS: Version = Version::new(10, 9, 0);

impl Hypervisor {
    /// What libvirt makes of its cache (`virQEMUCapsInitHostCPUModel`), for guests of `virt_type`.
    pub fn probed(map: &CpuMap, found: &QemuCapabilities, virt_type: &VirtType) -> Self {
        let nothing = Accelerator {
            virt_type: Known::new(virt_type.clone(), found.arch.place),
            machines: vec![],
            models: vec![],
            host_cpu: None,
        };
        let by = found.for_guests(virt_type).unwrap_or(&nothing);
        let place = by.virt_type.place;
        let machine = by.machines.iter().find(|machine| machine.default).or_else(|| by.machines.first());
        let machine = machine.map_or_else(String::new, |machine| machine.name.clone());
        let says = found.libvirt.as_ref().is_some_and(|libvirt| libvirt.value >= TELLS_BLOCKERS);
        let as_printed = |known: &Known<CustomModel>| {
            let mut known = known.clone();
            known.value.blockers = known.value.blockers.filter(|_| says);
            known
        };
        let models = by.models.iter().map(as_printed).collect();
        let told =
            |model: &Known<CustomModel>| Some((model.value.name.into(), model.value.blockers.clone()?));
        let virt_type = Known::new(virt_type.clone(), place);
        let mut capability = Capability {
            emulator: Some(found.emulator),
            models: Fact::known(models, place),
            probed: Some(Known::new(by.models.iter().filter_map(told).collect::<BTreeMap<_, _>>(), place)),
            ..Capability::unknown(found.arch.clone(), virt_type, Known::new(machine.into(), place))
        };
        let mut host_model = host_model(map, &offers(map, &capability), by);
        if let Some(cpu) = host_model.as_mut().filter(|_| !found.tells_unavailable) {
            cpu.features.retain(|feature| !is_of_msr(map, &feature.value.name));
        }
        capability.host_model = Fact::known(host_model, place);
        Self { capability, properties: by.host_cpu.as_ref().map(|properties| properties.value.clone()) }
    }

    /// The models that QEMU offers, usable or not.
    pub fn models(&self, map: &CpuMap) -> Vec<ModelOffer> {
        offers(map, &self.capability)
    }

    /// The features a baseline may have (`virQEMUCapsGetCPUFeatures`): those that QEMU has a property for, whatever it
    /// is set to; where guests must be able to migrate, without those that it calls unmigratable.
    ///
    /// Domain capabilities do not list the properties. Then it is all of the map but those that QEMU never has one for,
    /// and `invtsc` is the one that cannot migrate.
    pub fn features(&self, map: &CpuMap, migratable: bool) -> BTreeSet<String> {
        let Some(properties) = &self.properties else { return guessed_features(map, migratable) };
        let kept = properties.iter().filter(|one| !migratable || one.migratable != Some(false));
        kept.map(|one| one.name.clone()).collect()
    }
}

/// Whether a register holds the feature: where QEMU does not say what is unavailable, libvirt does not believe that such
/// a one is there (`virCPUx86FeatureFilterDropMSR`).
fn is_of_msr(map: &CpuMap, name: &str) -> bool {
    let known = map.features.iter().find(|feature| feature.name == name);
    known.is_some_and(|feature| matches!(feature.bit, FeatureBit::Msr { .. }))
}

fn guessed_features(map: &CpuMap, migratable: bool) -> BTreeSet<String> {
    let dropped = |name: &str| NEVER_PASSED.contains(&name) || migratable && name == "invtsc";
    map.features.iter().map(|feature| feature.name.clone()).filter(|name| !dropped(name)).collect()
}

/// The CPU that QEMU has as `host` or `max`, in libvirt's terms (`virQEMUCapsInitCPUModelX86`).
fn host_model(map: &CpuMap, models: &[ModelOffer], by: &Accelerator) -> Option<CpuDefinition> {
    let properties = by.host_cpu.as_ref()?;
    let on = properties.value.iter().filter(|one| one.value == PropertyValue::Boolean(true));
    let number = |name| match by.property(name) {
        Some(PropertyValue::Number(number)) => u32::try_from(*number).unwrap_or_default(),
        _ => 0,
    };
    let vendor = map.vendors.iter().find(
        |(_, string)| matches!(by.property("vendor"), Some(PropertyValue::Text(text)) if text == string),
    );
    let raw = RawCpu {
        features: FeatureSet::named(map, on.map(|one| one.name.as_str())),
        vendor: vendor.map(|(name, _)| name.clone()),
        signature: Some(CpuSignature {
            family: number("family"),
            model: number("model"),
            stepping: number("stepping"),
        }),
    };
    let cpu = decode_raw(map, &raw, Side::Guest, Some(models)).ok()?;
    let text = |text: Option<String>| text.map(|text| Known::new(text.into(), properties.place));
    Some(CpuDefinition {
        model: text(cpu.model),
        fallback: text(cpu.fallback),
        vendor: text(cpu.vendor),
        features: cpu.features.into_iter().map(|one| Known::new(one, properties.place)).collect(),
        ..CpuDefinition::default()
    })
}

/// The models that a host offers, usable or not, each with what blocks it.
///
/// libvirt before 10.9 knows what blocks a model and prints it nowhere but in its cache. Where that is not at hand, it
/// is what the host-model lacks for it by libvirt's map. QEMU's own models differ from the map's here and there, so
/// that is exact only for CPUs that the host-model has whole.
pub(super) fn offers(map: &CpuMap, host: &Capability) -> Vec<ModelOffer> {
    let models = host.models.value().map_or(&[][..], Vec::as_slice);
    let own = reported(host).ok().filter(|_| !tells_blockers(host));
    let given = own.and_then(|own| Some((expand(map, &own).ok()?, own)));
    let off: &[&str] = if host.virt_type.value == VirtType::Kvm { &OFF_UNDER_KVM } else { &[] };
    let offer = |listed: &CustomModel| {
        let told = host.blockers(&listed.name);
        let given = given.as_ref().filter(|_| told.is_none() && listed.usable != Usable::Yes);
        let derived = given.into_iter().flat_map(|(given, own)| blocking(map, &listed.name, given, own));
        let derived = derived.filter(|name| !off.contains(&name.as_str()));
        let blockers = told.into_iter().flatten().cloned().chain(derived).collect();
        ModelOffer { name: listed.name.into(), blockers }
    };
    models.iter().map(|listed| offer(&listed.value)).collect()
}

/// What blocks the model called `name` on a host whose host-model is `own` and has the features
/// `given`: what the map has of the model and the host lacks, and what QEMU has more of the
/// host-model's own model, which is disabled there; not what that model merely once had.
fn blocking(map: &CpuMap, name: &str, given: &FeatureSet, own: &Definition) -> Vec<String> {
    let Some(model) = map.model(name) else { return Vec::new() };
    let lacking = FeatureSet::of_model(map, model).minus(given);
    let disabled = own.named(Policy::Disable).filter(|_| own.model.as_deref() == Some(name));
    let disabled = FeatureSet::named(map, disabled).minus(&FeatureSet::of(map, &model.removed));
    lacking.or(&disabled).names(map).into_iter().map(str::to_owned).collect()
}

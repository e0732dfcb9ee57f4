//! A cluster that is made up: Intel hosts and guests of random models and features out of the built-in maps.

use portolan::cpu::x86::{Definition, FeatureSet};
use portolan::knowledge::x86::map;
use portolan::model::{
    Arch, Capability, CpuDefinition, CpuFeature, CpuMap, CustomModel, Fact, Known, MapModel, Name, Platform,
    Policy, Usable, Version, VirtType,
};
use portolan::text::{Place, Sources, Span};

const VENDOR: &str = "Intel";

/// Numbers that are the same on every run (`SplitMix64`).
pub(crate) struct Random(pub(crate) u64);

impl Random {
    /// A number below `end`.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((z ^ (z >> 31)) >> 1).unwrap_or_default() % end
    }

    fn percent(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    fn of<'t, T>(&mut self, all: &'t [T]) -> &'t T {
        &all[self.below(all.len())]
    }
}

/// One class of hosts: a platform and the map of its libvirt.
pub(crate) struct HostClass {
    pub(crate) platform: Platform,
    pub(crate) map: &'static CpuMap,
}

/// Classes of hosts, half of them with libvirt 9.0 and half with 11.3. All of their models and features are ones that 9.0
/// knows, so that its virsh takes them too.
pub(crate) fn host_classes(random: &mut Random, count: usize) -> Vec<HostClass> {
    let (old, new) = (map(Version::new(9, 0, 0)), map(Version::new(11, 3, 0)));
    let models = models(old);
    let one = |at: usize| {
        let definition = host_model(random, old, random_model(&models, at));
        let map = if at.is_multiple_of(2) { old } else { new };
        HostClass { platform: platform(&definition, map), map }
    };
    (0..count).map(one).collect()
}

fn random_model<'m>(models: &[&'m MapModel], at: usize) -> &'m MapModel {
    models[at * 7 % models.len()]
}

/// Intel's models that a baseline may name.
fn models(map: &CpuMap) -> Vec<&MapModel> {
    let ours = |model: &&MapModel| model.decode_guest && model.vendor.as_deref() == Some(VENDOR);
    map.models.iter().filter(ours).collect()
}

/// A model without a few of its features and with some that it has not.
fn host_model(random: &mut Random, map: &CpuMap, model: &MapModel) -> CpuDefinition {
    let own = FeatureSet::of_model(map, model);
    let features = map.features.iter().zip(0_u32..).filter_map(|(feature, at)| {
        let policy = if own.contains(at) { Policy::Disable } else { Policy::Require };
        let differs = random.percent(if own.contains(at) { 2 } else { 25 });
        differs.then(|| known(CpuFeature { name: Name::new(&feature.name), policy }))
    });
    CpuDefinition {
        model: Some(known(Name::new(&model.name))),
        fallback: Some(known("forbid".into())),
        vendor: Some(known(VENDOR.into())),
        features: features.collect(),
        ..CpuDefinition::default()
    }
}

/// A host that gives `definition`. Its QEMU offers all models of the map; libvirt 11.3 tells what blocks them.
fn platform(definition: &CpuDefinition, map: &CpuMap) -> Platform {
    let has = portolan::cpu::x86::expand(map, &Definition::from(definition)).expect("known names");
    let tells = map.models.len() > 100;
    let offer = |model: &MapModel| {
        let lacks = FeatureSet::of_model(map, model).minus(&has);
        let usable = if lacks.is_empty() { Usable::Yes } else { Usable::No };
        let blockers = tells.then(|| lacks.names(map).into_iter().map(str::to_owned).collect());
        known(CustomModel {
            name: Name::new(&model.name),
            usable,
            canonical: None,
            deprecated: false,
            blockers,
        })
    };
    let capability = Capability {
        host_model: Fact::Known(known(Some(definition.clone()))),
        models: Fact::Known(known(map.models.iter().map(offer).collect())),
        ..Capability::unknown(known(Arch::X86_64), known(VirtType::Kvm), known("pc-q35-8.0".into()))
    };
    Platform { capabilities: vec![capability], ..Platform::unknown() }
}

/// CPUs of guests: a model, and up to eight features with a policy.
pub(crate) fn guest_classes(random: &mut Random, count: usize) -> Vec<Definition> {
    let map = map(Version::new(9, 0, 0));
    let models = models(map);
    let policies = [Policy::Require, Policy::Disable, Policy::Disable, Policy::Optional, Policy::Forbid];
    let one = |_| {
        let mut guest = Definition::of_model(random.of(&models).name.clone());
        for _ in 0..random.below(9) {
            let (policy, name) = (*random.of(&policies), &random.of(&map.features).name);
            if guest.features.iter().all(|feature| feature.name != *name) {
                guest = guest.with(policy, name.clone());
            }
        }
        guest
    };
    (0..count).map(one).collect()
}

fn known<T>(value: T) -> Known<T> {
    let source = Sources::default().add("made up", "");
    Known::new(value, Place { source, span: Span::new(0, 0) })
}

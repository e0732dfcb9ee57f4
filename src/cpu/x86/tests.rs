//! What must hold of any CPUs, and the cluster's baseline on hosts made for it.

mod groups;

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::knowledge::x86::{latest, map};
use crate::model::{
    Arch, Capability, CpuDefinition, CpuFeature, CpuMap, CustomModel, DocumentKind, Fact, Known, Name,
    Platform, Policy, Usable, Version, VirtType,
};
use crate::text::{Place, Sources, Span};

fn known<T>(value: T) -> Known<T> {
    let source = Sources::default().add("test", "");
    Known::new(value, Place { source, span: Span::new(0, 0) })
}

/// A host whose QEMU offers all models of `map`, with these blockers.
fn host(given: &Definition, map: &CpuMap, blockers: &BTreeMap<&str, Vec<&str>>) -> Platform {
    let given = CpuDefinition {
        model: given.model.as_deref().map(|name| known(name.into())),
        fallback: Some(known("forbid".into())),
        vendor: given.vendor.as_deref().map(|name| known(name.into())),
        features: given.features.iter().cloned().map(known).collect(),
        ..CpuDefinition::default()
    };
    let tells = !blockers.is_empty();
    let models = map.models.iter().map(|model| {
        let blocked = blockers.get(model.name.as_str());
        let listed = blocked.map(|list| list.iter().map(|&name| name.to_owned()).collect());
        known(CustomModel {
            name: Name::new(&model.name),
            usable: if blocked.is_some() { Usable::No } else { Usable::Yes },
            canonical: None,
            deprecated: false,
            blockers: listed.or_else(|| tells.then(Vec::new)),
        })
    });
    let capability = Capability {
        host_model: Fact::Known(known(Some(given))),
        models: Fact::Known(known(models.collect())),
        ..Capability::unknown(known(Arch::X86_64), known(VirtType::Kvm), known("pc-q35-8.2".into()))
    };
    Platform { capabilities: vec![capability], ..Platform::unknown() }
}

fn intel(model: &str) -> Definition {
    Definition { vendor: Some("Intel".to_owned()), ..Definition::of_model(model) }
}

fn only(result: ClusterBaselines) -> ClusterBaseline {
    assert!(result.left_out.is_empty());
    let [group] = <[VendorGroup; 1]>::try_from(result.groups).expect("one vendor");
    group.baseline.expect("a baseline")
}

fn of_two(one: &Platform, other: &Platform, maps: [&CpuMap; 2]) -> ClusterBaselines {
    cluster_baselines(&[
        ClusterInput { name: "one", platform: one, map: maps[0] },
        ClusterInput { name: "two", platform: other, map: maps[1] },
    ])
}

#[test]
fn a_cluster_never_gets_what_stops_migration() {
    let given =
        intel("Skylake-Server-IBRS").with(Policy::Require, "invtsc").with(Policy::Require, "md-clear");
    let host = host(&given, latest(), &BTreeMap::new());
    let baseline = only(of_two(&host, &host, [latest(), latest()]));
    assert_eq!(baseline.definition.model.as_deref(), Some("Skylake-Server-IBRS"));
    assert!(baseline.features.contains("md-clear") && !baseline.features.contains("invtsc"));
    assert_eq!(baseline.level.map(|level| level.name), Some("x86-64-v4"));
    assert_eq!(baseline.hosts.iter().map(|h| h.name.as_str()).collect::<Vec<_>>(), ["one", "two"]);
    assert!(baseline.hosts.iter().all(|host| host.lost.is_empty() && host.derived));
}

#[test]
fn blockers_of_all_hosts_are_disabled() {
    let blockers = BTreeMap::from([("Skylake-Server-IBRS", vec!["hle", "rtm"])]);
    let without = intel("Skylake-Server-IBRS").with(Policy::Disable, "hle").with(Policy::Disable, "rtm");
    let (one, other) = (
        host(&intel("Skylake-Server-IBRS"), latest(), &BTreeMap::from([("EPYC", vec!["npt"])])),
        host(&without, latest(), &blockers),
    );
    let baseline = only(of_two(&one, &other, [latest(), latest()]));
    let disabled: Vec<&str> = baseline.definition.named(Policy::Disable).collect();
    assert!(disabled.contains(&"hle") && disabled.contains(&"rtm"), "{disabled:?}");
    assert_eq!(*baseline.hosts[0].lost, ["hle", "rtm"]);
    assert!(!baseline.hosts[1].derived);
}

#[test]
fn blockers_are_told_by_libvirts_cache_too() {
    let given = intel("Nehalem");
    let mut told = host(&given, latest(), &BTreeMap::new());
    let derived = host(&given, latest(), &BTreeMap::new());
    // QEMU has more in a model than the map here.
    let blockers = BTreeMap::from([("Nehalem".to_owned(), vec!["vmx".to_owned()])]);
    told.capabilities[0].probed = Some(known(blockers));
    let baseline = only(of_two(&told, &derived, [latest(), latest()]));
    assert_eq!(baseline.definition.named(Policy::Disable).collect::<Vec<_>>(), ["vmx"]);
    assert_eq!(baseline.hosts.iter().map(|host| host.derived).collect::<Vec<_>>(), [false, true]);
}

#[test]
fn an_older_libvirt_gets_no_name_that_it_does_not_know() {
    let old = map(Version::new(9, 0, 0));
    let (one, other) = (
        host(&intel("SapphireRapids"), latest(), &BTreeMap::new()),
        host(&intel("Cascadelake-Server"), old, &BTreeMap::new()),
    );
    let baseline = only(of_two(&one, &other, [latest(), old]));
    let model = baseline.definition.model.clone().unwrap();
    assert!(old.models.iter().any(|m| m.name == model), "{model}");
    let names = baseline.definition.features.iter().map(|f| f.name.as_str());
    assert!(names.clone().all(|name| old.features.iter().any(|f| f.name == name)));
    assert_eq!(baseline.map, "libvirt 9.0.0");
}

#[test]
fn vendors_are_kept_apart() {
    let amd = Definition { vendor: Some("AMD".to_owned()), ..Definition::of_model("EPYC") };
    let (one, other) =
        (host(&intel("Nehalem"), latest(), &BTreeMap::new()), host(&amd, latest(), &BTreeMap::new()));
    let result = of_two(&one, &other, [latest(), latest()]);
    let vendors: Vec<_> = result.groups.iter().map(|g| (g.vendor.as_str(), g.hosts.len())).collect();
    assert_eq!(vendors, [("AMD", 1), ("Intel", 1)]);
}

#[test]
fn a_host_of_which_nothing_is_known_is_left_out_and_said_so() {
    let host = Platform::unknown();
    let result = cluster_baselines(&[ClusterInput { name: "dark", platform: &host, map: latest() }]);
    let why = CannotTell::Unknown(DocumentKind::DomainCapabilities);
    assert_eq!(result.left_out, [("dark".to_owned(), why)]);
    assert!(result.groups.is_empty());
}

#[test]
fn a_comparison_names_every_reason() {
    let cpu = intel("Haswell").with(Policy::Forbid, "vme").with(Policy::Require, "avx512f");
    let host = Definition { vendor: Some("AMD".to_owned()), ..Definition::of_model("Nehalem") };
    let host = host.with(Policy::Require, "vme");
    let Ok(Comparison::Incompatible(reasons)) = compare(latest(), &host, &cpu) else { panic!("runs") };
    assert!(matches!(reasons[0], Incompatibility::Vendor { .. }));
    assert_eq!(reasons[1], Incompatibility::Forbidden(vec!["vme".to_owned()]));
    let Incompatibility::Missing(missing) = &reasons[2] else { panic!("{reasons:?}") };
    assert!(missing.iter().any(|name| name == "avx512f") && missing.iter().any(|name| name == "avx2"));
}

#[test]
fn a_definition_is_written_as_libvirt_writes_it() {
    let cpu = intel("Nehalem").with(Policy::Disable, "vme");
    let xml = "<cpu mode='custom' match='exact'>\n  <model fallback='allow'>Nehalem</model>\n  \
        <vendor>Intel</vendor>\n  <feature policy='disable' name='vme'/>\n</cpu>\n";
    assert_eq!(to_xml(&cpu), xml);
}

#[test]
fn unknown_names_are_errors() {
    let error = expand(latest(), &Definition::of_model("bogus")).unwrap_err();
    assert_eq!(error.to_string(), "Unknown CPU model bogus");
    let cpu = intel("Nehalem").with(Policy::Disable, "bogus");
    assert_eq!(expand(latest(), &cpu), Err(CpuError::UnknownFeature("bogus".to_owned())));
    assert_eq!(baseline(latest(), &[], &BaselineOptions::default()), Err(BaselineError::NoInput));
}

#[test]
fn what_qemu_is_never_given_can_be_left_out() {
    let cpu = intel("Nehalem").with(Policy::Require, "osxsave").with(Policy::Require, "vme");
    let passed = cpu.passed_to_qemu();
    assert_eq!(passed.named(Policy::Require).collect::<Vec<_>>(), ["vme"]);
}

/// CPUs that may stand beside each other: of Intel or of no vendor, said to be Intel's.
fn any_cpu() -> impl Strategy<Value = Definition> {
    let map = latest();
    let fits = |vendor: &Option<String>| vendor.as_deref().is_none_or(|vendor| vendor == "Intel");
    let models: Vec<String> =
        map.models.iter().filter(|model| fits(&model.vendor)).map(|model| model.name.clone()).collect();
    let feature = (0..map.features.len(), prop::bool::ANY).prop_map(|(at, on)| CpuFeature {
        name: Name::new(&latest().features[at].name),
        policy: if on { Policy::Require } else { Policy::Disable },
    });
    (prop::sample::select(models), prop::collection::vec(feature, 0..20)).prop_map(|(model, mut features)| {
        features.sort();
        features.dedup_by(|one, other| one.name == other.name);
        Definition { features, ..intel(&model) }
    })
}

proptest! {
    #[test]
    fn a_baseline_asks_of_no_input_what_it_lacks(inputs in prop::collection::vec(any_cpu(), 1..5)) {
        let map = latest();
        if let Ok(result) = baseline(map, &inputs, &BaselineOptions::default()) {
            let base = expand(map, &result).unwrap();
            for input in &inputs {
                prop_assert!(base.is_subset(&expand(map, input).unwrap()));
                let host = input.clone().with(Policy::Optional, "3dnow");
                prop_assert!(compare(map, &host, &result).unwrap().runs());
            }
        }
    }

    #[test]
    fn a_baseline_is_its_own_baseline(inputs in prop::collection::vec(any_cpu(), 1..5)) {
        let map = latest();
        if let Ok(once) = baseline(map, &inputs, &BaselineOptions::default()) {
            let twice = baseline(map, std::slice::from_ref(&once), &BaselineOptions::default()).unwrap();
            prop_assert_eq!(expand(map, &once), expand(map, &twice));
        }
    }

    #[test]
    fn the_order_of_inputs_does_not_matter(inputs in prop::collection::vec(any_cpu(), 1..5)) {
        let backwards: Vec<Definition> = inputs.iter().rev().cloned().collect();
        let options = BaselineOptions::default();
        prop_assert_eq!(baseline(latest(), &inputs, &options), baseline(latest(), &backwards, &options));
    }

    #[test]
    fn a_cpu_is_identical_to_itself(cpu in any_cpu()) {
        prop_assert_eq!(compare(latest(), &cpu, &cpu), Ok(Comparison::Identical));
    }

    #[test]
    fn writing_all_features_out_changes_none(cpu in any_cpu()) {
        let map = latest();
        let written = expand_features(map, &cpu).unwrap();
        prop_assert_eq!(expand(map, &written), expand(map, &cpu));
    }

    #[test]
    fn a_clusters_baseline_runs_on_every_host(one in any_cpu(), other in any_cpu()) {
        let map = latest();
        let hosts = [host(&one, map, &BTreeMap::new()), host(&other, map, &BTreeMap::new())];
        let result = of_two(&hosts[0], &hosts[1], [map, map]);
        if let Ok(baseline) = &result.groups[0].baseline {
            for host in &hosts {
                let missing = missing_on(map, &host.capabilities[0], &baseline.definition);
                prop_assert_eq!(missing, Ok(Vec::new()));
            }
        }
    }
}

#[test]
fn of_several_errors_libvirts_is_told() {
    let unknown = |name: &str| Definition { vendor: Some(name.to_owned()), ..Definition::of_model("486") };
    let amd = Definition { vendor: Some("AMD".to_owned()), ..Definition::of_model("EPYC") };
    let inputs = [amd.clone(), unknown("Cyrix")];
    // A vendor that nobody knows is first of all another vendor, unless it is the first.
    assert_eq!(baseline(latest(), &inputs, &BaselineOptions::default()), Err(BaselineError::Vendors));
    let error = CpuError::UnknownVendor("Cyrix".to_owned());
    let first = baseline(latest(), &inputs[1..], &BaselineOptions::default());
    assert_eq!(first, Err(BaselineError::Cpu(error)));
    let nameless = [amd.clone(), Definition::default()];
    let refused = baseline(latest(), &nameless, &BaselineOptions::default());
    assert_eq!(refused, Err(BaselineError::NoModelAt(1)));
    let foreign = Definition { model: Some("bogus".to_owned()), ..unknown("Intel") };
    assert!(matches!(compare(latest(), &amd, &foreign), Ok(Comparison::Incompatible(_))));
}

#[test]
fn what_is_optional_need_not_be_known_for_a_baseline() {
    let cpu = Definition::of_model("486").with(Policy::Optional, "bogus");
    let inputs = [cpu.clone()];
    let made = baseline(latest(), &inputs, &BaselineOptions::default()).expect("a baseline");
    assert_eq!(made.model.as_deref(), Some("486"));
    assert!(compare(latest(), &Definition::of_model("EPYC"), &cpu).is_err());
}

#[test]
fn a_cpu_without_a_model_asks_for_nothing() {
    let host = Definition::of_model("EPYC");
    assert_eq!(compare(latest(), &host, &Definition::default()), Ok(Comparison::Superset));
}

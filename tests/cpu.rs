//! Expand, compare and baseline against the results that libvirt's own tests expect.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use portolan::cpu::x86::{
    BaselineOptions, ClusterInput, Comparison, Definition, ModelOffer, NEVER_PASSED, baseline,
    cluster_baselines, compare, expand, expand_features, fitting_map, host_model, missing_on, to_xml,
};
use portolan::knowledge::x86::latest;
use portolan::model::{
    Arch, Capability, CpuDefinition, CpuFeature, CpuMap, CpuMode, CustomModel, Fact, Known, Name, Platform,
    Policy, Usable, VirtType,
};
use portolan::text::xml::{Document, Element};
use portolan::text::{Place, Sources, Span};

use crate::common;

pub(crate) const CPUS: &str = "libvirt-11.3.0/cputestdata";

fn nowhere() -> Place {
    let source = Sources::default().add("test", "");
    Place { source, span: Span::new(0, 0) }
}

pub(crate) fn known<T>(value: T) -> Known<T> {
    Known::new(value, nowhere())
}

/// A `<cpu>`, or the host-model of domcapabilities.
pub(crate) fn cpu(element: Element<'_>) -> CpuDefinition {
    let text = |name: &str| element.child(name).map(|e| known(Name::new(&e.text())));
    let feature = |e: Element<'_>| {
        let policy = e.value("policy").and_then(|p| Policy::named(&p)).unwrap_or(Policy::Require);
        known(CpuFeature { name: Name::new(&e.value("name").expect("a name")), policy })
    };
    let bits = element.child("maxphysaddr").and_then(|e| e.value("limit")?.parse().ok());
    CpuDefinition {
        arch: element.child("arch").map(|e| Arch::named(&e.text())),
        mode: element.value("mode").and_then(|mode| CpuMode::named(&mode)).map(known),
        match_: element.value("match").map(|v| known(Name::new(&v))),
        model: text("model"),
        fallback: element.child("model").and_then(|m| m.value("fallback")).map(|v| known(Name::new(&v))),
        vendor: text("vendor"),
        features: element.children_named("feature").map(feature).collect(),
        max_physical_bits: bits.map(known),
        ..CpuDefinition::default()
    }
}

pub(crate) fn cpus(path: &Path) -> Option<Vec<Definition>> {
    let text = fs::read_to_string(path).ok()?;
    let document = Document::parse(&text).expect("well-formed");
    let root = document.root();
    let one = (root.name() == "cpu").then_some(root);
    Some(one.into_iter().chain(root.children_named("cpu")).map(|e| Definition::from(&cpu(e))).collect())
}

/// Host, CPU and the answer: the documents of libvirt's tests, paired by their names. The pairs of `cputest.c` itself were
/// not at hand; the answers are what libvirt's rules say of such documents.
pub(crate) const COMPARED: [(&str, &str, &str); 31] = [
    ("host", "host", "identical"),
    ("host", "host-better", "incompatible"),
    ("host", "host-worse", "superset"),
    ("host", "host-amd", "incompatible"),
    ("host", "host-incomp-arch", "incompatible"),
    ("host", "host-no-vendor", "identical"),
    ("host-no-vendor", "host", "incompatible"),
    ("host", "exact", "superset"),
    ("host", "min", "superset"),
    ("host", "exact-forbid", "incompatible"),
    ("host", "exact-forbid-extra", "superset"),
    ("host", "exact-disable", "superset"),
    ("host", "exact-disable2", "superset"),
    ("host", "exact-disable-extra", "superset"),
    ("host", "exact-require", "superset"),
    ("host", "exact-require-extra", "incompatible"),
    ("host", "exact-force", "superset"),
    ("host", "strict", "incompatible"),
    ("host", "strict-full", "identical"),
    ("host", "strict-disable", "identical"),
    ("host", "strict-force-extra", "identical"),
    ("host", "guest", "superset"),
    ("host", "pentium3", "superset"),
    ("host", "pentium3-amd", "incompatible"),
    ("host-amd", "pentium3-amd", "superset"),
    ("host-worse", "penryn-force", "identical"),
    ("host-SandyBridge", "exact-force-Haswell", "identical"),
    ("host", "bogus-model", "error"),
    ("host", "bogus-feature", "error"),
    ("host", "bogus-vendor", "incompatible"),
    ("host-amd", "host", "incompatible"),
];

#[test]
#[cfg_attr(
    not(has_corpus),
    ignore = "skipped: no corpora of real documents; set PORTOLAN_CORPUS to a folder of them"
)]
fn comparisons_are_libvirts() {
    let corpus = common::corpus();
    let (mut tried, mut wrong, mut absent) = (0, Vec::new(), Vec::new());
    for (host, cpu, expected) in COMPARED {
        let read = |name: &str| cpus(&corpus.join(CPUS).join(format!("x86_64-{name}.xml")));
        let (Some(hosts), Some(guests)) = (read(host), read(cpu)) else {
            absent.push(format!("{host} {cpu}"));
            continue;
        };
        tried += 1;
        let answer = match compare(latest(), &hosts[0], &guests[0]) {
            Ok(Comparison::Identical) => "identical",
            Ok(Comparison::Superset) => "superset",
            Ok(Comparison::Incompatible(_)) => "incompatible",
            Err(_) => "error",
        };
        if answer != expected {
            wrong.push(format!("{host} {cpu}: {answer}, not {expected}"));
        }
    }
    println!("compare: {} of {tried} identical; without a document: {absent:?}", tried - wrong.len());
    assert!(tried > 0 && wrong.is_empty(), "{wrong:#?}");
}

#[test]
#[cfg_attr(
    not(has_corpus),
    ignore = "skipped: no corpora of real documents; set PORTOLAN_CORPUS to a folder of them"
)]
fn legacy_baselines_are_libvirts() {
    let corpus = common::corpus();
    let folder = corpus.join(CPUS);
    let (mut tried, mut wrong) = (0, Vec::new());
    let wanted = |path: &Path| name_of(path).starts_with("x86_64-baseline-") && common::is_xml(path);
    for path in common::files(&folder, &wanted) {
        let name = name_of(&path);
        let stem = name.trim_end_matches(".xml");
        let Some((base, kind)) = stem.rsplit_once('-') else { continue };
        if !["result", "expanded", "migratable"].contains(&kind) {
            continue;
        }
        let Some(inputs) = cpus(&folder.join(format!("{base}.xml"))) else { continue };
        tried += 1;
        let inputs: Vec<Definition> = inputs.into_iter().map(Definition::as_host).collect();
        let options = BaselineOptions { migratable: kind == "migratable", ..BaselineOptions::default() };
        let mut result = baseline(latest(), &inputs, &options).expect("a baseline");
        for input in &inputs {
            assert!(compare(latest(), input, &result).expect("known names").runs(), "{name}");
        }
        if kind == "expanded" {
            result = expand_features(latest(), &result).expect("known names");
        }
        if to_xml(&result) != fs::read_to_string(&path).expect("readable") {
            wrong.push(format!("{name}:\n{}", to_xml(&result)));
        }
    }
    let vendors = cpus(&folder.join("x86_64-baseline-incompatible-vendors.xml")).expect("there");
    let vendors: Vec<Definition> = vendors.into_iter().map(Definition::as_host).collect();
    assert!(baseline(latest(), &vendors, &BaselineOptions::default()).is_err());
    println!("baseline: {} of {} identical", tried + 1 - wrong.len(), tried + 1);
    assert!(tried > 0 && wrong.is_empty(), "{wrong:#?}");
}

pub(crate) fn name_of(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// What of a `domcapabilities` document bears on CPUs.
fn capability(text: &str) -> Option<Capability> {
    let document = Document::parse(text).ok()?;
    let root = document.root();
    let mode = |name: &str| {
        root.child("cpu")?.children_named("mode").find(|m| m.value("name").is_some_and(|n| n == name))
    };
    let model = cpu(mode("host-model").filter(|m| m.value("supported").is_some_and(|s| s == "yes"))?);
    let custom = mode("custom")?;
    let tells = custom.child("blockers").is_some();
    let models = custom.children_named("model").map(|m| {
        let name = m.text().into_owned();
        let blockers =
            custom.children_named("blockers").find(|b| b.value("model").is_some_and(|b| b == name));
        let blockers =
            blockers.map(|b| b.children().filter_map(|f| f.value("name")).map(String::from).collect());
        let usable = match m.value("usable").as_deref() {
            Some("yes") => Usable::Yes,
            Some("no") => Usable::No,
            _ => Usable::Unknown,
        };
        let blockers = blockers.or_else(|| tells.then(Vec::new));
        known(CustomModel { name: name.into(), usable, canonical: None, deprecated: false, blockers })
    });
    Some(Capability {
        host_model: Fact::Known(known(Some(model))),
        models: Fact::Known(known(models.collect())),
        ..Capability::unknown(
            known(Arch::named(&root.child("arch")?.text())),
            known(VirtType::named(&root.child("domain")?.text())),
            known(Name::new(&root.child("machine")?.text())),
        )
    })
}

fn capabilities(corpus: &Path) -> Vec<(String, Capability)> {
    let files = common::files(&corpus.join("libvirt-11.3.0/domaincapsdata"), &common::is_xml);
    let read =
        |path: &std::path::PathBuf| Some((name_of(path), capability(&fs::read_to_string(path).ok()?)?));
    let all = files.iter().filter_map(read);
    all.filter(|(_, capability)| capability.arch.value.is_x86()).collect()
}

#[test]
#[cfg_attr(
    not(has_corpus),
    ignore = "skipped: no corpora of real documents; set PORTOLAN_CORPUS to a folder of them"
)]
fn a_host_model_alone_is_its_own_baseline() {
    let corpus = common::corpus();
    let (mut tried, mut wrong) = (0, Vec::new());
    for (name, capability) in capabilities(&corpus) {
        let host = capability.host_model.value().and_then(Option::as_ref).map(Definition::from);
        let host = host.expect("a host-model");
        let offer = |model: &Known<CustomModel>| ModelOffer {
            name: model.value.name.into(),
            blockers: model.value.blockers.iter().flatten().cloned().collect::<BTreeSet<_>>(),
        };
        let models = capability.models.value().map(|models| models.iter().map(offer).collect());
        let options = BaselineOptions { models, ..BaselineOptions::default() };
        let result = baseline(latest(), std::slice::from_ref(&host), &options).expect("a baseline");
        tried += 1;
        if to_xml(&result) != to_xml(&host) {
            wrong.push(format!("{name}:\n{}\nnot\n{}", to_xml(&result), to_xml(&host)));
        }
        assert_eq!(missing_on(latest(), &capability, &host), Ok(Vec::new()), "{name}");
    }
    println!("host-models that are their own baseline: {} of {tried}", tried - wrong.len());
    assert!(tried > 0 && wrong.is_empty(), "{wrong:#?}");
}

#[test]
#[cfg_attr(
    not(has_corpus),
    ignore = "skipped: no corpora of real documents; set PORTOLAN_CORPUS to a folder of them"
)]
fn the_baseline_of_any_cluster_runs_on_each_of_its_hosts() {
    let corpus = common::corpus();
    let kvm = |(_, c): &(String, Capability)| c.virt_type.value == VirtType::Kvm;
    let all: Vec<_> = capabilities(&corpus).into_iter().filter(kvm).collect();
    let hosts: Vec<(String, Platform)> = all
        .into_iter()
        .map(|(name, capability)| (name, Platform { capabilities: vec![capability], ..Platform::unknown() }))
        .collect();
    let mut failed = Vec::new();
    let mut made = 0;
    let map_of = |name: &str| {
        let old = ["qemu_4.", "qemu_5."].iter().any(|old| name.starts_with(old));
        let version = if old { 9 } else { 11 };
        portolan::knowledge::x86::map(portolan::model::Version::new(version, 3, 0))
    };
    for (at, one) in hosts.iter().enumerate() {
        for other in &hosts[at..] {
            let input = |host: &'_ (String, Platform)| (host.0.clone(), host.1.clone(), map_of(&host.0));
            let pair = [input(one), input(other)];
            let inputs: Vec<ClusterInput<'_>> =
                pair.iter().map(|(name, platform, map)| ClusterInput { name, platform, map }).collect();
            let result = cluster_baselines(&inputs);
            assert!(result.left_out.is_empty(), "{:?}", result.left_out);
            for group in result.groups {
                match group.baseline {
                    Err(error) => failed.push(format!("{} + {}: {error:?}", one.0, other.0)),
                    Ok(baseline) => {
                        made += 1;
                        let in_group = |host: &&ClusterInput<'_>| group.hosts.iter().any(|h| h == host.name);
                        let common =
                            inputs.iter().filter(in_group).map(passed_features).reduce(|a, b| &a & &b);
                        assert_eq!(Some(&baseline.features), common.as_ref(), "{} + {}", one.0, other.0);
                        for host in inputs.iter().filter(|host| group.hosts.iter().any(|h| h == host.name)) {
                            let capability = &host.platform.capabilities[0];
                            let (_, given) = host_model(host.platform).expect("a host-model");
                            let map = fitting_map(host.map, &given);
                            let missing = missing_on(map, capability, &baseline.definition);
                            assert_eq!(missing, Ok(Vec::new()), "{} + {}", one.0, other.0);
                        }
                    }
                }
            }
        }
    }
    println!("cluster baselines of pairs: {made} made and safe, {} not possible", failed.len());
    assert!(failed.is_empty(), "{:#?}", failed.iter().take(3).collect::<Vec<_>>());
}

/// The features of a host's own CPU that a baseline may have.
fn passed_features(host: &ClusterInput<'_>) -> BTreeSet<String> {
    let (_, given) = host_model(host.platform).expect("a host-model");
    let map = fitting_map(host.map, &given);
    let features = expand(map, &given).expect("known names");
    let passed = |name: &&str| *name != "invtsc" && !NEVER_PASSED.contains(name);
    features.names(map).into_iter().filter(passed).map(str::to_owned).collect()
}

/// A host whose libvirt is of the version that `map` stands for, whose QEMU gives `model` and
/// offers every model, and which does not tell what blocks one.
fn host_of(model: &CpuDefinition, map: &CpuMap) -> Platform {
    let models = map.models.iter().map(|model| {
        let (name, usable) = (Name::new(&model.name), Usable::Unknown);
        known(CustomModel { name, usable, canonical: None, deprecated: false, blockers: None })
    });
    let fallback = Some(known("forbid".into()));
    let model = CpuDefinition { fallback, ..model.clone() };
    let capability = Capability {
        host_model: Fact::Known(known(Some(model))),
        models: Fact::Known(known(models.collect())),
        ..Capability::unknown(known(Arch::X86_64), known(VirtType::Kvm), known("pc-q35-8.0".into()))
    };
    Platform { capabilities: vec![capability], ..Platform::unknown() }
}

/// The same as libvirt's baseline, apart from what a cluster must not have.
fn like_libvirts(one: &CpuDefinition, other: &CpuDefinition, ours: &Definition) -> bool {
    let inputs = [Definition::from(one), Definition::from(other)];
    let Ok(mut theirs) = baseline(latest(), &inputs, &BaselineOptions::default()) else { return false };
    theirs.features.retain(|feature| !NEVER.contains(&feature.name.as_str()));
    theirs.fallback = Some("forbid".to_owned());
    to_xml(&theirs) == to_xml(ours)
}

const NEVER: [&str; 3] = ["invtsc", "osxsave", "ospke"];

#[test]
#[cfg_attr(
    not(has_corpus),
    ignore = "skipped: no corpora of real documents; set PORTOLAN_CORPUS to a folder of them"
)]
fn unlike_hosts_have_a_baseline_that_runs_on_both() {
    let corpus = common::corpus();
    let json = |path: &Path| name_of(path).ends_with("-json.xml");
    let models: Vec<(String, CpuDefinition)> = common::files(&corpus.join(CPUS), &json)
        .iter()
        .filter_map(|path| {
            let text = fs::read_to_string(path).ok()?;
            let document = Document::parse(&text).ok()?;
            Some((name_of(path), cpu(document.root())))
        })
        .collect();
    let old = portolan::knowledge::x86::map(portolan::model::Version::new(9, 0, 0));
    let (mut same, mut comparable, mut made, mut none) = (0, 0, 0, Vec::new());
    let mut pairs = Vec::new();
    for (at, one) in models.iter().enumerate() {
        pairs.extend(models[at..].iter().map(|other| (one, other, latest())));
        pairs.extend(models.iter().step_by(7).map(|other| (one, other, old)));
    }
    for (one, other, map) in pairs {
        let hosts = [(&one.0, host_of(&one.1, latest()), latest()), (&other.0, host_of(&other.1, map), map)];
        let inputs: Vec<ClusterInput<'_>> =
            hosts.iter().map(|(name, platform, map)| ClusterInput { name, platform, map }).collect();
        for group in cluster_baselines(&inputs).groups {
            let Ok(baseline) = group.baseline else {
                none.push(format!("{} {} {}", one.0, other.0, map.origin));
                continue;
            };
            made += 1;
            if std::ptr::eq(map, latest()) && group.hosts.len() == 2 {
                comparable += 1;
                same += usize::from(like_libvirts(&one.1, &other.1, &baseline.definition));
            }
            for host in inputs.iter().filter(|host| group.hosts.iter().any(|h| h == host.name)) {
                let (capability, given) = host_model(host.platform).expect("a host-model");
                let map = fitting_map(host.map, &given);
                let definition = &baseline.definition;
                assert_eq!(missing_on(map, capability, definition), Ok(Vec::new()), "{}", host.name);
                let asked: Vec<_> = definition.named(Policy::Require).collect();
                assert!(!asked.contains(&"invtsc"));
            }
        }
    }
    println!("unlike hosts: {made} safe ({same} of {comparable} as libvirt's), {} without one", none.len());
    assert!(none.is_empty(), "{none:#?}");
}

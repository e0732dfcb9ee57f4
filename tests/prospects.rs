//! What is said of hosts with other versions, held against what hosts with those versions really printed.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use portolan::cpu::x86::{
    ClusterInput, Forecast, Members, Upgrade, cluster_baselines, forecasts, host_model, missing_on, prospects,
};
use portolan::ingest::{self, read_domain_capabilities};
use portolan::knowledge::x86::{latest, map_of, map_of_release};
use portolan::model::{Cluster, Fact, Host, Platform, Version, VirtType};

use crate::common;
use crate::samples::{portolan, printed};

const CAPTURED: &str = "inventories/captured";

fn told(arguments: &[&str]) -> String {
    let text = printed(&[&["baseline"], arguments].concat(), &[0]);
    let from = text.find("With other versions").expect("told");
    let told = &text[from..];
    told.split("\n\n").next().unwrap_or_default().to_owned()
}

#[test]
fn a_host_that_has_the_versions_is_the_answer() {
    insta::assert_snapshot!(told(&[CAPTURED, "--libvirt", "11.3", "--qemu", "10.0"]));
}

#[test]
fn without_one_there_are_bounds() {
    let alone = [CAPTURED, "--without", "lab3", "--libvirt", "lab1=11.3", "--qemu", "lab1=10.0"];
    insta::assert_snapshot!(told(&alone));
    let back =
        [CAPTURED, "--libvirt", "lab3=9.0", "--qemu", "lab3=7.2", "--without", "lab1", "--without", "lab2"];
    insta::assert_snapshot!(told(&back));
    insta::assert_snapshot!(told(&["inventories/two-generations", "--libvirt", "11.3", "--qemu", "10.0"]));
}

#[test]
fn programs_are_told_the_same() {
    let arguments =
        ["baseline", CAPTURED, "--qemu", "lab1=10.0", "--libvirt", "lab1=11.3", "--format", "json"];
    let document: serde_json::Value = serde_json::from_str(&printed(&arguments, &[0])).expect("JSON");
    let versions = &document["versions"];
    assert_eq!(versions["hosts"][0]["evidence"], "lab3");
    assert_eq!(versions["hosts"][0]["gains"].as_array().map(Vec::len), Some(9));
    // lab2 stays as it is, so that the baseline does.
    assert_eq!(versions["baselines"][0]["least"]["model"], "kvm64");
    let plain = printed(&["baseline", CAPTURED, "--format", "json"], &[0]);
    assert!(!plain.contains("\"versions\""));
}

#[test]
fn what_is_not_known_is_refused_and_says_what_is() {
    let complaint = |arguments: &[&str]| {
        let output = portolan(&[&["baseline", CAPTURED], arguments].concat());
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        String::from_utf8_lossy(&output.stderr).into_owned()
    };
    assert!(complaint(&["--libvirt", "10.0"]).contains("those of 9.0, 11.3 are"));
    assert!(complaint(&["--qemu", "10.1"]).contains("9.2, 10.0 it is"));
    assert!(complaint(&["--qemu", "lab4=10.0"]).contains("did you mean 'lab1'?"));
    assert!(complaint(&["--qemu", "lab1=newest"]).contains("'newest' is no version"));
    assert!(complaint(&["--qemu", "lab1="]).contains("is no version"));
    complaint(&["--qemu", "10.0", "--lock", "/nonexistent/lock"]);
}

/// What the forecast of a host says, beside what a host of the same processor with those versions has.
struct Held {
    /// Models that were told are those that it offers.
    models: bool,
    /// The model of its host-model is the one that was told.
    host_model: Option<bool>,
    /// How many features it has more or less than before, and how many of those were told for certain.
    moved: usize,
    certain: usize,
    /// How many features were told to stay.
    kept: usize,
}

fn features(host: &ClusterInput<'_>) -> BTreeSet<String> {
    let platform = host.platform.clone();
    let groups =
        cluster_baselines(&[ClusterInput { name: host.name, platform: &platform, map: host.map }]).groups;
    let baseline =
        groups.first().and_then(|group| group.baseline.as_ref().ok()).expect("a baseline of one host");
    baseline.features.clone()
}

fn unversioned(host: &ClusterInput<'_>) -> BTreeSet<String> {
    let (capability, _) = host_model(host.platform).expect("a host-model");
    let versioned = |name: &str| {
        name.rsplit_once("-v").is_some_and(|(_, digits)| digits.bytes().all(|byte| byte.is_ascii_digit()))
    };
    let models =
        capability.models.value().expect("models").iter().map(|known| String::from(known.value.name));
    models.filter(|name| !versioned(name)).collect()
}

/// Nothing may have been promised of `now` with the versions of `then` that `then` does not keep.
fn holds(now: &ClusterInput<'_>, then: &ClusterInput<'_>) -> Held {
    let versions = [then.platform.libvirt.value().copied(), then.platform.qemu.value().copied()];
    let [libvirt, qemu] = versions;
    let upgrade = Upgrade { host: *now, libvirt, qemu, map: then.map };
    let (known, unknown) = forecasts(&[upgrade], &[*now]);
    assert_eq!(unknown, [], "{}", now.name);
    let forecast: &Forecast<'_> = &known[0];
    assert_eq!(forecast.evidence, None);
    let told = |names: &[String]| names.iter().cloned().collect::<BTreeSet<String>>();
    let (has, real) = (features(now), features(then));
    let gained: BTreeSet<String> = real.difference(&has).cloned().collect();
    let lost: BTreeSet<String> = has.difference(&real).cloned().collect();
    let name = format!("{} as {}", now.name, then.name);
    let (gains, loses) = (told(&forecast.gains), told(&forecast.loses));
    assert!(gains.is_subset(&gained), "{name} was promised {gains:?}, and has {gained:?} more");
    assert!(loses.is_subset(&lost), "{name} was told to lose {loses:?}, and loses {lost:?}");
    for (real, certain, possible) in
        [(&gained, &gains, &forecast.may_gain), (&lost, &loses, &forecast.may_lose)]
    {
        if let Some(possible) = possible {
            let all: BTreeSet<String> = certain.iter().chain(possible).cloned().collect();
            assert!(real.is_subset(&all), "{name}: {:?} was not thought of", real.difference(&all));
        }
    }
    let members = Members { hosts: vec![*now], guests: Vec::new() };
    for prospect in prospects(&members, &known) {
        // What is chosen for the least that it gives must really run there.
        if let Some(after) = prospect.least.and_then(|least| least.after) {
            let (capability, _) = host_model(then.platform).expect("a host-model");
            assert_eq!(missing_on(then.map, capability, &after.definition), Ok(Vec::new()), "{name}");
        }
    }
    let mut models = unversioned(now);
    models.extend(forecast.offers.iter().cloned());
    models.retain(|model| !forecast.withdraws.contains(model));
    let given = host_model(then.platform).expect("a host-model").1.model;
    Held {
        models: models == unversioned(then),
        host_model: forecast.model().map(|model| Some(model) == given),
        moved: gained.len() + lost.len(),
        certain: gains.len() + loses.len(),
        kept: forecast.may_lose.as_ref().map_or(0, |may| has.len() - loses.len() - may.len()),
    }
}

/// Documents of one mocked processor under several versions of QEMU, as libvirt's tests have them.
fn documents(folder: &Path) -> Vec<(String, Platform)> {
    let mut found = Vec::new();
    for path in common::files(folder, &common::is_xml) {
        let name = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        let version = name.strip_prefix("qemu_").and_then(Version::parse);
        let (Some(qemu), true) = (version, name.ends_with(".x86_64")) else { continue };
        let text = fs::read_to_string(&path).expect("readable");
        let Ok(capability) = read_domain_capabilities(&name, &text) else { continue };
        if capability.virt_type.value != VirtType::Kvm {
            continue;
        }
        let place = capability.machine.place;
        let mut platform = Platform::unknown();
        platform.libvirt = Fact::known(Version::new(11, 3, 0), place);
        platform.qemu = Fact::known(qemu, place);
        platform.capabilities = vec![capability];
        found.push((name, platform));
    }
    found
}

#[test]
#[cfg_attr(
    not(has_corpus),
    ignore = "skipped: no corpora of real documents; set PORTOLAN_CORPUS to a folder of them"
)]
fn nothing_is_promised_that_another_version_did_not_keep() {
    let found = documents(&common::corpus().join("libvirt-11.3.0/domaincapsdata"));
    let map = map_of_release(Version::new(11, 3, 0)).expect("built in");
    let inputs: Vec<ClusterInput<'_>> =
        found.iter().map(|(name, platform)| ClusterInput { name, platform, map }).collect();
    let vendor = |host: &ClusterInput<'_>| host_model(host.platform).ok().and_then(|(_, cpu)| cpu.vendor);
    let mut held = Vec::new();
    for (at, now) in inputs.iter().enumerate() {
        let others = inputs.iter().enumerate().filter(|(other, _)| *other != at).map(|(_, other)| other);
        held.extend(others.filter(|then| vendor(now) == vendor(then)).map(|then| holds(now, then)));
    }
    let models = held.iter().filter(|one| one.models).count();
    let named = held.iter().filter_map(|one| one.host_model);
    let (told, right) = (named.clone().count(), named.filter(|right| *right).count());
    let (moved, certain) =
        held.iter().fold((0, 0), |(moved, certain), one| (moved + one.moved, certain + one.certain));
    println!("{} pairs of versions of QEMU: the models of {models} are those told", held.len());
    println!("the model of the host-model is told in {told} and right in {right}");
    println!("{moved} features come or go, {certain} of them told for certain, none of those wrong");
    let kept: usize = held.iter().map(|one| one.kept).sum();
    println!("{kept} features were told to stay, and stayed");
    assert!(held.len() > 250 && models == held.len() && right == told && told > 100, "{}", held.len());
}

fn host<'c>(cluster: &'c Cluster, name: &str) -> ClusterInput<'c> {
    let host: &Host = cluster.hosts.iter().find(|host| host.name == name).expect("a host");
    ClusterInput { name: &host.name, platform: &host.platform, map: map_of(host) }
}

/// One real machine under Debian's libvirt 9.0 with QEMU 7.2, and under libvirt 11.3 with QEMU 10.0.
#[test]
fn bounds_hold_for_a_machine_that_was_really_upgraded() {
    let cluster = ingest::read(&common::repository().join(CAPTURED)).expect("an inventory");
    for (now, then) in [("lab1", "lab3"), ("lab2", "lab3"), ("lab3", "lab1")] {
        let held = holds(&host(&cluster, now), &host(&cluster, then));
        println!("{now} as {then}: {} features come or go, {} told", held.moved, held.certain);
        assert!(held.models && held.moved == 9, "{now} as {then}");
    }
    assert_eq!(latest().origin, host(&cluster, "lab3").map.origin);
}

/// Only the same processor is evidence, and what else differs is told.
#[test]
fn a_host_of_another_processor_is_no_evidence() {
    let cluster = ingest::read(&common::repository().join(CAPTURED)).expect("an inventory");
    let (now, then) = (host(&cluster, "lab1"), host(&cluster, "lab3"));
    let evidence = |platform: &Platform| {
        let other = ClusterInput { platform, ..then };
        let [libvirt, qemu] = [platform.libvirt.value().copied(), platform.qemu.value().copied()];
        let upgrade = Upgrade { host: now, libvirt, qemu, map: then.map };
        let (mut known, _) = forecasts(&[upgrade], &[now, other]);
        known.pop().and_then(|forecast| forecast.evidence)
    };
    let differs = |change: &dyn Fn(&mut Platform)| {
        let mut platform = then.platform.clone();
        change(&mut platform);
        evidence(&platform).map(|evidence| evidence.differs)
    };
    let place = then.platform.capabilities[0].machine.place;
    assert_eq!(differs(&|_| {}), Some(Vec::new()));
    assert_eq!(differs(&|one| one.cpu.microcode = Fact::known(1, place)), Some(vec!["microcode"]));
    assert_eq!(differs(&|one| one.kernel = Fact::known("6.12".to_owned(), place)), Some(vec!["kernel"]));
    let other = portolan::model::CpuSignature { family: 25, model: 17, stepping: 2 };
    assert_eq!(differs(&|one| one.cpu.signature = Fact::known(other, place)), None);
    assert_eq!(differs(&|one| one.cpu.flags = Fact::known(BTreeSet::new(), place)), None);
    assert_eq!(differs(&|one| one.cpu.flags = Fact::Unknown(portolan::model::DocumentKind::CpuInfo)), None);
    assert_eq!(differs(&|one| one.capabilities.clear()), None);
}

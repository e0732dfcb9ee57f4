//! The cases of libvirt's cputest beyond compare and plain baselines; and which of its documents are used at all.
//!
//! `cputest.c`, which has the pairs, was not at hand: they are read off the documents' names.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;

use portolan::cpu::x86::{
    BaselineOptions, Definition, ModelOffer, RawCpu, TranslateError, baseline, expand_features, to_xml,
    translate, update, update_live,
};
use portolan::ingest::read_cpu_data;
use portolan::knowledge::x86::latest;
use portolan::model::{CpuDefinition, Policy};
use portolan::text::xml::Document;

use crate::common;
use crate::cpu::{COMPARED, CPUS, cpu, cpus, name_of};

fn file(name: &str) -> PathBuf {
    common::corpus().join(CPUS).join(format!("x86_64-{name}.xml"))
}

fn text(name: &str) -> Option<String> {
    fs::read_to_string(file(name)).ok()
}

fn definition(name: &str) -> Option<CpuDefinition> {
    Some(parsed(&text(name)?))
}

fn parsed(text: &str) -> CpuDefinition {
    cpu(Document::parse(text).expect("well-formed").root())
}

/// The document without the topology, which the library carries in no definition.
fn without_topology(text: &str) -> String {
    text.split_inclusive('\n').filter(|line| !line.contains("<topology")).collect()
}

/// Documents that the corpus lacks, written after what libvirt documents of them; made up.
const MADE_UP: [(&str, &str); 2] = [
    ("host-model", "<cpu mode='host-model'/>"),
    ("min", "<cpu match='minimum'><model>pentium3</model></cpu>"),
];

/// The guest's CPU called `name`: the corpus's, else the one made up for it.
fn guest(name: &str) -> CpuDefinition {
    let made_up = MADE_UP.iter().find(|(made_up, _)| *made_up == name).map(|(_, text)| parsed(text));
    definition(name).or(made_up).unwrap_or_else(|| panic!("no document of {name}"))
}

/// Host, guest, and the document of what it becomes there.
const UPDATED: [(&str, &str); 3] = [("host", "host-model"), ("host", "guest"), ("host", "min")];

#[test]
#[cfg_attr(
    not(has_corpus),
    ignore = "skipped: no corpora of real documents; set PORTOLAN_CORPUS to a folder of them"
)]
fn what_a_guest_becomes_on_a_host_is_libvirts() {
    for (host, name) in UPDATED {
        let host_cpu = Definition::from(&definition(host).expect("the host"));
        let expected = text(&format!("{host}+{name}")).expect("the result");
        let updated = update(latest(), &host_cpu, &guest(name)).expect("known names").expect("a model");
        assert_eq!(to_xml(&updated), without_topology(&expected), "{host} {name}");
    }
    // The host's document is not there: it is the result's CPU, with the one feature that its name tells of.
    let expected = text("host-invtsc+host-model").expect("the result");
    let host = Definition::from(&parsed(&expected)).with(Policy::Require, "invtsc").as_host();
    let updated = update(latest(), &host, &guest("host-model")).expect("known names").expect("a model");
    assert_eq!(to_xml(&updated), expected);
    // The host's own CPU is left to QEMU, with what is said of its features.
    let host = Definition::from(&definition("host").expect("the host"));
    assert_eq!(update(latest(), &host, &guest("host-passthrough-features")), Ok(None));
    assert_eq!(text("host-passthrough-features"), text("host+host-passthrough-features"));
    println!("update: 5 of 5 identical");
}

/// What QEMU offers in these cases; `None` for all that there is.
fn offers(name: &str) -> Option<Vec<ModelOffer>> {
    let names: &[&str] = match name {
        "model486" => &["486"],
        "models" => &["qemu64", "core2duo", "Nehalem"],
        "haswell" => &["SandyBridge", "Haswell"],
        _ => return None,
    };
    let offer = |name: &&str| ModelOffer { name: (*name).to_owned(), ..ModelOffer::default() };
    Some(names.iter().map(offer).collect())
}

/// Host, guest and models; the document of the result is called so.
const GUEST_CPUS: [(&str, &str, &str); 8] = [
    ("host", "guest", ""),
    ("host-worse", "guest", ""),
    ("host", "penryn-force", ""),
    ("host", "guest", "model486"),
    ("host", "guest", "models"),
    ("host", "host+host-model", "models"),
    ("host-Haswell-noTSX", "Haswell", "haswell"),
    ("host-Haswell-noTSX", "Haswell-noTSX", ""),
];

/// The same where another model is not allowed, and there is no result.
const REFUSED: [(&str, &str, &str); 2] =
    [("host", "guest-nofallback", "models"), ("host-Haswell-noTSX", "Haswell-noTSX-nofallback", "haswell")];

fn guest_cpu(host: &str, name: &str, models: &str) -> Result<Definition, TranslateError> {
    // No answer here depends on a host whose document is not there: these guests ask for one model and nothing optional.
    let host = definition(host).or_else(|| definition("host")).expect("a host");
    let updated = update(latest(), &Definition::from(&host), &guest(name)).expect("known names");
    let updated = updated.expect("a model");
    offers(models).map_or(Ok(updated.clone()), |offers| translate(latest(), &updated, &offers))
}

#[test]
#[cfg_attr(
    not(has_corpus),
    ignore = "skipped: no corpora of real documents; set PORTOLAN_CORPUS to a folder of them"
)]
fn the_cpu_that_a_guest_starts_with_is_libvirts() {
    let mut wrong = Vec::new();
    for (host, name, models) in GUEST_CPUS {
        let models_part = if models.is_empty() { String::new() } else { format!(",{models}") };
        let expected = text(&format!("{host}+{name}{models_part}-result")).expect("the result");
        let xml = to_xml(&guest_cpu(host, name, models).expect("a model"));
        if xml != without_topology(&expected) {
            wrong.push(format!("{host} {name} {models}:\n{xml}"));
        }
    }
    for (host, name, models) in REFUSED {
        let model = guest(name).model.expect("a model").value;
        assert_eq!(guest_cpu(host, name, models), Err(TranslateError::Fallback(model.into())));
    }
    let cases = GUEST_CPUS.len() + REFUSED.len();
    println!("guestcpu: {} of {cases} identical", cases - wrong.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The machines of which there is a document of this kind.
fn machines(kind: &str) -> Vec<String> {
    let name =
        |path: PathBuf| Some(name_of(&path).strip_prefix("x86_64-cpuid-")?.strip_suffix(kind)?.to_owned());
    common::files(&common::corpus().join(CPUS), &|_| true).into_iter().filter_map(name).collect()
}

#[test]
#[cfg_attr(
    not(has_corpus),
    ignore = "skipped: no corpora of real documents; set PORTOLAN_CORPUS to a folder of them"
)]
fn a_running_guests_cpu_is_what_qemu_says_it_is() {
    let map = latest();
    let (mut tried, mut wrong) = (0, Vec::new());
    for name in machines("-enabled.xml") {
        let of = |kind: &str| text(&format!("cpuid-{name}-{kind}"));
        let [Some(guest), Some(json), Some(enabled), Some(disabled)] =
            ["guest", "json", "enabled", "disabled"].map(of)
        else {
            continue;
        };
        tried += 1;
        let features = |text: &str| RawCpu::of(map, &read_cpu_data(&name, text).expect("CPU data")).features;
        let expected = Definition::from(&parsed(&json));
        let offer = ModelOffer { name: expected.model.clone().expect("a model"), ..ModelOffer::default() };
        // By CPUID the model may be another than by what QEMU says: both are expanded, so that does not matter.
        let guest = Definition { fallback: None, ..Definition::from(&parsed(&guest)) };
        let guest = translate(map, &guest, &[offer]).expect("a model");
        let live = update_live(map, &guest, &features(&enabled), &features(&disabled)).expect("known names");
        // What one lists as disabled the other need not list.
        let all = |cpu: &Definition| {
            let all = expand_features(map, cpu).expect("known names");
            all.named(Policy::Require).map(str::to_owned).collect::<BTreeSet<_>>()
        };
        let (live, expected) = (all(&live), all(&expected));
        if live != expected {
            let differ: Vec<_> = live.symmetric_difference(&expected).collect();
            wrong.push(format!("{name}: {differ:?}"));
        }
    }
    println!("update live: {} of {tried} identical", tried - wrong.len());
    assert!(tried > 0 && wrong.is_empty(), "{wrong:#?}");
}

/// Label and the inputs of libvirt's own test.
const CPUID_BASELINES: [(&str, &str, &str); 10] = [
    ("Ryzen+Rome", "Ryzen-7-1800X-Eight-Core", "Ryzen-9-3900X-12-Core"),
    ("EPYC+Rome", "EPYC-7601-32-Core", "EPYC-7502-32-Core"),
    ("Haswell-noTSX-IBRS+Skylake", "Xeon-E5-2609-v3", "Xeon-Gold-6148"),
    ("Haswell-noTSX-IBRS+Broadwell", "Xeon-E5-2609-v3", "Xeon-E5-2650-v4"),
    ("Haswell+Skylake", "Xeon-E7-8890-v3", "Xeon-Gold-6148"),
    ("Broadwell-IBRS+Cascadelake", "Xeon-E5-2623-v4", "Xeon-Platinum-9242"),
    ("Cascadelake+Skylake", "Xeon-Platinum-9242", "Xeon-Gold-6148"),
    ("Cascadelake+Icelake", "Xeon-Platinum-9242", "Ice-Lake-Server"),
    ("Cooperlake+Icelake", "Cooperlake", "Ice-Lake-Server"),
    ("Skylake-Client+Server", "Core-i5-6600", "Xeon-Gold-6148"),
];

/// For inputs that the corpus lacks, CPUs of the same kind that have the same in common.
const STAND_INS: [(&str, &str, &str); 3] = [
    ("Haswell-noTSX-IBRS+Skylake", "Xeon-E5-2609-v3", "Core-i7-7700"),
    ("Cooperlake+Icelake", "Xeon-Platinum-9242", "Ice-Lake-Server"),
    ("Skylake-Client+Server", "Core-i7-7700", "Xeon-Gold-6130"),
];

#[test]
#[cfg_attr(
    not(has_corpus),
    ignore = "skipped: no corpora of real documents; set PORTOLAN_CORPUS to a folder of them"
)]
fn baselines_of_host_models_are_libvirts() {
    let read = |name: &str| cpus(&file(&format!("cpuid-{name}-json")));
    let (mut own, mut stood_in) = (0, 0);
    for (label, one, other) in CPUID_BASELINES {
        let expected = text(&format!("cpuid-baseline-{label}")).expect("the result");
        let absent: Vec<&str> = [one, other].into_iter().filter(|name| read(name).is_none()).collect();
        let stand_in = STAND_INS.iter().find(|(of, ..)| *of == label);
        let (one, other) = match (absent.is_empty(), stand_in) {
            (true, _) => (one, other),
            (false, Some(&(_, one, other))) => (one, other),
            (false, None) => {
                println!("cpuid-baseline {label}: not tried; without a document of {}", absent.join(", "));
                continue;
            }
        };
        let inputs = [one, other].map(|name| read(name).expect("a document")).concat();
        let result = baseline(latest(), &inputs, &BaselineOptions::default()).expect("a baseline");
        assert_eq!(to_xml(&result), expected, "{label}");
        let note =
            if absent.is_empty() { String::new() } else { format!(", in place of {}", absent.join(", ")) };
        println!("cpuid-baseline {label}: identical from {one} and {other}{note}");
        *(if absent.is_empty() { &mut own } else { &mut stood_in }) += 1;
    }
    println!(
        "cpuid-baseline: {own} of {} from libvirt's inputs, {stood_in} from others",
        CPUID_BASELINES.len()
    );
    assert_eq!((own, stood_in), (4, 3));
}

/// The kind of a document by its name without `x86_64-`; `None` where it is of no known kind.
fn kind(name: &str) -> Option<&'static str> {
    let (stem, ending) = name.rsplit_once('.')?;
    let of_machine = || match (stem.rsplit_once('-').map_or("", |(_, last)| last), ending) {
        (_, "json") => "QEMU's replies",
        ("host", _) => "host",
        ("guest", _) => "guest",
        ("json", _) => "json",
        ("enabled", _) => "enabled",
        ("disabled", _) => "disabled",
        _ => "CPUID",
    };
    match (stem.starts_with("cpuid-"), ending) {
        (true, "xml") if stem.starts_with("cpuid-baseline-") => Some("cpuid-baseline"),
        (true, "xml" | "json") => Some(of_machine()),
        (false, "xml") if stem.starts_with("baseline-") => Some("baseline"),
        (false, "xml") if stem.contains('+') && stem.ends_with("-result") => Some("guestcpu"),
        (false, "xml") if stem.contains('+') => Some("update"),
        (false, "xml") => Some("definition"),
        _ => None,
    }
}

/// Why no test uses a document; `None` where one does.
fn unused(name: &str, kind: &str, all: &BTreeSet<String>) -> Option<&'static str> {
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    let machine = stem.strip_suffix(&format!("-{kind}")).unwrap_or(stem);
    let there = |other: &str| all.contains(&format!("{machine}{other}"));
    let asked: Vec<&str> = match kind {
        "definition" => COMPARED
            .iter()
            .flat_map(|(host, cpu, _)| [*host, *cpu])
            .chain(GUEST_CPUS.iter().chain(&REFUSED).flat_map(|(host, cpu, _)| [*host, *cpu]))
            .chain(["host-passthrough-features"])
            .collect(),
        _ => Vec::new(),
    };
    match kind {
        "definition" if !asked.contains(&stem) => Some("no document tells what it is compared with"),
        "cpuid-baseline" => {
            let label = stem.strip_prefix("cpuid-baseline-")?;
            let of = |(listed, one, other): &(&str, &str, &str)| {
                let there = |name: &&str| all.contains(&format!("cpuid-{name}-json.xml"));
                *listed == label && [one, other].into_iter().all(there)
            };
            let tried = CPUID_BASELINES.iter().chain(&STAND_INS).any(of);
            (!tried).then_some("an input is not in the corpus")
        }
        "enabled" | "disabled" if !there("-json.xml") => Some("no -json.xml to compare with"),
        "json" | "QEMU's replies" if !(there(".json") && there("-json.xml")) => {
            Some("the reply or the result is missing")
        }
        "host" | "guest" if !there(".xml") => Some("no CPUID to decode"),
        _ => None,
    }
}

#[test]
#[cfg_attr(
    not(has_corpus),
    ignore = "skipped: no corpora of real documents; set PORTOLAN_CORPUS to a folder of them"
)]
fn every_document_of_cputest_is_used_or_it_is_said_why_not() {
    let paths = common::files(&common::corpus().join(CPUS), &|_| true);
    let names = paths.iter().map(|path| name_of(path));
    let all: BTreeSet<String> =
        names.map(|name| name.strip_prefix("x86_64-").expect("a document of x86").to_owned()).collect();
    let mut table: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    let (mut left, mut strange) = (Vec::new(), Vec::new());
    for name in &all {
        let Some(kind) = kind(name) else {
            strange.push(name);
            continue;
        };
        let why = unused(name, kind, &all);
        let (there, used) = table.entry(kind).or_default();
        (*there, *used) = (*there + 1, *used + usize::from(why.is_none()));
        left.extend(why.map(|why| format!("{name}: {why}")));
    }
    for (kind, (there, used)) in &table {
        println!("{kind:16} {there:4} documents, {used:4} used");
    }
    println!("{} documents, {} not used:\n  {}", all.len(), left.len(), left.join("\n  "));
    assert!(strange.is_empty(), "of no known kind: {strange:?}");
}

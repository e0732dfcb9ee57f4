//! Raw CPUs decoded, against what libvirt's own tests expect of them.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use portolan::cpu::x86::{Definition, ModelOffer, RawCpu, Side, decode_raw};
use portolan::ingest::{read_cpu_data, read_cpu_inputs};
use portolan::knowledge::x86::latest;
use portolan::model::{CpuFeature, CpuSignature, Policy};

use crate::common;

const CPUS: &str = "libvirt-11.3.0/cputestdata";

/// QEMU's names of features that libvirt calls otherwise (`virQEMUCapsCPUFeaturesX86`, libvirt 11.3).
const SPELLINGS: [(&str, &str); 12] = [
    ("cmp-legacy", "cmp_legacy"),
    ("ds-cpl", "ds_cpl"),
    ("fxsr-opt", "fxsr_opt"),
    ("kvm-pv-eoi", "kvm_pv_eoi"),
    ("kvm-pv-unhalt", "kvm_pv_unhalt"),
    ("lahf-lm", "lahf_lm"),
    ("nodeid-msr", "nodeid_msr"),
    ("pclmulqdq", "pclmuldq"),
    ("perfctr-core", "perfctr_core"),
    ("perfctr-nb", "perfctr_nb"),
    ("tsc-adjust", "tsc_adjust"),
    ("vmx-invept-single-context-noglobals", "vmx-invvpid-single-context-noglobals"),
];

/// What QEMU said of one machine: to query-cpu-model-expansion, and to query-cpu-definitions where libvirt asked.
struct Replies {
    expansion: serde_json::Value,
    definitions: Option<serde_json::Value>,
}

fn libvirts(name: &str) -> &str {
    SPELLINGS.iter().find(|(qemu, _)| *qemu == name).map_or(name, |(_, libvirt)| libvirt)
}

fn replies(folder: &Path, name: &str) -> Option<Replies> {
    let text = fs::read_to_string(folder.join(format!("x86_64-cpuid-{name}.json"))).ok()?;
    let mut all = serde_json::Deserializer::from_str(&text).into_iter::<serde_json::Value>();
    let mut next = || Some(all.next()?.expect("JSON")["return"].take());
    Some(Replies { expansion: next()?["model"]["props"].take(), definitions: next() })
}

impl Replies {
    fn models(&self) -> Option<Vec<ModelOffer>> {
        let offer = |model: &serde_json::Value| {
            let blockers = model["unavailable-features"].as_array();
            let names = blockers.into_iter().flatten().filter_map(serde_json::Value::as_str);
            ModelOffer {
                name: model["name"].as_str().unwrap_or_default().to_owned(),
                blockers: names.map(|name| libvirts(name).to_owned()).collect::<BTreeSet<_>>(),
            }
        };
        Some(self.definitions.as_ref()?.as_array()?.iter().map(offer).collect())
    }

    /// The CPU that QEMU expanded, as libvirt makes data of it (`virQEMUCapsInitCPUModelX86`).
    fn cpu(&self) -> RawCpu {
        let map = latest();
        let mut cpu = RawCpu::default();
        let properties = self.expansion.as_object().expect("properties");
        let on = properties.iter().filter(|(_, value)| value.as_bool() == Some(true));
        let names = on.map(|(name, _)| libvirts(name));
        cpu.features = portolan::cpu::x86::FeatureSet::named(map, names);
        let vendor = properties.get("vendor").and_then(serde_json::Value::as_str);
        let vendor = map.vendors.iter().find(|(_, string)| Some(string.as_str()) == vendor);
        cpu.vendor = vendor.map(|(name, _)| name.clone());
        let number = |name: &str| u32::try_from(properties.get(name)?.as_u64()?).ok();
        cpu.signature = number("family")
            .zip(number("model"))
            .zip(number("stepping"))
            .map(|((family, model), stepping)| CpuSignature { family, model, stepping });
        cpu
    }
}

/// The definition in a document of libvirt's, and what of it is compared: the CPU is in a `<cpu>`.
fn expected(path: &Path) -> Option<Vec<String>> {
    let text = fs::read_to_string(path).ok()?;
    let found = read_cpu_inputs("expected", &text).expect("well-formed");
    Some(shown(&Definition::from(&found.first().expect("a CPU").cpu)))
}

/// Model, vendor and features in their order, one a line.
fn shown(cpu: &Definition) -> Vec<String> {
    let words = |feature: &CpuFeature| match cpu.side {
        Side::Host => feature.name.clone(),
        Side::Guest if feature.policy == Policy::Require => format!("+{}", feature.name),
        Side::Guest => format!("-{}", feature.name),
    };
    let name = |name: &Option<String>| name.clone().unwrap_or_default();
    [name(&cpu.model), name(&cpu.vendor)].into_iter().chain(cpu.features.iter().map(words)).collect()
}

/// How one kind of decoding fared.
#[derive(Default)]
struct Tally {
    tried: usize,
    wrong: Vec<String>,
}

impl Tally {
    fn take(&mut self, name: &str, expected: Option<Vec<String>>, cpu: impl FnOnce() -> Definition) {
        let Some(expected) = expected else { return };
        self.tried += 1;
        let cpu = shown(&cpu());
        if cpu != expected {
            let only = |one: &[String], other: &[String]| {
                one.iter().filter(|line| !other.contains(line)).cloned().collect::<Vec<_>>().join(" ")
            };
            let (ours, theirs) = (only(&cpu, &expected), only(&expected, &cpu));
            self.wrong.push(format!("{name}: {} [{ours}], not {} [{theirs}]", cpu[0], expected[0]));
        }
    }

    fn tell(&self, what: &str) {
        println!("{what}: {} of {} identical", self.tried - self.wrong.len(), self.tried);
        assert!(self.tried > 0 && self.wrong.is_empty(), "{:#?}", self.wrong);
    }
}

/// The machines of libvirt's tests.
fn machines(folder: &Path) -> Vec<String> {
    let name = |path: PathBuf| {
        let name = path.file_name()?.to_string_lossy().into_owned();
        Some(name.strip_prefix("x86_64-cpuid-")?.strip_suffix("-guest.xml")?.to_owned())
    };
    common::files(folder, &common::is_xml).into_iter().filter_map(name).collect()
}

#[test]
#[cfg_attr(
    not(has_corpus),
    ignore = "skipped: no corpora of real documents; set PORTOLAN_CORPUS to a folder of them"
)]
fn processors_are_what_libvirt_takes_them_for() {
    let folder = common::corpus().join(CPUS);
    let (mut hosts, mut guests) = (Tally::default(), Tally::default());
    for name in machines(&folder) {
        let file = |kind: &str| folder.join(format!("x86_64-cpuid-{name}{kind}.xml"));
        let Ok(text) = fs::read_to_string(file("")) else { continue };
        let raw = RawCpu::of(latest(), &read_cpu_data(&name, &text).expect("CPU data"));
        hosts.take(&name, expected(&file("-host")), || {
            decode_raw(latest(), &raw, Side::Host, None).expect("a model")
        });
        let models = replies(&folder, &name).and_then(|replies| replies.models());
        guests.take(&name, expected(&file("-guest")), || {
            decode_raw(latest(), &raw, Side::Guest, models.as_deref()).expect("a model")
        });
    }
    println!("cpuid-host: {} of {}", hosts.tried - hosts.wrong.len(), hosts.tried);
    guests.tell("cpuid-guest");
    hosts.tell("cpuid-host");
}

#[test]
#[cfg_attr(
    not(has_corpus),
    ignore = "skipped: no corpora of real documents; set PORTOLAN_CORPUS to a folder of them"
)]
fn what_qemu_expands_is_what_libvirt_makes_of_it() {
    let folder = common::corpus().join(CPUS);
    let mut tally = Tally::default();
    for name in machines(&folder) {
        let Some(replies) = replies(&folder, &name) else { continue };
        let expected = expected(&folder.join(format!("x86_64-cpuid-{name}-json.xml")));
        tally.take(&name, expected, || {
            let models = replies.models();
            decode_raw(latest(), &replies.cpu(), Side::Guest, models.as_deref()).expect("a model")
        });
    }
    tally.tell("cpuid-json");
}

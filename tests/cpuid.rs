//! Raw CPUs decoded, against what libvirt's own tests expect of them.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use portolan::cpu::x86::{FeatureSet, ModelOffer, RawCpu, Side, decode_raw, host_to_xml, to_xml};
use portolan::ingest::read_cpu_data;
use portolan::knowledge::x86::latest;
use portolan::model::CpuSignature;

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
        cpu.features = FeatureSet::named(map, names);
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

/// Lines of one text that the other lacks.
fn only(one: &str, other: &str) -> String {
    one.lines().filter(|line| !other.contains(line)).map(str::trim).collect::<Vec<_>>().join(" ")
}

/// How one kind of decoding fared.
#[derive(Default)]
struct Tally {
    tried: usize,
    wrong: Vec<String>,
}

impl Tally {
    /// Compares byte for byte, where the expected document is there.
    fn take(&mut self, name: &str, expected: &Path, xml: impl FnOnce() -> String) {
        let Ok(expected) = fs::read_to_string(expected) else { return };
        self.tried += 1;
        let xml = xml();
        if xml != expected {
            self.wrong.push(format!("{name}: [{}], not [{}]", only(&xml, &expected), only(&expected, &xml)));
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
        hosts.take(&name, &file("-host"), || {
            let cpu = decode_raw(latest(), &raw, Side::Host, None).expect("a model");
            host_to_xml(&cpu, raw.signature)
        });
        let models = replies(&folder, &name).and_then(|replies| replies.models());
        guests.take(&name, &file("-guest"), || {
            to_xml(&decode_raw(latest(), &raw, Side::Guest, models.as_deref()).expect("a model"))
        });
    }
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
        let expected = folder.join(format!("x86_64-cpuid-{name}-json.xml"));
        tally.take(&name, &expected, || {
            let models = replies.models();
            to_xml(&decode_raw(latest(), &replies.cpu(), Side::Guest, models.as_deref()).expect("a model"))
        });
    }
    tally.tell("cpuid-json");
}

//! What this machine is: the documents that Portolan is given in the place of the libvirt that virsh asks.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use portolan::ingest::{read_cpu_inputs, read_cpu_map_folder, read_qemu_capabilities};
use portolan::model::{CpuMap, QemuCapabilities};

use super::commands::{Virsh, printed, printed_to};
use super::mix::{By, Input, Judge, Mix, Work};

/// How guests run, as virsh spells it.
pub(super) const VIRT_TYPES: [&str; 2] = ["kvm", "qemu"];

const CPU_MAP: &str = "/usr/share/libvirt/cpu_map";
const CACHE: &str = "/var/cache/libvirt/qemu/capabilities";

/// The machine that the tests run on.
pub(super) struct Machine {
    pub(super) libvirt: String,
    pub(super) cpu_map: PathBuf,
    pub(super) map: CpuMap,
    pub(super) capabilities: PathBuf,
    /// Whole documents: capabilities and domain capabilities.
    pub(super) documents: Vec<Input>,
    /// What the host gives, as one would paste it: the CPUs in those documents.
    pub(super) hosts: Vec<Input>,
    /// libvirt's cache by architecture.
    caches: BTreeMap<String, (PathBuf, QemuCapabilities)>,
    /// The virt types that answer in milliseconds.
    quick: Vec<&'static str>,
    _folder: tempfile::TempDir,
}

impl Machine {
    pub(super) fn here() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let path = |name: &str| folder.path().join(name);
        let capabilities = printed_to(&path("capabilities.xml"), &["capabilities"]).expect("printed");
        let quick: Vec<&str> = VIRT_TYPES.into_iter().filter(|virt| quick(virt)).collect();
        let offered = VIRT_TYPES.iter().filter_map(|virt| printed(&["domcapabilities", "--virttype", virt]));
        // A document without a CPU: host-model is not offered on ARM.
        let arm = printed(&["domcapabilities", "--arch", "aarch64"]);
        let documents: Vec<String> = [capabilities].into_iter().chain(offered).chain(arm).collect();
        let real = |text: &String| Input {
            real: Some(Arc::new(without_prolog(text).to_owned())),
            ..Input::default()
        };
        Self {
            libvirt: printed(&["version"]).expect("printed").lines().next().unwrap_or_default().to_owned(),
            map: read_cpu_map_folder(CPU_MAP.as_ref()).expect("a map"),
            cpu_map: CPU_MAP.into(),
            capabilities: path("capabilities.xml"),
            hosts: documents.iter().flat_map(|text| hosts(text)).collect(),
            documents: documents.iter().map(real).collect(),
            caches: caches(),
            quick,
            _folder: folder,
        }
    }

    /// The document of libvirt's cache that answers the question.
    pub(super) fn cache(&self, mix: &Mix) -> Option<&PathBuf> {
        self.caches.get(mix.guests("arch").unwrap_or(std::env::consts::ARCH)).map(|(path, _)| path)
    }

    /// The same, read.
    pub(super) fn probed(&self) -> &QemuCapabilities {
        &self.caches[std::env::consts::ARCH].1
    }

    /// Whether the question is one to ask here.
    pub(super) fn answers(&self, mix: &Mix) -> bool {
        let virt = mix.guests("virttype").unwrap_or(VIRT_TYPES[0]);
        let slow = VIRT_TYPES.contains(&virt) && !self.quick.contains(&virt);
        !matches!(mix.by, By::Hypervisor(_)) || !slow && self.cache(mix).is_some()
    }
}

/// Only the first document of a file may have one.
fn without_prolog(text: &str) -> &str {
    text.strip_prefix("<?xml").and_then(|rest| rest.split_once("?>")).map_or(text, |(_, rest)| rest)
}

fn caches() -> BTreeMap<String, (PathBuf, QemuCapabilities)> {
    let files = fs::read_dir(CACHE).expect("libvirt's cache, which root can read").flatten();
    let read = |path: PathBuf| {
        let text = fs::read_to_string(&path).ok()?;
        let probed = read_qemu_capabilities(&path.display().to_string(), &text).ok()??;
        // A second emulator of an architecture, as the one for microvm, is not what libvirt takes.
        let plain = probed.emulator.value.rsplit('-').next().is_some_and(|name| !name.contains("microvm"));
        plain.then(|| (probed.arch.value.as_str().to_owned(), (path, probed)))
    };
    files.map(|file| file.path()).filter_map(read).collect()
}

/// The CPUs in a document.
fn hosts(text: &str) -> Vec<Input> {
    let read = read_cpu_inputs("here", text).expect("XML").into_iter();
    let input = |cpu: portolan::ingest::CpuInput| {
        let features = cpu.cpu.features.iter().map(|feature| {
            let policy = feature.value.policy.as_str();
            ((!cpu.without_policy).then_some(policy), feature.value.name.into())
        });
        Input {
            model: cpu.cpu.model.map(|known| known.value.into()),
            vendor: cpu.cpu.vendor.map(|known| known.value.into()),
            features: features.collect(),
            ..Input::default()
        }
    };
    read.map(input).collect()
}

/// Whether the hypervisor answers in milliseconds. Where libvirt cannot use /dev/kvm it probes QEMU again at each
/// question, which takes seconds.
fn quick(virt: &'static str) -> bool {
    let mix = of_model("486", virt, false);
    let start = Instant::now();
    for _ in 0..3 {
        Virsh.answer(&mix);
    }
    start.elapsed() < Duration::from_secs(2)
}

/// The question for the baseline of one model.
pub(super) fn of_model(name: &str, virt: &'static str, migratable: bool) -> Mix {
    Mix {
        work: Work::Model { expanded: false, migratable },
        by: By::Hypervisor(vec![("virttype", virt)]),
        inputs: vec![Input { model: Some(name.to_owned()), ..Input::default() }],
        prolog: false,
        spoiled: None,
    }
}

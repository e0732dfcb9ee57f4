//! What this machine is: its host as Portolan reads it, and what its QEMU knows, which no document of it tells.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use portolan::cpu::x86::{Definition, ModelOffer};
use portolan::ingest;
use portolan::knowledge::x86::map_of;
use portolan::model::{Capability, CpuFeature, CpuMap, Host, Known, Policy, Version, VirtType};
use portolan::text::xml::Document;

use super::mix::{Answer, By, Input, Judge, Mix, VIRT_TYPES, Work};
use super::virsh::{Virsh, printed};

/// What a QEMU knows with one type of emulation.
pub(super) struct Hypervisor {
    pub(super) models: Vec<ModelOffer>,
    /// The features that it knows: all, and those that may migrate.
    pub(super) features: [BTreeSet<String>; 2],
}

/// The machine that the tests run on.
pub(super) struct Machine {
    pub(super) host: Host,
    /// By the places of [`VIRT_TYPES`]; `None` where there is none or it is too slow to be asked much.
    pub(super) hypervisors: [Option<Hypervisor>; 2],
}

impl Machine {
    pub(super) fn here() -> Self {
        let said = |name: &str, arguments: &[&str]| {
            Some((format!("hosts/here/{name}"), printed(arguments)?.into_bytes()))
        };
        let mut files = vec![said("capabilities.xml", &["capabilities"]), said("version.txt", &["version"])];
        for virt in VIRT_TYPES {
            let name = format!("domcapabilities/{virt}.xml");
            files.push(said(&name, &["domcapabilities", "--virttype", virt]));
        }
        let mut cluster = ingest::read_files("here", files.into_iter().flatten().collect());
        let host = cluster.hosts.pop().unwrap_or_else(|| panic!("no host: {:?}", cluster.problems));
        let hypervisors = [0, 1].map(|virt| {
            let capability = capability(&host, virt).filter(|_| quick(virt))?;
            Some(probe(map_of(&host), capability, virt))
        });
        Self { host, hypervisors }
    }

    pub(super) fn map(&self) -> &CpuMap {
        map_of(&self.host)
    }

    pub(super) fn libvirt(&self) -> Version {
        *self.host.platform.libvirt.value().expect("a version")
    }

    pub(super) fn capability(&self, virt: usize) -> &Capability {
        capability(&self.host, virt).expect("only what is there is asked")
    }

    /// Whether the mix is one to ask here.
    pub(super) fn answers(&self, mix: &Mix) -> bool {
        !matches!(mix.by, By::Hypervisor(virt) if self.hypervisors[virt].is_none())
    }

    /// The CPU in the host's capabilities.
    pub(super) fn cpu(&self) -> Definition {
        let cpu = &self.host.platform.cpu;
        let named = |name: &String| CpuFeature { name: name.clone(), policy: Policy::Require };
        Definition {
            model: cpu.model.value().cloned(),
            vendor: cpu.vendor.value().cloned(),
            features: cpu.features.value().expect("features").iter().map(named).collect(),
            ..Definition::default().as_host()
        }
    }

    /// What the host gives, as one would paste it: the host-models and the CPU of the capabilities.
    pub(super) fn hosts(&self) -> Vec<Input> {
        let cpu = self.cpu();
        let features = cpu.features.into_iter().map(|feature| (None, feature.name)).collect();
        let own = Input { model: cpu.model, vendor: cpu.vendor, features, ..Input::default() };
        [0, 1].into_iter().filter_map(|virt| self.host_model(virt)).chain([own]).collect()
    }

    fn host_model(&self, virt: usize) -> Option<Input> {
        let cpu = capability(&self.host, virt)?.host_model.value()?.as_ref()?;
        let features =
            cpu.features.iter().map(|f| (Some(f.value.policy.as_str()), f.value.name.clone())).collect();
        let text = |known: &Option<Known<String>>| known.as_ref().map(|known| known.value.clone());
        Some(Input { model: text(&cpu.model), vendor: text(&cpu.vendor), features, ..Input::default() })
    }
}

fn capability(host: &Host, virt: usize) -> Option<&Capability> {
    let wanted = VirtType::named(VIRT_TYPES[virt]);
    host.platform.capabilities.iter().find(|capability| capability.virt_type.value == wanted)
}

/// Whether the hypervisor answers in milliseconds. Where libvirt cannot use /dev/kvm it probes QEMU again at each
/// question, which takes seconds.
fn quick(virt: usize) -> bool {
    let input = Input { model: Some("486".to_owned()), ..Input::default() };
    let start = Instant::now();
    Virsh.answers(&vec![baseline(input, virt, false); 3]);
    start.elapsed() < Duration::from_secs(2)
}

/// libvirt before 10.9 does not print what blocks a model, and none prints which features QEMU knows. The baseline of a
/// model alone lists the former, that of a CPU with every feature the latter.
fn probe(map: &CpuMap, capability: &Capability, virt: usize) -> Hypervisor {
    let models = capability.models.value().expect("models");
    let names: Vec<String> = models.iter().map(|model| model.value.name.clone()).collect();
    let of_model = |name: &String| Input { model: Some(name.clone()), ..Input::default() };
    let alone: Vec<Mix> = names.iter().map(|name| baseline(of_model(name), virt, false)).collect();
    let alone = Virsh.answers(&alone).into_iter().zip(&names);
    let models = alone.map(|(answer, name)| offer(map, name, &answer)).collect();
    let every = map.features.iter().map(|f| (Some("require"), f.name.clone())).collect();
    let every = Input { model: Some("486".to_owned()), features: every, ..Input::default() };
    let every = [false, true].map(|migratable| baseline(every.clone(), virt, migratable));
    let features =
        Virsh.answers(&every).into_iter().map(|answer| listed(&answer, "require").into_iter().collect());
    let features = features.collect::<Vec<_>>().try_into().expect("two answers");
    Hypervisor { models, features }
}

/// The question for a baseline of one input; expanded, where the features that may migrate are of interest or not.
fn baseline(input: Input, virt: usize, migratable: bool) -> Mix {
    let expanded = input.features.len() > 1;
    Mix { work: Work::Baseline { expanded, migratable }, by: By::Hypervisor(virt), inputs: vec![input] }
}

/// What the model lacks. At the end of the list are those features that the map says the model once had; they are no
/// lack of QEMU's.
fn offer(map: &CpuMap, name: &str, answer: &Answer) -> ModelOffer {
    let mut blockers = listed(answer, "disable");
    let model = map.models.iter().find(|model| model.name == name);
    let removed: Vec<&str> = model
        .iter()
        .flat_map(|model| &model.removed)
        .filter_map(|&at| map.features.get(at as usize))
        .map(|feature| feature.name.as_str())
        .collect();
    while blockers.last().is_some_and(|last| removed.contains(&last.as_str())) {
        blockers.pop();
    }
    ModelOffer { name: name.to_owned(), blockers: blockers.into_iter().collect() }
}

/// The features with this policy in a baseline; none where there is no baseline.
fn listed(answer: &Answer, policy: &str) -> Vec<String> {
    let Answer::Cpu(text) = answer else { return Vec::new() };
    let document = Document::parse(text).expect("XML");
    let features = document.root().children_named("feature");
    let with = features.filter(|f| f.value("policy").is_some_and(|p| p == policy));
    with.filter_map(|f| f.value("name").map(String::from)).collect()
}

//! What is known of each host, and where it is written: for people, and for programs.

use std::fmt::Write as _;

use schemars::JsonSchema;
use serde::Serialize;

use super::places::{Located, Places};
use crate::knowledge::arm::core;
use crate::model::{Arch, Cluster, Fact, Frequency, Host, Known, KvmMode, Memory, Version};

/// The version of the form that is written.
pub(super) const VERSION: u32 = 1;

/// What is known of each host.
#[derive(Debug, Serialize, JsonSchema)]
pub struct HostsDocument {
    /// What the document is: `portolan-hosts`.
    pub format: &'static str,
    /// The version of its form; a program refuses one that it does not know.
    pub version: u32,
    /// The name of the cluster.
    pub cluster: String,
    /// The hosts.
    pub hosts: Vec<HostRecord>,
}

/// One host.
#[derive(Debug, Serialize, JsonSchema)]
pub struct HostRecord {
    /// Its name.
    pub host: String,
    /// What is known of it and what is not.
    pub facts: Vec<FactRecord>,
}

/// One fact of a host.
#[derive(Debug, Serialize, JsonSchema)]
pub struct FactRecord {
    /// What it is about, such as `memory` or `QEMU`.
    pub fact: &'static str,
    /// What is known, for people, with its unit; `null` where nothing is.
    pub value: Option<String>,
    /// Where it is written; `null` where nothing is known.
    pub at: Option<Located>,
    /// The command that would tell; `null` where it is known.
    pub would_tell: Option<&'static str>,
}

/// Reads one fact of a host.
type Ask = fn(&Host) -> Fact<String>;

/// The facts that are shown, in order.
const FACTS: [(&str, Ask); 15] = [
    ("architecture", |host| shown(&host.platform.arch, Arch::to_string)),
    ("processor", processor),
    ("frequency", |host| shown(&host.frequency, Frequency::to_string)),
    ("processors", |host| shown(&host.processors, u32::to_string)),
    ("memory", |host| shown(&host.memory, Memory::to_string)),
    ("page sizes", |host| {
        shown(&host.platform.cpu.page_sizes, |sizes| list(sizes.iter().map(Memory::to_string)))
    }),
    ("KVM", |host| shown(&host.platform.kvm, |&ready| if ready { "ready" } else { "not ready" }.to_owned())),
    ("KVM mode (ARM)", |host| shown(&host.platform.cpu.kvm_mode, |mode| mode_name(*mode).to_owned())),
    ("GIC (ARM)", |host| shown(&host.platform.cpu.gic, u32::to_string)),
    ("IPA bits (ARM)", |host| shown(&host.platform.cpu.ipa_bits, u32::to_string)),
    ("libvirt", |host| shown(&host.platform.libvirt, Version::to_string)),
    ("QEMU", |host| shown(&host.platform.qemu, Version::to_string)),
    ("kernel", |host| shown(&host.platform.kernel, String::clone)),
    ("operating system", |host| shown(&host.platform.os, String::clone)),
    ("UEFI", firmware),
];

fn shown<T>(fact: &Fact<T>, show: impl Fn(&T) -> String) -> Fact<String> {
    match fact.ask() {
        Ok(Known { value, place }) => Fact::known(show(value), *place),
        Err(document) => Fact::Unknown(document),
    }
}

fn list(words: impl Iterator<Item = String>) -> String {
    words.collect::<Vec<_>>().join(", ")
}

fn mode_name(mode: KvmMode) -> &'static str {
    match mode {
        KvmMode::Vhe => "VHE",
        KvmMode::Nvhe => "nVHE",
        KvmMode::Protected => "protected",
    }
}

/// ARM: the cores by their registers. x86: libvirt's model.
fn processor(host: &Host) -> Fact<String> {
    let cpu = &host.platform.cpu;
    if host.platform.arch.value().is_some_and(Arch::is_arm) {
        return shown(&cpu.midrs, |midrs| {
            list(midrs.iter().map(|midr| format!("{} ({midr})", core(*midr).name)))
        });
    }
    let model = shown(&cpu.model, |model| format!("{model} (libvirt's name)"));
    if model.value().is_some() { model } else { shown(&cpu.signature, ToString::to_string) }
}

fn firmware(host: &Host) -> Fact<String> {
    shown(&host.platform.firmware, |all| {
        let efi = all.iter().filter(|known| known.value.kind == crate::model::FirmwareKind::Efi);
        let mut files: Vec<_> = efi.filter_map(|known| known.value.executable.clone()).collect();
        files.dedup();
        if files.is_empty() { "none".to_owned() } else { files.join(", ") }
    })
}

/// What is known of the hosts.
pub fn hosts_document(cluster: &Cluster, places: &Places<'_>) -> HostsDocument {
    let record = |host: &Host| HostRecord {
        host: host.name.clone(),
        facts: FACTS
            .iter()
            .filter(|(name, _)| concerns(host, name))
            .map(|(name, ask)| fact(name, &ask(host), places))
            .collect(),
    };
    HostsDocument {
        format: "portolan-hosts",
        version: VERSION,
        cluster: cluster.name.clone(),
        hosts: cluster.hosts.iter().map(record).collect(),
    }
}

/// Whether a fact is asked of the host: those of ARM only where it may be one.
fn concerns(host: &Host, fact: &str) -> bool {
    !fact.ends_with("(ARM)") || host.platform.arch.value().is_none_or(Arch::is_arm)
}

fn fact(name: &'static str, fact: &Fact<String>, places: &Places<'_>) -> FactRecord {
    FactRecord {
        fact: name,
        value: fact.value().cloned(),
        at: fact.place().map(|place| places.locate(place)),
        would_tell: fact.ask().err().map(crate::model::DocumentKind::command),
    }
}

/// The hosts in Markdown, a table each.
pub(super) fn hosts_markdown(document: &HostsDocument) -> String {
    let mut out = String::new();
    for host in &document.hosts {
        let _ = writeln!(out, "### {}\n\n| fact | value | where |\n| --- | --- | --- |", host.host);
        for fact in &host.facts {
            let value = fact.value.as_deref().unwrap_or("**unknown**");
            let at = fact.at.as_ref().map(|at| format!("`{}:{}`", at.file, at.line));
            let told = || format!("`{}` would tell", fact.would_tell.unwrap_or_default());
            let _ = writeln!(
                out,
                "| {} | {} | {} |",
                fact.fact,
                value.replace('|', "\\|"),
                at.unwrap_or_else(told)
            );
        }
        out.push('\n');
    }
    out
}

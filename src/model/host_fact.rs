//! The facts of a host that a user's rule can ask, by name.

use super::{Fact, Host, Known, Memory, Platform, Version};

/// What a fact says, in the form in which it is compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// A text.
    Text(String),
    /// A version.
    Version(Version),
    /// A number.
    Number(u64),
    /// An amount of memory.
    Memory(Memory),
}

/// An amount to compare with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quantity {
    /// A number.
    Number(u64),
    /// An amount of memory.
    Memory(Memory),
}

/// Of what kind the values of a fact are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ValueKind {
    /// Texts.
    Text,
    /// Texts that begin with a version.
    Release,
    /// Versions.
    Version,
    /// Numbers.
    Number,
    /// Amounts of memory.
    Memory,
}

/// Where a fact is found.
#[derive(Clone, Copy)]
pub enum Lookup {
    /// All hosts of a class have it in common.
    Platform(fn(&Platform) -> Fact<Value>),
    /// It is one host's alone.
    Host(fn(&Host) -> Fact<Value>),
}

/// One fact of a host.
pub struct HostFact {
    /// Its name.
    pub name: &'static str,
    /// Of what kind its values are.
    pub kind: ValueKind,
    /// Where it is found.
    pub lookup: Lookup,
}

/// Every fact of a host that can be asked by name.
pub static HOST_FACTS: [HostFact; 13] = [
    platform("arch", ValueKind::Text, |one| said(&one.arch, |arch| Value::Text(arch.to_string()))),
    platform("libvirt", ValueKind::Version, |one| said(&one.libvirt, |version| Value::Version(*version))),
    platform("qemu", ValueKind::Version, |one| said(&one.qemu, |version| Value::Version(*version))),
    platform("kernel", ValueKind::Release, |one| said(&one.kernel, |release| Value::Text(release.clone()))),
    platform("os", ValueKind::Text, |one| said(&one.os, |name| Value::Text(name.clone()))),
    platform("kvm", ValueKind::Text, |one| {
        said(&one.kvm, |ready| Value::Text(if *ready { "ready" } else { "not ready" }.to_owned()))
    }),
    platform("cpu-model", ValueKind::Text, |one| said(&one.cpu.model, |name| Value::Text(name.clone()))),
    platform("cpu-vendor", ValueKind::Text, |one| said(&one.cpu.vendor, |name| Value::Text(name.clone()))),
    platform("microcode", ValueKind::Number, |one| {
        said(&one.cpu.microcode, |version| Value::Number(*version))
    }),
    platform("gic", ValueKind::Number, |one| said(&one.cpu.gic, |version| Value::Number((*version).into()))),
    host("product", ValueKind::Text, |one| said(&one.product, |name| Value::Text(name.clone()))),
    host("memory", ValueKind::Memory, |one| said(&one.memory, |amount| Value::Memory(*amount))),
    host("processors", ValueKind::Number, |one| {
        said(&one.processors, |count| Value::Number((*count).into()))
    }),
];

const fn platform(name: &'static str, kind: ValueKind, lookup: fn(&Platform) -> Fact<Value>) -> HostFact {
    HostFact { name, kind, lookup: Lookup::Platform(lookup) }
}

const fn host(name: &'static str, kind: ValueKind, lookup: fn(&Host) -> Fact<Value>) -> HostFact {
    HostFact { name, kind, lookup: Lookup::Host(lookup) }
}

fn said<T>(fact: &Fact<T>, value: impl FnOnce(&T) -> Value) -> Fact<Value> {
    match fact {
        Fact::Known(known) => Fact::Known(Known::new(value(&known.value), known.place)),
        Fact::Unknown(document) => Fact::Unknown(*document),
    }
}

impl std::fmt::Display for Value {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Text(text) => f.pad(text),
            Self::Version(version) => version.fmt(f),
            Self::Number(number) => number.fmt(f),
            Self::Memory(amount) => amount.fmt(f),
        }
    }
}

impl std::fmt::Debug for HostFact {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

impl PartialEq for HostFact {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

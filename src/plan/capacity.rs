//! What a host can hold and what a guest takes.

use crate::model::{Guest, Host, Memory, Settings};

/// Memory and vCPUs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Amount {
    /// Memory.
    pub(super) memory: Memory,
    /// vCPUs.
    pub(super) vcpus: u64,
}

impl Amount {
    pub(super) fn plus(self, other: Self) -> Self {
        Self { memory: self.memory.plus(other.memory), vcpus: self.vcpus.saturating_add(other.vcpus) }
    }

    pub(super) fn minus(self, other: Self) -> Self {
        Self { memory: self.memory.minus(other.memory), vcpus: self.vcpus.saturating_sub(other.vcpus) }
    }

    pub(super) fn within(self, room: Self) -> bool {
        self.memory <= room.memory && self.vcpus <= room.vcpus
    }
}

/// What QEMU needs for a guest beyond the guest's own memory: 200 MiB and a fiftieth of it.
///
/// That is an assumption. virsh(1), `memtune`, says of this overhead that it "is hard to
/// determine so one needs guess and try" (libvirt 11.3); page tables, video memory, I/O buffers
/// and firmware all have their part in it.
pub fn overhead(memory: Memory) -> Memory {
    Memory::mib(200).plus(Memory::kib(memory.as_kib() / 50))
}

/// What a guest takes of its host: its memory at most with [`overhead`], and its vCPUs at most.
///
/// # Errors
/// What is not known, and how to know it.
pub(super) fn need(guest: &Guest) -> Result<Amount, String> {
    let unknown = |what: &str, document: crate::model::DocumentKind| {
        format!("{what} of guest '{}' are not known; collect {}", guest.name, document.path())
    };
    let memory = guest.memory.ask().map_err(|document| unknown("memory needs", document))?.value;
    let vcpus = guest.vcpus.ask().map_err(|document| unknown("the vCPUs", document))?.value;
    Ok(Amount { memory: memory.plus(overhead(memory)), vcpus: u64::from(vcpus) })
}

/// What a host can hold: its memory without the reserve, and its processors times the
/// overcommitment, rounded down.
///
/// # Errors
/// What is not known, and how to know it: such a host takes nothing.
pub(super) fn capacity(host: &Host, settings: &Settings) -> Result<Amount, String> {
    let unknown = |what: &str, document: crate::model::DocumentKind| {
        format!("the {what} of the host is not known; collect {}: `{}`", document.path(), document.command())
    };
    let memory = host.memory.ask().map_err(|document| unknown("memory", document))?.value;
    let processors =
        host.processors.ask().map_err(|document| unknown("number of processors", document))?.value;
    let vcpus = u64::from(processors).saturating_mul(settings.cpu_overcommit_percent) / 100;
    Ok(Amount { memory: memory.minus(settings.memory_reserve), vcpus })
}

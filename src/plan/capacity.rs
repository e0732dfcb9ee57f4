//! Amounts of room: what a host can hold and what a guest takes.

use super::rare::{KindIndex, Rare};
use super::rare::{MEMORY, VCPUS};
use crate::model::Memory;

/// So much of each kind of room.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Amount {
    /// Memory that is in no huge pages.
    pub(super) memory: Memory,
    /// vCPUs.
    pub(super) vcpus: u64,
    /// All else.
    pub(super) rare: Rare,
}

impl Amount {
    pub(super) fn plus(self, other: &Self) -> Self {
        Self {
            memory: self.memory.plus(other.memory),
            vcpus: self.vcpus.saturating_add(other.vcpus),
            rare: self.rare.plus(&other.rare),
        }
    }

    pub(super) fn minus(self, other: &Self) -> Self {
        Self {
            memory: self.memory.minus(other.memory),
            vcpus: self.vcpus.saturating_sub(other.vcpus),
            rare: self.rare.minus(&other.rare),
        }
    }

    pub(super) fn within(&self, room: &Self) -> bool {
        self.memory <= room.memory && self.vcpus <= room.vcpus && self.rare.within(&room.rare)
    }

    /// The less of both, of each kind.
    pub(super) fn least(self, other: &Self) -> Self {
        Self {
            memory: self.memory.min(other.memory),
            vcpus: self.vcpus.min(other.vcpus),
            rare: self.rare.least(&other.rare),
        }
    }

    /// How much of a kind: memory in KiB, all else by number.
    pub(super) fn get(&self, kind: KindIndex) -> u64 {
        match kind {
            MEMORY => self.memory.as_kib(),
            VCPUS => self.vcpus,
            rare => self.rare.get(rare),
        }
    }

    /// By kind: memory and vCPUs, and of the others those that are not nothing.
    pub(super) fn parts(&self) -> impl Iterator<Item = (KindIndex, u64)> {
        [(MEMORY, self.memory.as_kib()), (VCPUS, self.vcpus)].into_iter().chain(self.rare.iter())
    }
}

impl<'a> std::iter::Sum<&'a Self> for Amount {
    fn sum<I: Iterator<Item = &'a Self>>(amounts: I) -> Self {
        amounts.fold(Self::default(), Self::plus)
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

//! What libvirt found out about a QEMU and keeps in its cache.

use super::{Arch, CustomModel, Known, Name, Version, VirtType};

/// One document of `/var/cache/libvirt/qemu/capabilities`, which tells of one QEMU with all its virt types.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QemuCapabilities {
    /// `<emulator>`: the path of QEMU.
    pub emulator: Known<Name>,
    /// `<arch>`
    pub arch: Known<Arch>,
    /// `<version>`, of QEMU.
    pub version: Option<Known<Version>>,
    /// `<selfvers>`: the libvirt that asked.
    pub libvirt: Option<Known<Version>>,
    /// Whether QEMU says which features of a running guest's CPU are unavailable (`cpu-unavailable-features`).
    pub tells_unavailable: bool,
    /// The virt types, in the order in which they are first named.
    pub accelerators: Vec<Accelerator>,
}

/// What QEMU gives with one virt type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Accelerator {
    /// The virt type; `tcg` is `qemu`.
    pub virt_type: Known<VirtType>,
    /// `<machine>`s.
    pub machines: Vec<ProbedMachine>,
    /// `<cpu>`s, their blockers in libvirt's spelling.
    pub models: Vec<Known<CustomModel>>,
    /// `<hostCPU>`: the properties of the CPU that QEMU calls `host`, or `max` where it emulates one.
    pub host_cpu: Option<Known<Vec<CpuProperty>>>,
}

/// A machine type, and its other name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ProbedMachine {
    /// The canonical name.
    pub name: String,
    /// `@alias`
    pub alias: Option<String>,
    /// Whether it is the machine of guests that name none.
    pub default: bool,
}

/// A property of QEMU's CPU.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct CpuProperty {
    /// Its name; that of a feature in libvirt's spelling.
    pub name: String,
    /// What it is set to.
    pub value: PropertyValue,
    /// Whether a guest with it can migrate, where QEMU was asked.
    pub migratable: Option<bool>,
}

/// What a property is set to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum PropertyValue {
    /// Yes or no, as features are.
    Boolean(bool),
    /// A number.
    Number(u64),
    /// A text.
    Text(String),
}

impl QemuCapabilities {
    /// What QEMU gives with this virt type.
    pub fn accelerator(&self, virt_type: &VirtType) -> Option<&Accelerator> {
        self.accelerators.iter().find(|one| one.virt_type.value == *virt_type)
    }

    /// What QEMU gives to guests of this virt type. What libvirt does not know to accelerate it takes for emulated.
    pub fn for_guests(&self, virt_type: &VirtType) -> Option<&Accelerator> {
        let accelerated = matches!(virt_type.as_str(), "kvm" | "hvf");
        self.accelerator(if accelerated { virt_type } else { &VirtType::Qemu })
    }
}

impl Accelerator {
    /// The property called `name`.
    pub fn property(&self, name: &str) -> Option<&PropertyValue> {
        let all = self.host_cpu.iter().flat_map(|properties| &properties.value);
        all.into_iter().find(|property| property.name == name).map(|property| &property.value)
    }

    /// The machine called `name`, by either of its names.
    pub fn machine(&self, name: &str) -> Option<&ProbedMachine> {
        self.machines.iter().find(|one| one.name == name || one.alias.as_deref() == Some(name))
    }
}

//! Guests.

use std::collections::BTreeSet;

use super::{
    Arch, Controller, CpuDefinition, Device, Disk, DiskSource, DocumentKind, Fact, FirmwareNeed, Known,
    Memory, Moment, Name, Reliance, VirtType,
};
use crate::text::SourceId;

/// One guest of a cluster.
#[derive(Clone, Debug)]
pub struct Guest {
    /// Its name.
    pub name: String,
    /// Its UUID.
    pub uuid: Option<Known<String>>,
    /// The host it is placed on, by name; `None` where it is placed on none yet.
    pub host: Option<String>,
    /// Its domain XML (`virsh dumpxml --inactive`), or the live one where that is all there is.
    pub source: SourceId,
    /// The domain XML of the running guest, where there is one.
    pub live: Option<SourceId>,
    /// Whether it runs. Known only where its host was collected with it.
    pub running: bool,
    /// Its memory at most.
    pub memory: Fact<Memory>,
    /// Its vCPUs at most.
    pub vcpus: Fact<u32>,
    /// Where its disks lie, by its stored definition.
    pub storage: Vec<DiskSource>,
    /// Where the disks of the running guest lie, where its XML is there beside the stored one.
    pub live_storage: Option<Vec<DiskSource>>,
    /// The machine type that it runs with, where its running XML is there.
    pub live_machine: Option<Known<Name>>,
    /// The NUMA cells that its memory must come from (`numatune`, mode `strict`).
    pub cells: Option<Known<BTreeSet<u32>>>,
    /// The parts of its memory, where it has NUMA cells of its own; else it is one part.
    pub memory_parts: Vec<MemoryPart>,
    /// What else it uses of its host, by its stored definition.
    pub reliance: Reliance,
    /// What else the running guest uses of its host, where its XML is there beside the stored one; of many guests most have none,
    /// and no room for it.
    pub live_reliance: Option<Box<Reliance>>,
    /// What it was doing when its documents were collected.
    pub moment: Moment,
    /// Its network cards, by its stored definition.
    pub cards: Vec<Known<NetworkCard>>,
    /// What it needs of a host. Guests that need the same are one class.
    pub requirements: Requirements,
}

/// A part of a guest's memory: what one of its own NUMA cells has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MemoryPart {
    /// How much.
    pub memory: Memory,
    /// The pages it is in.
    pub pages: Backing,
    /// The NUMA cells of the host that it must come from.
    pub cells: Option<BTreeSet<u32>>,
}

/// What pages memory is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Backing {
    /// Those of ordinary memory.
    Ordinary,
    /// Huge ones of the host's default size.
    DefaultPages,
    /// Huge ones of this size.
    Pages(Memory),
}

/// A network card that has an address of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NetworkCard {
    /// `mac@address`, in small letters.
    pub mac: String,
    /// The network or bridge that it is plugged into.
    pub network: Option<Name>,
}

/// What a guest needs of a host, apart from room and from what is its alone.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Requirements {
    /// `os/type@arch`
    pub arch: Fact<Arch>,
    /// `domain@type`
    pub virt_type: Fact<VirtType>,
    /// `os/type@machine`
    pub machine: Fact<Name>,
    /// `devices/emulator`
    pub emulator: Option<Known<Name>>,
    /// What starts it.
    pub firmware: FirmwareNeed,
    /// `<cpu>` of the stored definition.
    pub cpu: Option<Known<CpuDefinition>>,
    /// `<cpu>` of the running guest, expanded by libvirt when it started.
    pub live_cpu: Option<Known<CpuDefinition>>,
    /// `<features>`, in order.
    pub features: Vec<Known<GuestFeature>>,
    /// `clock/timer`s, in order.
    pub timers: Vec<Known<Timer>>,
    /// Sizes of `memoryBacking/hugepages/page`; an empty size is the host's default.
    pub hugepages: Vec<Known<Option<Memory>>>,
    /// Disks, in order.
    pub disks: Vec<Disk>,
    /// Controllers, in order.
    pub controllers: Vec<Controller>,
    /// All other devices, in order.
    pub devices: Vec<Device>,
    /// The operating system's id in libosinfo's metadata, such as `http://debian.org/debian/12`
    pub os_id: Option<Known<Name>>,
    /// `launchSecurity@type`
    pub launch_security: Option<Known<Name>>,
    /// `qemu:commandline` or `qemu:override`
    pub qemu_arguments: Option<Known<()>>,
    /// All else that the stored definition says.
    pub shape: Shape,
    /// All else that the XML of the running guest says.
    pub live_shape: Shape,
}

/// A digest of a domain XML without what is one guest's alone (names, addresses, amounts of room).
/// Guests of unlike XML are not of one class, so that rules may ask the XML of any of a class.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Shape(pub u64);

/// One child of `<features>`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct GuestFeature {
    /// Its name: `acpi`, `apic`, `gic`, `hyperv`, ...
    pub name: Name,
    /// `@state`, `@version` or `@mode`, whichever it has.
    pub value: Option<Name>,
}

/// One `clock/timer`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timer {
    /// `@name`
    pub name: Name,
    /// `@present`
    pub present: Option<bool>,
    /// `@frequency`, in Hz
    pub frequency: Option<u64>,
}

impl Guest {
    /// A guest of which nothing is known but its name and the document that tells of it.
    pub fn unknown(name: &str, source: SourceId) -> Self {
        Self {
            name: name.into(),
            uuid: None,
            host: None,
            source,
            live: None,
            running: false,
            memory: Fact::Unknown(DocumentKind::Domain),
            vcpus: Fact::Unknown(DocumentKind::Domain),
            storage: Vec::new(),
            live_storage: None,
            live_machine: None,
            cells: None,
            memory_parts: Vec::new(),
            reliance: Reliance::default(),
            live_reliance: None,
            moment: Moment::default(),
            cards: Vec::new(),
            requirements: Requirements::unknown(),
        }
    }

    /// What else the running guest uses of its host; the stored definition tells where that is all there is.
    pub fn running_reliance(&self) -> &Reliance {
        self.live_reliance.as_deref().unwrap_or(&self.reliance)
    }

    /// What its XML says of that while it runs; `None` where that was not collected.
    pub fn live_reliance(&self) -> Option<&Reliance> {
        let own = || (self.live == Some(self.source)).then_some(&self.reliance);
        self.live_reliance.as_deref().or_else(own)
    }

    /// The disk that it starts from, with its operating system: of those it writes to the one that is first in the order of boots, else
    /// the first of its definition, as libvirt has it for `<boot dev='hd'/>`.
    pub fn system_disk(&self) -> Option<&DiskSource> {
        let disks = self.storage.iter().filter(|disk| disk.device == "disk" && !disk.readonly);
        disks.min_by_key(|disk| disk.boot_order.unwrap_or(u32::MAX))
    }

    /// Where the disks lie that it runs with; those of the stored definition where that is all there is.
    pub fn running_storage(&self) -> &[DiskSource] {
        self.live_storage.as_deref().unwrap_or(&self.storage)
    }
}

impl Requirements {
    /// Nothing is known of what is needed.
    pub fn unknown() -> Self {
        Self {
            arch: Fact::Unknown(DocumentKind::Domain),
            virt_type: Fact::Unknown(DocumentKind::Domain),
            machine: Fact::Unknown(DocumentKind::Domain),
            emulator: None,
            firmware: FirmwareNeed::default(),
            cpu: None,
            live_cpu: None,
            features: Vec::new(),
            timers: Vec::new(),
            hugepages: Vec::new(),
            disks: Vec::new(),
            controllers: Vec::new(),
            devices: Vec::new(),
            os_id: None,
            launch_security: None,
            qemu_arguments: None,
            shape: Shape::default(),
            live_shape: Shape::default(),
        }
    }

    /// The devices of one element, in order.
    pub fn devices_named<'r>(&'r self, element: &'r str) -> impl Iterator<Item = &'r Device> {
        self.devices.iter().filter(move |device| device.element.value == element)
    }

    /// The CPU that counts for a live move: the running guest's, else the stored one.
    pub fn effective_cpu(&self) -> Option<&Known<CpuDefinition>> {
        self.live_cpu.as_ref().or(self.cpu.as_ref())
    }
}

//! Hosts.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::{
    Arch, Capability, CpuMap, CpuSignature, DocumentKind, Fact, Firmware, Frequency, Known, ListedGuest,
    Memory, Midr, Mount, Name, NumberSet, Resident, Secret, Topology, Version, VirtType,
};

/// One host of a cluster.
#[derive(Clone, Debug)]
pub struct Host {
    /// Its name.
    pub name: String,
    /// `capabilities/host/uuid`
    pub uuid: Fact<String>,
    /// The product's name (DMI); a name for people, from which nothing is concluded.
    pub product: Fact<String>,
    /// All its memory.
    pub memory: Fact<Memory>,
    /// How many processors Linux sees.
    pub processors: Fact<u32>,
    /// Sockets, cores and threads.
    pub topology: Fact<Topology>,
    /// Its NUMA cells, where capabilities lists their processors.
    pub cells: Fact<Vec<NumaCell>>,
    /// The frequency it runs at.
    pub frequency: Fact<Frequency>,
    /// Free pages by NUMA cell and page size.
    pub free_pages: Fact<Vec<FreePages>>,
    /// All its pages by NUMA cell and page size; of the smallest size those that huge pages leave.
    pub cell_pages: Fact<Vec<CellPages>>,
    /// The size of huge pages that its kernel was told to take where none is named; none where it was told of none.
    pub default_pages: Fact<Option<Memory>>,
    /// Its networks that give each guest a device of its own.
    pub device_pools: Vec<DevicePool>,
    /// The storage pools it has.
    pub pools: Fact<Vec<Known<Pool>>>,
    /// Its network interfaces, bridges among them, by name.
    pub interfaces: Fact<Vec<Known<String>>>,
    /// Its addresses.
    pub addresses: Fact<Vec<Known<String>>>,
    /// The networks that are started, by name.
    pub active_networks: Fact<Vec<Known<String>>>,
    /// The storage pools that are started, by name.
    pub active_pools: Fact<Vec<Known<String>>>,
    /// The network filters it has, by name.
    pub filters: Fact<Vec<Known<String>>>,
    /// The secrets it has.
    pub secrets: Fact<Vec<Known<Secret>>>,
    /// The guests that were collected with it.
    pub residents: Vec<Resident>,
    /// The guests on it that have snapshots, by name.
    pub snapshots: Fact<Vec<Known<String>>>,
    /// Its guests and their states (`virsh list --all`).
    pub states: Fact<Vec<Known<ListedGuest>>>,
    /// The guests on it whose memory is saved for their next start, by name.
    pub managed_saves: Fact<Vec<Known<String>>>,
    /// The guests on it that have checkpoints, by name.
    pub checkpoints: Fact<Vec<Known<String>>>,
    /// Its file systems, those mounted last at the end.
    pub mounts: Fact<Vec<Known<Mount>>>,
    /// What decides which guests it can run. Hosts with equal platforms are one class.
    pub platform: Platform,
    /// The CPU map collected with it, which wins over the built-in ones.
    pub cpu_map: Option<Arc<CpuMap>>,
}

/// A storage pool.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Pool {
    /// Its name.
    pub name: String,
    /// `pool@type`: `dir`, `netfs`, `logical`, ...
    pub kind: String,
    /// `target/path`: the folder its volumes are in.
    pub target: Option<String>,
    /// `<source>`: the hosts, folder, device and name that its volumes come from, as one text.
    pub source: Option<String>,
}

impl Pool {
    /// Whether other hosts may see the same volumes: all kinds but folders, disks and volume
    /// groups of the host itself (libvirt's storage pool types, formatstorage).
    pub fn is_shared(&self) -> bool {
        !matches!(self.kind.as_str(), "dir" | "fs" | "logical" | "disk" | "zfs")
    }

    /// Whether a volume of the one is the volume of that name of the other.
    pub fn same_volumes(&self, other: &Self) -> bool {
        let place = |pool: &Self| if pool.is_shared() { pool.source.clone() } else { pool.target.clone() };
        self.kind == other.kind && place(self) == place(other)
    }

    /// Whether both are of one network kind and have their volumes from the same source.
    pub fn shares_with(&self, other: &Self) -> bool {
        self.is_shared() && self.kind == other.kind && self.source == other.source
    }
}

/// One NUMA cell of a host.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NumaCell {
    /// Its number.
    pub id: u32,
    /// The numbers of its processors.
    pub processors: NumberSet,
}

/// Free pages of one size in one NUMA cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FreePages {
    /// The cell; `None` where it is not known in which they are.
    pub cell: Option<u32>,
    /// The size of a page.
    pub size: Memory,
    /// How many are free.
    pub count: u64,
}

impl FreePages {
    /// Whether they are known to be in one of these cells.
    pub fn is_in(&self, cells: &BTreeSet<u32>) -> bool {
        self.cell.is_some_and(|cell| cells.contains(&cell))
    }
}

/// All pages of one size in one NUMA cell, free or taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CellPages {
    /// The cell.
    pub cell: u32,
    /// The size of a page.
    pub size: Memory,
    /// How many there are.
    pub count: u64,
}

/// A network that gives each guest a device of its own, such as a virtual function of a network card.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DevicePool {
    /// The network.
    pub network: String,
    /// How many devices it has.
    pub devices: Fact<u64>,
}

/// What decides which guests a host can run, apart from room.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Platform {
    /// Its architecture.
    pub arch: Fact<Arch>,
    /// Its CPU.
    pub cpu: HostCpu,
    /// The version of libvirt.
    pub libvirt: Fact<Version>,
    /// The version of QEMU.
    pub qemu: Fact<Version>,
    /// The kernel's release, as `uname -r` prints it.
    pub kernel: Fact<String>,
    /// The operating system's name (os-release, `PRETTY_NAME`).
    pub os: Fact<String>,
    /// Whether KVM is ready.
    pub kvm: Fact<bool>,
    /// The emulators that `capabilities` lists.
    pub emulators: Fact<Vec<Emulator>>,
    /// Its `domcapabilities`.
    pub capabilities: Vec<Capability>,
    /// Its firmware, from descriptors, `qemu.conf`, loader values or package listings.
    pub firmware: Fact<Vec<Known<Firmware>>>,
    /// The images among the files of the packages that were listed, firmware or not.
    pub firmware_images: Fact<BTreeSet<String>>,
    /// The networks and bridges it has.
    pub networks: Fact<BTreeSet<String>>,
}

/// What a host's processors are.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct HostCpu {
    /// libvirt's name of the model (`capabilities/host/cpu/model`).
    pub model: Fact<String>,
    /// The vendor: libvirt's name of it.
    pub vendor: Fact<String>,
    /// x86: the flags of `/proc/cpuinfo` or lscpu, Linux's names. ARM: HWCAP names.
    pub flags: Fact<BTreeSet<Name>>,
    /// `capabilities/host/cpu`: model and features, libvirt's names.
    pub features: Fact<BTreeSet<Name>>,
    /// x86: family, model and stepping of the processors.
    pub signature: Fact<CpuSignature>,
    /// x86: the microcode's version.
    pub microcode: Fact<u64>,
    /// x86: the time stamp counter.
    pub tsc: Fact<Tsc>,
    /// ARM: what the cores say they are; more than one where the cores differ.
    pub midrs: Fact<BTreeSet<Midr>>,
    /// ARM: the GIC's version, from the kernel's messages.
    pub gic: Fact<u32>,
    /// ARM: bits of a guest-physical address.
    pub ipa_bits: Fact<u32>,
    /// ARM: the vectors of SVE, from the kernel's messages and settings; it says nothing of a processor without.
    pub vector_length: Fact<VectorLength>,
    /// ARM: by which algorithms pointers are authenticated, in the kernel's words.
    pub pointer_authentication: Fact<BTreeSet<String>>,
    /// ARM: how KVM runs.
    pub kvm_mode: Fact<KvmMode>,
    /// The page sizes it can give.
    pub page_sizes: Fact<BTreeSet<Memory>>,
}

/// `host/cpu/counter[@name='tsc']`
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tsc {
    /// Hz.
    pub frequency: u64,
    /// Whether a guest may be given another frequency.
    pub scaling: Option<bool>,
}

/// How long a vector of SVE is that a host has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct VectorLength {
    /// Bits.
    pub bits: u32,
    /// Whether no vector of the host is longer.
    pub longest: bool,
}

/// How KVM runs on ARM, from the kernel's messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum KvmMode {
    /// With the host kernel at EL2 (VHE).
    Vhe,
    /// With a part of the kernel at EL2.
    Nvhe,
    /// Protected (pKVM).
    Protected,
}

/// One emulator for one architecture, from `capabilities/guest`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Emulator {
    /// The architecture it emulates.
    pub arch: Known<Arch>,
    /// Its binary.
    pub path: Option<Known<Name>>,
    /// How it runs guests.
    pub virt_types: Vec<Known<VirtType>>,
    /// The machine types it has.
    pub machines: Vec<Known<MachineType>>,
}

/// One machine type.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MachineType {
    /// Its name, maybe an alias.
    pub name: Name,
    /// What the alias stands for.
    pub canonical: Option<Name>,
    /// How many vCPUs it takes.
    pub max_cpus: Option<u32>,
    /// Whether QEMU will drop it.
    pub deprecated: bool,
}

impl Host {
    /// A host of which nothing but its name is known.
    pub fn unknown(name: impl Into<String>) -> Self {
        use DocumentKind as D;
        Self {
            name: name.into(),
            uuid: Fact::Unknown(D::Capabilities),
            product: Fact::Unknown(D::Dmidecode),
            memory: Fact::Unknown(D::NodeInfo),
            processors: Fact::Unknown(D::NodeInfo),
            topology: Fact::Unknown(D::NodeInfo),
            cells: Fact::Unknown(D::Capabilities),
            frequency: Fact::Unknown(D::Dmidecode),
            free_pages: Fact::Unknown(D::FreePages),
            cell_pages: Fact::Unknown(D::Capabilities),
            default_pages: Fact::Unknown(D::Dmesg),
            device_pools: Vec::new(),
            pools: Fact::Unknown(D::Pool),
            interfaces: Fact::Unknown(D::Addresses),
            addresses: Fact::Unknown(D::Addresses),
            active_networks: Fact::Unknown(D::ActiveNetworks),
            active_pools: Fact::Unknown(D::ActivePools),
            filters: Fact::Unknown(D::Filters),
            secrets: Fact::Unknown(D::Secrets),
            residents: Vec::new(),
            snapshots: Fact::Unknown(D::Snapshots),
            states: Fact::Unknown(D::GuestList),
            managed_saves: Fact::Unknown(D::ManagedSaves),
            checkpoints: Fact::Unknown(D::Checkpoints),
            mounts: Fact::Unknown(D::Mounts),
            platform: Platform::unknown(),
            cpu_map: None,
        }
    }
}

impl Platform {
    /// A platform of which nothing is known.
    pub fn unknown() -> Self {
        use DocumentKind as D;
        Self {
            arch: Fact::Unknown(D::Capabilities),
            cpu: HostCpu::unknown(),
            libvirt: Fact::Unknown(D::Version),
            qemu: Fact::Unknown(D::Version),
            kernel: Fact::Unknown(D::Uname),
            os: Fact::Unknown(D::OsRelease),
            kvm: Fact::Unknown(D::Capabilities),
            emulators: Fact::Unknown(D::Capabilities),
            capabilities: Vec::new(),
            firmware: Fact::Unknown(D::FirmwareDescriptor),
            firmware_images: Fact::Unknown(D::PackageListing),
            networks: Fact::Unknown(D::Network),
        }
    }

    /// What the host offers for `arch`, `virt_type` and `machine` (canonical or alias): the
    /// document made for that very machine type, else one of the same family.
    ///
    /// # Errors
    /// The kind of document that would tell.
    pub fn capability(
        &self,
        arch: &Arch,
        virt_type: &VirtType,
        machine: &str,
    ) -> Result<&Capability, DocumentKind> {
        let fits = |c: &&Capability| c.arch.value == *arch && c.virt_type.value == *virt_type;
        let machine = Name::new(machine);
        let canonical = self.canonical_machine(arch, machine);
        let all = || self.capabilities.iter().filter(fits);
        all()
            .find(|c| c.machine.value == canonical || c.machine.value == machine)
            .or_else(|| all().find(|c| machine_family(&c.machine.value) == machine_family(&canonical)))
            .ok_or(DocumentKind::DomainCapabilities)
    }

    /// What `machine` is an alias of on this host; itself where it is none.
    pub fn canonical_machine(&self, arch: &Arch, machine: Name) -> Name {
        self.machine_type(arch, machine).and_then(|known| known.value.canonical).unwrap_or(machine)
    }

    /// The machine type that `capabilities` lists under this name.
    pub fn machine_type(&self, arch: &Arch, machine: Name) -> Option<&Known<MachineType>> {
        let emulators = self.emulators.value()?.iter().filter(|e| e.arch.value == *arch);
        emulators.flat_map(|e| &e.machines).find(|m| m.value.name == machine)
    }
}

/// A family of machine types: what one may stand in for another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MachineFamily {
    /// `pc`, `pc-i440fx-*` and their distributions' names.
    I440fx,
    /// `q35`, `pc-q35-*`.
    Q35,
    /// ARM's `virt`, `virt-*`.
    Virt,
}

/// The family of a machine type, by libvirt's own tests (`qemuDomainMachineIsI440FX`,
/// `qemuDomainMachineIsQ35`, `qemuDomainMachineIsARMVirt`, libvirt 11.3).
pub fn machine_family(machine: &str) -> Option<MachineFamily> {
    let starts = |prefixes: &[&str]| prefixes.iter().any(|prefix| machine.starts_with(prefix));
    if machine == "q35" || starts(&["pc-q35-"]) {
        Some(MachineFamily::Q35)
    } else if machine == "virt" || starts(&["virt-"]) {
        Some(MachineFamily::Virt)
    } else if machine == "pc" || starts(&["pc-0.", "pc-1.", "pc-i440fx-", "rhel"]) {
        Some(MachineFamily::I440fx)
    } else {
        None
    }
}

impl HostCpu {
    fn unknown() -> Self {
        use DocumentKind as D;
        Self {
            model: Fact::Unknown(D::Capabilities),
            vendor: Fact::Unknown(D::Capabilities),
            flags: Fact::Unknown(D::CpuInfo),
            features: Fact::Unknown(D::Capabilities),
            signature: Fact::Unknown(D::CpuInfo),
            microcode: Fact::Unknown(D::CpuInfo),
            tsc: Fact::Unknown(D::Capabilities),
            midrs: Fact::Unknown(D::CpuInfo),
            gic: Fact::Unknown(D::Dmesg),
            ipa_bits: Fact::Unknown(D::Dmesg),
            vector_length: Fact::Unknown(D::Dmesg),
            pointer_authentication: Fact::Unknown(D::Dmesg),
            kvm_mode: Fact::Unknown(D::Dmesg),
            page_sizes: Fact::Unknown(D::Capabilities),
        }
    }
}

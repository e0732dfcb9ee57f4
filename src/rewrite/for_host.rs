//! A profile from what is known of a host.

use std::collections::{BTreeMap, BTreeSet};

use super::firmware::{Boot, FirmwareChoice, Shelf};
use super::offers::{offers, offers_on_x86};
use super::part::Part;
use super::profile::{ADDRESS_BITS, HEADROOM, Profile, SCSI_TARGETS, newest};
use crate::knowledge::{MachineVersion, ports};
use crate::model::{
    Arch, Capability, DocumentKind, Emulator, Fact, MachineFamily, MachineType, Platform, VirtType,
    machine_family,
};

/// Why no profile can be made of a host.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Gap {
    /// Which emulators and machine types it has is unknown.
    #[error("its emulators are unknown: {} ({}) would tell", .0.path(), .0.command())]
    Unknown(DocumentKind),
    /// It has no emulator for the architecture that runs guests so.
    #[error("it has no {0} emulator for guests of type '{1}'")]
    NoEmulator(Arch, VirtType),
    /// Its emulator lists no versioned machine type of the family.
    #[error("its {0} emulator lists no versioned '{1}' machine type")]
    NoMachine(Arch, &'static str),
    /// Its libvirt cannot choose firmware, and no UEFI for aarch64 is known on it.
    #[error("its libvirt cannot choose firmware, and no aarch64 UEFI is known on it")]
    NoFirmware,
    /// It and another target have nothing in common to rewrite for.
    #[error("it and {0} have no {1} in common")]
    NotShared(String, &'static str),
}

/// What kind of guest one is to become.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Board {
    /// Its architecture.
    pub arch: Arch,
    /// Its family of machine types.
    pub family: MachineFamily,
    /// How it is run.
    pub virt_type: VirtType,
}

impl Board {
    /// A `virt` machine of ARM, run so.
    pub fn virt(virt_type: VirtType) -> Self {
        Self { arch: Arch::Aarch64, family: MachineFamily::Virt, virt_type }
    }

    /// The alias of its machine types.
    fn alias(&self) -> &'static str {
        match self.family {
            MachineFamily::I440fx => "pc",
            MachineFamily::Q35 => "q35",
            MachineFamily::Virt => "virt",
        }
    }
}

impl Profile {
    /// The profile called `name` of a host, for guests of this kind.
    ///
    /// What is unknown of the host is taken to be the worse way for a guest that is rebuilt, and to be there for one that is on
    /// x86 already; `assumptions` says so.
    ///
    /// # Errors
    /// [`Gap`], where the host cannot be a target or too little is known of it.
    pub fn for_host(name: &str, platform: &Platform, board: &Board) -> Result<Self, Gap> {
        let emulators = emulators(platform, board)?;
        let machines = machines(&emulators, board.family);
        let names: Vec<String> = machines.iter().map(|machine| machine.name.into()).collect();
        let machine = newest(&names).ok_or_else(|| Gap::NoMachine(board.arch.clone(), board.alias()))?;
        let paths = emulators.iter().filter_map(|e| Some(e.path.as_ref()?.value.into()));
        let blank = Self {
            name: name.to_owned(),
            arch: board.arch.clone(),
            machines: names,
            aliases: BTreeMap::new(),
            virt_type: Some(board.virt_type.clone()),
            emulators: Some(paths.collect::<BTreeSet<_>>()).filter(|paths| !paths.is_empty()),
            port_limit: ports::OF_Q35,
            headroom: Some(HEADROOM),
            offers: BTreeSet::new(),
            videos: Vec::new(),
            gic_versions: Vec::new(),
            max_vcpus: u32::MAX,
            address_bits: ADDRESS_BITS,
            firmware: FirmwareChoice::Automatic,
            secure_firmware: None,
            firmware_images: BTreeSet::new(),
            emulated_cpu: String::new(),
            scsi_targets: SCSI_TARGETS,
            hugepages: None,
            cpu: None,
            site: None,
            parts: Part::ALL.into(),
            assumptions: Vec::new(),
            machine,
        };
        let listed = machines.iter().find(|listed| listed.name == blank.machine);
        let vcpus = listed.and_then(|listed| listed.max_cpus);
        if board.arch.is_arm() { blank.on_arm(platform, vcpus) } else { Ok(blank.on_x86(platform)) }
    }

    fn on_arm(self, platform: &Platform, vcpus: Option<u32>) -> Result<Self, Gap> {
        let virt_type = self.virt_type.clone().unwrap_or(VirtType::Kvm);
        let capability = platform.capability(&self.arch, &virt_type, &self.machine).ok();
        let mut assumptions = Vec::new();
        let (port_limit, headroom) = ports(platform, &mut assumptions);
        let shelf = Shelf { host: platform, arch: &Arch::Aarch64, machine: &self.machine };
        let firmware = shelf.choice(Boot::Open, capability, &mut assumptions).ok_or(Gap::NoFirmware)?;
        Ok(Self {
            port_limit,
            headroom,
            offers: offers(platform, capability, &mut assumptions),
            videos: videos(capability),
            gic_versions: gic_versions(platform, capability, &mut assumptions),
            max_vcpus: max_vcpus(vcpus, capability, &mut assumptions),
            address_bits: address_bits(platform, &virt_type),
            firmware,
            secure_firmware: shelf.choice(Boot::Secure, capability, &mut assumptions),
            firmware_images: shelf.images(),
            emulated_cpu: emulated_cpu(capability),
            hugepages: Some(hugepages(platform, &mut assumptions)),
            assumptions,
            ..self
        })
    }

    fn on_x86(self, platform: &Platform) -> Self {
        let virt_type = self.virt_type.clone().unwrap_or(VirtType::Kvm);
        let capability = platform.capability(&self.arch, &virt_type, &self.machine).ok();
        let videos = capability.and_then(|c| c.devices.get("video")?.values("modelType"));
        let sizes = platform.cpu.page_sizes.value();
        let unknown = |known: bool, what: &str| {
            (!known).then(|| format!("{what} are unknown: all are taken to be there"))
        };
        let assumptions = [
            unknown(capability.is_some(), "its devices"),
            unknown(sizes.is_some(), "its sizes of huge pages"),
        ];
        Self {
            offers: offers_on_x86(capability),
            videos: videos
                .map_or_else(Vec::new, |known| known.value.iter().map(|&name| name.into()).collect()),
            hugepages: sizes.map(|sizes| sizes.iter().map(|size| size.as_kib()).collect()),
            assumptions: assumptions.into_iter().flatten().collect(),
            ..self
        }
    }
}

/// The emulators that run such guests.
fn emulators<'p>(platform: &'p Platform, board: &Board) -> Result<Vec<&'p Emulator>, Gap> {
    let all = platform.emulators.ask().map_err(Gap::Unknown)?;
    let runs = |e: &&Emulator| {
        e.arch.value == board.arch && e.virt_types.iter().any(|known| known.value == board.virt_type)
    };
    let emulators: Vec<_> = all.value.iter().filter(runs).collect();
    if emulators.is_empty() {
        return Err(Gap::NoEmulator(board.arch.clone(), board.virt_type.clone()));
    }
    Ok(emulators)
}

/// Their versioned machine types of a family.
fn machines<'p>(emulators: &[&'p Emulator], family: MachineFamily) -> Vec<&'p MachineType> {
    let listed = emulators.iter().flat_map(|e| &e.machines).map(|known| &known.value);
    let fits = |machine: &&MachineType| {
        machine_family(&machine.name) == Some(family) && MachineVersion::of(&machine.name).is_some()
    };
    listed.filter(fits).collect()
}

/// Whether a host has a versioned machine type of a family for such guests.
pub(super) fn has_family(platform: &Platform, board: &Board) -> bool {
    emulators(platform, board).is_ok_and(|all| !machines(&all, board.family).is_empty())
}

fn ports(platform: &Platform, assumptions: &mut Vec<String>) -> (u32, Option<u32>) {
    if let Some(version) = platform.qemu.value() {
        let limit = ports::limit(*version);
        return (limit, (limit > ports::OF_OLD_QEMU).then_some(HEADROOM));
    }
    let limit = ports::OF_OLD_QEMU;
    assumptions.push(format!("QEMU's version is unknown: {limit} PCIe root ports, as QEMU 2.12 has"));
    (limit, None)
}

/// The adapters that ARM guests can use (libvirt lists `vga`, `cirrus` and `bochs` too, which need
/// legacy VGA), as far as the host does not say no.
fn videos(capability: Option<&Capability>) -> Vec<String> {
    let refused = |model: &str| {
        capability.is_some_and(|c| c.offers("video", "modelType", model).value() == Some(&false))
    };
    let usable = ["virtio", "ramfb", "none"].into_iter();
    usable.filter(|model| *model == "none" || !refused(model)).map(str::to_owned).collect()
}

fn gic_versions(
    platform: &Platform,
    capability: Option<&Capability>,
    assumptions: &mut Vec<String>,
) -> Vec<u32> {
    let told = capability.and_then(|c| c.gic_versions.value());
    let told: Vec<u32> = told.into_iter().flatten().filter_map(|v| v.parse().ok()).collect();
    if !told.is_empty() {
        return told;
    }
    if let Some(version) = platform.cpu.gic.value() {
        return vec![*version];
    }
    assumptions.push("the versions of its GIC are unknown: 3 is taken for more than 8 vCPUs".into());
    vec![3]
}

fn max_vcpus(listed: Option<u32>, capability: Option<&Capability>, assumptions: &mut Vec<String>) -> u32 {
    let told = capability.and_then(|c| c.max_vcpus.value().copied()).or(listed);
    told.unwrap_or_else(|| {
        assumptions.push("how many vCPUs the machine type takes is unknown: 255".into());
        255
    })
}

/// Under KVM those that the host's processor has for guests.
fn address_bits(platform: &Platform, virt_type: &VirtType) -> u32 {
    let told = platform.cpu.ipa_bits.value().filter(|_| *virt_type == VirtType::Kvm);
    told.copied().unwrap_or(ADDRESS_BITS)
}

fn emulated_cpu(capability: Option<&Capability>) -> String {
    let known = |model: &&str| capability.is_some_and(|c| c.model(model).is_some());
    ["cortex-a72", "cortex-a57"].into_iter().find(known).unwrap_or("cortex-a57").to_owned()
}

fn hugepages(platform: &Platform, assumptions: &mut Vec<String>) -> Vec<u64> {
    if let Fact::Known(sizes) = &platform.cpu.page_sizes {
        return sizes.value.iter().map(|size| size.as_kib()).collect();
    }
    assumptions.push("its sizes of huge pages are unknown: none is asked for by name".into());
    Vec::new()
}

#[cfg(test)]
mod tests {
    use super::super::firmware::{FirmwareChoice, FirmwareFiles};
    use super::super::profile::Offer;
    use super::*;
    use crate::model::Version;
    use crate::model::{Firmware, FirmwareKind, FirmwareMapping, Known};
    use crate::text::{Place, Sources, Span};

    fn known<T>(value: T) -> Known<T> {
        let source = Sources::default().add("capabilities.xml", "");
        Known::new(value, Place { source, span: Span::new(0, 0) })
    }

    fn machine(name: &str) -> Known<MachineType> {
        let name = name.into();
        known(MachineType { name, canonical: None, max_cpus: Some(123), deprecated: false })
    }

    /// A made-up aarch64 host with KVM.
    fn host(libvirt: Version, qemu: Version) -> Platform {
        let emulator = Emulator {
            arch: known(Arch::Aarch64),
            path: None,
            virt_types: vec![known(VirtType::Kvm)],
            machines: ["virt", "virt-6.2", "virt-10.0", "virt-rhel9.4.0"].map(machine).to_vec(),
        };
        let mut platform = Platform::unknown();
        platform.emulators = Fact::Known(known(vec![emulator]));
        platform.libvirt = Fact::Known(known(libvirt));
        platform.qemu = Fact::Known(known(qemu));
        platform
    }

    #[test]
    fn the_newest_upstream_machine_is_taken() {
        let platform = host(Version::new(10, 0, 0), Version::new(10, 0, 0));
        let profile = Profile::for_host("made-up", &platform, &Board::virt(VirtType::Kvm)).unwrap();
        assert_eq!((profile.machine.as_str(), profile.max_vcpus), ("virt-10.0", 123));
        assert_eq!(
            [profile.nearest("virt-6.2"), profile.nearest("virt-9.0")],
            ["virt-6.2", "virt-rhel9.4.0"]
        );
        assert_eq!((profile.port_limit, profile.headroom), (ports::AT_MOST, Some(HEADROOM)));
        assert!(profile.offers(Offer::FirmwareExpanded) && !profile.offers(Offer::Spice));
        assert!(profile.assumptions.iter().any(|text| text.contains("SPICE")), "{:?}", profile.assumptions);
    }

    #[test]
    fn old_libvirt_needs_its_firmware_by_name() {
        let mut platform = host(Version::new(4, 5, 0), Version::new(2, 12, 0));
        let asked = Profile::for_host("made-up", &platform, &Board::virt(VirtType::Kvm));
        assert_eq!(asked, Err(Gap::NoFirmware));
        platform.firmware = Fact::Known(known(vec![known(Firmware {
            kind: FirmwareKind::Efi,
            executable: Some("/code.fd".into()),
            nvram_template: Some("/vars.fd".into()),
            mapping: FirmwareMapping::Split,
            format: "raw".into(),
            template_format: "raw".into(),
            told_by: DocumentKind::QemuConf,
            targets: vec![(Arch::Aarch64, Vec::new())],
            features: Vec::new(),
        })]));
        let profile = Profile::for_host("made-up", &platform, &Board::virt(VirtType::Kvm)).unwrap();
        let explicit = FirmwareChoice::Explicit(FirmwareFiles::raw("/code.fd", "/vars.fd"));
        assert_eq!(profile.firmware, explicit);
        assert_eq!((profile.port_limit, profile.headroom), (ports::OF_OLD_QEMU, None));
    }

    #[test]
    fn hosts_that_cannot_be_targets_say_why() {
        let unknown = Profile::for_host("made-up", &Platform::unknown(), &Board::virt(VirtType::Kvm));
        assert_eq!(unknown, Err(Gap::Unknown(DocumentKind::Capabilities)));
        let platform = host(Version::new(10, 0, 0), Version::new(10, 0, 0));
        let emulated = Profile::for_host("made-up", &platform, &Board::virt(VirtType::Qemu));
        assert_eq!(emulated, Err(Gap::NoEmulator(Arch::Aarch64, VirtType::Qemu)));
    }
}

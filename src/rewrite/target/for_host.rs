//! A profile from what is known of a host.

use std::collections::{BTreeMap, BTreeSet};

use super::super::part::Part;
use super::board::{Board, Gap};
use super::profile::{ADDRESS_BITS, HEADROOM, Profile, SCSI_TARGETS, newest};
use crate::knowledge::{MachineVersion, ports};
use crate::model::{Emulator, MachineFamily, MachineType, Platform, machine_family};

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
            firmware: None,
            secure_firmware: None,
            firmware_images: BTreeSet::new(),
            fitting: None,
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
pub(in super::super) fn has_family(platform: &Platform, board: &Board) -> bool {
    emulators(platform, board).is_ok_and(|all| !machines(&all, board.family).is_empty())
}

#[cfg(test)]
mod tests {
    use super::super::offer::Offer;
    use super::super::shelf::{FirmwareChoice, FirmwareFiles};
    use super::*;
    use crate::model::{
        Arch, DocumentKind, Fact, Firmware, FirmwareKind, FirmwareMapping, Known, Version, VirtType,
    };
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
        assert_eq!(profile.firmware, Some(explicit));
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

//! A profile from what is known of a host.

use super::firmware::{Boot, Shelf};
use super::offers::offers;
use super::profile::{ADDRESS_BITS, HEADROOM, MachineVersion, Profile, SCSI_TARGETS};
use crate::knowledge::ports;
use crate::model::{Arch, Capability, DocumentKind, Emulator, Fact, MachineType, Platform, VirtType};

/// Why no profile can be made of a host.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Gap {
    /// Which emulators and machine types it has is unknown.
    #[error("its emulators are unknown: {} ({}) would tell", .0.path(), .0.command())]
    Unknown(DocumentKind),
    /// It has no emulator for aarch64 that runs guests so.
    #[error("it has no aarch64 emulator for guests of type '{0}'")]
    NoEmulator(VirtType),
    /// Its emulator lists no versioned machine type of the `virt` family.
    #[error("its aarch64 emulator lists no versioned 'virt' machine type")]
    NoMachine,
    /// Its libvirt cannot choose firmware, and no UEFI for aarch64 is known on it.
    #[error("its libvirt cannot choose firmware, and no aarch64 UEFI is known on it")]
    NoFirmware,
}

impl Profile {
    /// The profile called `name` of a host, for guests run as `virt_type`.
    ///
    /// What is unknown of the host is taken to be the worse way; `assumptions` says so.
    ///
    /// # Errors
    /// [`Gap`], where the host cannot be a target or too little is known of it.
    pub fn for_host(name: &str, platform: &Platform, virt_type: VirtType) -> Result<Self, Gap> {
        let machines = machines(platform, &virt_type)?;
        let newest = machines.iter().max_by_key(|m| MachineVersion::of(&m.name)).ok_or(Gap::NoMachine)?;
        let capability = platform.capability(&Arch::Aarch64, &virt_type, &newest.name).ok();
        let mut assumptions = Vec::new();
        let (port_limit, headroom) = ports(platform, &mut assumptions);
        let shelf = Shelf { host: platform, arch: &Arch::Aarch64, machine: &newest.name };
        let firmware = shelf.choice(Boot::Open, capability, &mut assumptions).ok_or(Gap::NoFirmware)?;
        Ok(Self {
            name: name.to_owned(),
            arch: Arch::Aarch64,
            machine: newest.name.clone(),
            machines: machines.iter().map(|machine| machine.name.clone()).collect(),
            port_limit,
            headroom,
            offers: offers(platform, capability, &mut assumptions),
            videos: videos(capability),
            gic_versions: gic_versions(platform, capability, &mut assumptions),
            max_vcpus: max_vcpus(newest, capability, &mut assumptions),
            address_bits: address_bits(platform, &virt_type),
            firmware,
            secure_firmware: shelf.choice(Boot::Secure, capability, &mut assumptions),
            firmware_images: shelf.images(),
            emulated_cpu: emulated_cpu(capability),
            scsi_targets: SCSI_TARGETS,
            hugepages: hugepages(platform, &mut assumptions),
            virt_type,
            assumptions,
        })
    }
}

/// The versioned `virt` machine types of the emulators that run aarch64 guests so.
fn machines<'p>(platform: &'p Platform, virt_type: &VirtType) -> Result<Vec<&'p MachineType>, Gap> {
    let all = platform.emulators.ask().map_err(Gap::Unknown)?;
    let runs = |e: &&Emulator| {
        e.arch.value == Arch::Aarch64 && e.virt_types.iter().any(|known| known.value == *virt_type)
    };
    let emulators: Vec<_> = all.value.iter().filter(runs).collect();
    if emulators.is_empty() {
        return Err(Gap::NoEmulator(virt_type.clone()));
    }
    let listed = emulators.into_iter().flat_map(|e| &e.machines).map(|known| &known.value);
    Ok(listed.filter(|machine| MachineVersion::of(&machine.name).is_some()).collect())
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

fn max_vcpus(machine: &MachineType, capability: Option<&Capability>, assumptions: &mut Vec<String>) -> u32 {
    let told = capability.and_then(|c| c.max_vcpus.value().copied()).or(machine.max_cpus);
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
        let name = name.to_owned();
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
        let profile = Profile::for_host("made-up", &platform, VirtType::Kvm).unwrap();
        assert_eq!((profile.machine.as_str(), profile.max_vcpus), ("virt-10.0", 123));
        assert!(profile.has_machine("virt-6.2") && !profile.has_machine("virt-8.2"));
        assert_eq!((profile.port_limit, profile.headroom), (ports::AT_MOST, Some(HEADROOM)));
        assert!(profile.offers(Offer::FirmwareExpanded) && !profile.offers(Offer::Spice));
        assert!(profile.assumptions.iter().any(|text| text.contains("SPICE")), "{:?}", profile.assumptions);
    }

    #[test]
    fn old_libvirt_needs_its_firmware_by_name() {
        let mut platform = host(Version::new(4, 5, 0), Version::new(2, 12, 0));
        let asked = Profile::for_host("made-up", &platform, VirtType::Kvm);
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
        let profile = Profile::for_host("made-up", &platform, VirtType::Kvm).unwrap();
        let explicit = FirmwareChoice::Explicit(FirmwareFiles::raw("/code.fd", "/vars.fd"));
        assert_eq!(profile.firmware, explicit);
        assert_eq!((profile.port_limit, profile.headroom), (ports::OF_OLD_QEMU, None));
    }

    #[test]
    fn hosts_that_cannot_be_targets_say_why() {
        let unknown = Profile::for_host("made-up", &Platform::unknown(), VirtType::Kvm);
        assert_eq!(unknown, Err(Gap::Unknown(DocumentKind::Capabilities)));
        let platform = host(Version::new(10, 0, 0), Version::new(10, 0, 0));
        let emulated = Profile::for_host("made-up", &platform, VirtType::Qemu);
        assert_eq!(emulated, Err(Gap::NoEmulator(VirtType::Qemu)));
    }
}

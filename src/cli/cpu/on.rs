//! Which QEMU is asked, by the document that stands for it.

use std::path::Path;

use clap::Args;

use super::{readable, wrong};
use crate::cli::error::CliError;
use crate::cpu::x86::Hypervisor;
use crate::ingest::{is_known_arch, read_domain_capabilities, read_qemu_capabilities};
use crate::model::{Arch, Capability, CpuMap, QemuCapabilities, VirtType};

/// The guests that are asked for. Domain capabilities are about some of one kind; libvirt's cache of a QEMU is about
/// all that it can run.
#[derive(Args)]
pub(super) struct Guests {
    /// How they run: kvm (unless the document knows no KVM) or qemu
    #[arg(long, visible_alias = "virt-type", value_name = "TYPE")]
    virttype: Option<String>,
    /// The emulator that runs them, which must be the document's
    #[arg(long, value_name = "PATH")]
    emulator: Option<String>,
    /// Their architecture, which must be the document's
    #[arg(long)]
    arch: Option<String>,
    /// Their machine type, which must be one of the document's
    #[arg(long)]
    machine: Option<String>,
}

/// The virt types that libvirt knows (`virDomainVirt`, libvirt 9.0).
const VIRT_TYPES: [&str; 16] = [
    "qemu",
    "kqemu",
    "kvm",
    "xen",
    "lxc",
    "uml",
    "openvz",
    "test",
    "vmware",
    "hyperv",
    "vbox",
    "phyp",
    "parallels",
    "bhyve",
    "vz",
    "hvf",
];

/// What is asked, or libvirt's refusal to ask it (`virQEMUCapsCacheLookupDefault`).
pub(super) type Found = Result<Hypervisor, String>;

impl Guests {
    /// Whether any is named.
    pub(super) fn are_named(&self) -> bool {
        [&self.virttype, &self.emulator, &self.arch, &self.machine].into_iter().any(Option::is_some)
    }

    /// The QEMU that the document at `path` tells of.
    pub(super) fn hypervisor(&self, map: &CpuMap, path: &Path) -> Result<Found, CliError> {
        let (name, text) = (path.display().to_string(), readable(path)?);
        if let Some(found) = read_qemu_capabilities(&name, &text).map_err(wrong)? {
            return Ok(self.probed(map, &found));
        }
        let capability = read_domain_capabilities(&name, &text).map_err(wrong)?;
        Ok(self.fits(&capability).map(|()| Hypervisor::from(capability)))
    }

    fn fits(&self, capability: &Capability) -> Result<(), String> {
        let emulator = capability.emulator.as_ref().map_or("", |known| known.value.as_str());
        self.is_served(&capability.arch.value, emulator)?;
        let own = capability.virt_type.value.as_str();
        if let Some(other) = self.virttype.as_deref().filter(|virttype| *virttype != own) {
            return Err(no_accelerator(other, emulator));
        }
        let own = &capability.machine.value;
        match self.machine.as_ref().filter(|machine| *machine != own) {
            Some(machine) => Err(no_machine(machine, emulator)),
            None => Ok(()),
        }
    }

    fn probed(&self, map: &CpuMap, found: &QemuCapabilities) -> Found {
        let emulator = &found.emulator.value;
        self.is_served(&found.arch.value, emulator)?;
        let kvm = found.accelerator(&VirtType::Kvm).map_or(VirtType::Qemu, |_| VirtType::Kvm);
        let asked = self.virttype.as_deref().map_or(kvm, VirtType::named);
        let by = found.for_guests(&asked);
        if asked == VirtType::Kvm && by.is_none() {
            return Err(no_accelerator(asked.as_str(), emulator));
        }
        let has = |machine: &&String| by.is_some_and(|by| by.machine(machine).is_some());
        match self.machine.as_ref().filter(|machine| !has(machine)) {
            Some(machine) => Err(no_machine(machine, emulator)),
            None => Ok(Hypervisor::probed(map, found, &asked)),
        }
    }

    /// Whether the names are libvirt's, and emulator and architecture the document's.
    fn is_served(&self, own: &Arch, emulator: &str) -> Result<(), String> {
        if let Some(virttype) = self.virttype.as_deref().filter(|name| !VIRT_TYPES.contains(name)) {
            return Err(format!("invalid argument: unknown virttype: {virttype}"));
        }
        if let Some(arch) = self.arch.as_deref().filter(|name| !is_known_arch(name)) {
            return Err(format!("invalid argument: unknown architecture: {arch}"));
        }
        if let Some(other) = self.emulator.as_deref().filter(|path| *path != emulator) {
            return Err(format!("Cannot check QEMU binary {other}: No such file or directory"));
        }
        let asked = self.arch.as_deref().map(Arch::named);
        let alike = |asked: &Arch| asked == own || asked.is_x86() && own.is_x86();
        match asked.filter(|asked| !alike(asked)) {
            None => Ok(()),
            Some(asked) if self.emulator.is_some() => {
                let differs = format!("doesn't match given architecture '{asked}'");
                Err(format!("invalid argument: architecture from emulator '{own}' {differs}"))
            }
            Some(asked) => Err(format!(
                "unsupported configuration: unable to find any emulator to serve '{asked}' architecture"
            )),
        }
    }
}

fn no_accelerator(virttype: &str, emulator: &str) -> String {
    format!("invalid argument: the accel '{virttype}' is not supported by '{emulator}' on this host")
}

fn no_machine(machine: &str, emulator: &str) -> String {
    format!("invalid argument: the machine '{machine}' is not supported by emulator '{emulator}'")
}

//! What the rules look at.

use std::sync::LazyLock;

use crate::model::{
    Arch, Capability, CpuMap, DocumentKind, Guest, Host, Platform, Requirements, Settings, VirtType,
};

/// What a class of guests needs and what a class of hosts offers.
pub struct Pair<'p> {
    /// What the guests need.
    pub guest: &'p Requirements,
    /// The platform they are on; `None` for guests placed on no host yet.
    pub source: Option<&'p Platform>,
    /// The platform they would go to.
    pub target: &'p Platform,
    /// The CPU map that the target's libvirt knows.
    pub map: &'p CpuMap,
}

impl<'p> Pair<'p> {
    /// The architecture of the guests, where it is known.
    pub fn arch(&self) -> Option<&'p Arch> {
        self.guest.arch.value()
    }

    /// Whether the target is of another architecture than the guests; `None` where one is unknown.
    pub fn between_architectures(&self) -> Option<bool> {
        Some(family(self.arch()?) != family(self.target.arch.value()?))
    }

    /// Whether the guests run under KVM; unknown counts as KVM, libvirt's usual.
    pub fn kvm(&self) -> bool {
        self.virt_type() == VirtType::Kvm
    }

    /// How the guests run.
    pub fn virt_type(&self) -> VirtType {
        self.guest.virt_type.value().cloned().unwrap_or(VirtType::Kvm)
    }

    /// What the target offers the guests: for their own architecture and machine type, or, where
    /// they would be rebuilt, for the target's.
    ///
    /// # Errors
    /// The kind of document that would tell.
    pub fn offer(&self) -> Result<&'p Capability, DocumentKind> {
        static NO_ARCH: LazyLock<Arch> = LazyLock::new(|| Arch::Other(String::new()));
        let machine = self.guest.machine.value().map_or("", String::as_str);
        match self.between_architectures() {
            Some(true) => {
                let arch = self.target.arch.value().unwrap_or(&NO_ARCH);
                self.target.capability(arch, &self.virt_type(), native_machine(arch))
            }
            Some(false) => {
                let arch = self.arch().unwrap_or(&NO_ARCH);
                self.target.capability(arch, &self.virt_type(), machine)
            }
            None => Err(DocumentKind::Capabilities),
        }
    }
}

/// The machine type that guests of an architecture are rebuilt for.
fn native_machine(arch: &Arch) -> &'static str {
    if arch.is_arm() { "virt" } else { "q35" }
}

/// i686 guests run on x86_64 hosts, armv7l guests on most aarch64 hosts.
fn family(arch: &Arch) -> &str {
    match arch {
        Arch::I686 | Arch::X86_64 => "x86",
        Arch::Armv7l | Arch::Aarch64 => "arm",
        Arch::Other(name) => name,
    }
}

/// One guest and one host.
pub struct Placement<'p> {
    /// The guest.
    pub guest: &'p Guest,
    /// The host it is on, where it is on one.
    pub source: Option<&'p Host>,
    /// The host it would go to.
    pub target: &'p Host,
    /// What no command prints.
    pub settings: &'p Settings,
}

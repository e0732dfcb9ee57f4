//! What the rules look at.

use std::cell::OnceCell;

use super::cpu_answers::CpuAnswers;
use super::definition::{Definition, Documents};
use crate::model::{
    Arch, Capability, Cluster, CpuMap, DocumentKind, Guest, Host, Name, Platform, Requirements, Settings,
    Thresholds, VirtType,
};
use crate::text::Place;

/// A class of guests, and where it is.
#[derive(Clone, Copy)]
pub struct Subject<'p> {
    /// What the guests need.
    pub guest: &'p Requirements,
    /// The platform they are on; `None` for guests placed on no host yet.
    pub source: Option<&'p Platform>,
    /// The stored definition of one of them, of which only what the class has in common may be asked.
    pub stored: Definition<'p>,
    /// The XML of the running guest, or the stored one; the same holds for it.
    pub running: Definition<'p>,
}

/// What a class of guests needs and what a class of hosts offers.
#[derive(Clone, Copy)]
pub struct Pair<'p> {
    /// What the guests need.
    pub guest: &'p Requirements,
    /// The platform they are on; `None` for guests placed on no host yet.
    pub source: Option<&'p Platform>,
    /// The platform they would go to.
    pub target: &'p Platform,
    /// The CPU map that the target's libvirt knows.
    pub map: &'p CpuMap,
    /// The CPU map that the libvirt of their host knows.
    pub source_map: Option<&'p CpuMap>,
    /// See [`Subject::stored`].
    pub stored: Definition<'p>,
    /// See [`Subject::running`].
    pub running: Definition<'p>,
    /// Numbers that the policy has for rules.
    pub thresholds: &'p Thresholds,
    /// What hosts say to CPUs.
    pub cpus: &'p CpuAnswers,
    /// See [`Pair::offer`]: many rules ask it.
    pub(super) offer: Result<&'p Capability, DocumentKind>,
    /// Whether the guests are on a platform that is no other than the target's.
    pub(super) at_home: bool,
}

impl<'p> Pair<'p> {
    /// The guests, and where they are.
    pub fn subject(&self) -> Subject<'p> {
        let Self { guest, source, stored, running, .. } = *self;
        Subject { guest, source, stored, running }
    }

    /// The architecture of the guests, where it is known.
    pub fn arch(&self) -> Option<&'p Arch> {
        self.guest.arch.value()
    }

    /// Whether the guests would have to be rebuilt for the target: it is of another architecture,
    /// and does not emulate theirs the way they run. `None` where that is not known.
    pub fn foreign(&self) -> Option<bool> {
        foreign(self.guest, self.target)
    }

    /// Whether the target is an ARM and the guests are to be rebuilt for it.
    pub fn rebuilt_for_arm(&self) -> bool {
        self.foreign() == Some(true) && self.target.arch.value().is_some_and(Arch::is_arm)
    }

    /// Whether what the target's emulator offers the guests is what they have where they are.
    pub fn same_offer(&self) -> bool {
        let there = self.source.map(|source| offer(self.guest, source));
        matches!((there, self.offer), (Some(Ok(there)), Ok(here)) if there == here)
    }

    /// Whether the guests run under KVM; unknown counts as KVM, libvirt's usual.
    pub fn kvm(&self) -> bool {
        *virt_type(self.guest) == VirtType::Kvm
    }

    /// What the target offers the guests: for their own architecture and machine type, or, where
    /// they would be rebuilt, for the target's.
    ///
    /// # Errors
    /// The kind of document that would tell.
    pub fn offer(&self) -> Result<&'p Capability, DocumentKind> {
        self.offer
    }

    /// The same guests on the way to another host, whose libvirt knows `map`.
    pub(super) fn toward(&self, target: &'p Platform, map: &'p CpuMap) -> Self {
        let at_home = self.source.is_some_and(|source| source == target);
        Self { target, map, offer: offer(self.guest, target), at_home, ..*self }
    }

    /// The same guests on the target, on the way to the host they are on.
    pub(super) fn back(&self) -> Option<Self> {
        let (target, map) = (self.source?, self.source_map?);
        let (source, source_map) = (Some(self.target), Some(self.map));
        Some(Self { source, source_map, target, map, offer: offer(self.guest, target), ..*self })
    }
}

/// What a host offers guests; see [`Pair::offer`].
pub(super) fn offer<'p>(
    guest: &'p Requirements,
    target: &'p Platform,
) -> Result<&'p Capability, DocumentKind> {
    Offer { guest, target }.find()
}

/// See [`Pair::foreign`].
pub(super) fn foreign(guest: &Requirements, target: &Platform) -> Option<bool> {
    Offer { guest, target }.foreign()
}

/// How guests run; unknown counts as KVM, libvirt's usual.
fn virt_type(guest: &Requirements) -> &VirtType {
    guest.virt_type.value().unwrap_or(&VirtType::Kvm)
}

/// Finds which of a host's `domcapabilities` speaks of a guest.
struct Offer<'p> {
    guest: &'p Requirements,
    target: &'p Platform,
}

impl<'p> Offer<'p> {
    fn foreign(&self) -> Option<bool> {
        let (guest, host) = (self.guest.arch.value()?, self.target.arch.value()?);
        if family(guest) == family(host) {
            return Some(false);
        }
        if *virt_type(self.guest) == VirtType::Kvm {
            return Some(true);
        }
        let emulators = self.target.emulators.value()?;
        Some(!emulators.iter().any(|emulator| emulator.arch.value == *guest))
    }

    fn find(&self) -> Result<&'p Capability, DocumentKind> {
        let arch = if self.foreign().ok_or(DocumentKind::Capabilities)? {
            &self.target.arch
        } else {
            &self.guest.arch
        };
        let arch = arch.ask()?;
        if self.foreign() == Some(true) {
            let kvm = self.target.kvm.value().copied().unwrap_or(true);
            let virt_type = if kvm { VirtType::Kvm } else { VirtType::Qemu };
            return self.target.capability(&arch.value, &virt_type, native_machine(&arch.value));
        }
        let machine = self.guest.machine.value().map_or("", Name::as_str);
        self.target.capability(&arch.value, virt_type(self.guest), machine)
    }
}

/// The machine type that guests of an architecture are rebuilt for.
fn native_machine(arch: &Arch) -> &'static str {
    if arch.is_arm() { "virt" } else { "q35" }
}

/// `i686` guests run on `x86_64` hosts, `armv7l` guests on most `aarch64` hosts.
fn family(arch: &Arch) -> &str {
    match arch {
        Arch::I686 | Arch::X86_64 => "x86",
        Arch::Armv7l | Arch::Aarch64 => "arm",
        Arch::Other(name) => name,
    }
}

/// One guest, and where it is.
pub struct Individual<'p> {
    /// The guest.
    pub guest: &'p Guest,
    /// The host it is on; `None` where it is placed on none yet.
    pub home: Option<&'p Host>,
    cluster: &'p Cluster,
    /// Its documents, once a rule asks them: few do, and there are many guests.
    documents: OnceCell<Documents<'p>>,
}

impl<'p> Individual<'p> {
    pub(super) fn new(cluster: &'p Cluster, guest: &'p Guest, home: Option<&'p Host>) -> Self {
        Self { guest, home, cluster, documents: OnceCell::new() }
    }

    fn documents(&self) -> &Documents<'_> {
        self.documents.get_or_init(|| Documents::of(self.cluster, self.guest))
    }

    /// Its stored definition.
    pub fn stored(&self) -> Definition<'_> {
        self.documents().stored()
    }

    /// The XML of the running guest, or the stored one where that is all there is.
    pub fn running(&self) -> Definition<'_> {
        self.documents().running()
    }

    /// Where its definition begins: what evidence points at where a document is missing.
    pub fn place(&self) -> Option<Place> {
        self.stored().place_of_root().or_else(|| self.running().place_of_root())
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
    /// Numbers that the policy has for rules.
    pub thresholds: &'p Thresholds,
}

impl<'p> Placement<'p> {
    /// What the host's emulator offers the guest; see [`Pair::offer`].
    ///
    /// # Errors
    /// The kind of document that would tell.
    pub fn offer(&self) -> Result<&'p Capability, DocumentKind> {
        offer(&self.guest.requirements, &self.target.platform)
    }
}

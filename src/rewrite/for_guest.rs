//! A guest of a cluster rewritten for one of its hosts, or for several.

use std::collections::{BTreeMap, BTreeSet};

use super::firmware::Foresight;
use super::target::{Boot, Shelf, has_family};
use super::{
    Board, FirmwareChoice, FirmwareWish, Gap, Part, PinnedCpu, Profile, Rewrite, RewriteError, Site, rewrite,
};
use crate::model::{Arch, Cluster, Guest, Host, MachineFamily, Name, VirtType, machine_family};
use crate::text::LineIndex;

/// Why a guest cannot be rewritten for a host.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The host cannot be a target.
    #[error("{guest} cannot be rewritten for {host}: {gap}")]
    Host {
        /// The guest.
        guest: String,
        /// The host.
        host: String,
        /// Why not.
        gap: Gap,
    },
    /// No host is named.
    #[error("no host is named to rewrite for")]
    NoHost,
    /// The guest's document cannot be rewritten.
    #[error("{file}{}: {error}", .line.map_or_else(String::new, |line| format!(":{line}")))]
    Guest {
        /// The document.
        file: String,
        /// The line, where the fault has one.
        line: Option<u32>,
        /// What is wrong.
        error: RewriteError,
    },
}

/// How a guest is to be rewritten, beyond where it goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wish {
    /// How it is run; `None` leaves an x86 guest as it is where the host can, and takes KVM for one that is rebuilt, else
    /// emulation.
    pub virt_type: Option<VirtType>,
    /// Whether an x86 guest is on q35 afterwards though the host has its i440fx.
    pub q35: bool,
    /// The CPU that it is pinned to, where it stays on x86.
    pub cpu: Option<PinnedCpu>,
    /// How it is to get its firmware there; `None` leaves what the host has.
    pub firmware: Option<FirmwareWish>,
    /// The parts that are rewritten.
    pub parts: BTreeSet<Part>,
}

impl Default for Wish {
    fn default() -> Self {
        Self { virt_type: None, q35: false, cpu: None, firmware: None, parts: Part::ALL.into() }
    }
}

/// Rewrites `guest`'s stored definition so that it fits each of `hosts`.
///
/// # Errors
/// [`Refusal`], where a host cannot be a target or the document is no domain's XML.
pub fn rewrite_guest(
    cluster: &Cluster,
    guest: &Guest,
    hosts: &[&Host],
    wish: &Wish,
) -> Result<(Profile, Rewrite), Refusal> {
    let profile = Way { cluster, guest, hosts, wish }.profile()?;
    let source = cluster.sources.get(guest.source);
    let rewritten =
        rewrite(&source.text, &profile).map_err(|error| refused(&source.path, &source.text, error))?;
    Ok((profile, rewritten))
}

/// A guest on its way to hosts.
struct Way<'w> {
    cluster: &'w Cluster,
    guest: &'w Guest,
    hosts: &'w [&'w Host],
    wish: &'w Wish,
}

impl Way<'_> {
    fn profile(&self) -> Result<Profile, Refusal> {
        let board = self.board();
        let old = self.guest.host.as_ref().and_then(|name| self.cluster.host(name));
        let mut shared: Option<Profile> = None;
        for host in self.hosts {
            let refuse = |gap| Refusal::Host { guest: self.guest.name.clone(), host: host.name.clone(), gap };
            let mut one = Profile::for_host(&host.name, &host.platform, &board).map_err(refuse)?;
            self.say_firmware(&mut one, host, old);
            one.site = Some(Site::of(host, old, &self.cluster.settings));
            shared = Some(match shared {
                Some(others) => one.shared_with(&others).map_err(refuse)?,
                None => one,
            });
        }
        let mut profile = shared.ok_or(Refusal::NoHost)?;
        profile.aliases = self.aliases();
        profile.cpu.clone_from(&self.wish.cpu);
        profile.parts.clone_from(&self.wish.parts);
        Ok(profile)
    }

    /// What becomes of a wish for its firmware on `host`. A guest that is rebuilt gets its firmware anew, by name where that is
    /// asked for.
    fn say_firmware(&self, profile: &mut Profile, host: &Host, old: Option<&Host>) {
        let Some(wish) = self.wish.firmware else { return };
        let shelf = Shelf { host: &host.platform, arch: &profile.arch, machine: &profile.machine };
        let needs = &self.guest.requirements;
        if needs.arch.value() == Some(&profile.arch) {
            let virt_type = profile.virt_type.as_ref().unwrap_or(&VirtType::Kvm);
            let capability = host.platform.capability(&profile.arch, virt_type, &profile.machine).ok();
            let known = old.map_or(shelf, |old| Shelf { host: &old.platform, ..shelf }).all();
            profile.fitting = Some(Foresight { shelf, capability, needs, known }.decide(wish));
        } else if wish == FirmwareWish::Explicit {
            let named = |boot| shelf.by_name(boot).map(FirmwareChoice::Explicit);
            let (open, secure) = (named(Boot::Open), named(Boot::Secure));
            profile.firmware = open.or_else(|| profile.firmware.take());
            profile.secure_firmware = secure.or_else(|| profile.secure_firmware.take());
        }
    }

    /// What kind of guest it becomes: on ARM a `virt`, on x86 what it is, on i440fx only where every host has that.
    fn board(&self) -> Board {
        let arch = self.arch();
        let virt_type = self.wish.virt_type.clone().unwrap_or_else(|| self.usual(&arch));
        if arch.is_arm() {
            return Board { arch, family: MachineFamily::Virt, virt_type };
        }
        let i440fx = Board { arch, family: MachineFamily::I440fx, virt_type };
        let stays = !self.wish.q35
            && machine_family(&self.machine()) == Some(MachineFamily::I440fx)
            && self.hosts.iter().all(|host| has_family(&host.platform, &i440fx));
        if stays { i440fx } else { Board { family: MachineFamily::Q35, ..i440fx } }
    }

    /// ARM hosts run ARM guests; x86 hosts x86 guests, and others as far as they have an emulator for them.
    fn arch(&self) -> Arch {
        let own = self.guest.requirements.arch.value();
        let on_x86 = self.hosts.iter().any(|host| host.platform.arch.value().is_some_and(Arch::is_x86));
        own.filter(|_| on_x86).cloned().unwrap_or(if on_x86 { Arch::X86_64 } else { Arch::Aarch64 })
    }

    /// How it is run where nobody asks: a guest that stays on x86 as before, where every host can.
    fn usual(&self, arch: &Arch) -> VirtType {
        let own = self.guest.requirements.virt_type.value().filter(|_| arch.is_x86());
        let runs = |kind: &&VirtType| {
            let board = |family| Board { arch: arch.clone(), family, virt_type: (*kind).clone() };
            let has = |host: &&Host| {
                [MachineFamily::I440fx, MachineFamily::Q35]
                    .into_iter()
                    .any(|f| has_family(&host.platform, &board(f)))
            };
            self.hosts.iter().all(has)
        };
        let no_kvm = |host: &&Host| {
            let foreign = host.platform.arch.value().is_some_and(|own| own.is_arm() != arch.is_arm());
            foreign || host.platform.kvm.value() == Some(&false)
        };
        let emulated = self.hosts.iter().any(no_kvm);
        own.filter(runs).cloned().unwrap_or(if emulated { VirtType::Qemu } else { VirtType::Kvm })
    }

    /// Its machine type, without an alias. libvirt takes `pc` where an x86 guest names none.
    fn machine(&self) -> String {
        let named = self.guest.requirements.machine.value().map_or("", Name::as_str);
        let named = if named.is_empty() { "pc" } else { named };
        self.aliases().get(named).map_or_else(|| named.to_owned(), Clone::clone)
    }

    /// What aliases stand for on the host that it comes from.
    fn aliases(&self) -> BTreeMap<String, String> {
        let old = self.guest.host.as_ref().and_then(|name| self.cluster.host(name));
        let arch = self.guest.requirements.arch.value();
        let emulators = old.and_then(|old| old.platform.emulators.value()).into_iter().flatten();
        let own = emulators.filter(|emulator| Some(&emulator.arch.value) == arch);
        let named = own.flat_map(|emulator| &emulator.machines).map(|known| &known.value);
        named.filter_map(|machine| Some((machine.name.into(), machine.canonical?.into()))).collect()
    }
}

impl Refusal {
    /// The host cannot be a target for the guest.
    pub(super) fn host(guest: &Guest, host: &Host, gap: Gap) -> Self {
        Self::Host { guest: guest.name.clone(), host: host.name.clone(), gap }
    }
}

/// The document at `file` cannot be rewritten.
pub(super) fn refused(file: &str, text: &str, error: RewriteError) -> Refusal {
    Refusal::Guest { file: file.to_owned(), line: line_of(text, &error), error }
}

fn line_of(text: &str, error: &RewriteError) -> Option<u32> {
    match error {
        RewriteError::Xml(error) => Some(LineIndex::new(text).position(text, error.offset).line),
        RewriteError::NotADomain(_) | RewriteError::NoType | RewriteError::Splice(_) => None,
    }
}

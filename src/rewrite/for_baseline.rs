//! A guest pinned to the baseline of its host, or to one that is named.

use super::{PinnedCpu, PinnedGuest, RewriteError, domain, pin};
use crate::cpu::x86::{Definition, GuestInput, PinError, PinGroup, Pinned, Pinning, pin_by_map};
use crate::knowledge::x86::latest;
use crate::model::{Arch, CpuDefinition, CpuMode, Guest, VirtType};
use crate::text::xml::Element;

/// What became of a guest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PinOutcome {
    /// Every host can give its CPU as it is; nothing is changed.
    Within,
    /// Its new CPU, and its new XML.
    Pinned(Box<(Pinned, PinnedGuest)>),
}

/// Why a guest is not pinned.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PinRefusal {
    /// Its CPU is no x86 processor's.
    #[error(
        "it is a guest of {0}: no baseline is made for its CPU, for libvirt describes x86 CPUs only by models"
    )]
    Arch(Arch),
    /// Its CPU is not its host's.
    #[error("it is run by '{0}', not by KVM: its CPU does not depend on its host")]
    Emulated(String),
    /// No host is known.
    #[error("it is placed on no host, so that no baseline is its own; name a CPU with --cpu")]
    NoHost,
    /// Its host has no baseline.
    #[error("its host '{0}' has no baseline; `portolan baseline` says why")]
    NoBaseline(String),
    /// Several CPUs were named.
    #[error("{0} CPUs are named, and which of them is the guest's cannot be told; name one")]
    Several(usize),
    /// The baseline and the guest do not go together.
    #[error(transparent)]
    Pin(#[from] PinError),
    /// Its document cannot be rewritten.
    #[error(transparent)]
    Rewrite(#[from] RewriteError),
}

impl PinRefusal {
    /// Whether no baseline could ever be the guest's, so that nobody need look.
    pub fn is_of_no_concern(&self) -> bool {
        matches!(self, Self::Arch(_) | Self::Emulated(_))
    }
}

/// Pins `guest`, whose stored definition is `text`, to the baseline of the one of `groups` that has its host.
///
/// # Errors
/// [`PinRefusal`], where there is no such baseline or no x86 CPU of KVM to change.
pub fn pin_guest(guest: &Guest, text: &str, groups: &[PinGroup<'_>]) -> Result<PinOutcome, PinRefusal> {
    changeable(text)?;
    let host = guest.host.as_deref().ok_or(PinRefusal::NoHost)?;
    let group = groups.iter().find(|group| group.has(host));
    let group = group.ok_or_else(|| PinRefusal::NoBaseline(host.to_owned()))?;
    let stored = guest.requirements.cpu.as_ref().map(|cpu| &cpu.value);
    let input = GuestInput { name: &guest.name, host, stored, running: None };
    finish(text, stored, group.pin(&input)?)
}

/// Pins the guest with the stored definition `text` and the CPU `cpu` to the one of `baselines` that can be its own.
///
/// # Errors
/// [`PinRefusal`], where none or several can, or there is no x86 CPU of KVM to change.
pub fn pin_text(
    text: &str,
    cpu: Option<&CpuDefinition>,
    baselines: &[Definition],
) -> Result<PinOutcome, PinRefusal> {
    changeable(text)?;
    let tried = baselines.iter().map(|baseline| pin_by_map(cpu, baseline, latest()));
    let (fit, unfit): (Vec<_>, Vec<_>) = tried.partition(Result::is_ok);
    match (fit.len(), unfit.into_iter().next()) {
        (0, Some(Err(error))) => Err(error.into()),
        (0 | 1, _) => match fit.into_iter().flatten().next() {
            Some(pinning) => finish(text, cpu, pinning),
            None => Ok(PinOutcome::Within),
        },
        (several, _) => Err(PinRefusal::Several(several)),
    }
}

/// The CPU that `guest` gets on the host called `host`, by the baseline of the one of `groups` that has that host; `None` where
/// every host of the group can give what it has, and where its CPU is not its host's.
///
/// # Errors
/// [`PinRefusal`], where there is no such baseline, or it and the guest do not go together.
pub fn pinned_on(
    guest: &Guest,
    host: &str,
    groups: &[PinGroup<'_>],
) -> Result<Option<PinnedCpu>, PinRefusal> {
    let needs = &guest.requirements;
    let is_of_its_host = needs.arch.value().is_none_or(Arch::is_x86)
        && needs.virt_type.value().is_none_or(|kind| *kind == VirtType::Kvm);
    if !is_of_its_host {
        return Ok(None);
    }
    let group = groups.iter().find(|group| group.has(host));
    let group = group.ok_or_else(|| PinRefusal::NoBaseline(host.to_owned()))?;
    let stored = needs.cpu.as_ref().map(|cpu| &cpu.value);
    let input = GuestInput { name: &guest.name, host, stored, running: None };
    Ok(match group.pin(&input)? {
        Pinning::Within => None,
        Pinning::Pinned(pinned) => {
            Some(PinnedCpu { definition: pinned.definition, reason: reason_for(stored) })
        }
    })
}

fn finish(text: &str, cpu: Option<&CpuDefinition>, pinning: Pinning) -> Result<PinOutcome, PinRefusal> {
    let Pinning::Pinned(pinned) = pinning else { return Ok(PinOutcome::Within) };
    let guest = pin(text, &pinned.definition, reason_for(cpu))?;
    Ok(PinOutcome::Pinned(Box::new((pinned, guest))))
}

/// Why a guest with this CPU is pinned.
fn reason_for(cpu: Option<&CpuDefinition>) -> &'static str {
    // A <cpu> may say nothing but its topology.
    let named = |cpu: &&CpuDefinition| cpu.mode() != CpuMode::Custom || cpu.model.is_some();
    match cpu.filter(named).map(CpuDefinition::mode) {
        Some(CpuMode::HostPassthrough) => {
            "host-passthrough is its host's own CPU, which no other host need have"
        }
        Some(CpuMode::HostModel) => "host-model is decoded anew by each host that the guest starts on",
        Some(CpuMode::Maximum) => "maximum is all that its host's emulator can give",
        Some(CpuMode::Custom) => "not every host of the baseline can give the CPU that is named",
        None => "no CPU is named, and the default of the emulator is not the baseline",
    }
}

/// Refuses a guest whose CPU is not its x86 host's.
fn changeable(text: &str) -> Result<(), PinRefusal> {
    let document = domain(text)?;
    let root = document.root();
    let arch = root.at("os/type").and_then(|kind: Element<'_>| kind.value("arch"));
    if let Some(arch) = arch.map(|arch| Arch::named(&arch)).filter(|arch| !arch.is_x86()) {
        return Err(PinRefusal::Arch(arch));
    }
    match root.value("type") {
        Some(kind) if kind != "kvm" => Err(PinRefusal::Emulated(kind.into_owned())),
        _ => Ok(()),
    }
}

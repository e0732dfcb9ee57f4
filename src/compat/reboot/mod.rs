//! What a guest becomes where it is started anew: its CPU, if its host decides what that is, and its machine type, if
//! its definition has an alias.

mod arm;
mod x86;

use std::collections::BTreeSet;

use super::pair::Pair;
use crate::cpu::x86::{Definition, depends_on_host, started_definition};
use crate::model::{Arch, DocumentKind};

/// Why something is not known, and the document that would tell, where there is one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Untold {
    /// Why.
    pub why: String,
    /// What would tell.
    pub document: Option<DocumentKind>,
}

/// A CPU as a guest sees it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SeenCpu {
    /// The model by libvirt's name, or the cores (ARM).
    pub name: String,
    /// The level of x86-64; `None` below the first, and on ARM.
    pub level: Option<&'static str>,
    /// The features: libvirt's names on x86, HWCAPs on ARM.
    pub features: BTreeSet<String>,
    /// Whether the XML of the running guest says so; else it is what its definition starts with.
    pub running: bool,
    /// The CPU as libvirt writes it, where it does.
    pub definition: Option<Definition>,
}

/// What the next start on a host does to a guest's CPU.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CpuChange {
    /// The features it does not have now, in order.
    pub gained: Vec<String>,
    /// The features it has now only, in order.
    pub lost: Vec<String>,
    /// The features that one of the two libvirts has no name for, in order: neither gained nor lost for all that is known.
    pub untold: Vec<String>,
}

/// The machine type of a guest, as a host resolves it at the next start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MachineThere {
    /// What the definition says.
    pub defined: String,
    /// What the guest runs with now.
    pub now: String,
    /// What it gets there.
    pub there: Result<String, Untold>,
}

/// What a guest finds after a reboot on another host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reboot {
    /// Whether the host decides what the CPU is. A named model is the same everywhere.
    pub depends_on_host: bool,
    /// The CPU it has now.
    pub before: Result<SeenCpu, Untold>,
    /// The CPU it starts with there.
    pub after: Result<SeenCpu, Untold>,
    /// What becomes of the CPU's features, where both are known.
    pub change: Option<CpuChange>,
    /// Its machine type, where the definition says one.
    pub machine: Option<MachineThere>,
}

impl Reboot {
    /// What becomes of guests at their next start on the target; `None` where they would be rebuilt for it, or that is
    /// not known.
    pub(super) fn of(pair: &Pair<'_>) -> Option<Self> {
        if pair.foreign() != Some(false) {
            return None;
        }
        let (before, after, change) = match pair.arch() {
            Some(arch) if arch.is_x86() => x86::cpus(pair),
            Some(arch) if arch.is_arm() => arm::cpus(pair),
            _ => (Err(other_arch()), Err(other_arch()), None),
        };
        let cpu = pair.guest.cpu.as_ref();
        let depends_on_host = cpu.is_some_and(|cpu| depends_on_host(&cpu.value));
        Some(Self { depends_on_host, before, after, change, machine: machine(pair) })
    }

    /// The same for a guest of which only the XML is known that it runs with, and not what it is started from.
    pub(super) fn undefined(self) -> Self {
        let untold = || Untold::of(DocumentKind::Domain, "what the guest's definition asks for");
        let machine = self.machine.map(|machine| MachineThere { there: Err(untold()), ..machine });
        Self { after: Err(untold()), change: None, machine, ..self }
    }
}

/// Now, at the next start, and what differs.
type Cpus = (Result<SeenCpu, Untold>, Result<SeenCpu, Untold>, Option<CpuChange>);

impl Untold {
    fn of(document: DocumentKind, what: &str) -> Self {
        Self { why: format!("{what} is not known"), document: Some(document) }
    }

    fn because(why: impl Into<String>) -> Self {
        Self { why: why.into(), document: None }
    }
}

fn other_arch() -> Untold {
    Untold::because("CPUs of this architecture are not compared")
}

/// The CPU that guests start with on the target, as libvirt writes it; `None` where it writes none, or that is not known.
pub(super) fn starts_with(pair: &Pair<'_>) -> Option<Definition> {
    let cpu = pair.guest.cpu.as_ref().filter(|_| pair.arch().is_some_and(Arch::is_x86))?;
    started_definition(pair.map, pair.offer().ok()?, &cpu.value).ok()?
}

/// The machine type of guests at their next start on the target.
pub(super) fn machine(pair: &Pair<'_>) -> Option<MachineThere> {
    let arch = pair.arch()?;
    let defined = *pair.guest.machine.value()?;
    let runs = pair.running.value("os/type", "machine").map(|known| known.value);
    let here = |machine: String| pair.source.map(|source| source.canonical_machine(arch, machine.into()));
    let now = runs.and_then(here).unwrap_or(defined).into();
    let there = match pair.target.emulators.ask() {
        Err(document) => Err(Untold::of(document, "what the host's machine types stand for")),
        Ok(_) if pair.target.machine_type(arch, defined).is_none() => {
            Err(Untold::because(format!("the host has no machine type '{defined}'")))
        }
        Ok(_) => Ok(pair.target.canonical_machine(arch, defined).into()),
    };
    Some(MachineThere { defined: defined.into(), now, there })
}

/// A guest placed on no host has no CPU yet.
fn nowhere() -> Untold {
    Untold::because("the guest is on no host yet")
}

/// The document that tells of guests' CPUs on the host they are on, or would go to.
fn not_offered(document: DocumentKind, whose: &str) -> Untold {
    Untold::of(document, &format!("which CPU {whose} gives"))
}

const HERE: &str = "the host it is on";
const THERE: &str = "the host it would go to";

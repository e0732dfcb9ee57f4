//! What the next start on the other host changes for a guest whose CPU its host decides.

use std::borrow::Borrow;

use super::NAMED_CPU;
use super::host_cpu::differences;
use super::named::map_for;
use crate::compat::excerpt::Excerpt;
use crate::compat::finding::Findings;
use crate::compat::mode::Modes;
use crate::compat::pair::Pair;
use crate::compat::reboot::{Reboot, SeenCpu, Untold, machine, starts_with};
use crate::compat::rule::{Check, Family, Rule};
use crate::compat::severity::Severity;
use crate::cpu::Bearing;
use crate::cpu::x86::{CannotTell, CpuError, Definition, Incompatibility, depends_on_host, missing_on};
use crate::knowledge::x86::{group, levels};
use crate::model::{Arch, CpuFeature, CpuMap, DocumentKind};
use crate::text::Place;

const RULE: Rule = Rule {
    family: Family::X86Cpu,
    severity: Severity::Warning,
    modes: Modes::AS_IT_IS,
    needs: NAMED_CPU,
    only_warns: true,
    ..Rule::BLANK
};

/// What a host says that gives its guests Nehalem.
const NEHALEM: &str = "<cpu>\n  \
    <mode name='host-model' supported='yes'>\n    \
    <model fallback='forbid'>Nehalem</model><vendor>Intel</vendor>\n  \
    </mode>\n  \
    <mode name='custom' supported='yes'>\n    \
    <model usable='yes'>Nehalem</model>\n    \
    <model usable='no'>Westmere</model>\n  \
    </mode>\n\
    </cpu>";

/// What a host says that gives them Westmere, which has more features.
const WESTMERE: &str = "<cpu>\n  \
    <mode name='host-model' supported='yes'>\n    \
    <model fallback='forbid'>Westmere</model><vendor>Intel</vendor>\n  \
    </mode>\n  \
    <mode name='custom' supported='yes'>\n    \
    <model usable='yes'>Nehalem</model>\n    \
    <model usable='yes'>Westmere</model>\n  \
    </mode>\n\
    </cpu>";

/// A CPU that is the same on each host.
const NAMED: &str = "<cpu mode='custom' match='exact'>\n  <model fallback='forbid'>Nehalem</model>\n</cpu>";

pub(in crate::compat::rules) const RULES: &[Rule] = &[
    Rule {
        id: "reboot-strands-guest",
        summary: "Once the guest is started on that host, it cannot come back live",
        explanation: "host-model, host-passthrough, match='minimum', optional features and an alias for a machine type are \
                      what the host makes of them that starts the guest. A live move keeps what the guest has, so it may \
                      still come back; the first reboot there (a shutdown and a start, as for a cold move) gives it the \
                      other host's CPU, and one with more features has no way back but cold. Where the other host is the \
                      newer one, that is how guests end up on it one by one.",
        remedy: "name a CPU that both hosts can give, such as the cluster's baseline, before the guest starts there",
        example: "<cpu mode='host-model'/>",
        near_miss: NAMED,
        beside: &[
            Excerpt::here(DocumentKind::DomainCapabilities, NEHALEM),
            Excerpt::there(DocumentKind::DomainCapabilities, WESTMERE),
        ],
        references: &[
            "formatdomain, CPU model and topology: host-model",
            "libvirt 9.0, virCPUx86Update and qemuProcessUpdateGuestCPU",
            "observed: libvirt 11.3 to 9.0, \"unknown CPU feature: overflow-recov\"",
        ],
        check: Check::Pair(strands),
        ..RULE
    },
    Rule {
        id: "reboot-loses-cpu-features",
        modes: Modes::COLD,
        summary: "Once the guest is started on that host, it lacks CPU features that it has now",
        explanation: "What the host decides of a guest's CPU is decided anew at each start. On a host with fewer features the \
                      guest starts all the same, and programs that were built for what it had (-march=native, AVX-512, a \
                      hypervisor of its own) end with an illegal instruction; where mitigations are among what is lost, the \
                      guest's system is open to what they were for.",
        remedy: "name the CPU that the guest needs instead of leaving it to the host, or choose a host that has the features",
        example: "<cpu mode='host-model'/>",
        near_miss: NAMED,
        beside: &[
            Excerpt::here(DocumentKind::DomainCapabilities, WESTMERE),
            Excerpt::there(DocumentKind::DomainCapabilities, NEHALEM),
        ],
        references: &["formatdomain, CPU model and topology: host-model, policy='optional'"],
        check: Check::Pair(loses),
        ..RULE
    },
];

/// Where the guest leaves its CPU to its host; `None` where it does not, or would be on a host like its own.
fn left_to_host(pair: &Pair<'_>) -> Option<Place> {
    let cpu = pair.guest.cpu.as_ref().filter(|cpu| depends_on_host(&cpu.value))?;
    pair.source.filter(|source| *source != pair.target)?;
    Some(cpu.value.mode.as_ref().map_or(cpu.place, |mode| mode.place))
}

/// Whether the machine type is an alias: each host has its own for it.
fn aliased(pair: &Pair<'_>) -> Option<Place> {
    let machine = pair.guest.machine.get()?;
    let listed = pair.target.machine_type(pair.arch()?, machine.value)?;
    listed.value.canonical.as_ref().map(|_| machine.place)
}

/// How many names a message has at most; `portolan explain INVENTORY GUEST HOST` has them by what they are for.
const SHOWN: usize = 8;

fn shortened(names: &[impl Borrow<str>]) -> String {
    match names.split_at_checked(SHOWN) {
        Some((shown, rest)) if !rest.is_empty() => format!("{} and {} more", shown.join(", "), rest.len()),
        _ => names.join(", "),
    }
}

fn strands(pair: &Pair<'_>, findings: &mut Findings) {
    let (cpu, machine) = (left_to_host(pair), aliased(pair));
    if cpu.is_none() && machine.is_none() {
        return;
    }
    let Some((there, back)) = machine_there(pair).zip(pair.back()) else { return };
    let mut reasons = Vec::new();
    if cpu.is_some() {
        reasons = starts_with(pair).map_or_else(|| unlike(&back), |cpu| refused(&back, &cpu));
    }
    let other = machine.and_then(|_| other_machine(&back, &there));
    let place = if reasons.is_empty() { machine } else { cpu };
    reasons.extend(other);
    if !reasons.is_empty() {
        let message = format!("after a reboot there it cannot come back live: {}", reasons.join("; "));
        let firing = findings.fire(message, place, "left to whichever host starts the guest");
        firing.and(pair.offer().ok().and_then(|offer| offer.host_model.place()), "what it gets there");
    }
}

/// The machine type that guests get on the target; guests that do not start there for want of it strand nowhere.
fn machine_there(pair: &Pair<'_>) -> Option<String> {
    machine(pair)?.there.ok()
}

/// Why a running guest with this CPU cannot move; nothing where that is not known.
fn refused(back: &Pair<'_>, cpu: &Definition) -> Vec<String> {
    let Ok(offer) = back.offer() else { return Vec::new() };
    match missing_on(map_for(back, cpu), offer, cpu) {
        Ok(reasons) => reasons.iter().map(said).collect(),
        Err(CannotTell::Cpu(CpuError::UnknownModel(name))) => vec![model_unknown(&name)],
        // libvirt stops at the first name; what else is wrong with the CPU is worth knowing too.
        Err(CannotTell::Cpu(CpuError::UnknownFeature(name))) => {
            let known = without(map_for(back, cpu), cpu);
            let unknown = format!("the libvirt it is on now does not know the CPU feature '{name}'");
            [unknown].into_iter().chain(known.map(|cpu| refused(back, &cpu)).unwrap_or_default()).collect()
        }
        Err(_) => Vec::new(),
    }
}

/// The CPU without what the map has no name for; `None` where it has one for all.
fn without(map: &CpuMap, cpu: &Definition) -> Option<Definition> {
    let known = |feature: &&CpuFeature| map.feature(&feature.name).is_some();
    let features: Vec<CpuFeature> = cpu.features.iter().filter(known).cloned().collect();
    (features.len() < cpu.features.len()).then(|| Definition { features, ..cpu.clone() })
}

fn model_unknown(name: &str) -> String {
    format!("the host it is on now does not know the CPU model '{name}'")
}

fn said(reason: &Incompatibility) -> String {
    match reason {
        Incompatibility::Missing(names) => format!("the host it is on now lacks {}", shortened(names)),
        Incompatibility::Forbidden(names) => {
            format!("the host it is on now has {}, which it forbids", shortened(names))
        }
        Incompatibility::Vendor { asked, .. } => {
            format!("it then has a CPU of {asked}, and the host it is on now is another's")
        }
        Incompatibility::ModelNotOffered(name) | Incompatibility::Model(name) => model_unknown(name),
        Incompatibility::Strict(names) => {
            format!("the host it is on now has more than it may: {}", shortened(names))
        }
        Incompatibility::Arch(_) | Incompatibility::HostUnknown => {
            "the host it is on now gives no such CPU".to_owned()
        }
    }
}

/// Why a guest that sees the target's own CPU cannot come back.
fn unlike(back: &Pair<'_>) -> Vec<String> {
    let differences = differences(back).map(|(differences, _)| differences).unwrap_or_default();
    let blocking = differences.iter().filter(|difference| difference.bearing == Bearing::Blocks);
    blocking
        .map(|difference| match &difference.lost[..] {
            [] => format!("the hosts differ in {}", difference.aspect.as_str()),
            lost => format!("the host it is on now lacks {}", shortened(lost)),
        })
        .collect()
}

/// Why the machine type that an alias stands for there cannot come back.
fn other_machine(back: &Pair<'_>, there: &str) -> Option<String> {
    back.target.emulators.value()?;
    let absent = back.target.machine_type(back.arch()?, there.into()).is_none();
    absent.then(|| format!("the host it is on now has no machine type '{there}'"))
}

fn loses(pair: &Pair<'_>, findings: &mut Findings) {
    let Some(place) = left_to_host(pair) else { return };
    let Some(reboot) = machine_there(pair).and_then(|_| Reboot::of(pair)) else { return };
    let lost = reboot.change.as_ref().map(|change| change.lost.clone()).unwrap_or_default();
    if lost.is_empty() {
        return;
    }
    let (before, after) = (level(&reboot.before), level(&reboot.after));
    let rank = |name: Option<&str>| levels().iter().position(|level| Some(level.name) == name);
    let fall = before.filter(|_| rank(after) < rank(before)).map_or_else(String::new, |before| {
        format!(", and {before} becomes {}", after.unwrap_or("less than x86-64-v1"))
    });
    let mitigations = lost.iter().filter(|name| group(name).is_some_and(|group| group.name == "mitigation"));
    let mitigations: Vec<&str> = mitigations.map(String::as_str).filter(|_| is_x86(pair)).collect();
    let open = if mitigations.is_empty() {
        String::new()
    } else {
        format!("; mitigations among them: {}", mitigations.join(", "))
    };
    let message = format!("after a reboot there it lacks {}{fall}{open}", shortened(&lost));
    let firing = findings.fire(message, Some(place), "left to whichever host starts the guest");
    firing.and(pair.offer().ok().and_then(|offer| offer.host_model.place()), "what it gets there");
}

fn level(cpu: &Result<SeenCpu, Untold>) -> Option<&'static str> {
    cpu.as_ref().ok().and_then(|cpu| cpu.level)
}

fn is_x86(pair: &Pair<'_>) -> bool {
    pair.arch().is_some_and(Arch::is_x86)
}

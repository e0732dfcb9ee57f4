//! Guests with a CPU that libvirt describes by name: custom models, and host-models as expanded.

use std::sync::Arc;

use crate::compat::cpu_answers::{CpuAnswer, Names};
use crate::compat::finding::Findings;
use crate::compat::mode::Modes;
use crate::compat::pair::{Pair, offer};
use crate::cpu::x86::{CannotTell, CpuError, Definition, Incompatibility, missing_on};
use crate::knowledge::x86::is_built_in;
use crate::model::{Arch, CpuDefinition, CpuMap, CpuMode, DocumentKind, Known, Policy, Version};
use crate::text::Place;

/// A CPU that must be given on the target, and in which modes.
struct Asked<'p> {
    cpu: &'p CpuDefinition,
    /// Where the guest asks for it.
    place: Place,
    modes: Modes,
}

impl Asked<'_> {
    /// What it is: a guest that runs may have another CPU than its definition asks for.
    fn label(&self) -> &'static str {
        match self.modes {
            Modes::LIVE => "the CPU that a live move takes along",
            Modes::COLD => "the CPU that its definition asks for at a start",
            _ => "the guest's CPU",
        }
    }

    /// With check='none' libvirt starts or takes the guest with whatever of the model there is; only a
    /// name it does not know stops it.
    fn unchecked(&self) -> bool {
        self.cpu.check.as_ref().is_some_and(|check| check.value == "none")
    }
}

/// The CPUs that a move to an x86 host asks for: the running guest's live, the stored one cold.
fn asked<'p>(pair: &Pair<'p>) -> Vec<Asked<'p>> {
    let x86 = pair.arch().is_some_and(Arch::is_x86) && pair.foreign() == Some(false);
    if !x86 {
        return Vec::new();
    }
    let (stored, live) = (pair.guest.cpu.as_ref(), pair.guest.effective_cpu());
    let live = live.and_then(|known| described(pair, known)).map(|(cpu, place)| Asked {
        cpu,
        place,
        modes: Modes::LIVE,
    });
    let cold = stored.filter(|known| known.value.mode() == CpuMode::Custom && known.value.model.is_some());
    let cold = cold.map(|known| Asked { cpu: &known.value, place: known.place, modes: Modes::COLD });
    match (live, cold) {
        // Unchecked, the two differ: it starts with what there is, and a running guest keeps what it has.
        (Some(live), Some(cold)) if std::ptr::eq(live.cpu, cold.cpu) && !cold.unchecked() => {
            vec![Asked { modes: Modes::AS_IT_IS, ..live }]
        }
        (live, cold) => live.into_iter().chain(cold).collect(),
    }
}

/// The description of a running guest's CPU: itself, or for host-model what its host makes of it.
fn described<'p>(pair: &Pair<'p>, known: &'p Known<CpuDefinition>) -> Option<(&'p CpuDefinition, Place)> {
    match known.value.mode() {
        CpuMode::Custom => Some((&known.value, known.place)),
        CpuMode::HostModel => {
            let model = offer(pair.guest, pair.source?).ok()?.host_model.value()?.as_ref()?;
            Some((model, known.place))
        }
        CpuMode::HostPassthrough | CpuMode::Maximum => None,
    }
}

/// The names that the target's libvirt knows: those of its own map, or of one that is about as old.
fn names<'p>(pair: &Pair<'p>) -> Names<'p> {
    let own = |version: &Version| pair.map.origin.ends_with(&version.to_string());
    if pair.target.libvirt.value().is_some_and(own) { Names::Of(pair.map) } else { Names::OfOlder(pair.map) }
}

/// The map by which the target's libvirt reads the CPU.
pub(super) fn map_for<'p>(pair: &Pair<'p>, cpu: &Definition) -> &'p CpuMap {
    names(pair).map(cpu)
}

/// What the target says to the CPU.
fn answer(pair: &Pair<'_>, asked: &Asked<'_>) -> Arc<CpuAnswer> {
    pair.cpus.of(names(pair), pair.offer(), asked.cpu)
}

fn model_place(asked: &Asked<'_>) -> Place {
    // A host-model's own place is in a document of the source host; the guest asks for it elsewhere.
    let own = asked.cpu.model.as_ref().map(|model| model.place);
    own.filter(|place| place.source == asked.place.source).unwrap_or(asked.place)
}

fn model_name<'p>(asked: &Asked<'p>) -> &'p str {
    asked.cpu.model.as_ref().map_or("", |model| model.value.as_str())
}

/// What must be known before a CPU can be judged: what a running guest's host-model is, and which
/// CPU map the target's libvirt has.
fn basis_unknown(pair: &Pair<'_>, findings: &mut Findings) {
    let of_x86 = pair.arch().is_some_and(Arch::is_x86) && pair.foreign() == Some(false);
    let running = pair.guest.effective_cpu().filter(|_| of_x86 && pair.source.is_some());
    let host_model = running.filter(|cpu| cpu.value.mode() == CpuMode::HostModel);
    if let Some(cpu) = host_model.filter(|cpu| described(pair, cpu).is_none()) {
        let what = "which CPU the guest's host-model is on its host";
        findings.missing(DocumentKind::DomainCapabilities, what, Some(cpu.place)).only(Modes::LIVE);
    }
    let guessed = pair.target.libvirt.value().is_none() && is_built_in(pair.map);
    if let Some(asked) = asked(pair).first().filter(|_| guessed) {
        let what = "which CPU models the host's libvirt knows";
        findings.missing(DocumentKind::Version, what, Some(asked.place));
    }
}

pub(super) fn model_unknown(pair: &Pair<'_>, findings: &mut Findings) {
    basis_unknown(pair, findings);
    for asked in asked(pair) {
        let name = model_name(&asked);
        let unknown = match &answer(pair, &asked).reasons {
            Err(CannotTell::Cpu(CpuError::UnknownModel(_))) => true,
            Ok(reasons) => reasons.iter().any(|reason| matches!(reason, Incompatibility::ModelNotOffered(_))),
            Err(CannotTell::Unknown(document)) => {
                findings.missing(*document, "which CPUs the host gives", Some(asked.place)).only(asked.modes);
                false
            }
            Err(CannotTell::NotReported) => {
                let what = "which CPU the host's QEMU can give";
                findings.missing(DocumentKind::DomainCapabilities, what, Some(asked.place)).only(asked.modes);
                false
            }
            Err(CannotTell::Cpu(_)) => false,
        };
        if unknown {
            let message = format!("the host does not know the CPU model '{name}'");
            let firing = findings.fire(message, Some(model_place(&asked)), asked.label()).only(asked.modes);
            firing.and(pair.target.libvirt.place(), "the host's libvirt");
        }
    }
}

/// The missing features, those of the model and those the definition requires beside it.
fn missing(pair: &Pair<'_>, asked: &Asked<'_>) -> (Vec<String>, Vec<String>) {
    if asked.unchecked() && asked.modes == Modes::COLD {
        return Default::default();
    }
    let answer = answer(pair, asked);
    let mut features = lacking(answer.reasons.as_deref().unwrap_or_default());
    if asked.unchecked() && !features.is_empty() {
        // libvirt lets the guest go without; so it may where its own host does not have them either.
        let asks = |cpu: Definition, name: &String| cpu.with(Policy::Require, name);
        let all = features.iter().fold(answer.definition.clone(), asks);
        let here = lacking_here(pair, &all);
        features.retain(|name| !here.contains(name));
    }
    let required = |name: &String| answer.definition.named(Policy::Require).any(|other| other == name);
    features.into_iter().partition(|name| !required(name))
}

/// What the guests' own host lacks of a CPU, as far as that is known.
fn lacking_here(pair: &Pair<'_>, cpu: &Definition) -> Vec<String> {
    let Some((source, map)) = pair.source.zip(pair.source_map) else { return Vec::new() };
    let reasons = offer(pair.guest, source).ok().and_then(|offer| missing_on(map, offer, cpu).ok());
    lacking(&reasons.unwrap_or_default())
}

/// The features that are missing.
fn lacking(reasons: &[Incompatibility]) -> Vec<String> {
    let missing = reasons.iter().find_map(|reason| match reason {
        Incompatibility::Missing(features) => Some(features.clone()),
        _ => None,
    });
    missing.unwrap_or_default()
}

pub(super) fn model_unusable(pair: &Pair<'_>, findings: &mut Findings) {
    for asked in asked(pair) {
        let (blockers, _) = missing(pair, &asked);
        if blockers.is_empty() {
            continue;
        }
        let name = model_name(&asked);
        let message =
            format!("the host cannot give the CPU model '{name}': it lacks {}", blockers.join(", "));
        let firing = findings.fire(message, Some(model_place(&asked)), asked.label()).only(asked.modes);
        let offer = pair.offer().ok();
        let listed = offer.and_then(|offer| offer.model(name));
        let told = listed.is_some_and(|model| model.value.blockers.is_some());
        let label = if told {
            "not usable, says the host"
        } else {
            "which features it lacks is derived from its host-model"
        };
        firing.and(listed.map(|model| model.place), label);
    }
}

/// The place of a feature in the guest's own documents; the CPU's place where it is not listed there.
fn feature_place(asked: &Asked<'_>, name: &str) -> Place {
    let listed = asked.cpu.features.iter().find(|feature| feature.value.name == name);
    let own = listed.map(|feature| feature.place).filter(|place| place.source == asked.place.source);
    own.unwrap_or(asked.place)
}

pub(super) fn feature_missing(pair: &Pair<'_>, findings: &mut Findings) {
    for asked in asked(pair) {
        let (_, required) = missing(pair, &asked);
        let Some(first) = required.first() else { continue };
        let message = format!("the host cannot give the CPU features {}", required.join(", "));
        let place = feature_place(&asked, first);
        let firing = findings.fire(message, Some(place), "required here").only(asked.modes);
        let model = pair.offer().ok().and_then(|offer| offer.host_model.place());
        firing.and(model, "what the host gives");
    }
}

pub(super) fn feature_forbidden(pair: &Pair<'_>, findings: &mut Findings) {
    for asked in asked(pair) {
        for reason in answer(pair, &asked).reasons.as_deref().unwrap_or_default() {
            let Incompatibility::Forbidden(features) = reason else { continue };
            let place = features.first().map(|first| feature_place(&asked, first));
            let message =
                format!("the host has the CPU features {}, which the guest forbids", features.join(", "));
            findings.fire(message, place, "forbidden here").only(asked.modes);
        }
    }
}

pub(super) fn feature_unknown(pair: &Pair<'_>, findings: &mut Findings) {
    for asked in asked(pair) {
        // libvirt reads the features before it looks for the model.
        if let Some(name) = &answer(pair, &asked).unknown_feature {
            let message = format!("the host's libvirt does not know the CPU feature '{name}'");
            let firing =
                findings.fire(message, Some(feature_place(&asked, name)), asked.label()).only(asked.modes);
            firing.and(pair.target.libvirt.place(), "the host's libvirt");
        }
    }
}

pub(super) fn vendor_mismatch(pair: &Pair<'_>, findings: &mut Findings) {
    for asked in asked(pair) {
        for reason in answer(pair, &asked).reasons.as_deref().unwrap_or_default() {
            let Incompatibility::Vendor { asked: vendor, host } = reason else { continue };
            let host = host.as_deref().unwrap_or("not known");
            let message = format!("the guest asks for a CPU of {vendor}, and the host's is {host}");
            let place = asked
                .cpu
                .vendor
                .as_ref()
                .map(|vendor| vendor.place)
                .filter(|p| p.source == asked.place.source);
            findings.fire(message, Some(place.unwrap_or(asked.place)), "asked for here").only(asked.modes);
        }
    }
}

pub(super) fn not_given(pair: &Pair<'_>, findings: &mut Findings) {
    let x86 = pair.arch().is_some_and(Arch::is_x86) && pair.foreign() == Some(false);
    if x86 && pair.guest.cpu.as_ref().is_none_or(|cpu| cpu.value.mode.is_none() && cpu.value.model.is_none())
    {
        let place = pair.guest.cpu.as_ref().map(|cpu| cpu.place).or(pair.guest.machine.place());
        findings.fire("the definition names no CPU; QEMU's default is qemu64", place, "no CPU is named");
    }
}

pub(super) fn invtsc_without_frequency(pair: &Pair<'_>, findings: &mut Findings) {
    if pair.guest.timers.iter().any(|timer| timer.value.name == "tsc" && timer.value.frequency.is_some()) {
        return;
    }
    let features = pair.guest.effective_cpu().into_iter().flat_map(|cpu| &cpu.value.features);
    let wanted = |policy| matches!(policy, Policy::Require | Policy::Force);
    for feature in features.filter(|f| f.value.name == "invtsc" && wanted(f.value.policy)) {
        findings.fire("the guest has invtsc and no TSC frequency", Some(feature.place), "required here");
    }
}

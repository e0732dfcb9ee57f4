//! Guests that see their host's own CPU, whatever the architecture.

use crate::compat::finding::Findings;
use crate::compat::pair::Pair;
use crate::cpu::arm::Given;
use crate::cpu::{Bearing, Difference, arm, x86};
use crate::model::{Arch, Capability, CpuMode, DocumentKind, Known};
use crate::text::Place;

/// The mode of the guests' CPU and where it is said, for guests that would stay what they are.
fn mode(pair: &Pair<'_>) -> Option<(CpuMode, Place)> {
    let cpu = pair.guest.cpu.as_ref().filter(|_| pair.foreign() == Some(false))?;
    Some((cpu.value.mode(), cpu.value.mode.as_ref().map_or(cpu.place, |mode| mode.place)))
}

/// How the hosts differ for guests that see the CPU of theirs under KVM, with the place that says so.
pub(super) fn differences(pair: &Pair<'_>) -> Option<(Vec<Difference>, Place)> {
    let (mode, place) = mode(pair)?;
    let sees_host = matches!(mode, CpuMode::HostPassthrough | CpuMode::Maximum) && pair.kvm();
    let source = pair.source.filter(|_| sees_host)?;
    if pair.arch().is_some_and(Arch::is_arm) {
        // Hosts that say the same may say too little, or be doubtful in themselves.
        return Some((arm::passthrough_differences(source, pair.target, &given(pair)), place));
    }
    (!pair.at_home).then(|| (x86::passthrough_differences(source, pair.target), place))
}

/// What the guests are given of their ARM host's CPU.
fn given(pair: &Pair<'_>) -> Given {
    let cpu = pair.guest.effective_cpu();
    let gic = pair.guest.features.iter().find(|feature| feature.value.name == "gic");
    let gic = gic.and_then(|gic| gic.value.value.as_ref()?.parse().ok());
    Given { gic, ..cpu.map_or(Given::EVERYTHING, |cpu| Given::of(&cpu.value)) }
}

pub(super) fn unlike_hosts(pair: &Pair<'_>, findings: &mut Findings) {
    let Some((differences, place)) = differences(pair) else { return };
    for difference in &differences {
        match difference.bearing {
            Bearing::Blocks => say(findings, difference, (place, remedy(pair, difference))),
            Bearing::Unknown => unknown(findings, difference, place),
            Bearing::Agrees | Bearing::Doubts => {}
        }
    }
}

pub(super) fn near_hosts(pair: &Pair<'_>, findings: &mut Findings) {
    let Some((differences, place)) = differences(pair) else { return };
    for difference in differences.iter().filter(|difference| difference.bearing == Bearing::Doubts) {
        say(findings, difference, (place, remedy(pair, difference)));
    }
}

/// What would change it, on ARM; on x86 the rule says it.
fn remedy(pair: &Pair<'_>, difference: &Difference) -> Option<&'static str> {
    let arm = pair.arch().is_some_and(Arch::is_arm);
    arm::remedy(difference.aspect).filter(|_| arm)
}

fn say(findings: &mut Findings, difference: &Difference, (place, remedy): (Place, Option<&'static str>)) {
    let shown = |fact: Option<&Known<String>>| {
        fact.map_or_else(|| "not known".to_owned(), |known| known.value.clone())
    };
    let (from, to) = (difference.source.get(), difference.destination.get());
    let lost = if difference.lost.is_empty() {
        String::new()
    } else {
        format!("; lost: {}", difference.lost.join(", "))
    };
    let note = difference.note.as_ref().map_or_else(String::new, |note| format!("; {note}"));
    let (one, other) = (shown(from), shown(to));
    let aspect = difference.aspect.as_str();
    let message = if one == other && difference.lost.is_empty() {
        format!("both hosts have the {aspect} {one}{note}")
    } else {
        format!("the hosts differ in {aspect}: {one} and {other}{lost}{note}")
    };
    let firing = findings.fire(message, Some(place), "the guest sees its host's CPU");
    let firing = match remedy {
        Some(remedy) => firing.remedy(remedy),
        None => firing,
    };
    firing
        .and(from.map(|known| known.place), "the host it is on")
        .and(to.map(|known| known.place), "the other host");
}

fn unknown(findings: &mut Findings, difference: &Difference, place: Place) {
    let document =
        [&difference.source, &difference.destination].into_iter().find_map(|fact| fact.ask().err());
    let what = format!("whether the hosts agree in {}", difference.aspect.as_str());
    findings.missing(document.unwrap_or(DocumentKind::CpuInfo), &what, Some(place));
}

pub(super) fn reexpanded(pair: &Pair<'_>, findings: &mut Findings) {
    let Some((CpuMode::HostModel, place)) = mode(pair) else { return };
    if !pair.at_home && !pair.arch().is_some_and(Arch::is_arm) {
        findings.fire(
            "host-model is expanded anew when the guest starts on the host",
            Some(place),
            "host-model",
        );
    }
}

pub(super) fn mode_not_offered(pair: &Pair<'_>, findings: &mut Findings) {
    let Some((mode, place)) = mode(pair) else { return };
    let arm = pair.arch().is_some_and(Arch::is_arm);
    if mode == CpuMode::Custom || (mode == CpuMode::HostModel && arm) {
        return;
    }
    match pair.offer().and_then(|offer| offers(offer, mode)) {
        Ok(known) if known.value => {}
        Ok(known) => refuse(findings, mode, (place, known.place)),
        Err(document) => {
            let what = format!("whether the host offers CPU mode {}", mode.as_str());
            findings.missing(document, &what, Some(place));
        }
    }
}

/// Whether an emulator offers a mode, and where it says so.
fn offers(offer: &Capability, mode: CpuMode) -> Result<Known<bool>, DocumentKind> {
    match mode {
        CpuMode::HostPassthrough => offer.host_passthrough.ask().copied(),
        CpuMode::Maximum => offer.maximum.ask().copied(),
        CpuMode::HostModel | CpuMode::Custom => {
            offer.host_model.ask().map(|model| Known::new(model.value.is_some(), model.place))
        }
    }
}

fn refuse(findings: &mut Findings, mode: CpuMode, (place, there): (Place, Place)) {
    let message = format!("the host does not offer CPU mode {}", mode.as_str());
    findings.fire(message, Some(place), "the guest's CPU mode").and(Some(there), "supported='no'");
}

/// How far a host's TSC may be from the guest's: 250 ppm (`virHostCPUGetTscInfo`'s tolerance, libvirt 9.0).
const TSC_TOLERANCE_PPM: u64 = 250;

/// The frequency the guest asks for, and where.
fn tsc_frequency(pair: &Pair<'_>) -> Option<(u64, Place)> {
    let tsc = pair.guest.timers.iter().find(|timer| timer.value.name == "tsc")?;
    Some((tsc.value.frequency?, tsc.place))
}

pub(super) fn tsc_frequency_differs(pair: &Pair<'_>, findings: &mut Findings) {
    let Some((wanted, place)) = tsc_frequency(pair).filter(|_| pair.foreign() == Some(false)) else { return };
    match pair.target.cpu.tsc.ask() {
        Ok(tsc) => {
            let apart = wanted.abs_diff(tsc.value.frequency);
            let tolerance = pair.thresholds.tsc_tolerance_ppm;
            let ppm = tolerance.map_or(TSC_TOLERANCE_PPM, |known| known.value);
            let near = u128::from(apart) * 1_000_000 <= u128::from(wanted) * u128::from(ppm);
            if !near && tsc.value.scaling != Some(true) {
                let message = format!(
                    "the guest's TSC runs at {wanted} Hz and the host's at {} Hz",
                    tsc.value.frequency
                );
                let firing = findings.fire(message, Some(place), "the guest's");
                let firing = firing.and(Some(tsc.place), "the host's");
                firing.and(tolerance.map(|known| known.place), "how far they may be apart");
            }
        }
        Err(document) => {
            findings.missing(document, "the frequency of the host's TSC", Some(place));
        }
    }
}

pub(super) fn migratable_off(pair: &Pair<'_>, findings: &mut Findings) {
    let off =
        pair.guest.cpu.as_ref().and_then(|cpu| cpu.value.migratable.as_ref()).filter(|known| !known.value);
    if let Some(off) = off.filter(|_| tsc_frequency(pair).is_none() && pair.foreign() == Some(false)) {
        findings.fire(
            "the guest sees features of its host's CPU that do not migrate",
            Some(off.place),
            "migratable='off'",
        );
    }
}

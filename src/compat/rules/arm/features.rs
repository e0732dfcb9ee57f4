//! Features that the `<cpu>` of an ARM guest names.

use super::native_cpu;
use crate::compat::finding::Findings;
use crate::compat::pair::Pair;
use crate::cpu::arm::{Longest, longest_vector, required_vector, required_vectors};
use crate::knowledge::arm;
use crate::knowledge::versions::{Component, has, since};
use crate::model::{CpuDefinition, CpuFeature, CpuMode, DocumentKind, Known, Policy};
use crate::text::Place;

/// Whether libvirt's map of ARM CPUs has a feature of this name.
fn is_known(name: &str) -> bool {
    let length = name.strip_prefix("sve").and_then(|bits| bits.parse::<u32>().ok());
    let listed = |bits: u32| bits.is_multiple_of(128) && (128..=2048).contains(&bits);
    name == "sve" || name == "pauth" || length.is_some_and(listed)
}

pub(super) fn arm_cpu_feature_unknown(pair: &Pair<'_>, findings: &mut Findings) {
    let Some(cpu) = native_cpu(pair) else { return };
    for feature in &cpu.value.features {
        let name = feature.value.name.as_str();
        if !is_known(name) {
            let message = format!("libvirt knows no CPU feature '{name}' on ARM");
            findings.fire(message, Some(feature.place), "named here");
        } else if name == "pauth" {
            pauth(pair, feature.place, findings);
        }
    }
}

fn pauth(pair: &Pair<'_>, place: Place, findings: &mut Findings) {
    match pair.target.libvirt.ask() {
        Ok(libvirt) if has(Component::Libvirt, libvirt.value, "arm-pauth") => {}
        Ok(libvirt) => {
            let first = since(Component::Libvirt, "arm-pauth").map(|first| format!("; {first} does"));
            let first = first.unwrap_or_default();
            let message = format!("libvirt {} does not know the CPU feature 'pauth'{first}", libvirt.value);
            findings.fire(message, Some(place), "named here").and(Some(libvirt.place), "the host's libvirt");
        }
        Err(document) => {
            findings.missing(document, "the version of libvirt", Some(place));
        }
    }
}

pub(super) fn sve_length_not_offered(pair: &Pair<'_>, findings: &mut Findings) {
    let Some(cpu) = native_cpu(pair) else { return };
    match cpu.value.mode() {
        CpuMode::Custom if !pair.kvm() => of_model(&cpu.value, findings),
        CpuMode::HostPassthrough | CpuMode::Maximum if pair.kvm() => of_host(pair, &cpu.value, findings),
        _ => {}
    }
}

/// The longest vector that is required: any, where only `sve` is.
fn required(cpu: &CpuDefinition) -> Option<Known<u32>> {
    let sve = |one: &&Known<CpuFeature>| {
        one.value.name == "sve" && matches!(one.value.policy, Policy::Require | Policy::Force)
    };
    required_vector(cpu).or_else(|| cpu.features.iter().find(sve).map(|one| Known::new(128, one.place)))
}

fn of_model(cpu: &CpuDefinition, findings: &mut Findings) {
    let Some(model) = &cpu.model else { return };
    let Some(known) = arm::model(&model.value) else { return };
    // A model without sve properties does not let them be disabled either.
    let named = |one: &&Known<CpuFeature>| {
        one.value.name.starts_with("sve") && one.value.policy != Policy::Optional && known.longest_vector == 0
    };
    let unheard = || cpu.features.iter().find(named).map(|one| Known::new(128, one.place));
    let Some(required) = required(cpu).or_else(unheard) else { return };
    if required.value <= known.longest_vector {
        return;
    }
    let has = match known.longest_vector {
        0 => "has no SVE".to_owned(),
        longest => format!("has SVE vectors of {longest} bits at most"),
    };
    let message = format!("the CPU model '{}' {has}", model.value);
    findings.fire(message, Some(required.place), "named here").and(Some(model.place), "the model");
}

fn of_host(pair: &Pair<'_>, cpu: &CpuDefinition, findings: &mut Findings) {
    let Some(required) = required(cpu) else { return };
    let longest = longest_vector(pair.target);
    match longest.ask() {
        Ok(host) if host.value.least >= required.value => {
            odd_lengths(pair, cpu, (&host.value, host.place), findings);
        }
        Ok(host) if host.value.most.is_some_and(|most| most < required.value) => {
            let (bits, has) = (required.value, host.value.show());
            let message = format!("the guest requires SVE vectors of {bits} bits, and the host has {has}");
            findings.fire(message, Some(required.place), "required here").and(Some(host.place), "the host");
        }
        answer => {
            let document = answer.err().unwrap_or(DocumentKind::Dmesg);
            findings.missing(document, "how long the host's SVE vectors are", Some(required.place));
        }
    }
}

/// Powers of two are there up to the longest vector; of the lengths between them no document tells.
fn odd_lengths(
    pair: &Pair<'_>,
    cpu: &CpuDefinition,
    (host, place): (&Longest, Place),
    findings: &mut Findings,
) {
    let odd = |known: &Known<u32>| !known.value.is_power_of_two() && host.most != Some(known.value);
    let unlike = pair.source != Some(pair.target);
    for length in required_vectors(cpu).filter(odd).filter(|_| unlike) {
        let what = format!("whether the host has SVE vectors of {} bits", length.value);
        findings
            .missing(DocumentKind::Dmesg, &what, Some(length.place))
            .and(Some(place), "its longest")
            .remedy("require powers of two only: a host has all of them up to its longest vector");
    }
}

//! What ARM hosts do not give under KVM, and what none gives.

use std::collections::BTreeSet;

use super::{native_cpu, on_arm};
use crate::compat::finding::Findings;
use crate::compat::pair::Pair;
use crate::cpu::arm::given_under_kvm;
use crate::knowledge::arm;
use crate::model::{Arch, CpuMode, Known, Midr, Name, Usable};

pub(super) fn x86_cpu_on_arm(pair: &Pair<'_>, findings: &mut Findings) {
    if pair.foreign() != Some(true) || !on_arm(pair) || !pair.arch().is_some_and(Arch::is_x86) {
        return;
    }
    let Some(model) = pair.guest.cpu.as_ref().and_then(|cpu| cpu.value.model.as_ref()) else { return };
    let message = format!("an ARM host cannot give the CPU model '{}'", model.value);
    let firing = findings.fire(message, Some(model.place), "an x86 model");
    firing.and(pair.target.arch.place(), "the host's architecture");
}

pub(super) fn arm_custom_cpu_model(pair: &Pair<'_>, findings: &mut Findings) {
    let Some(cpu) = native_cpu(pair).filter(|cpu| cpu.value.mode() == CpuMode::Custom && pair.kvm()) else {
        return;
    };
    let Some(model) = &cpu.value.model else { return };
    match given_under_kvm(arm::model(&model.value), pair.target) {
        Ok(true) => {}
        Ok(false) => refuse(pair, model, findings),
        Err(document) => {
            let what = format!("whether the host's core is a {}", model.value);
            findings.missing(document, &what, Some(model.place));
        }
    }
}

/// Names the model, and beside it the core that the guest would have.
fn refuse(pair: &Pair<'_>, model: &Known<Name>, findings: &mut Findings) {
    let listed = pair.offer().ok().and_then(|offer| offer.model(&model.value));
    let usable = listed.map(|listed| match listed.value.usable {
        Usable::Unknown => "listed with usable='unknown', which is no promise",
        Usable::Yes => "listed as usable, for emulation",
        Usable::No => "listed as not usable",
    });
    let midrs = pair.target.cpu.midrs.get();
    let core = midrs.map_or_else(|| "not known which".to_owned(), |midrs| real_cores(&midrs.value));
    let message =
        format!("KVM on ARM gives the host's own core ({core}), not the named CPU model '{}'", model.value);
    let firing = findings.fire(message, Some(model.place), "a model for emulation");
    let firing = firing.and(listed.map(|listed| listed.place), usable.unwrap_or_default());
    firing.and(midrs.map(|midrs| midrs.place), "the host's own core");
}

/// `Kunpeng-920 of HiSilicon`.
fn real_cores(midrs: &BTreeSet<Midr>) -> String {
    let named = |&midr: &Midr| {
        let core = arm::core(midr);
        if core.known { format!("{} of {}", core.name, core.vendor) } else { core.name }
    };
    midrs.iter().map(named).collect::<BTreeSet<_>>().into_iter().collect::<Vec<_>>().join(", ")
}

pub(super) fn arm_host_model(pair: &Pair<'_>, findings: &mut Findings) {
    let Some(cpu) = native_cpu(pair).filter(|cpu| cpu.value.mode() == CpuMode::HostModel) else { return };
    let place = cpu.value.mode.as_ref().map(|mode| mode.place);
    let told = pair.offer().ok().and_then(|offer| offer.host_model.place());
    findings.fire("an ARM host has no host-model", place, "asked for here").and(told, "supported='no'");
}

pub(super) fn gic_version_not_offered(pair: &Pair<'_>, findings: &mut Findings) {
    let gic = pair.guest.features.iter().find(|feature| feature.value.name == "gic");
    let Some((gic, version)) = gic.and_then(|gic| Some((gic, gic.value.value.as_ref()?))) else { return };
    if pair.foreign() != Some(false) || !on_arm(pair) || version == "host" {
        return;
    }
    let offer = pair.offer();
    match offer.and_then(|offer| offer.gic_versions.ask()) {
        Ok(versions) if versions.value.iter().any(|one| one == version) => {}
        Ok(versions) => {
            let message = format!("the host does not offer GIC version {version}");
            findings
                .fire(message, Some(gic.place), "asked for here")
                .and(Some(versions.place), "what it offers");
        }
        Err(document) => {
            findings.missing(document, "which GIC versions the host offers", Some(gic.place));
        }
    }
}

//! ARM guests that are emulated.

use super::native_cpu;
use crate::compat::finding::Findings;
use crate::compat::pair::Pair;
use crate::knowledge::arm::{ArmModel, model};
use crate::model::{Arch, CpuMode, DocumentKind, Known, MachineFamily, Name, machine_family};
use crate::text::Place;

/// The named model of an emulated guest.
fn named<'p>(pair: &Pair<'p>) -> Option<&'p Known<Name>> {
    let cpu = native_cpu(pair).filter(|cpu| cpu.value.mode() == CpuMode::Custom && !pair.kvm())?;
    cpu.value.model.as_ref()
}

/// What is known of a model on a host's QEMU, and where it says so.
enum Answer {
    There(Option<Place>),
    Gone(String, Option<Place>),
    Unknown(DocumentKind),
}

/// By what the host's QEMU lists, else by its version and the table of models.
fn answer(pair: &Pair<'_>, name: &Known<Name>) -> Answer {
    let known = model(&name.value);
    let virt = pair.guest.machine.value().is_some_and(|one| machine_family(one) == Some(MachineFamily::Virt));
    if let Some(model) = known.filter(|model| virt && !model.emulated) {
        let why = format!("QEMU's machine type virt does not take the CPU model '{}'", model.name);
        return Answer::Gone(why, pair.guest.machine.place());
    }
    match pair.offer().and_then(|offer| offer.models.ask()) {
        Ok(models) => match models.value.iter().find(|one| one.value.name == name.value) {
            Some(listed) => Answer::There(Some(listed.place)),
            None => Answer::Gone(lacking(&name.value, known), Some(models.place)),
        },
        Err(document) => match (known, pair.target.qemu.get()) {
            (Some(model), Some(qemu)) if qemu.value >= model.qemu => Answer::There(Some(qemu.place)),
            _ => Answer::Unknown(document),
        },
    }
}

fn lacking(name: &str, known: Option<&ArmModel>) -> String {
    let seen = known.map(|model| format!("; QEMU {} has it", model.qemu));
    format!("the host's QEMU has no CPU model '{name}'{}", seen.unwrap_or_default())
}

pub(super) fn arm_model_not_emulated(pair: &Pair<'_>, findings: &mut Findings) {
    let Some(name) = named(pair) else { return };
    match answer(pair, name) {
        Answer::There(_) => {}
        Answer::Gone(why, place) => {
            findings.fire(why, Some(name.place), "the guest's CPU model").and(place, "does not take it");
        }
        Answer::Unknown(document) => {
            let what = format!("whether the host's QEMU has the CPU model '{}'", name.value);
            findings.missing(document, &what, Some(name.place));
        }
    }
}

pub(super) fn arm_model_emulated(pair: &Pair<'_>, findings: &mut Findings) {
    let Some(name) = named(pair) else { return };
    if let Answer::There(place) = answer(pair, name) {
        let message = format!(
            "under emulation the named CPU model '{}' is fine; under KVM it would not be",
            name.value
        );
        findings.fire(message, Some(name.place), "emulated").and(place, "the host's QEMU has it");
    }
}

pub(super) fn emulated_cpu_across_versions(pair: &Pair<'_>, findings: &mut Findings) {
    let Some(source) = pair.source else { return };
    if pair.kvm() || !pair.arch().is_some_and(Arch::is_arm) || pair.foreign() != Some(false) {
        return;
    }
    match (source.qemu.ask(), pair.target.qemu.ask()) {
        (Ok(from), Ok(to)) if (from.value.major, from.value.minor) == (to.value.major, to.value.minor) => {}
        (Ok(from), Ok(to)) => {
            let message =
                format!("QEMU {} does not take over an emulated CPU from QEMU {}", to.value, from.value);
            let firing = findings.fire(message, pair.guest.virt_type.place(), "emulated");
            firing.and(Some(from.place), "from this QEMU").and(Some(to.place), "to this one");
        }
        (Err(document), _) | (_, Err(document)) => {
            findings.missing(document, "the version of QEMU", pair.guest.virt_type.place());
        }
    }
}

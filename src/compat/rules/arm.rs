//! CPUs on ARM hosts, where libvirt has no baseline and KVM gives no named models.

use crate::compat::finding::Findings;
use crate::compat::mode::Modes;
use crate::compat::pair::Pair;
use crate::compat::rule::{Check, Family, Mend, Rule};
use crate::model::{Arch, CpuDefinition, CpuMode, Known, Usable};

const RULE: Rule =
    Rule { family: Family::ArmCpu, modes: Modes::AS_IT_IS, mend: Some(Mend::SILENT), ..Rule::BLANK };

pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "x86-cpu-on-arm",
        summary: "The guest asks for an x86 CPU, which no ARM host can give",
        explanation: "Model names and feature names of x86 mean nothing on ARM. libvirt accepts the definition and \
                      the start fails (\"cannot translate CPU model EPYC to a supported model\", \"unknown CPU \
                      feature: avx\", libvirt 9.0).",
        remedy: "use host-passthrough under KVM",
        mend: Some(Mend::noticed("another processor")),
        check: Check::Pair(x86_cpu_on_arm),
        ..RULE
    },
    Rule {
        id: "arm-custom-cpu-model",
        summary: "The guest asks for a named ARM CPU model under KVM",
        explanation: "domcapabilities lists some forty ARM models as mode custom, each usable='unknown'. They are \
                      QEMU's models for emulation: under KVM on ARM a guest sees the core that is there, and QEMU \
                      refuses any other. `unknown` is no promise, and libvirt's own check never rejects a custom \
                      ARM model before QEMU does (virCPUarmCompare, libvirt 11.3).",
        remedy: "use host-passthrough; a named model works under emulation (type='qemu') only",
        mend: Some(Mend::noticed("another processor")),
        check: Check::Pair(arm_custom_cpu_model),
        ..RULE
    },
    Rule {
        id: "arm-host-model",
        summary: "The guest asks for host-model on an ARM host",
        explanation: "libvirt cannot describe an ARM host's CPU by a model (virQEMUCapsInitCPUModel says so for every \
                      ARM, libvirt 11.3): domcapabilities has host-model supported='no'. A definition with it is \
                      accepted and does not start.",
        remedy: "use host-passthrough",
        check: Check::Pair(arm_host_model),
        ..RULE
    },
    Rule {
        id: "emulated-cpu-across-versions",
        modes: Modes::LIVE,
        mend: None,
        summary: "An emulated ARM guest would move live between two versions of QEMU",
        explanation: "libvirt accepts the move and the destination's QEMU refuses the stream (\"error while loading \
                      state for instance 0x0 of device 'cpu'\"): seen between QEMU 7.2 and 10.0 in both directions, \
                      with the same machine type and CPU model. Other pairs of versions are not known to work.",
        remedy: "move the guest shut down",
        check: Check::Pair(emulated_cpu_across_versions),
        ..RULE
    },
    Rule {
        id: "gic-version-not-offered",
        summary: "The guest asks for a GIC version that the host does not offer",
        explanation: "features/gic@version must be among domcapabilities' gic versions; a Kunpeng 920 has GICv3 only.",
        remedy: "leave out the version (libvirt then takes the host's), or use one that the host offers",
        check: Check::Pair(gic_version_not_offered),
        ..RULE
    },
];

fn on_arm(pair: &Pair<'_>) -> bool {
    pair.target.arch.value().is_some_and(Arch::is_arm)
}

/// The CPU of an ARM guest that would stay what it is.
fn native_cpu<'p>(pair: &Pair<'p>) -> Option<&'p Known<CpuDefinition>> {
    let native = pair.foreign() == Some(false) && pair.arch().is_some_and(Arch::is_arm);
    pair.guest.cpu.as_ref().filter(|_| native)
}

fn x86_cpu_on_arm(pair: &Pair<'_>, findings: &mut Findings) {
    if pair.foreign() != Some(true) || !on_arm(pair) || !pair.arch().is_some_and(Arch::is_x86) {
        return;
    }
    let Some(model) = pair.guest.cpu.as_ref().and_then(|cpu| cpu.value.model.as_ref()) else { return };
    let message = format!("an ARM host cannot give the CPU model '{}'", model.value);
    let firing = findings.fire(message, Some(model.place), "an x86 model");
    firing.and(pair.target.arch.place(), "the host's architecture");
}

fn arm_custom_cpu_model(pair: &Pair<'_>, findings: &mut Findings) {
    let Some(cpu) = native_cpu(pair).filter(|cpu| cpu.value.mode() == CpuMode::Custom && pair.kvm()) else {
        return;
    };
    let Some(model) = &cpu.value.model else { return };
    let listed = pair.offer().ok().and_then(|offer| offer.model(&model.value));
    let usable = listed.map(|listed| match listed.value.usable {
        Usable::Unknown => "listed with usable='unknown', which is no promise",
        Usable::Yes => "listed as usable, for emulation",
        Usable::No => "listed as not usable",
    });
    let message = format!("KVM on ARM does not give the named CPU model '{}'", model.value);
    let firing = findings.fire(message, Some(model.place), "a model for emulation");
    firing.and(listed.map(|listed| listed.place), usable.unwrap_or_default());
}

fn arm_host_model(pair: &Pair<'_>, findings: &mut Findings) {
    let Some(cpu) = native_cpu(pair).filter(|cpu| cpu.value.mode() == CpuMode::HostModel) else { return };
    let place = cpu.value.mode.as_ref().map(|mode| mode.place);
    let told = pair.offer().ok().and_then(|offer| offer.host_model.place());
    findings.fire("an ARM host has no host-model", place, "asked for here").and(told, "supported='no'");
}

fn emulated_cpu_across_versions(pair: &Pair<'_>, findings: &mut Findings) {
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

fn gic_version_not_offered(pair: &Pair<'_>, findings: &mut Findings) {
    let gic = pair.guest.features.iter().find(|feature| feature.value.name == "gic");
    let Some((gic, version)) = gic.and_then(|gic| Some((gic, gic.value.value.as_ref()?))) else { return };
    if pair.foreign() != Some(false) || !on_arm(pair) || version == "host" {
        return;
    }
    let offer = pair.offer();
    match offer.and_then(|offer| offer.gic_versions.ask()) {
        Ok(versions) if versions.value.contains(version) => {}
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

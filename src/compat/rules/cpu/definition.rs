//! What a definition says of its x86 CPU that bears on a move, whichever host it is to.

use crate::compat::finding::Findings;
use crate::compat::mode::Modes;
use crate::compat::pair::Subject;
use crate::compat::rule::{Check, Family, Rule};
use crate::compat::severity::Severity;
use crate::model::{Arch, CpuMode, DocumentKind};

const RULE: Rule = Rule {
    family: Family::X86Cpu,
    severity: Severity::Warning,
    modes: Modes::COLD,
    needs: &[DocumentKind::Domain],
    ..Rule::BLANK
};

pub(in crate::compat::rules) const RULES: &[Rule] = &[
    Rule {
        id: "cpu-fallback-allowed",
        severity: Severity::Note,
        summary: "libvirt may start the guest with another CPU model than the one it names",
        explanation: "With fallback='allow' libvirt takes the nearest model where the host's QEMU does not know the one that \
                      the definition names, and says nothing. A running guest's XML has fallback='forbid'.",
        remedy: "write fallback='forbid' on <model>, so that a host that does not know the model refuses",
        example: "<cpu match='exact'><model fallback='allow'>Nehalem</model></cpu>",
        near_miss: "<cpu match='exact'><model fallback='forbid'>Nehalem</model></cpu>",
        references: &["libvirt 9.0, virCPUTranslate", "formatdomain, CPU model and topology"],
        check: Check::Guests(fallback_allowed),
        ..RULE
    },
    Rule {
        id: "cpu-check-off",
        summary: "libvirt does not look whether the host gives the guest its CPU",
        explanation: "With check='none' libvirt starts the guest with whatever features of the model there are: programs \
                      that need the missing ones crash later. check='partial', the default, looks before the start; \
                      check='full' also after it.",
        remedy: "write check='full', or leave check out",
        example: "<cpu match='exact' check='none'><model>Nehalem</model></cpu>",
        near_miss: "<cpu match='exact' check='full'><model>Nehalem</model></cpu>",
        references: &["formatdomain, CPU model and topology: check"],
        check: Check::Guests(check_off),
        ..RULE
    },
    Rule {
        id: "nested-virtualization",
        modes: Modes::LIVE,
        summary: "The guest can run guests of its own, and moves live with them",
        explanation: "With vmx or svm the guest may be a hypervisor. The state of nested guests moves only with QEMU 4.2 and \
                      Linux 5.3 or newer on both hosts, and vmx or svm subfeatures that differ break them.",
        remedy: "shut nested guests down before the move, or disable vmx or svm where the guest runs none",
        example: "<cpu match='exact'><model>Nehalem</model><feature policy='require' name='vmx'/></cpu>",
        near_miss: "<cpu match='exact'><model>Nehalem</model><feature policy='disable' name='vmx'/></cpu>",
        references: &[
            "QEMU 4.2, KVM_CAP_NESTED_STATE",
            "Linux, Documentation/virt/kvm/x86/running-nested-guests.rst",
        ],
        check: Check::Guests(nested),
        ..RULE
    },
    Rule {
        id: "cpu-cache-of-host",
        severity: Severity::Note,
        summary: "The guest sees the caches of its host",
        explanation: "With <cache mode='passthrough'/> the guest reads the sizes of its host's caches. On another processor \
                      they are others after the next start, and a running guest keeps the old ones in mind.",
        remedy: "write <cache mode='emulate' level='3'/>, or leave <cache> out",
        example: "<cpu mode='host-passthrough'><cache mode='passthrough'/></cpu>",
        near_miss: "<cpu mode='host-passthrough'><cache mode='emulate' level='3'/></cpu>",
        references: &["formatdomain, CPU model and topology: cache"],
        check: Check::Guests(cache_of_host),
        ..RULE
    },
    Rule {
        id: "hyperv-passthrough",
        severity: Severity::Unknown,
        modes: Modes::LIVE,
        summary: "The guest gets every Hyper-V enlightenment that its host has",
        explanation: "With <hyperv mode='passthrough'> QEMU gives what KVM offers and refuses to migrate where that is \
                      anything (\"'hv-passthrough' CPU flag prevents migration, use explicit set of hv-* flags \
                      instead\"). What KVM offers there is in no document.",
        remedy: "name the enlightenments one by one (<hyperv mode='custom'>)",
        example: "<features><hyperv mode='passthrough'/></features>",
        near_miss: "<features><hyperv mode='custom'><relaxed state='on'/></hyperv></features>",
        references: &["QEMU 7.2, target/i386/kvm/kvm.c: hyperv_init_vcpu"],
        check: Check::Guests(hyperv_passthrough),
        ..RULE
    },
    Rule {
        id: "reenlightenment-without-frequency",
        severity: Severity::Blocker,
        modes: Modes::LIVE,
        summary: "The guest is told of changes of its TSC, whose frequency its definition does not say",
        explanation: "QEMU refuses to migrate a guest with hv-reenlightenment and no TSC frequency of its own: the host it \
                      would arrive at could not keep the frequency that the guest was promised.",
        remedy: "write <timer name='tsc' frequency='…'/> with the host's frequency, at the guest's next cold start",
        example: "<features><hyperv><reenlightenment state='on'/></hyperv></features>",
        near_miss: "<features><hyperv><reenlightenment state='on'/></hyperv></features><clock offset='utc'>\
                    <timer name='tsc' frequency='2000000000'/></clock>",
        references: &["QEMU 6.0, target/i386/kvm/kvm.c: hv-reenlightenment needs tsc-frequency to migrate"],
        check: Check::Guests(reenlightenment),
        ..RULE
    },
    Rule {
        id: "cpu-topology-contradicted",
        severity: Severity::Blocker,
        modes: Modes::ALL,
        summary: "Sockets, dies, cores and threads do not multiply to the guest's vCPUs",
        explanation: "libvirt refuses such a definition: \"CPU topology doesn't match maximum vcpu count\". So it did \
                      not come from libvirt but was written by hand or by another program, and fails when it is \
                      defined on the other host. The topology is counted to all vCPUs there can be, not to those that \
                      are there at the start (vcpu@current).",
        remedy: "make the product equal to <vcpu>",
        example: "<vcpu>3</vcpu><cpu mode='host-model'><topology sockets='1' dies='1' cores='2' threads='2'/></cpu>",
        near_miss: "<vcpu>4</vcpu><cpu mode='host-model'><topology sockets='1' dies='1' cores='2' threads='2'/></cpu>",
        references: &["libvirt 9.0, virDomainDefPostParse"],
        check: Check::Guests(topology),
        ..RULE
    },
];

fn x86(subject: &Subject<'_>) -> bool {
    subject.guest.arch.value().is_some_and(Arch::is_x86)
}

fn fallback_allowed(subject: &Subject<'_>, findings: &mut Findings) {
    let custom = subject.guest.cpu.as_ref().is_some_and(|cpu| cpu.value.mode() == CpuMode::Custom);
    if let Some(said) = subject.stored.value("cpu/model", "fallback")
        && custom
        && x86(subject)
        && said.value == "allow"
    {
        findings.fire("libvirt may start the guest with another model", Some(said.place), "allowed here");
    }
}

fn check_off(subject: &Subject<'_>, findings: &mut Findings) {
    let custom = subject.guest.cpu.as_ref().is_some_and(|cpu| cpu.value.mode() == CpuMode::Custom);
    if let Some(said) = subject.stored.value("cpu", "check")
        && custom
        && said.value == "none"
    {
        let message = "libvirt does not look whether the host gives this CPU";
        findings.fire(message, Some(said.place), "switched off here");
    }
}

fn nested(subject: &Subject<'_>, findings: &mut Findings) {
    for feature in subject.running.all("cpu/feature") {
        let named = matches!(feature.value("name").as_deref(), Some("vmx" | "svm"));
        let given = matches!(feature.value("policy").as_deref(), None | Some("require" | "force"));
        if named && given {
            let message = "the guest may have guests of its own, whose state moves with it";
            findings.fire(message, subject.running.place(feature), "lets it run guests");
        }
    }
}

fn cache_of_host(subject: &Subject<'_>, findings: &mut Findings) {
    let cache = subject.stored.value("cpu/cache", "mode").filter(|mode| mode.value == "passthrough");
    if let Some(mode) = cache {
        findings.fire("the guest sees the caches of its host", Some(mode.place), "passed through");
    }
}

fn hyperv_passthrough(subject: &Subject<'_>, findings: &mut Findings) {
    let hyperv = subject.running.value("features/hyperv", "mode").filter(|mode| mode.value == "passthrough");
    if let Some(mode) = hyperv {
        let message = "which Hyper-V enlightenments the guest has is its host's matter, and QEMU moves none";
        findings.fire(message, Some(mode.place), "passed through");
    }
}

fn reenlightenment(subject: &Subject<'_>, findings: &mut Findings) {
    let state = subject.running.value("features/hyperv/reenlightenment", "state");
    let timers = subject.running.all("clock/timer");
    let timed = timers.iter().any(|timer| timer.attribute("frequency").is_some());
    if let Some(state) = state.filter(|state| state.value == "on" && !timed) {
        let message = "hv-reenlightenment without a TSC frequency cannot move";
        findings.fire(message, Some(state.place), "switched on here");
    }
}

fn topology(subject: &Subject<'_>, findings: &mut Findings) {
    let (Some(topology), Some(vcpu)) = (subject.stored.at("cpu/topology"), subject.stored.at("vcpu")) else {
        return;
    };
    let number = |name: &str| topology.value(name).map_or(Some(1), |text| text.parse::<u64>().ok());
    let numbers: Option<Vec<u64>> =
        ["sockets", "dies", "clusters", "cores", "threads"].into_iter().map(number).collect();
    let (Some(numbers), Ok(vcpus)) = (numbers, vcpu.text().parse::<u64>()) else { return };
    let product = numbers.into_iter().fold(1, u64::saturating_mul);
    if product != vcpus {
        let message = format!("the topology is of {product} CPUs and the guest has {vcpus}");
        findings
            .fire(message, subject.stored.place(topology), "multiplies to another number")
            .and(subject.stored.place(vcpu), "the guest's vCPUs");
    }
}

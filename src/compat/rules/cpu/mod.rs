//! CPUs on x86 hosts, and guests that see their host's own CPU on any.

pub(super) mod definition;
mod host_cpu;
mod named;
pub(super) mod reboot;

use crate::compat::excerpt::Excerpt;
use crate::compat::holds::Side;
use crate::compat::mode::Modes;
use crate::compat::rule::{Check, Family, Rule};
use crate::compat::severity::Severity;
use crate::model::DocumentKind;

const RULE: Rule = Rule { family: Family::X86Cpu, modes: Modes::AS_IT_IS, ..Rule::BLANK };

/// What tells whether a host gives a CPU that has a name.
const NAMED_CPU: &[DocumentKind] = &[
    DocumentKind::Domain,
    DocumentKind::Capabilities,
    DocumentKind::DomainCapabilities,
    DocumentKind::Version,
];

/// What Linux says of one processor.
const BROADWELL: &str = "vendor_id\t: GenuineIntel\n\
    cpu family\t: 6\n\
    model\t\t: 79\n\
    stepping\t: 1\n\
    microcode\t: 0xb000040\n\
    flags\t\t: fpu vme sse4_2";

/// A host that gives Nehalem, and no newer model.
const NEHALEM_HOST: Excerpt = Excerpt::there(
    DocumentKind::DomainCapabilities,
    "<cpu>\n  \
     <mode name='host-model' supported='yes'>\n    \
     <model fallback='forbid'>Nehalem</model><vendor>Intel</vendor>\n  \
     </mode>\n  \
     <mode name='custom' supported='yes'>\n    \
     <model usable='yes'>Nehalem</model>\n    \
     <model usable='no'>Skylake-Client</model>\n  \
     </mode>\n\
     </cpu>",
);

/// The guest sees its host's own CPU.
const PASSES_ITS_CPU: Excerpt = Excerpt::here(DocumentKind::Domain, "<cpu mode='host-passthrough'/>");

pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "cpu-model-unknown",
        summary: "The host's libvirt or QEMU does not know the guest's CPU model",
        explanation: "A model that the host's CPU map does not have ends in \"Unknown CPU model\", live and cold. \
                      Names with -v1, -v2 came with libvirt 10.10; older libvirt knows none of them.",
        remedy: "give the guest a model that every host knows, such as the cluster's baseline, at its next cold start",
        example: "<cpu match='exact'>\n  \
                  <model>SapphireRapids</model>\n\
                  </cpu>",
        near_miss: "<cpu match='exact'>\n  \
                    <model>Nehalem</model>\n\
                    </cpu>",
        beside: &[NEHALEM_HOST],
        references: &[
            "libvirt 9.0, virCPUTranslate",
            "libvirt 10.10, NEWS: versioned CPU models",
            "observed: libvirt 9.0, \"Unknown CPU model\"",
        ],
        needs: NAMED_CPU,
        check: Check::Pair(named::model_unknown),
        ..RULE
    },
    Rule {
        id: "cpu-model-unusable",
        summary: "The host lacks features that the guest's CPU model is made of",
        explanation: "domcapabilities says usable='no' where QEMU cannot give all features of a model, and names what \
                      is missing as blockers (libvirt 10.9 and newer; before that Portolan derives them from the \
                      model's definition and the host-model's features). A definition that disables every blocker \
                      is usable all the same.",
        remedy: "use the cluster's baseline, or disable the missing features, at the guest's next cold start",
        example: "<cpu match='exact'>\n  \
                  <model>Skylake-Client</model>\n\
                  </cpu>",
        near_miss: "<cpu match='exact'>\n  \
                    <model>Nehalem</model>\n\
                    </cpu>",
        beside: &[NEHALEM_HOST],
        references: &[
            "libvirt 11.3, qemuDomainCheckCPU and virCPUCompareUnusable",
            "formatdomaincaps, CPU configuration: usable",
        ],
        needs: NAMED_CPU,
        check: Check::Pair(named::model_unusable),
        ..RULE
    },
    Rule {
        id: "cpu-feature-missing",
        summary: "The guest requires a CPU feature that the host cannot give",
        explanation: "A feature with policy 'require' must be there. A running guest's live XML lists every feature \
                      it was started with, and the destination refuses to take away any (\"guest CPU doesn't match \
                      specification: missing features\").",
        remedy: "leave the feature out at the guest's next cold start, or choose a host that has it",
        example: "<cpu match='exact'>\n  \
                  <model>Nehalem</model>\n  \
                  <feature policy='require' name='avx512f'/>\n\
                  </cpu>",
        near_miss: "<cpu match='exact'>\n  \
                    <model>Nehalem</model>\n  \
                    <feature policy='disable' name='avx512f'/>\n\
                    </cpu>",
        beside: &[NEHALEM_HOST],
        references: &[
            "libvirt 9.0, virCPUx86Compare",
            "libvirt 9.0, qemuProcessUpdateLiveGuestCPU",
            "formatdomain, CPU model and topology: feature",
        ],
        needs: NAMED_CPU,
        check: Check::Pair(named::feature_missing),
        ..RULE
    },
    Rule {
        id: "cpu-feature-forbidden",
        summary: "The host has a CPU feature that the guest forbids",
        explanation: "A feature with policy 'forbid' must not be there: libvirt refuses to start the guest, or to \
                      take it over (\"Host CPU provides forbidden features\"). It does not hide the feature, as \
                      'disable' does, but asks for a host without it.",
        remedy: "use policy 'disable' instead, which hides the feature",
        example: "<cpu match='exact'>\n  \
                  <model>Nehalem</model>\n  \
                  <feature policy='forbid' name='sse4.2'/>\n\
                  </cpu>",
        near_miss: "<cpu match='exact'>\n  \
                    <model>Nehalem</model>\n  \
                    <feature policy='disable' name='sse4.2'/>\n\
                    </cpu>",
        beside: &[NEHALEM_HOST],
        references: &[
            "libvirt 9.0, virCPUx86Compare: \"Host CPU provides forbidden features\"",
            "formatdomain, CPU model and topology: feature",
        ],
        needs: NAMED_CPU,
        check: Check::Pair(named::feature_forbidden),
        ..RULE
    },
    Rule {
        id: "cpu-feature-unknown",
        summary: "The host's libvirt does not know a CPU feature that the guest names",
        explanation: "A newer libvirt lists features that an older one cannot parse: \"unknown CPU feature: \
                      overflow-recov\" is how a host-model guest of libvirt 11.3 fails on 9.0.",
        remedy: "start the guest anew with the cluster's baseline, which names only what every host knows",
        example: "<cpu match='exact'>\n  \
                  <model>Nehalem</model>\n  \
                  <feature policy='require' name='overflow-recov'/>\n\
                  </cpu>",
        near_miss: "<cpu match='exact'>\n  \
                    <model>Nehalem</model>\n  \
                    <feature policy='require' name='vme'/>\n\
                    </cpu>",
        beside: &[NEHALEM_HOST],
        references: &[
            "libvirt 9.0, x86ModelFromCPU: \"Unknown CPU feature\"",
            "observed: libvirt 11.3 to 9.0",
        ],
        needs: NAMED_CPU,
        check: Check::Pair(named::feature_unknown),
        ..RULE
    },
    Rule {
        id: "cpu-vendor-mismatch",
        summary: "The guest asks for a CPU of another vendor than the host's",
        explanation: "<vendor> pins the vendor, and so does host-passthrough. Intel and AMD differ in more than their \
                      names: features, MSRs and the way to enter a hypervisor. libvirt compares the vendors \
                      (x86Compute, libvirt 9.0), and no guest moves live between them.",
        remedy: "leave out <vendor> at the guest's next cold start, or choose a host of the same vendor",
        example: "<cpu match='exact'>\n  \
                  <model>Nehalem</model>\n  \
                  <vendor>AMD</vendor>\n\
                  </cpu>",
        near_miss: "<cpu match='exact'>\n  \
                    <model>Nehalem</model>\n  \
                    <vendor>Intel</vendor>\n\
                    </cpu>",
        beside: &[NEHALEM_HOST],
        references: &["libvirt 9.0, x86Compute", "formatdomain, CPU model and topology: vendor"],
        needs: NAMED_CPU,
        check: Check::Pair(named::vendor_mismatch),
        ..RULE
    },
    Rule {
        id: "cpu-not-given",
        severity: Severity::Warning,
        summary: "The definition names no CPU",
        explanation: "libvirt leaves the choice to QEMU, whose default (qemu64) lacks what today's systems are built \
                      for: x86-64-v2 programs do not start.",
        remedy: "name the cluster's baseline in the definition",
        example: "<cpu><topology sockets='1' dies='1' cores='2' threads='2'/></cpu>",
        near_miss: "<cpu mode='host-model'><topology sockets='1' dies='1' cores='2' threads='2'/></cpu>",
        references: &["formatdomain, CPU model and topology", "libvirt 11.3, qemuDomainDefSetDefaultCPU"],
        needs: &[DocumentKind::Domain, DocumentKind::Capabilities],
        check: Check::Pair(named::not_given),
        ..RULE
    },
    Rule {
        id: "invtsc-without-frequency",
        modes: Modes::LIVE,
        summary: "The guest has an invariant TSC whose frequency its definition does not say",
        explanation: "An invariant TSC counts at one frequency for good, and the other host must be asked for the \
                      same. Where the definition does not say which, libvirt refuses the live move: \"domain has \
                      'invtsc' CPU feature but TSC frequency is not specified\" (qemuMigrationSrcIsAllowed, libvirt \
                      9.0). Started anew the guest gets its new host's.",
        remedy: "write <timer name='tsc' frequency='…'/> into <clock>, or leave the feature out",
        example: "<cpu mode='host-passthrough'><feature policy='require' name='invtsc'/></cpu>",
        near_miss: "<cpu mode='host-passthrough'><feature policy='require' name='invtsc'/></cpu>\n\
                    <clock offset='utc'><timer name='tsc' frequency='2000000000'/></clock>",
        references: &["libvirt 9.0, qemuMigrationSrcIsAllowed", "formatdomain, Time keeping: timer"],
        needs: &[DocumentKind::Domain],
        check: Check::Pair(named::invtsc_without_frequency),
        ..RULE
    },
    Rule {
        id: "tsc-frequency-differs",
        summary: "The guest's TSC frequency is not the host's, and the host cannot scale it",
        explanation: "A timer 'tsc' with a frequency must match the host's within 250 ppm unless its processor scales the \
                      counter: \"Requested TSC frequency … Hz is outside tolerance range … and TSC scaling is not \
                      supported by the host CPU\" (qemuProcessStartValidateTSC, libvirt 9.0).",
        remedy: "choose a host of the same frequency, or leave the frequency and invtsc out",
        example: "<clock offset='utc'><timer name='tsc' frequency='2000000000'/></clock>",
        near_miss: "<clock offset='utc'><timer name='tsc' frequency='2500000000'/></clock>",
        beside: &[Excerpt::there(
            DocumentKind::Capabilities,
            "<host>\n  \
             <cpu>\n    \
             <arch>x86_64</arch>\n    \
             <counter name='tsc' frequency='2500000000' scaling='no'/>\n  \
             </cpu>\n\
             </host>",
        )],
        references: &["libvirt 9.0, qemuProcessStartValidateTSC", "formatcaps, Host capabilities: counter"],
        needs: &[DocumentKind::Domain, DocumentKind::Capabilities],
        check: Check::Pair(host_cpu::tsc_frequency_differs),
        ..RULE
    },
    Rule {
        id: "cpu-migratable-off",
        modes: Modes::LIVE,
        summary: "The guest sees its host's CPU with features that do not migrate",
        explanation: "host-passthrough with migratable='off' gives the guest invtsc, and QEMU refuses to move it while \
                      no TSC frequency is set: \"State blocked by non-migratable CPU device (invtsc flag)\".",
        remedy: "leave out migratable='off', or write <timer name='tsc' frequency='…'/> into <clock>",
        example: "<cpu mode='host-passthrough' migratable='off'/>",
        near_miss: "<cpu mode='host-passthrough' migratable='on'/>",
        references: &[
            "formatdomain, CPU model and topology: migratable",
            "observed: QEMU 7.2, \"State blocked by non-migratable CPU device (invtsc flag)\"",
        ],
        needs: &[DocumentKind::Domain, DocumentKind::Capabilities],
        check: Check::Pair(host_cpu::migratable_off),
        ..RULE
    },
    Rule {
        id: "host-passthrough-unlike-hosts",
        modes: Modes::LIVE,
        summary: "The guest sees its host's own CPU, and the other host's is another",
        explanation: "With host-passthrough a running guest uses whatever its host has. libvirt does not compare the \
                      hosts; QEMU refuses the stream, or the guest fails later on an instruction that is gone. On \
                      ARM the identification registers (MIDR) must be the same.",
        remedy: "move the guest shut down, or give it a named CPU that both hosts have (x86)",
        example: "vendor_id\t: GenuineIntel\n\
                  cpu family\t: 6\n\
                  model\t\t: 85\n\
                  stepping\t: 4\n\
                  microcode\t: 0x2007006\n\
                  flags\t\t: fpu vme sse4_2",
        near_miss: BROADWELL,
        shown_in: (Side::Target, DocumentKind::CpuInfo),
        beside: &[PASSES_ITS_CPU, Excerpt::here(DocumentKind::CpuInfo, BROADWELL)],
        references: &[
            "libvirt 9.0, qemuDomainObjCheckCPUTaint: a taint is logged, nothing is refused",
            "formatdomain, CPU model and topology: host-passthrough",
        ],
        needs: &[DocumentKind::Domain, DocumentKind::Capabilities, DocumentKind::CpuInfo],
        check: Check::Pair(host_cpu::unlike_hosts),
        ..RULE
    },
    Rule {
        id: "host-passthrough-near-hosts",
        severity: Severity::Warning,
        modes: Modes::LIVE,
        summary: "The guest sees its host's own CPU, and the hosts differ in microcode, kernel or QEMU",
        explanation: "The processors are of one kind, but what of them a guest sees depends on microcode, kernel and \
                      QEMU. Such moves mostly succeed; nobody promises it.",
        remedy: "bring the hosts to the same versions first",
        example: "vendor_id\t: GenuineIntel\n\
                  cpu family\t: 6\n\
                  model\t\t: 79\n\
                  stepping\t: 1\n\
                  microcode\t: 0xb000038\n\
                  flags\t\t: fpu vme sse4_2",
        near_miss: BROADWELL,
        shown_in: (Side::Target, DocumentKind::CpuInfo),
        beside: &[PASSES_ITS_CPU, Excerpt::here(DocumentKind::CpuInfo, BROADWELL)],
        references: &["formatdomain, CPU model and topology: host-passthrough"],
        needs: &[
            DocumentKind::Domain,
            DocumentKind::Capabilities,
            DocumentKind::CpuInfo,
            DocumentKind::Uname,
            DocumentKind::Version,
        ],
        check: Check::Pair(host_cpu::near_hosts),
        ..RULE
    },
    Rule {
        id: "host-model-reexpanded",
        severity: Severity::Note,
        modes: Modes::COLD,
        summary: "The guest's CPU is made anew from the host's model when it starts there",
        explanation: "host-model is expanded at each start to what the host's QEMU can give. On a newer host the \
                      guest gains features, and from then on cannot go back live: the destination must have every \
                      feature that it started with. A guest that moves live keeps the CPU it has until its next \
                      start.",
        remedy: "name the cluster's baseline instead of host-model",
        example: "<cpu mode='host-model'/>",
        near_miss: "<cpu mode='host-passthrough'/>",
        beside: &[Excerpt::there(
            DocumentKind::Version,
            "Using library: libvirt 11.3.0\n\
             Running hypervisor: QEMU 10.0.13",
        )],
        references: &[
            "formatdomain, CPU model and topology: host-model",
            "libvirt 9.0, qemuProcessUpdateGuestCPU",
        ],
        needs: &[DocumentKind::Domain, DocumentKind::Capabilities],
        check: Check::Pair(host_cpu::reexpanded),
        ..RULE
    },
    Rule {
        id: "cpu-mode-not-offered",
        summary: "The host's emulator does not offer the guest's CPU mode",
        explanation: "domcapabilities says which modes there are. host-passthrough needs KVM: an emulated guest with \
                      it is accepted and does not start (\"CPU mode 'host-passthrough' for … domain on … host is not \
                      supported by hypervisor\").",
        remedy: "use a named model, or mode maximum under emulation",
        example: "<cpu><mode name='host-passthrough' supported='no'/></cpu>",
        near_miss: "<cpu><mode name='host-passthrough' supported='yes'/></cpu>",
        shown_in: (Side::Target, DocumentKind::DomainCapabilities),
        beside: &[PASSES_ITS_CPU],
        references: &["libvirt 9.0, qemuProcessUpdateGuestCPU", "formatdomaincaps, CPU configuration"],
        needs: &[DocumentKind::Domain, DocumentKind::Capabilities, DocumentKind::DomainCapabilities],
        check: Check::Pair(host_cpu::mode_not_offered),
        ..RULE
    },
];

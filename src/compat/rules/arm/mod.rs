//! CPUs on ARM hosts, where libvirt has no baseline and KVM gives no named models.

mod emulated;
mod features;
mod kvm;

use crate::compat::excerpt::Excerpt;
use crate::compat::holds::Side;
use crate::compat::mode::Modes;
use crate::compat::pair::Pair;
use crate::compat::rule::{Check, Family, Mend, Rule};
use crate::compat::severity::Severity;
use crate::model::{Arch, CpuDefinition, DocumentKind, Known};

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
        example: "<cpu match='exact'>\n  \
                  <model>EPYC</model>\n\
                  </cpu>",
        near_miss: "<cpu mode='host-passthrough'/>",
        beside: &[Excerpt::ARM_HOST],
        references: &["observed: libvirt 9.0 and QEMU 7.2, \"cannot translate CPU model\""],
        needs: &[DocumentKind::Domain, DocumentKind::Capabilities],
        mend: Some(Mend::noticed(&["cpu"])),
        check: Check::Pair(kvm::x86_cpu_on_arm),
        ..RULE
    },
    Rule {
        id: "arm-custom-cpu-model",
        summary: "The guest asks for a named ARM CPU model under KVM",
        explanation: "domcapabilities lists some forty ARM models as mode custom, each usable='unknown'. They are \
                      QEMU's models for emulation: under KVM on ARM a guest sees the core that is there, and QEMU \
                      refuses any other. `unknown` is no promise, and libvirt's own check never rejects a custom \
                      ARM model before QEMU does (virCPUarmCompare, libvirt 11.3). Should QEMU gain models that it \
                      gives under KVM, each is one more line of src/knowledge/data/arm-models.txt.",
        remedy: "use host-passthrough; a named model works under emulation (type='qemu') only",
        example: "<cpu mode='custom' match='exact'><model>cortex-a57</model></cpu>",
        near_miss: "<cpu mode='host-passthrough'/>",
        beside: &[Excerpt::ARM_GUEST],
        references: &[
            "libvirt 11.3, virCPUarmCompare",
            "libvirt 11.3, tests/domaincapsdata: usable='unknown' of every ARM model",
        ],
        needs: &[DocumentKind::Domain, DocumentKind::Capabilities],
        mend: Some(Mend::noticed(&["cpu"])),
        check: Check::Pair(kvm::arm_custom_cpu_model),
        ..RULE
    },
    Rule {
        id: "arm-model-not-emulated",
        summary: "The host's QEMU does not emulate the guest's ARM CPU model",
        explanation: "A model that QEMU does not have ends in \"cannot translate CPU model neoverse-n2 to a supported \
                      model\" (libvirt 9.0, QEMU 7.2); a newer QEMU may have it. The machine type virt refuses models \
                      that QEMU has for other boards: \"mach-virt: CPU type cortex-m0-arm-cpu not supported\".",
        remedy: "name a model that the host's domcapabilities lists and virt takes, or mode maximum",
        example: "<cpu mode='custom' match='exact'><model>neoverse-n2</model></cpu>",
        near_miss: "<cpu mode='custom' match='exact'><model>cortex-a57</model></cpu>",
        beside: &[
            Excerpt::EMULATED_ARM_GUEST,
            Excerpt::there(
                DocumentKind::DomainCapabilities,
                "<cpu>\n  \
                 <mode name='custom' supported='yes'>\n    \
                 <model usable='unknown'>cortex-a57</model>\n    \
                 <model usable='unknown'>a64fx</model>\n  \
                 </mode>\n\
                 </cpu>",
            ),
        ],
        references: &[
            "observed: libvirt 9.0 and QEMU 7.2",
            "libvirt 11.3, tests/domaincapsdata: which QEMU lists which",
        ],
        needs: &[
            DocumentKind::Domain,
            DocumentKind::Capabilities,
            DocumentKind::DomainCapabilities,
            DocumentKind::Version,
        ],
        mend: None,
        check: Check::Pair(emulated::arm_model_not_emulated),
        ..RULE
    },
    Rule {
        id: "arm-model-emulated",
        severity: Severity::Note,
        summary: "The guest's named ARM CPU model is emulated, which is fine",
        explanation: "Under emulation (type='qemu') a named model is what it says, whatever the host's cores are. It \
                      is so under emulation only: with type='kvm' the same definition is refused.",
        remedy: "nothing needs to change while the guest stays emulated",
        example: "<domain type='qemu'>\n  \
                  <cpu mode='custom' match='exact'><model>cortex-a57</model></cpu>\n\
                  </domain>",
        near_miss: "<domain type='kvm'>\n  \
                    <cpu mode='custom' match='exact'><model>cortex-a57</model></cpu>\n\
                    </domain>",
        beside: &[
            Excerpt::ARM_GUEST,
            Excerpt::there(
                DocumentKind::DomainCapabilities,
                "<cpu>\n  \
                 <mode name='custom' supported='yes'>\n    \
                 <model usable='unknown'>cortex-a57</model>\n    \
                 <model usable='unknown'>a64fx</model>\n  \
                 </mode>\n\
                 </cpu>",
            ),
        ],
        references: &["observed: libvirt 9.0 and QEMU 7.2"],
        needs: &[DocumentKind::Domain, DocumentKind::Capabilities, DocumentKind::DomainCapabilities],
        mend: None,
        check: Check::Pair(emulated::arm_model_emulated),
        ..RULE
    },
    Rule {
        id: "arm-cpu-feature-unknown",
        summary: "The guest's <cpu> names a feature that the host's libvirt does not know on ARM",
        explanation: "libvirt's map of ARM features has sve, sve128 to sve2048 in steps of 128 and, since 10.6, pauth. \
                      Any other name is accepted in a definition, and the start fails with \"unknown CPU feature\" \
                      (libvirt 9.0).",
        remedy: "leave the feature out: under host-passthrough the guest has what its host has",
        example: "<cpu mode='maximum'><feature policy='require' name='avx'/></cpu>",
        near_miss: "<cpu mode='maximum'><feature policy='require' name='sve256'/></cpu>",
        beside: &[Excerpt::ARM_GUEST],
        references: &["libvirt 11.3, src/cpu_map/arm_features.xml", "observed: libvirt 9.0"],
        needs: &[DocumentKind::Domain, DocumentKind::Capabilities, DocumentKind::Version],
        mend: None,
        check: Check::Pair(features::arm_cpu_feature_unknown),
        ..RULE
    },
    Rule {
        id: "sve-length-not-offered",
        summary: "The guest requires an SVE vector length that the host or its CPU model does not have",
        explanation: "QEMU does not start a guest that requires a length its CPU does not have: \"cannot enable \
                      sve1024. This CPU does not support the vector length 1024-bits\" (a64fx, QEMU 7.2); a model \
                      without SVE has not even the property (\"Property 'cortex-a57-arm-cpu.sve256' not found\"). \
                      Under KVM the CPU is the host's; the kernel's messages tell how long its vectors are (\"SVE: \
                      maximum available vector length\").",
        remedy: "require no longer vector than the host has",
        example: "<cpu mode='host-passthrough'><feature policy='require' name='sve512'/></cpu>",
        near_miss: "<cpu mode='host-passthrough'><feature policy='require' name='sve256'/></cpu>",
        beside: &[
            Excerpt::ARM_GUEST,
            Excerpt::there(
                DocumentKind::Dmesg,
                "[    0.1] SVE: maximum available vector length 32 bytes per vector",
            ),
        ],
        references: &[
            "QEMU 7.2, docs/system/arm/cpu-features.rst",
            "observed: libvirt 9.0 and QEMU 7.2 (a64fx)",
        ],
        needs: &[DocumentKind::Domain, DocumentKind::Capabilities, DocumentKind::Dmesg],
        mend: None,
        check: Check::Pair(features::sve_length_not_offered),
        ..RULE
    },
    Rule {
        id: "arm-host-model",
        summary: "The guest asks for host-model on an ARM host",
        explanation: "libvirt cannot describe an ARM host's CPU by a model (virQEMUCapsInitCPUModel says so for every \
                      ARM, libvirt 11.3): domcapabilities has host-model supported='no'. A definition with it is \
                      accepted and does not start.",
        remedy: "use host-passthrough",
        example: "<cpu mode='host-model'/>",
        near_miss: "<cpu mode='host-passthrough'/>",
        beside: &[Excerpt::ARM_GUEST],
        references: &["libvirt 11.3, virQEMUCapsInitCPUModel", "observed: libvirt 9.0"],
        needs: &[DocumentKind::Domain, DocumentKind::Capabilities],
        check: Check::Pair(kvm::arm_host_model),
        ..RULE
    },
    Rule {
        id: "emulated-cpu-across-versions",
        modes: Modes::LIVE,
        summary: "An emulated ARM guest would move live between two versions of QEMU",
        explanation: "libvirt accepts the move and the destination's QEMU refuses the stream (\"error while loading \
                      state for instance 0x0 of device 'cpu'\"): seen between QEMU 7.2 and 10.0 in both directions, \
                      with the same machine type and CPU model. Other pairs of versions are not known to work.",
        remedy: "move the guest shut down",
        example: "Using library: libvirt 11.3.0\n\
                  Running hypervisor: QEMU 10.0.13",
        near_miss: "Using library: libvirt 9.0.0\n\
                    Running hypervisor: QEMU 7.2.22",
        shown_in: (Side::Target, DocumentKind::Version),
        beside: &[
            Excerpt::EMULATED_ARM_GUEST,
            Excerpt::here(
                DocumentKind::Version,
                "Using library: libvirt 9.0.0\n\
                 Running hypervisor: QEMU 7.2.22",
            ),
        ],
        references: &["observed: QEMU 7.2 to 10.0 and back"],
        needs: &[DocumentKind::Domain, DocumentKind::Capabilities, DocumentKind::Version],
        mend: None,
        check: Check::Pair(emulated::emulated_cpu_across_versions),
        ..RULE
    },
    Rule {
        id: "gic-version-not-offered",
        summary: "The guest asks for a GIC version that the host does not offer",
        explanation: "The interrupt controller is part of the machine that a guest sees, and under KVM it is the \
                      host's own that serves it. features/gic@version must be among domcapabilities' gic versions: a \
                      Kunpeng 920 has GICv3 only, other hosts 2 only, and emulation gives both (QEMU 7.2).",
        remedy: "leave out the version (libvirt then takes the host's), or use one that the host offers",
        example: "<features><gic version='2'/></features>",
        near_miss: "<features><gic version='3'/></features>",
        beside: &[
            Excerpt::ARM_GUEST,
            Excerpt::there(
                DocumentKind::DomainCapabilities,
                "<features>\n  \
                 <gic supported='yes'><enum name='version'><value>3</value></enum></gic>\n\
                 </features>",
            ),
        ],
        references: &["formatdomaincaps, GIC capabilities", "formatdomain, Hypervisor features: gic"],
        needs: &[DocumentKind::Domain, DocumentKind::Capabilities, DocumentKind::DomainCapabilities],
        check: Check::Pair(kvm::gic_version_not_offered),
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

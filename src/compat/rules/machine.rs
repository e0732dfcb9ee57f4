//! Architecture, virt type, emulator and machine type.

use crate::compat::excerpt::Excerpt;
use crate::compat::finding::Findings;
use crate::compat::holds::Side;
use crate::compat::mode::Modes;
use crate::compat::pair::Pair;
use crate::compat::rule::{Check, Family, Mend, Rule};
use crate::compat::severity::Severity;
use crate::model::{Arch, DocumentKind};

const RULE: Rule = Rule { family: Family::Machine, modes: Modes::AS_IT_IS, ..Rule::BLANK };

pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "foreign-architecture",
        modes: Modes::ALL,
        summary: "The guest is of an architecture that the host cannot run it on",
        explanation: "A running guest cannot change its architecture, and neither can its disk: the programs in it \
                      are made for one instruction set. An x86 guest can be rebuilt for an ARM host: its domain XML \
                      is rewritten, its image built anew for aarch64. libvirt says only that the emulator does not \
                      support the architecture (virDomainDefPostParse, libvirt 9.0).",
        remedy: "rebuild the guest for the host's architecture, or choose a host of its own",
        example: "<os><type arch='aarch64' machine='virt-7.2'>hvm</type></os>",
        near_miss: "<os><type arch='i686' machine='pc-q35-7.2'>hvm</type></os>",
        beside: &[Excerpt::there(DocumentKind::Capabilities, "<host><cpu><arch>x86_64</arch></cpu></host>")],
        references: &["formatcaps, Guest capabilities", "observed: libvirt 9.0, \"does not support arch\""],
        needs: &[DocumentKind::Domain, DocumentKind::Capabilities],
        mend: Some(Mend::SILENT),
        check: Check::Pair(foreign_architecture),
        ..RULE
    },
    Rule {
        id: "virt-type-not-offered",
        summary: "The host does not run guests of this type (kvm, qemu) for the guest's architecture",
        explanation: "domain@type must be one that `virsh capabilities` lists for the architecture. `kvm` is missing \
                      where the firmware keeps virtualisation off, the module is not loaded, or the architecture is \
                      not the host's own; libvirt then refuses the definition (\"Emulator does not support virt type\").",
        remedy: "turn on KVM on the host, or run the guest by emulation (type='qemu', many times slower)",
        example: "<guest>\n  \
                  <os_type>hvm</os_type>\n  \
                  <arch name='x86_64'>\n    \
                  <machine maxCpus='288'>pc-q35-7.2</machine>\n    \
                  <domain type='qemu'/>\n  \
                  </arch>\n\
                  </guest>",
        near_miss: "<guest>\n  \
                    <os_type>hvm</os_type>\n  \
                    <arch name='x86_64'>\n    \
                    <machine maxCpus='288'>pc-q35-7.2</machine>\n    \
                    <domain type='qemu'/>\n    \
                    <domain type='kvm'/>\n  \
                    </arch>\n\
                    </guest>",
        shown_in: (Side::Target, DocumentKind::Capabilities),
        beside: &[Excerpt::here(DocumentKind::Domain, "<domain type='kvm'/>")],
        references: &["formatcaps, Guest capabilities", "observed: libvirt 9.0"],
        needs: &[DocumentKind::Domain, DocumentKind::Capabilities],
        check: Check::Pair(virt_type_not_offered),
        ..RULE
    },
    Rule {
        id: "kvm-not-ready",
        modes: Modes::REBUILD,
        summary: "The host a guest would be rebuilt for does not run KVM",
        explanation: "A guest rebuilt for another architecture runs there under KVM. x86 tells by capabilities and \
                      lsmod, ARM by the kernel's messages (\"VHE mode initialized successfully\", \"Hyp mode \
                      initialized successfully\").",
        remedy: "turn on virtualisation in the host's firmware and see that its kernel has KVM",
        example: "<host><cpu><arch>aarch64</arch></cpu></host>\n\
                  <guest>\n  \
                  <arch name='aarch64'>\n    \
                  <machine maxCpus='512'>virt-7.2</machine>\n    \
                  <domain type='qemu'/>\n  \
                  </arch>\n\
                  </guest>",
        near_miss: "<host><cpu><arch>aarch64</arch></cpu></host>\n\
                    <guest>\n  \
                    <arch name='aarch64'>\n    \
                    <machine maxCpus='512'>virt-7.2</machine>\n    \
                    <domain type='qemu'/><domain type='kvm'/>\n  \
                    </arch>\n\
                    </guest>",
        shown_in: (Side::Target, DocumentKind::Capabilities),
        beside: &[Excerpt::here(
            DocumentKind::Domain,
            "<os><type arch='x86_64' machine='pc-q35-7.2'>hvm</type></os>",
        )],
        references: &[
            "formatcaps, Guest capabilities: domain",
            "Linux, arch/arm64/kvm/arm.c: what KVM says when it starts",
        ],
        needs: &[DocumentKind::Domain, DocumentKind::Capabilities, DocumentKind::Dmesg, DocumentKind::Lsmod],
        check: Check::Pair(kvm_not_ready),
        ..RULE
    },
    Rule {
        id: "machine-type-absent",
        summary: "The host's emulator does not have the guest's machine type",
        explanation: "The machine type is the board a guest sees; a live move keeps it to the letter, and a cold one \
                      needs it to start. New QEMU has new types, a distribution's types (pc-i440fx-rhel7.6.0) are its \
                      own, and QEMU drops a type some six years after its release.",
        remedy: "give the guest a machine type that the host has, and its own host too if it is on one, at its next cold start",
        example: "<os><type arch='x86_64' machine='pc-q35-9.2'>hvm</type></os>",
        near_miss: "<os><type arch='x86_64' machine='pc-q35-7.2'>hvm</type></os>",
        references: &[
            "formatcaps, Guest capabilities",
            "observed: libvirt 9.0, \"does not support machine type\"",
            "libvirt 11.3, tests/qemucapabilitiesdata: which QEMU lists which",
        ],
        needs: &[DocumentKind::Domain, DocumentKind::Capabilities],
        mend: Some(Mend::noticed(&["machine-version"])),
        check: Check::Pair(machine_type_absent),
        ..RULE
    },
    Rule {
        id: "machine-type-alias",
        severity: Severity::Warning,
        summary: "The guest's machine type is an alias, which each QEMU resolves its own way",
        explanation: "`pc`, `q35` and `virt` stand for the newest type of whichever QEMU starts the guest. libvirt \
                      writes the full name into a definition; one written by other means keeps the alias, and the \
                      guest's hardware changes with the host.",
        remedy: "write the full name of the machine type into the definition",
        example: "<os><type arch='x86_64' machine='q35'>hvm</type></os>",
        near_miss: "<os><type arch='x86_64' machine='pc-q35-7.2'>hvm</type></os>",
        references: &[
            "formatcaps, Guest capabilities: canonical",
            "formatdomain, Operating system booting: machine",
        ],
        needs: &[DocumentKind::Domain, DocumentKind::Capabilities],
        mend: Some(Mend::SILENT),
        check: Check::Pair(machine_type_alias),
        ..RULE
    },
    Rule {
        id: "machine-type-deprecated",
        severity: Severity::Warning,
        summary: "The host's QEMU will drop the guest's machine type",
        explanation: "capabilities marks it deprecated='yes' (libvirt 7.1 and newer). QEMU drops types some six years \
                      after their release; 9.1 marks those of 6.1 and older, 10.0 those of 7.0. After an upgrade of \
                      the host the guest will not start there, and cannot move there live.",
        remedy: "give the guest a newer machine type at its next cold start",
        example: "<guest>\n  \
                  <os_type>hvm</os_type>\n  \
                  <arch name='x86_64'>\n    \
                  <machine maxCpus='288' deprecated='yes'>pc-q35-7.2</machine>\n    \
                  <domain type='kvm'/>\n  \
                  </arch>\n\
                  </guest>",
        near_miss: "<guest>\n  \
                    <os_type>hvm</os_type>\n  \
                    <arch name='x86_64'>\n    \
                    <machine maxCpus='288'>pc-q35-7.2</machine>\n    \
                    <domain type='kvm'/>\n  \
                    </arch>\n\
                    </guest>",
        shown_in: (Side::Target, DocumentKind::Capabilities),
        beside: &[Excerpt::here(
            DocumentKind::Domain,
            "<os><type arch='x86_64' machine='pc-q35-7.2'>hvm</type></os>",
        )],
        references: &[
            "libvirt 11.3, tests/qemucapabilitiesdata: which QEMU deprecates which",
            "formatcaps, Guest capabilities: machine",
        ],
        needs: &[DocumentKind::Domain, DocumentKind::Capabilities],
        check: Check::Pair(machine_type_deprecated),
        ..RULE
    },
    Rule {
        id: "emulator-absent",
        summary: "The definition names an emulator that the host does not have",
        explanation: "devices/emulator is a path on the host: distributions differ (/usr/bin/qemu-system-x86_64, \
                      /usr/libexec/qemu-kvm). libvirt refuses a definition whose emulator is not there, cold or live.",
        remedy: "remove <emulator> from the definition (libvirt then chooses), or name the host's own",
        example: "<emulator>/usr/libexec/qemu-kvm</emulator>",
        near_miss: "<emulator>/usr/bin/qemu-system-x86_64</emulator>",
        references: &["formatdomain, Devices: emulator", "formatcaps, Guest capabilities: emulator"],
        needs: &[DocumentKind::Domain, DocumentKind::Capabilities],
        mend: Some(Mend::SILENT),
        check: Check::Pair(emulator_absent),
        ..RULE
    },
];

fn foreign_architecture(pair: &Pair<'_>, findings: &mut Findings) {
    let (guest, host) = match (pair.guest.arch.ask(), pair.target.arch.ask()) {
        (Ok(guest), Ok(host)) => (guest, host),
        (Err(document), _) => {
            findings.missing(document, "the guest's architecture", None);
            return;
        }
        (Ok(guest), Err(document)) => {
            findings.missing(document, "the host's architecture", Some(guest.place));
            return;
        }
    };
    if pair.foreign() != Some(true) {
        return;
    }
    let message = format!("an {} guest cannot run on an {} host", guest.value, host.value);
    let rebuildable = guest.value == Arch::X86_64 && host.value == Arch::Aarch64;
    let firing = findings.fire(message, Some(guest.place), format!("the guest is {}", guest.value));
    let firing = firing.and(Some(host.place), format!("the host is {}", host.value));
    if rebuildable {
        firing.only(Modes::AS_IT_IS);
    } else {
        let remedy = format!("choose an {} host; Portolan rewrites x86_64 for aarch64 only", guest.value);
        firing.stays().remedy(remedy);
    }
}

fn virt_type_not_offered(pair: &Pair<'_>, findings: &mut Findings) {
    let (Some(wanted), Some(arch)) = (pair.guest.virt_type.get(), pair.arch()) else {
        findings.missing(DocumentKind::Domain, "how the guest is run", None);
        return;
    };
    if pair.foreign() == Some(true) {
        return;
    }
    let emulators = match pair.target.emulators.ask() {
        Ok(emulators) => emulators,
        Err(document) => {
            let what = "what the host's emulators run";
            findings.missing(document, what, Some(wanted.place));
            return;
        }
    };
    let mut fitting = emulators.value.iter().filter(|emulator| emulator.arch.value == *arch).peekable();
    let place = fitting.peek().map_or(emulators.place, |emulator| emulator.arch.place);
    if !fitting.any(|emulator| emulator.virt_types.contains(wanted)) {
        let message = format!("the host does not run {arch} guests of type '{}'", wanted.value);
        let label = format!("the guest is of type '{}'", wanted.value);
        findings.fire(message, Some(wanted.place), label).and(Some(place), "what the host runs");
    }
}

fn kvm_not_ready(pair: &Pair<'_>, findings: &mut Findings) {
    if pair.foreign() != Some(true) {
        return;
    }
    match pair.target.kvm.ask() {
        Ok(kvm) if kvm.value => {}
        Ok(kvm) => {
            findings.fire("KVM is not ready on the host", Some(kvm.place), "says so");
        }
        Err(document) => {
            findings.missing(document, "whether KVM is ready on the host", None);
        }
    }
}

fn machine_type_absent(pair: &Pair<'_>, findings: &mut Findings) {
    let (Some(machine), Some(arch)) = (pair.guest.machine.get(), pair.arch()) else {
        findings.missing(DocumentKind::Domain, "the guest's machine type", None);
        return;
    };
    if pair.foreign() == Some(true) {
        return;
    }
    if let Err(document) = pair.target.emulators.ask() {
        findings.missing(document, "the host's machine types", Some(machine.place));
        return;
    }
    if pair.target.machine_type(arch, machine.value).is_none() {
        let list = pair.target.emulators.value().into_iter().flatten().find(|e| e.arch.value == *arch);
        let message = format!("the host's emulator has no machine type '{}'", machine.value);
        let firing = findings.fire(message, Some(machine.place), "the guest's machine type");
        firing.and(list.map(|emulator| emulator.arch.place), "the host's machine types are listed here");
    }
}

fn machine_type_alias(pair: &Pair<'_>, findings: &mut Findings) {
    let (Some(machine), Some(arch)) = (pair.guest.machine.get(), pair.arch()) else { return };
    let Some(listed) = pair.target.machine_type(arch, machine.value) else { return };
    if let Some(canonical) = &listed.value.canonical {
        let message = format!("the machine type '{}' is an alias, here of '{canonical}'", machine.value);
        findings.fire(message, Some(machine.place), "an alias").and(Some(listed.place), "resolved here");
    }
}

fn machine_type_deprecated(pair: &Pair<'_>, findings: &mut Findings) {
    let (Some(machine), Some(arch)) = (pair.guest.machine.get(), pair.arch()) else { return };
    let Some(listed) = pair.target.machine_type(arch, machine.value) else { return };
    if listed.value.deprecated {
        let message = format!("the host's QEMU will drop the machine type '{}'", machine.value);
        findings
            .fire(message, Some(machine.place), "the guest's machine type")
            .and(Some(listed.place), "deprecated");
    }
}

fn emulator_absent(pair: &Pair<'_>, findings: &mut Findings) {
    let (Some(wanted), Some(emulators)) = (&pair.guest.emulator, pair.target.emulators.get()) else { return };
    let paths = || emulators.value.iter().filter_map(|emulator| Some((emulator, emulator.path.as_ref()?)));
    if paths().any(|(_, path)| path.value == wanted.value) {
        return;
    }
    // Of a host that runs several architectures, the emulator of the guest's own.
    let own = paths().find(|(emulator, _)| Some(&emulator.arch.value) == pair.arch());
    if let Some((_, path)) = own.or_else(|| paths().next()) {
        let message = format!("the host has no emulator '{}'", wanted.value);
        let firing = findings.fire(message, Some(wanted.place), "the guest's emulator");
        firing.and(Some(path.place), "the host's emulator");
    }
}

//! The operating system in the guest, as far as its definition tells.

use crate::compat::excerpt::Excerpt;
use crate::compat::finding::Findings;
use crate::compat::mode::Modes;
use crate::compat::pair::{Pair, Subject};
use crate::compat::rule::{Check, Family, Rule};
use crate::compat::severity::Severity;
use crate::cpu::x86::{Definition, expand, fitting_map, reported};
use crate::knowledge::os::{cpu_need, without_arm};
use crate::model::{Arch, CpuFeature, CpuMode, DocumentKind, Known, Name};

const RULE: Rule = Rule { family: Family::GuestOs, needs: &[DocumentKind::Domain], ..Rule::BLANK };

pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "guest-os-without-arm",
        modes: Modes::REBUILD,
        summary: "There is no edition of the guest's operating system for aarch64",
        explanation: "A guest is rebuilt for ARM by building its image anew from an operating system made for aarch64. The \
                      definition names the system in libosinfo's metadata, which virt-install and virt-manager write; of \
                      some, such as Windows Server up to 2022, RHEL and CentOS up to 6, there is no such edition. A \
                      definition that names none is not judged.",
        remedy: "keep the guest on x86, or replace its operating system",
        example: "<metadata>\n  \
                      <libosinfo:libosinfo xmlns:libosinfo='http://libosinfo.org/xmlns/libvirt/domain/1.0'>\n    \
                      <libosinfo:os id='http://microsoft.com/win/2k19'/>\n  \
                      </libosinfo:libosinfo>\n\
                      </metadata>",
        near_miss: "<metadata>\n  \
                        <libosinfo:libosinfo xmlns:libosinfo='http://libosinfo.org/xmlns/libvirt/domain/1.0'>\n    \
                        <libosinfo:os id='http://debian.org/debian/12'/>\n  \
                        </libosinfo:libosinfo>\n\
                        </metadata>",
        beside: &[Excerpt::ARM_HOST],
        references: &[
            "src/knowledge/data/os-without-arm.txt names a source for each system",
            "formatdomain, General metadata: metadata",
        ],
        needs: &[DocumentKind::Domain, DocumentKind::Capabilities],
        check: Check::Pair(guest_os_without_arm),
        ..RULE
    },
    Rule {
        id: "guest-os-needs-more-cpu",
        modes: Modes::COLD,
        summary: "The guest's operating system does not start on the CPU that it is given there",
        explanation: "RHEL 9 and its kin are built for x86-64-v2 and end at once on less (\"Fatal glibc error: CPU does not support \
                      x86-64-v2\"); RHEL 10 needs x86-64-v3, Windows Server 2025 SSE4.2 and POPCNT. What QEMU gives a guest that \
                      names no CPU (qemu64), or an old model such as kvm64 or Conroe, is less. A running guest keeps the CPU that it \
                      has, so this bears on its next start. The system is known by libosinfo's metadata; a definition without is \
                      not judged.",
        remedy: "give the guest the cluster's baseline, or host-model, before it starts there",
        example: "<metadata><libosinfo:libosinfo xmlns:libosinfo='http://libosinfo.org/xmlns/libvirt/domain/1.0'>\
                  <libosinfo:os id='http://redhat.com/rhel/9.4'/></libosinfo:libosinfo></metadata>\
                  <cpu match='exact' check='none'><model>Conroe</model></cpu>",
        near_miss: "<metadata><libosinfo:libosinfo xmlns:libosinfo='http://libosinfo.org/xmlns/libvirt/domain/1.0'>\
                    <libosinfo:os id='http://redhat.com/rhel/9.4'/></libosinfo:libosinfo></metadata>\
                    <cpu match='exact' check='none'><model>Nehalem</model></cpu>",
        references: &[
            "Red Hat, Building RHEL 9 for the x86-64-v2 microarchitecture level",
            "System V ABI, AMD64 supplement, Micro-Architecture Levels",
            "Microsoft, Hardware requirements for Windows Server",
        ],
        needs: &[DocumentKind::Domain, DocumentKind::Capabilities, DocumentKind::DomainCapabilities],
        check: Check::Pair(guest_os_needs_more_cpu),
        ..RULE
    },
    Rule {
        id: "windows-strict-timers",
        severity: Severity::Warning,
        modes: Modes::LIVE,
        summary: "A Windows guest is not told that its timers may be late",
        explanation: "At the end of a live move a guest stands still for some time. Windows takes processors that do not answer for \
                      broken and stops with CLOCK_WATCHDOG_TIMEOUT, unless <hyperv><relaxed state='on'/> tells it that it runs on a \
                      hypervisor. virt-install sets that for guests that it knows for Windows, hand-written definitions often do not.",
        remedy: "write <hyperv><relaxed state='on'/></hyperv> into <features>; it counts from the guest's next cold start",
        example: "<metadata><libosinfo:libosinfo xmlns:libosinfo='http://libosinfo.org/xmlns/libvirt/domain/1.0'>\
                  <libosinfo:os id='http://microsoft.com/win/2k22'/></libosinfo:libosinfo></metadata>",
        near_miss: "<metadata><libosinfo:libosinfo xmlns:libosinfo='http://libosinfo.org/xmlns/libvirt/domain/1.0'>\
                    <libosinfo:os id='http://microsoft.com/win/2k22'/></libosinfo:libosinfo></metadata>\
                    <features><hyperv><relaxed state='on'/></hyperv></features>",
        references: &[
            "formatdomain, Hypervisor features: hyperv, relaxed",
            "QEMU, Hyper-V Enlightenments: hv-relaxed",
        ],
        check: Check::Guests(windows_strict_timers),
        ..RULE
    },
    Rule {
        id: "clock-in-hosts-zone",
        severity: Severity::Note,
        modes: Modes::COLD,
        summary: "The guest's clock starts with the local time of its host",
        explanation: "With <clock offset='localtime'> QEMU sets the guest's clock, at each start, to the time in the zone of the host. \
                      Windows expects its own local time there. Where the host is in another zone, the guest starts hours off; a \
                      running guest takes its clock along. No document tells a host's zone.",
        remedy: "see that both hosts are in one zone, or name the guest's: <clock offset='timezone' timezone='Europe/Berlin'/>",
        example: "<clock offset='localtime'/>",
        near_miss: "<clock offset='utc'/>",
        references: &["formatdomain, Time keeping"],
        check: Check::Guests(clock_in_hosts_zone),
        ..RULE
    },
];

fn guest_os_without_arm(pair: &Pair<'_>, findings: &mut Findings) {
    let Some(os) = pair.guest.os_id.as_ref().filter(|_| pair.rebuilt_for_arm()) else { return };
    if let Some(entry) = without_arm(&os.value) {
        let message = format!("there is no {} for aarch64 ({})", entry.name, entry.source);
        findings.fire(message, Some(os.place), "the guest's operating system");
    }
}

fn guest_os_needs_more_cpu(pair: &Pair<'_>, findings: &mut Findings) {
    let stays = pair.arch() == Some(&Arch::X86_64) && pair.foreign() == Some(false);
    let Some(os) = pair.guest.os_id.as_ref().filter(|_| stays) else { return };
    let Some(need) = cpu_need(&os.value) else { return };
    match given(pair) {
        Ok(cpu) => {
            let lacking = lacking(pair, &cpu, &need.features);
            if !lacking.is_empty() {
                let lacking = lacking.join(", ");
                let message = format!("{} needs {}, and its CPU lacks {lacking}", need.name, need.words);
                let firing = findings.fire(message, Some(os.place), "the guest's operating system");
                firing.and(pair.guest.cpu.as_ref().map(|cpu| cpu.place), "its CPU");
            }
        }
        Err(document) => {
            let what = format!("whether the CPU that the host gives is enough for {}", need.name);
            findings.missing(document, &what, Some(os.place));
        }
    }
}

/// The features that a CPU has not; none where the map does not know the CPU, which is another rule's concern.
fn lacking<'n>(pair: &Pair<'_>, cpu: &Definition, needed: &[&'n str]) -> Vec<&'n str> {
    let map = fitting_map(pair.map, cpu);
    let Ok(features) = expand(map, cpu) else { return Vec::new() };
    let has = features.names(map);
    needed.iter().filter(|name| !has.contains(name)).copied().collect()
}

/// The CPU that the guests have after they start on the host.
fn given(pair: &Pair<'_>) -> Result<Definition, DocumentKind> {
    let Some(stored) = pair.guest.cpu.as_ref() else { return Ok(Definition::of_model(DEFAULT)) };
    match (stored.value.mode(), &stored.value.model) {
        (CpuMode::Custom, Some(_)) => Ok(Definition::from(&stored.value)),
        (CpuMode::Custom, None) => Ok(Definition::of_model(DEFAULT)),
        _ => {
            let unknown = |_| DocumentKind::DomainCapabilities;
            let host = reported(pair.offer()?).map_err(unknown)?;
            let own = Definition::from(&stored.value);
            let change = |cpu: Definition, one: &CpuFeature| cpu.with(own.policy(one), one.name);
            Ok(own.features.iter().fold(host, change))
        }
    }
}

/// What QEMU gives an x86 guest of which it is not told any model (QEMU 7.2, `TARGET_DEFAULT_CPU_TYPE`).
const DEFAULT: &str = "qemu64";

fn windows_strict_timers(subject: &Subject<'_>, findings: &mut Findings) {
    let windows = |os: &&Known<Name>| os.value.starts_with("http://microsoft.com/win/");
    let Some(os) = subject.guest.os_id.as_ref().filter(windows) else { return };
    let all =
        subject.running.value("features/hyperv", "mode").is_some_and(|mode| mode.value == "passthrough");
    let relaxed = subject.running.value("features/hyperv/relaxed", "state");
    if !all && relaxed.is_none_or(|state| state.value != "on") {
        findings.fire(
            "Windows takes late timers for a broken processor",
            Some(os.place),
            "the guest's system",
        );
    }
}

fn clock_in_hosts_zone(subject: &Subject<'_>, findings: &mut Findings) {
    let offset = subject.stored.value("clock", "offset").filter(|offset| offset.value == "localtime");
    if let Some(offset) = offset {
        let message = "the guest's clock starts with the local time of its host";
        findings.fire(message, Some(offset.place), "whatever zone that is in");
    }
}

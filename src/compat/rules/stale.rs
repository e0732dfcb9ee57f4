//! Documents that do not fit together: of another day, or of another host.

use std::collections::BTreeMap;

use crate::compat::excerpt::Excerpt;
use crate::compat::finding::Findings;
use crate::compat::holds::Side;
use crate::compat::rule::{Check, Family, Rule};
use crate::compat::severity::Severity;
use crate::compat::whole::Whole;
use crate::model::{DocumentKind, Guest, Host, Name, Version};
use crate::text::Place;

const RULE: Rule = Rule { family: Family::Inventory, severity: Severity::Warning, ..Rule::BLANK };

const SEVEN: &str = "Using library: libvirt 9.0.0\n\
    Running hypervisor: QEMU 7.2.0";

pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "older-version-document",
        summary: "A host has machine types of a newer QEMU than its version.txt names",
        explanation: "Upstream's machine types bear the version of the QEMU that brought them: pc-q35-8.0 is in no QEMU before 8.0. \
                      Where capabilities, domain capabilities or a running guest name a newer one than version.txt, QEMU was upgraded \
                      between two documents, or one is of another host. What rules say by the version is then of the older QEMU.",
        remedy: "collect the documents of this host again, all at once",
        example: "Using library: libvirt 9.0.0\n\
                  Running hypervisor: QEMU 7.1.0",
        near_miss: SEVEN,
        shown_in: (Side::Target, DocumentKind::Version),
        beside: &[
            Excerpt::here(DocumentKind::Version, SEVEN),
            Excerpt::there(DocumentKind::DomainCapabilities, "<machine>pc-q35-7.2</machine>"),
        ],
        references: &["QEMU, System emulation: versioned machine types", "virsh(1), version"],
        needs: &[DocumentKind::Version, DocumentKind::Capabilities, DocumentKind::DomainCapabilities],
        check: Check::Inventory(older_version_document),
        ..RULE
    },
    Rule {
        id: "capabilities-contradicted",
        summary: "Domain capabilities are about a machine type that the host's capabilities do not list",
        explanation: "virsh domcapabilities answers for machine types that capabilities lists, and for no other. Where one is missing \
                      there, QEMU was replaced between the two documents, or one of them is of another host.",
        remedy: "collect capabilities.xml and domcapabilities/ of this host again, at the same time",
        example: "<machine>pc-q35-7.1</machine>",
        near_miss: "<machine>pc-q35-7.2</machine>",
        shown_in: (Side::Target, DocumentKind::DomainCapabilities),
        references: &["libvirt 9.0, virQEMUCapsGetDomainCapsCache: the machine is not supported by emulator"],
        needs: &[DocumentKind::Capabilities, DocumentKind::DomainCapabilities],
        check: Check::Inventory(capabilities_contradicted),
        ..RULE
    },
    Rule {
        id: "machine-type-gone",
        summary: "A guest runs with a machine type that its own host no longer lists",
        explanation: "A guest goes on with the QEMU that it was started with when the package is upgraded. Where the new QEMU has dropped \
                      its machine type, the guest cannot be started again on its host, nor come back to it live.",
        remedy: "move the guest to a host that has the machine type while it runs, or give it a newer one at its next cold start",
        example: "<os><type arch='x86_64' machine='pc-q35-2.4'>hvm</type></os>",
        near_miss: "<os><type arch='x86_64' machine='pc-q35-7.2'>hvm</type></os>",
        shown_in: (Side::Source, DocumentKind::LiveDomain),
        references: &["QEMU, About: Removed features, System emulator machines"],
        needs: &[DocumentKind::Capabilities, DocumentKind::LiveDomain],
        check: Check::Inventory(machine_type_gone),
        ..RULE
    },
];

/// The version that one of upstream's machine types bears: `pc-q35-7.2`, `virt-7.2`.
fn version_of(machine: &str) -> Option<Version> {
    let prefixes = ["pc-i440fx-", "pc-q35-", "virt-"];
    Version::parse(prefixes.iter().find_map(|prefix| machine.strip_prefix(prefix))?)
}

fn older_version_document(whole: &Whole<'_>, findings: &mut Findings) {
    for (host, guests) in hosts(whole) {
        let Some(qemu) = host.platform.qemu.get() else { continue };
        let guests = guests.into_iter().filter_map(running_machine);
        let newest = machines(host).chain(guests).max_by_key(|(name, _)| version_of(name));
        let Some((machine, place)) = newest else { continue };
        if version_of(&machine).is_some_and(|version| version > qemu.value.release()) {
            let message = format!(
                "{} has the machine type {machine}, and version.txt names QEMU {}",
                host.name, qemu.value
            );
            findings.fire(message, Some(qemu.place), "this version").and(Some(place), "is older than this");
        }
    }
}

/// The machine types that a host's documents name.
fn machines(host: &Host) -> impl Iterator<Item = (Name, Place)> {
    let emulators = host.platform.emulators.value().into_iter().flatten();
    let listed = emulators.flat_map(|one| &one.machines).map(|one| (one.value.name, one.place));
    let asked = host.platform.capabilities.iter().map(|one| (one.machine.value, one.machine.place));
    listed.chain(asked)
}

/// The hosts, each with its guests.
fn hosts<'p>(whole: &Whole<'p>) -> impl Iterator<Item = (&'p Host, Vec<&'p Guest>)> {
    let mut residents: BTreeMap<&str, Vec<&Guest>> = BTreeMap::new();
    for guest in &whole.cluster.guests {
        residents.entry(guest.host.as_deref().unwrap_or_default()).or_default().push(guest);
    }
    let with_guests = move |host: &'p Host| (host, residents.remove(host.name.as_str()).unwrap_or_default());
    whole.cluster.hosts.iter().map(with_guests)
}

/// The machine type of a running guest.
fn running_machine(guest: &Guest) -> Option<(Name, Place)> {
    let machine = guest.live_machine.as_ref()?;
    Some((machine.value, machine.place))
}

fn capabilities_contradicted(whole: &Whole<'_>, findings: &mut Findings) {
    for host in &whole.cluster.hosts {
        for asked in &host.platform.capabilities {
            let Some(emulators) = host.platform.emulators.get() else { continue };
            let of_arch: Vec<_> =
                emulators.value.iter().filter(|one| one.arch.value == asked.arch.value).collect();
            let has = |name: &str| {
                let all = of_arch.iter().flat_map(|one| &one.machines);
                all.map(|one| &one.value)
                    .any(|one| one.name == name || one.canonical.as_deref() == Some(name))
            };
            let machine = &asked.machine;
            if !of_arch.iter().all(|one| one.machines.is_empty()) && !has(&machine.value) {
                let message = format!(
                    "{} has domain capabilities of {}, which it does not list",
                    host.name, machine.value
                );
                let firing = findings.fire(message, Some(machine.place), "this machine type");
                firing.and(Some(emulators.place), "is none of these");
            }
        }
    }
}

fn machine_type_gone(whole: &Whole<'_>, findings: &mut Findings) {
    for (host, guests) in hosts(whole) {
        for guest in guests {
            let (Some(arch), Some((machine, place))) =
                (guest.requirements.arch.value(), running_machine(guest))
            else {
                continue;
            };
            let emulators = host.platform.emulators.value().into_iter().flatten();
            let mut listed =
                emulators.filter(|one| one.arch.value == *arch).flat_map(|one| &one.machines).peekable();
            let first = listed.peek().map(|one| one.place);
            if first.is_some() && !listed.any(|one| one.value.name == machine) {
                let message =
                    format!("'{}' runs with {machine}, which {} does not list", guest.name, host.name);
                findings.fire(message, Some(place), "its machine type").and(first, "none of these");
            }
        }
    }
}

//! What libvirt and QEMU ask of a running guest before it moves, beyond its disks and its CPU.

use crate::compat::excerpt::Excerpt;
use crate::compat::finding::Findings;
use crate::compat::holds::Side;
use crate::compat::mode::Modes;
use crate::compat::pair::{Individual, Subject};
use crate::compat::rule::{Check, Family, Rule};
use crate::knowledge::unmigratable;
use crate::model::DocumentKind;

const RULE: Rule = Rule { family: Family::Migration, modes: Modes::LIVE, ..Rule::BLANK };

pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "snapshots",
        summary: "The guest has snapshots, which do not move",
        explanation: "A snapshot's metadata belongs to the libvirt that made it. libvirt refuses the move, live and cold \
                      alike (\"cannot migrate domain with N snapshots\", qemuMigrationSrcIsAllowed). Which guests have \
                      snapshots is not in their XML.",
        remedy: "delete the snapshots (virsh snapshot-delete), or only their metadata (--metadata) and define them anew \
                 on the other host",
        example: "web-01",
        near_miss: "web-011",
        shown_in: (Side::Source, DocumentKind::Snapshots),
        beside: &[Excerpt::here(DocumentKind::Domain, "<name>web-01</name>")],
        references: &["libvirt 9.0, qemuMigrationSrcIsAllowed", "virsh(1), snapshot-list"],
        needs: &[DocumentKind::Domain, DocumentKind::Snapshots],
        check: Check::Guest(snapshots),
        ..RULE
    },
    Rule {
        id: "unmigratable-device",
        summary: "The guest has a device whose state QEMU does not migrate",
        explanation: "QEMU marks some devices as unmigratable and names them when libvirt asks (query-migrate, \
                      blocked-reasons, QEMU 6.0 and newer): \"cannot migrate domain: non-migratable device\".",
        remedy: "take the device out before the move, or give the guest another model at its next cold start",
        example: "<sound model='usb'/>",
        near_miss: "<sound model='ich9'/>",
        references: &[
            "QEMU 7.2, VMStateDescription.unmigratable",
            "libvirt 9.0, qemuDomainGetMigrationBlockers",
        ],
        needs: &[DocumentKind::Domain],
        check: Check::Guests(unmigratable_device),
        ..RULE
    },
    Rule {
        id: "abi-changed",
        summary: "A new XML would change the machine under the running guest",
        explanation: "What a running guest sees of its machine must stay: its devices and where they are plugged in, memory, vCPUs, \
                      CPU, features, timers, SMBIOS. libvirt compares the XML that a migration (--xml), a saved guest \
                      (save-image-define) or a hook brings with that of the guest (virDomainDefCheckABIStability) and refuses \
                      it at the first difference; `portolan abi OLD NEW` names all of them in libvirt's words. Free are the \
                      emulator, the disks' images and how they are read, the network behind an interface, graphics, boot \
                      order, tuning and names that only people see. Where the new XML leaves out what libvirt fills in, such as \
                      an address, the outcome is libvirt's: that is unknown, not the same.",
        remedy: "leave it as the guest has it, or give the new XML to the stored definition for the next cold start",
        example: "<disk type='file'>\n  \
                  <target dev='vda' bus='virtio'/><serial>OTHER</serial>\n\
                  </disk>",
        near_miss: "<disk type='file'>\n  \
                    <target dev='vda' bus='virtio'/><serial>OWN</serial>\n\
                    </disk>",
        beside: &[Excerpt::here(
            DocumentKind::LiveDomain,
            "<disk type='file'>\n  \
             <target dev='vda' bus='virtio'/><serial>OWN</serial>\n\
             </disk>",
        )],
        references: &[
            "libvirt 9.0, virDomainDefCheckABIStabilityFlags, qemuDomainABIStabilityCheck",
            "observed: libvirt 9.0, virsh save-image-define with mutated domain XML",
        ],
        needs: &[DocumentKind::Domain, DocumentKind::LiveDomain],
        ..RULE
    },
];

fn snapshots(guest: &Individual<'_>, findings: &mut Findings) {
    let Some(home) = guest.home else { return };
    let own = guest.guest.name.as_str();
    match home.snapshots.ask() {
        Ok(listed) => {
            if let Some(listed) = listed.value.iter().find(|listed| listed.value == own) {
                findings.fire("the guest has snapshots", Some(listed.place), "listed here");
            }
        }
        Err(document) => {
            findings.missing(document, "whether the guest has snapshots", guest.place());
        }
    }
}

fn unmigratable_device(subject: &Subject<'_>, findings: &mut Findings) {
    for one in unmigratable() {
        for element in subject.running.all(one.path) {
            let said = subject.running.attribute(element, one.attribute);
            if let Some(said) = said.filter(|said| said.value == one.value) {
                let message = format!("QEMU does not migrate the state of {}", one.device);
                findings.fire(message, Some(said.place), "the device");
            }
        }
    }
}

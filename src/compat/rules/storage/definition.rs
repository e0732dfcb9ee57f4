//! What a definition says of its disks that bears on a move, wherever they lie.

use super::mounted::file_system_of;
use crate::compat::aspect::Aspect;
use crate::compat::definition::Definition;
use crate::compat::finding::Findings;
use crate::compat::holds::{Program, Range, Side};
use crate::compat::mode::Modes;
use crate::compat::pair::{Placement, Subject};
use crate::compat::rule::{Check, Family, Rule};
use crate::compat::severity::Severity;
use crate::model::{DiskSource, DocumentKind, SourceKind, Version};
use crate::text::xml::Element;

const RULE: Rule =
    Rule { family: Family::Storage, modes: Modes::AS_IT_IS, needs: &[DocumentKind::Domain], ..Rule::BLANK };

pub(in crate::compat::rules) const RULES: &[Rule] = &[
    Rule {
        id: "disk-cache-unsafe",
        modes: Modes::LIVE,
        summary: "A disk has a cache mode with which data may be lost on the way",
        explanation: "QEMU before 4.0 does not drop what the host's page cache holds of a disk image when the guest leaves: the \
                      other host may read old data. libvirt refuses without --unsafe (\"Migration may lead to data \
                      corruption if disks use cache other than none or directsync\"), but for disks that several guests may \
                      write to, and files on GFS2, OCFS2, Ceph or GlusterFS, where the caches of all hosts agree \
                      (virFileIsClusterFS).",
        remedy: "set cache='none' at the guest's next cold start",
        example: "<disk type='file'><driver name='qemu' cache='writeback'/><target dev='vda' bus='virtio'/></disk>",
        near_miss: "<disk type='file'><driver name='qemu' cache='none'/><target dev='vda' bus='virtio'/></disk>",
        references: &["libvirt 9.0, qemuMigrationSrcIsSafe", "QEMU 4.0, file driver: x-check-cache-dropped"],
        holds: &[Range::before(Side::Source, Program::Qemu, Version::new(4, 0, 0))],
        needs: &[DocumentKind::Domain, DocumentKind::Version],
        check: Check::Placement(Aspect::Storage, cache),
        ..RULE
    },
    Rule {
        id: "disk-of-several-guests",
        severity: Severity::Warning,
        summary: "Several guests may write to a disk",
        explanation: "A disk with <shareable/> belongs to a cluster of guests: all of them must see it wherever they are, and \
                      locks that they hold by SCSI reservations may not follow a guest that moves.",
        remedy: "see that each host on which one of the guests is, or will be, reaches the disk",
        example: "<disk type='block'><target dev='vda' bus='virtio'/><shareable/></disk>",
        near_miss: "<disk type='block'><target dev='vda' bus='virtio'/><readonly/></disk>",
        references: &["formatdomain, Hard drives, floppy disks, CDROMs: shareable"],
        check: Check::Guests(shareable),
        ..RULE
    },
    Rule {
        id: "scsi-reservations",
        severity: Severity::Warning,
        summary: "The guest makes persistent reservations on a disk",
        explanation: "Reservations are made by qemu-pr-helper in the name of the host: the other host is another initiator, to \
                      which they do not belong.",
        remedy: "release the reservations before the move and make them anew after it",
        example: "<disk type='block' device='lun'><source dev='/dev/sdx'><reservations managed='yes'/></source>\
                  <target dev='sda' bus='scsi'/></disk>",
        near_miss: "<disk type='block' device='disk'><source dev='/dev/sdx'/><target dev='sda' bus='scsi'/></disk>",
        references: &["formatdomain, Hard drives, floppy disks, CDROMs: reservations"],
        check: Check::Guests(reservations),
        ..RULE
    },
    Rule {
        id: "scsi-commands-passed",
        severity: Severity::Warning,
        summary: "The guest speaks SCSI with a disk of its host",
        explanation: "With device='lun' the guest's own commands reach the device: what they set there stays with the \
                      host's path to it. The LUN must be mapped to both hosts under one name, and libvirt does not \
                      look: it takes block devices for shared.",
        remedy: "see that the host reaches the same LUN, or use device='disk'",
        example: "<disk type='block' device='lun'><target dev='sda' bus='scsi'/></disk>",
        near_miss: "<disk type='block' device='disk'><target dev='sda' bus='scsi'/></disk>",
        references: &["formatdomain, Hard drives, floppy disks, CDROMs: device"],
        check: Check::Guests(lun),
        ..RULE
    },
];

fn disks<'d>(definition: Definition<'d>, wanted: impl Fn(Element<'d>) -> bool) -> Vec<Element<'d>> {
    let mut all = definition.all("devices/disk");
    all.retain(|&disk| wanted(disk));
    all
}

fn fire(findings: &mut Findings, subject: &Subject<'_>, disks: Vec<Element<'_>>, message: &str) {
    for disk in disks {
        findings.fire(message, subject.running.place(disk), "this disk");
    }
}

fn cache(placement: &Placement<'_>, findings: &mut Findings) {
    let written = |disk: &&DiskSource| !disk.readonly && !disk.shareable;
    for disk in placement.guest.running_storage().iter().filter(written) {
        let Some(mode) = disk.cache.as_ref().filter(|_| !on_coherent(placement, disk)) else { continue };
        if !matches!(mode.value.as_str(), "none" | "directsync" | "default") {
            let message = format!("with cache='{}' data may be lost on the way", mode.value);
            findings.fire(message, Some(mode.place), "this cache mode");
        }
    }
}

/// Whether the disk lies on a file system of which libvirt trusts that the caches of all hosts agree.
fn on_coherent(placement: &Placement<'_>, disk: &DiskSource) -> bool {
    let home = placement.source.filter(|_| disk.kind == SourceKind::File);
    let known = home.and_then(|home| file_system_of(home, &disk.source.value));
    known.is_some_and(|file_system| file_system.coherent)
}

fn shareable(subject: &Subject<'_>, findings: &mut Findings) {
    let shared = disks(subject.running, |disk| disk.child("shareable").is_some());
    fire(findings, subject, shared, "several guests may write to a disk");
}

fn reservations(subject: &Subject<'_>, findings: &mut Findings) {
    let reserving = disks(subject.running, |disk| disk.at("source/reservations").is_some());
    fire(findings, subject, reserving, "reservations do not follow the guest");
}

fn lun(subject: &Subject<'_>, findings: &mut Findings) {
    let passed = disks(subject.running, |disk| disk.value("device").as_deref() == Some("lun"));
    fire(findings, subject, passed, "the guest's own SCSI commands reach the device");
}

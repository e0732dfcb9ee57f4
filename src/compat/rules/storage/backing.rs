//! The files below disks, as qemu-img tells of them.

use super::SAME_POOL;
use super::sharing::{Sharing, sharing};
use crate::compat::aspect::Aspect;
use crate::compat::finding::Findings;
use crate::compat::holds::Side;
use crate::compat::mode::Modes;
use crate::compat::pair::Placement;
use crate::compat::rule::{Check, Family, Rule};
use crate::compat::severity::Severity;
use crate::model::DocumentKind;

const RULE: Rule =
    Rule { family: Family::Storage, severity: Severity::Warning, only_warns: true, ..Rule::BLANK };

pub(in crate::compat::rules) const RULES: &[Rule] = &[Rule {
    id: "backing-file-to-copy",
    modes: Modes::COLD,
    summary: "A file below a disk of the guest must be on the host too",
    explanation: "A qcow2 image may hold only what differs from the file below it, by its path. The stored definition need not name \
                      that file; qemu-img info --backing-chain does. Without it the start fails (\"Cannot access backing file\"), and \
                      with another of that name the guest reads what was never its own.",
    remedy: "copy the files below the disk to the same paths, or make the image whole first (qemu-img rebase -b '')",
    example: "image: /images/db.qcow2\n\
              file format: qcow2\n\
              backing file: /srv/base.qcow2\n\
              backing file format: qcow2",
    near_miss: "image: /images/db.qcow2\n\
                file format: qcow2\n\
                backing file: /images/base.qcow2\n\
                backing file format: qcow2",
    shown_in: (Side::Source, DocumentKind::Images),
    beside: SAME_POOL,
    references: &["qemu-img(1), info", "libvirt 9.0, virStorageSourceReportBrokenChain"],
    needs: &[DocumentKind::Images, DocumentKind::Pool],
    check: Check::Placement(Aspect::Storage, backing_file_to_copy),
    ..RULE
}];

fn backing_file_to_copy(placement: &Placement<'_>, findings: &mut Findings) {
    for file in &placement.guest.moment.backing {
        if matches!(sharing(placement, &file.value), Sharing::Local(_) | Sharing::Unknown(_)) {
            let message = format!("a file below a disk must be on the host: {}", file.value);
            findings.fire(message, Some(file.place), "the file");
        }
    }
}

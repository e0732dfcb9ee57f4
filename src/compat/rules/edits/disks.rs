//! Disks and drives.

use super::EDIT;
use crate::compat::rule::{Mend, Rule};
use crate::compat::severity::Severity;

pub(in crate::compat::rules) const RULES: &[Rule] = &[
    Rule {
        id: "ide-disk",
        severity: Severity::Warning,
        summary: "A virt machine has no IDE",
        mend: Some(Mend::unsafe_noticed("the disk's name changes from hdX to sdX")),
        ..EDIT
    },
    Rule {
        id: "sata-disk",
        summary: "ARM kernels may lack AHCI; virtio-scsi is in all of them",
        mend: Some(Mend::noticed("the disk is found on another controller")),
        ..EDIT
    },
    Rule {
        id: "sd-disk",
        severity: Severity::Warning,
        summary: "A virt machine has no SD card slot",
        mend: Some(Mend::unsafe_noticed("the disk's name changes")),
        ..EDIT
    },
    Rule {
        id: "usb-cdrom",
        summary: "A CD-ROM drive on USB cannot be empty; it goes on SCSI",
        mend: Some(Mend::SILENT),
        ..EDIT
    },
    Rule {
        id: "floppy-disk",
        severity: Severity::Warning,
        summary: "A virt machine has no floppy drive",
        mend: Some(Mend::unsafe_noticed("the floppy drive is gone")),
        ..EDIT
    },
    Rule {
        id: "disk-name",
        severity: Severity::Warning,
        summary: "Disks are called otherwise inside the guest",
        mend: Some(Mend::UNSAFE),
        ..EDIT
    },
    Rule { id: "disk-geometry", summary: "A geometry for a PC BIOS", mend: Some(Mend::SILENT), ..EDIT },
];

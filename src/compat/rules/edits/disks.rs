//! Disks and drives.

use super::{EDIT, SEEN};
use crate::compat::rule::{Mend, Rule};
use crate::compat::severity::Severity;
use crate::model::DocumentKind;

pub(in crate::compat::rules) const RULES: &[Rule] = &[
    Rule {
        id: "ide-disk",
        severity: Severity::Warning,
        summary: "A virt machine has no IDE",
        explanation: "A virt machine has no IDE, and libvirt refuses the definition (\"IDE controllers are \
                      unsupported for this QEMU binary or machine type\"). The disk goes on virtio-scsi, where it is \
                      called sdX: file systems must be named by UUID or label.",
        example: "<disk type='file'>\n  \
                  <target dev='hda' bus='ide'/>\n\
                  </disk>",
        near_miss: "<disk type='file'>\n  \
                    <target dev='vda' bus='virtio'/>\n\
                    </disk>",
        references: &[SEEN, "formatdomain, Hard drives, floppy disks, CDROMs: target"],
        needs: &[DocumentKind::Domain],
        mend: Some(Mend::unsafe_noticed(&["disk-on-scsi"])),
        ..EDIT
    },
    Rule {
        id: "sata-disk",
        summary: "ARM kernels may lack AHCI; virtio-scsi is in all of them",
        explanation: "libvirt and QEMU 7.2 accept SATA on virt, but kernels for ARM may be built without AHCI, and \
                      trimmed builds of QEMU leave it out. virtio-scsi is in all of them, and keeps the name sdX.",
        example: "<disk type='file'>\n  \
                  <target dev='sda' bus='sata'/>\n\
                  </disk>",
        near_miss: "<disk type='file'>\n  \
                    <target dev='sda' bus='scsi'/>\n\
                    </disk>",
        references: &[
            SEEN,
            "formatdomain, Hard drives, floppy disks, CDROMs: target",
            "formatdomaincaps, Hard drives, floppy disks, CDROMs",
        ],
        needs: &[DocumentKind::Domain],
        mend: Some(Mend::unsafe_noticed(&["disk-controller"])),
        ..EDIT
    },
    Rule {
        id: "sd-disk",
        severity: Severity::Warning,
        summary: "A virt machine has no SD card slot",
        explanation: "An SD card is a part of boards; virt has no slot for one, and the start fails (\"machine type \
                      does not support if=sd\"). The disk goes on virtio-scsi.",
        example: "<disk type='file'>\n  \
                  <target dev='sda' bus='sd'/>\n\
                  </disk>",
        near_miss: "<disk type='file'>\n  \
                    <target dev='sda' bus='scsi'/>\n\
                    </disk>",
        references: &[SEEN, "formatdomain, Hard drives, floppy disks, CDROMs: target"],
        needs: &[DocumentKind::Domain],
        mend: Some(Mend::unsafe_noticed(&["disk-on-scsi"])),
        ..EDIT
    },
    Rule {
        id: "usb-cdrom",
        summary: "A CD-ROM drive on USB cannot be empty; it goes on SCSI",
        explanation: "A drive on USB cannot be without a medium: the start fails (\"drive property not set\"), and \
                      libvirt 11.3 refuses the definition (\"'usb' disk must not be empty\"). On virtio it cannot be \
                      ejected (\"does not support ejectable media\"). SCSI allows both.",
        example: "<disk type='file' device='cdrom'>\n  \
                  <target dev='sda' bus='usb'/>\n\
                  </disk>",
        near_miss: "<disk type='file' device='cdrom'>\n  \
                    <target dev='sda' bus='scsi'/>\n\
                    </disk>",
        references: &[SEEN, "formatdomain, Hard drives, floppy disks, CDROMs: target"],
        needs: &[DocumentKind::Domain],
        mend: Some(Mend::SILENT),
        ..EDIT
    },
    Rule {
        id: "floppy-disk",
        severity: Severity::Warning,
        summary: "A virt machine has no floppy drive",
        explanation: "A floppy drive hangs on a PC's ISA bus. libvirt accepts it on virt and the start fails \
                      (\"'floppy' is not a valid device model name\"). The drive is dropped; what was on the floppy \
                      must reach the guest in another way.",
        example: "<disk type='file' device='floppy'>\n  \
                  <target dev='fda' bus='fdc'/>\n\
                  </disk>",
        near_miss: "<disk type='file' device='cdrom'>\n  \
                    <target dev='sda' bus='scsi'/>\n\
                    </disk>",
        references: &[SEEN, "formatdomain, Hard drives, floppy disks, CDROMs: device"],
        needs: &[DocumentKind::Domain],
        mend: Some(Mend::unsafe_noticed(&["floppy"])),
        ..EDIT
    },
    Rule {
        id: "disk-name",
        severity: Severity::Warning,
        summary: "Disks are called otherwise inside the guest",
        explanation: "Linux names disks by their bus: hdX, vdX, sdX. Where a disk moves to another bus, a guest whose \
                      fstab or boot loader uses such names does not find its file systems. Whether it does no \
                      document tells: looking is a step for a person.",
        example: "<disk type='file'>\n  \
                  <target dev='hda' bus='ide'/>\n\
                  </disk>",
        near_miss: "<disk type='file'>\n  \
                    <target dev='sda' bus='sata'/>\n\
                    </disk>",
        references: &["formatdomain, Hard drives, floppy disks, CDROMs: target"],
        needs: &[DocumentKind::Domain],
        mend: Some(Mend::UNSAFE),
        ..EDIT
    },
    Rule {
        id: "disk-geometry",
        summary: "A geometry for a PC BIOS",
        explanation: "<geometry> tells the BIOS of a PC how to count cylinders, heads and sectors, and its trans goes \
                      with IDE only. UEFI counts blocks.",
        example: "<disk type='file'>\n  \
                  <target dev='hda' bus='ide'/>\n  \
                  <geometry cyls='16383' heads='16' secs='63' trans='lba'/>\n\
                  </disk>",
        near_miss: "<disk type='file'>\n  \
                    <target dev='hda' bus='ide'/>\n\
                    </disk>",
        references: &["formatdomain, Hard drives, floppy disks, CDROMs: geometry"],
        needs: &[DocumentKind::Domain],
        mend: Some(Mend::SILENT),
        ..EDIT
    },
];

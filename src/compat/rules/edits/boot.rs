//! What starts a guest and what kind of machine it is.

use super::EDIT;
use crate::compat::rule::{Mend, Rule};
use crate::compat::severity::Severity;

pub(in crate::compat::rules) const RULES: &[Rule] = &[
    Rule {
        id: "virt-type",
        summary: "The guest is run another way than the target runs guests",
        mend: Some(Mend::SILENT),
        ..EDIT
    },
    Rule {
        id: "x86-machine-type",
        severity: Severity::Warning,
        summary: "Architecture and machine type of a PC become an aarch64 virt machine",
        mend: Some(Mend::unsafe_noticed("another processor architecture and another board")),
        ..EDIT
    },
    Rule {
        id: "machine-version",
        summary: "The machine type is not one of the target's, or an alias",
        mend: Some(Mend::SILENT),
        ..EDIT
    },
    Rule {
        id: "x86-guest-disk",
        severity: Severity::Warning,
        summary: "The operating system on the guest's disks is for x86",
        mend: Some(Mend::UNSAFE),
        ..EDIT
    },
    Rule {
        id: "x86-direct-kernel",
        severity: Severity::Warning,
        summary: "The kernel and initrd that the guest is started with are for x86",
        mend: Some(Mend::UNSAFE),
        ..EDIT
    },
    Rule {
        id: "x86-emulator",
        summary: "The emulator runs x86; libvirt chooses the target's",
        mend: Some(Mend::SILENT),
        ..EDIT
    },
    Rule {
        id: "bios-firmware",
        severity: Severity::Warning,
        summary: "A virt machine is started by UEFI, not by a BIOS",
        mend: Some(Mend::unsafe_noticed("UEFI instead of a BIOS")),
        ..EDIT
    },
    Rule {
        id: "x86-firmware-files",
        severity: Severity::Warning,
        summary: "Loader and NVRAM are files for x86; the target has its own",
        mend: Some(Mend::unsafe_noticed("another firmware with fresh variables")),
        ..EDIT
    },
    Rule {
        id: "firmware-autoselection",
        summary: "The target's libvirt is older than 5.3 and cannot choose firmware by itself",
        mend: Some(Mend::SILENT),
        ..EDIT
    },
    Rule {
        id: "firmware-expanded",
        summary: "Libvirt 9.2 and newer write the chosen files beside firmware='efi', which older ones refuse",
        mend: Some(Mend::SILENT),
        ..EDIT
    },
    Rule {
        id: "secure-boot",
        severity: Severity::Warning,
        summary: "Secure boot with SMM exists on q35 only; firmware without enrolled keys is asked for",
        mend: Some(Mend::unsafe_noticed("secure boot is off")),
        ..EDIT
    },
    Rule {
        id: "nvram-contents",
        severity: Severity::Warning,
        summary: "The variables in the NVRAM, boot entries among them, do not move",
        mend: Some(Mend::UNSAFE),
        ..EDIT
    },
    Rule { id: "bios-option", summary: "An option of the PC BIOS", mend: Some(Mend::SILENT), ..EDIT },
    Rule {
        id: "x86-acpi-table",
        severity: Severity::Warning,
        summary: "An ACPI table made for a PC",
        mend: Some(Mend::unsafe_noticed("the table is gone")),
        ..EDIT
    },
    Rule {
        id: "floppy-boot",
        summary: "A virt machine has no floppy drive to boot from",
        mend: Some(Mend::SILENT),
        ..EDIT
    },
    Rule {
        id: "x86-feature",
        summary: "A feature that only an x86 machine has",
        mend: Some(Mend::noticed("the feature is gone")),
        ..EDIT
    },
    Rule {
        id: "hyperv-feature",
        severity: Severity::Warning,
        summary: "Hyper-V enlightenments are for x86",
        mend: Some(Mend::unsafe_noticed("Windows finds no Hyper-V interface")),
        ..EDIT
    },
    Rule {
        id: "acpi-needed",
        summary: "Memory devices of a virt machine need ACPI",
        mend: Some(Mend::noticed("the firmware's tables are ACPI")),
        ..EDIT
    },
    Rule {
        id: "gic-version",
        summary: "A GICv2 takes no more than 8 vCPUs, and the target decides which versions there are",
        mend: Some(Mend::noticed("another interrupt controller")),
        ..EDIT
    },
    Rule {
        id: "x86-timer",
        summary: "A timer that only a PC has",
        mend: Some(Mend::noticed("the generic timer of ARM is the clock source")),
        ..EDIT
    },
    Rule {
        id: "pm-suspend",
        summary: "S3 and S4 cannot be switched on a virt machine",
        mend: Some(Mend::noticed("no suspend")),
        ..EDIT
    },
    Rule {
        id: "generation-id",
        severity: Severity::Warning,
        summary: "The generation id device is x86 only",
        mend: Some(Mend::unsafe_noticed("no generation id: cloned domain controllers are not noticed")),
        ..EDIT
    },
    Rule {
        id: "security-label",
        severity: Severity::Warning,
        summary: "A security label is the old host's; the target's libvirt makes its own",
        mend: Some(Mend::UNSAFE),
        ..EDIT
    },
    Rule {
        id: "running-definition",
        severity: Severity::Warning,
        summary: "This is the XML of a running guest; the stored definition is what to rewrite",
        mend: Some(Mend::UNSAFE),
        ..EDIT
    },
    Rule {
        id: "not-hvm",
        severity: Severity::Warning,
        summary: "Not a fully virtualised guest",
        mend: Some(Mend::UNSAFE),
        ..EDIT
    },
];

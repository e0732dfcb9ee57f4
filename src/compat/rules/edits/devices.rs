//! All other devices.

use super::EDIT;
use crate::compat::rule::{Mend, Rule};
use crate::compat::severity::Severity;

pub(in crate::compat::rules) const RULES: &[Rule] = &[
    Rule { id: "x86-option-rom", summary: "An option ROM holds x86 code", mend: Some(Mend::SILENT), ..EDIT },
    Rule {
        id: "video-model",
        summary: "A display adapter that needs VGA or is x86 only becomes virtio",
        mend: Some(Mend::noticed("a virtio display adapter")),
        ..EDIT
    },
    Rule {
        id: "spice-graphics",
        severity: Severity::Warning,
        summary: "The target's QEMU is built without SPICE",
        mend: Some(Mend::UNSAFE),
        ..EDIT
    },
    Rule {
        id: "spice-device",
        severity: Severity::Warning,
        summary: "A device that works through SPICE, which the target does not have",
        mend: Some(Mend::unsafe_noticed("the device is gone")),
        ..EDIT
    },
    Rule {
        id: "usb-redirection",
        severity: Severity::Warning,
        summary: "The target's QEMU is built without USB redirection",
        mend: Some(Mend::unsafe_noticed("the device is gone")),
        ..EDIT
    },
    Rule {
        id: "ps2-input",
        summary: "A virt machine has no PS/2; keyboard and pointer go on USB",
        mend: Some(Mend::noticed("a USB keyboard and a USB tablet")),
        ..EDIT
    },
    Rule {
        id: "isa-serial",
        severity: Severity::Warning,
        summary: "A virt machine has no ISA; its serial port is a pl011",
        mend: Some(Mend::unsafe_noticed("the serial port is ttyAMA0 instead of ttyS0")),
        ..EDIT
    },
    Rule {
        id: "parallel-port",
        severity: Severity::Warning,
        summary: "A virt machine has no parallel port",
        mend: Some(Mend::unsafe_noticed("the parallel port is gone")),
        ..EDIT
    },
    Rule {
        id: "xen-device",
        severity: Severity::Warning,
        summary: "A device that only Xen has",
        mend: Some(Mend::unsafe_noticed("the device is gone")),
        ..EDIT
    },
    Rule {
        id: "panic-device",
        summary: "Panic devices of a PC become pvpanic where the target has it",
        mend: Some(Mend::noticed("panics are reported otherwise or not at all")),
        ..EDIT
    },
    Rule {
        id: "watchdog-model",
        summary: "Ib700 and iTCO are parts of a PC; i6300esb is a PCI device",
        mend: Some(Mend::noticed("another watchdog")),
        ..EDIT
    },
    Rule {
        id: "sound-model",
        summary: "Emulated sound cards become USB sound",
        mend: Some(Mend::noticed("another sound card")),
        ..EDIT
    },
    Rule {
        id: "network-model",
        summary: "Emulated or unnamed network adapters become virtio",
        mend: Some(Mend::noticed("the interface's name changes (ens3 becomes enp1s0)")),
        ..EDIT
    },
    Rule {
        id: "tpm-model",
        severity: Severity::Warning,
        summary: "A virt machine has tpm-tis and TPM 2.0 only",
        mend: Some(Mend::unsafe_noticed("another TPM")),
        ..EDIT
    },
    Rule {
        id: "tpm-state",
        severity: Severity::Warning,
        summary: "What is sealed in the TPM does not move",
        mend: Some(Mend::UNSAFE),
        ..EDIT
    },
    Rule {
        id: "iommu-model",
        summary: "The IOMMU of a PC becomes smmuv3 where the target has it",
        mend: Some(Mend::noticed("another IOMMU")),
        ..EDIT
    },
];

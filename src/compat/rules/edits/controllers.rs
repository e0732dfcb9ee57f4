//! Controllers, ports and addresses.

use super::EDIT;
use crate::compat::rule::{Mend, Rule};
use crate::compat::severity::Severity;

pub(in crate::compat::rules) const RULES: &[Rule] = &[
    Rule {
        id: "x86-pci-controller",
        summary: "The PCI topology of a PC gives way to pcie-root with root ports",
        mend: Some(Mend::noticed("PCI addresses change")),
        ..EDIT
    },
    Rule {
        id: "pcie-ports-ahead",
        summary: "Root ports are allocated ahead, so that devices can be added while the guest runs",
        mend: Some(Mend::SILENT),
        ..EDIT
    },
    Rule {
        id: "pcie-ports-exhausted",
        severity: Severity::Warning,
        summary: "More devices than the machine has PCIe root ports",
        mend: Some(Mend::UNSAFE),
        ..EDIT
    },
    Rule {
        id: "disk-behind-scsi",
        severity: Severity::Warning,
        summary: "Not enough PCIe root ports: the disk moves behind a virtio-scsi controller",
        mend: Some(Mend::unsafe_noticed("the disk's name changes from vdX to sdX")),
        ..EDIT
    },
    Rule {
        id: "usb-controller",
        summary: "One xHCI controller serves all USB devices",
        mend: Some(Mend::noticed("an xHCI controller")),
        ..EDIT
    },
    Rule {
        id: "x86-controller",
        summary: "IDE, SATA, floppy and ISA controllers give way to virtio-scsi",
        mend: Some(Mend::noticed("the controller is gone")),
        ..EDIT
    },
    Rule {
        id: "scsi-controller-model",
        summary: "An emulated or unnamed SCSI controller becomes virtio-scsi; before libvirt 11.6 the default is an lsilogic",
        mend: Some(Mend::noticed("a virtio-scsi controller")),
        ..EDIT
    },
    Rule {
        id: "scsi-controller-added",
        summary: "Disks on SCSI need a controller, named so that libvirt does not take its default",
        mend: Some(Mend::SILENT),
        ..EDIT
    },
    Rule {
        id: "x86-device-address",
        summary: "An address on the old machine; libvirt gives a new one",
        mend: Some(Mend::noticed("the device's address changes")),
        ..EDIT
    },
    Rule {
        id: "device-alias",
        summary: "An alias that libvirt made for the running guest",
        mend: Some(Mend::SILENT),
        ..EDIT
    },
    Rule {
        id: "acpi-index",
        severity: Severity::Warning,
        summary: "Onboard numbers of network devices are for PC machines",
        mend: Some(Mend::unsafe_noticed("the interface's name changes")),
        ..EDIT
    },
    Rule {
        id: "virtio-transitional",
        summary: "Transitional virtio devices need I/O ports and a conventional PCI slot",
        mend: Some(Mend::SILENT),
        ..EDIT
    },
];

//! From the chipset i440fx to q35, on x86.

use super::EDIT;
use crate::compat::rule::{Mend, Rule};
use crate::compat::severity::Severity;
use crate::model::DocumentKind;

pub(in crate::compat::rules) const RULES: &[Rule] = &[
    Rule {
        id: "i440fx-machine-type",
        severity: Severity::Warning,
        summary: "The chipset i440fx of 1996 becomes q35, which has PCI Express",
        explanation: "QEMU's 'pc' machine is an i440fx with conventional PCI: no PCI Express, no Secure Boot, no IOMMU. QEMU \
                      deprecates its versions one after the other, and some distributions build none. The q35 of the same version \
                      is taken where the target has it, so that nothing changes but the chipset, else that of the nearest release. The guest keeps its architecture \
                      and its firmware, but finds its devices at other PCI addresses: it can be done cold only.",
        remedy: "rewrite for the target 'x86_64-q35', start the guest cold, and look at its network and its boot loader",
        example: "<os><type arch='x86_64' machine='pc-i440fx-7.2'>hvm</type></os>",
        near_miss: "<os><type arch='x86_64' machine='pc-q35-7.2'>hvm</type></os>",
        references: &[
            "QEMU documentation: about/deprecated, System emulator machines",
            "libvirt: src/qemu/qemu_domain.c, qemuDomainMachineIsI440FX and qemuDomainMachineIsQ35 (11.3)",
        ],
        needs: &[DocumentKind::Domain],
        mend: Some(Mend::unsafe_noticed(&["chipset", "pci-addresses"])),
        ..EDIT
    },
    Rule {
        id: "ide-disk-to-sata",
        severity: Severity::Warning,
        summary: "The disk is on IDE, which q35 does not have; it goes on SATA",
        explanation: "libvirt refuses IDE on q35: 'IDE controllers are unsupported for this QEMU binary or machine type'. SATA takes \
                      disks and CD-ROM drives alike, six to a controller, and the first controller is a part of q35. A Linux guest \
                      calls disks on IDE sdX already where its kernel is newer than 2008.",
        remedy: "see that the guest has a driver for AHCI where it starts from, and that it names file systems by UUID or label",
        example: "<os><type arch='x86_64' machine='pc-i440fx-7.2'>hvm</type></os>\n\
                  <disk><target dev='hda' bus='ide'/></disk>",
        near_miss: "<os><type arch='x86_64' machine='pc-i440fx-7.2'>hvm</type></os>\n\
                    <disk><target dev='vda' bus='virtio'/></disk>",
        references: &[
            "observed: libvirt 9.0, virsh define of an IDE disk on pc-q35-7.2",
            "libvirt: src/conf/domain_conf.c, virDomainDiskDefAssignAddress (9.0)",
        ],
        needs: &[DocumentKind::Domain],
        mend: Some(Mend::unsafe_noticed(&["disk-on-ahci"])),
        ..EDIT
    },
    Rule {
        id: "i440fx-controller",
        summary: "A controller that is a part of the i440fx's south bridge",
        explanation: "The PIIX3 holds IDE and a USB 1 controller. q35 refuses the first, and the second where it has its old \
                      address: 'Bus 0 must be PCI for integrated PIIX3 USB or IDE controllers'. An xHCI controller serves USB 1 \
                      to 3; Windows before 8 needs a driver for it.",
        remedy: "for a guest without a driver for xHCI name ich9-ehci1 with its companions instead",
        example: "<os><type arch='x86_64' machine='pc-i440fx-7.2'>hvm</type></os>\n\
                  <controller type='usb' index='0' model='piix3-uhci'/>",
        near_miss: "<os><type arch='x86_64' machine='pc-i440fx-7.2'>hvm</type></os>\n\
                    <controller type='usb' index='0' model='ich9-ehci1'/>",
        references: &["observed: libvirt 9.0, virsh define of a piix3-uhci on pc-q35-7.2"],
        needs: &[DocumentKind::Domain],
        mend: Some(Mend::noticed(&["usb-controller"])),
        ..EDIT
    },
    Rule {
        id: "i440fx-device",
        summary: "A device of the i440fx's time that has a counterpart on q35",
        explanation: "The ICH6's sound on q35 makes libvirt add a bridge to conventional PCI, the ICH9's does not. The watchdog ib700 \
                      is an ISA card that libvirt 11.3 has on i440fx only.",
        example: "<os><type arch='x86_64' machine='pc-i440fx-7.2'>hvm</type></os>\n\
                  <sound model='ich6'/>",
        near_miss: "<os><type arch='x86_64' machine='pc-i440fx-7.2'>hvm</type></os>\n\
                    <sound model='ich9'/>",
        references: &["libvirt: src/qemu/qemu_validate.c, qemuValidateDomainWatchdogDef (11.3)"],
        needs: &[DocumentKind::Domain],
        mend: Some(Mend::noticed(&["sound", "watchdog"])),
        ..EDIT
    },
    Rule {
        id: "not-i440fx",
        severity: Severity::Warning,
        summary: "Only an x86 guest on i440fx becomes one on q35",
        explanation: "q35 is a PC. A guest of another architecture is not one, and isapc, microvm and Xen's machines have no PCI \
                      or another: what their devices would become is not known. The definition is left as it is.",
        remedy: "build the guest anew on q35",
        example: "<os><type arch='aarch64' machine='virt-7.2'>hvm</type></os>",
        near_miss: "<os><type arch='x86_64' machine='pc-i440fx-7.2'>hvm</type></os>",
        references: &["libvirt: src/qemu/qemu_domain.c, qemuDomainMachineIsI440FX (11.3)"],
        needs: &[DocumentKind::Domain],
        mend: Some(Mend::UNSAFE),
        ..EDIT
    },
];

//! Controllers, ports and addresses.

use super::{EDIT, SEEN};
use crate::compat::rule::{Mend, Rule};
use crate::compat::severity::Severity;
use crate::model::DocumentKind;

pub(in crate::compat::rules) const RULES: &[Rule] = &[
    Rule {
        id: "x86-pci-controller",
        summary: "The PCI topology of a PC gives way to pcie-root with root ports",
        explanation: "On a virt machine index 0 must be pcie-root (\"must be model='pcie-root' for this machine type, \
                      but model='pci-root' was found\"); pci-bridge and pci-expander-bus are refused as well. The \
                      rewriter drops the old controllers and writes pcie-root with root ports; devices get new \
                      addresses, and network interfaces other names.",
        example: "<os><type arch='x86_64' machine='pc-q35-7.2'>hvm</type></os>\n\
                  <controller type='pci' index='0' model='pci-root'/>",
        near_miss: "<os><type arch='aarch64' machine='virt-2.12'>hvm</type></os>\n\
                    <controller type='pci' index='0' model='pcie-root'/>",
        references: &[SEEN, "formatdomain, Controllers", "libvirt, PCI topology and hotplug (pci-hotplug)"],
        needs: &[DocumentKind::Domain],
        mend: Some(Mend::noticed(&["pci-addresses"])),
        ..EDIT
    },
    Rule {
        id: "pcie-ports-ahead",
        summary: "Root ports are allocated ahead, so that devices can be added while the guest runs",
        explanation: "Each PCI Express device needs a root port of its own, and ports cannot be added while a guest \
                      runs. libvirt adds one to spare where the XML names no PCI controllers, and none where it does. \
                      So ports for the devices there are and some for those to come are written; where the target's \
                      QEMU has few, all of them. Devices on conventional PCI share a bridge behind one of them, \
                      which is written as well: libvirt adds a port for a bridge that it has to add.",
        example: "<os><type arch='x86_64' machine='pc-q35-7.2'>hvm</type></os>\n\
                  <interface type='user'><model type='virtio'/></interface>",
        near_miss: "<os><type arch='aarch64' machine='virt-2.12'>hvm</type></os>\n\
                    <interface type='user'><model type='virtio'/></interface>",
        references: &[
            SEEN,
            "libvirt 9.0, qemuDomainAssignPCIAddresses",
            "libvirt, PCI topology and hotplug (pci-hotplug)",
        ],
        needs: &[DocumentKind::Domain, DocumentKind::Version],
        mend: Some(Mend::SILENT),
        ..EDIT
    },
    Rule {
        id: "pcie-ports-exhausted",
        severity: Severity::Warning,
        summary: "More devices than the machine has PCIe root ports",
        explanation: "libvirt packs 248 root ports on a virt machine and 240 on q35, 8 fewer for each slot of bus 0 that \
                      something else is in; QEMU 2.12 and older boot 15 at most. Virtio disks go behind SCSI \
                      controllers where that helps; what is left, interfaces and other devices, cannot share \
                      a port. Nothing is dropped, and the rewrite is blocked. Shown for a target with 15 ports, of \
                      which the USB controller takes one.",
        example: "<interface type='user'/> <interface type='user'/> <interface type='user'/> <interface type='user'/>\n\
                  <interface type='user'/> <interface type='user'/> <interface type='user'/> <interface type='user'/>\n\
                  <interface type='user'/> <interface type='user'/> <interface type='user'/> <interface type='user'/>\n\
                  <interface type='user'/> <interface type='user'/> <interface type='user'/>",
        near_miss: "<interface type='user'/> <interface type='user'/> <interface type='user'/> <interface \
                    type='user'/>\n\
                    <interface type='user'/> <interface type='user'/> <interface type='user'/> <interface \
                    type='user'/>\n\
                    <interface type='user'/> <interface type='user'/> <interface type='user'/> <interface \
                    type='user'/>\n\
                    <interface type='user'/> <interface type='user'/>",
        references: &[
            SEEN,
            "libvirt 9.0, qemuDomainAssignPCIAddresses",
            "observed: QEMU 2.12 boots 15 ports at most, 7.2 boots 200",
        ],
        needs: &[DocumentKind::Domain, DocumentKind::Version],
        mend: Some(Mend::UNSAFE),
        ..EDIT
    },
    Rule {
        id: "disk-behind-scsi",
        severity: Severity::Warning,
        summary: "Not enough PCIe root ports: the disk moves behind a virtio-scsi controller",
        explanation: "Where a guest has more devices than root ports, its last virtio disks go behind one virtio-scsi \
                      controller: it takes one port and carries 256 disks. The guest calls them sdX then, so file \
                      systems must be named by UUID or label. Shown for a target with 15 ports, of which the USB \
                      controller takes one.",
        example: "<disk type='file'><target dev='vda' bus='virtio'/></disk>\n\
                  <disk type='file'><target dev='vdb' bus='virtio'/></disk>\n\
                  <disk type='file'><target dev='vdc' bus='virtio'/></disk>\n\
                  <disk type='file'><target dev='vdd' bus='virtio'/></disk>\n\
                  <disk type='file'><target dev='vde' bus='virtio'/></disk>\n\
                  <disk type='file'><target dev='vdf' bus='virtio'/></disk>\n\
                  <disk type='file'><target dev='vdg' bus='virtio'/></disk>\n\
                  <disk type='file'><target dev='vdh' bus='virtio'/></disk>\n\
                  <disk type='file'><target dev='vdi' bus='virtio'/></disk>\n\
                  <disk type='file'><target dev='vdj' bus='virtio'/></disk>\n\
                  <disk type='file'><target dev='vdk' bus='virtio'/></disk>\n\
                  <disk type='file'><target dev='vdl' bus='virtio'/></disk>\n\
                  <disk type='file'><target dev='vdm' bus='virtio'/></disk>\n\
                  <disk type='file'><target dev='vdn' bus='virtio'/></disk>\n\
                  <disk type='file'><target dev='vdo' bus='virtio'/></disk>",
        near_miss: "<disk type='file'><target dev='vda' bus='virtio'/></disk>\n\
                    <disk type='file'><target dev='vdb' bus='virtio'/></disk>\n\
                    <disk type='file'><target dev='vdc' bus='virtio'/></disk>\n\
                    <disk type='file'><target dev='vdd' bus='virtio'/></disk>\n\
                    <disk type='file'><target dev='vde' bus='virtio'/></disk>\n\
                    <disk type='file'><target dev='vdf' bus='virtio'/></disk>\n\
                    <disk type='file'><target dev='vdg' bus='virtio'/></disk>\n\
                    <disk type='file'><target dev='vdh' bus='virtio'/></disk>\n\
                    <disk type='file'><target dev='vdi' bus='virtio'/></disk>\n\
                    <disk type='file'><target dev='vdj' bus='virtio'/></disk>\n\
                    <disk type='file'><target dev='vdk' bus='virtio'/></disk>\n\
                    <disk type='file'><target dev='vdl' bus='virtio'/></disk>\n\
                    <disk type='file'><target dev='vdm' bus='virtio'/></disk>\n\
                    <disk type='file'><target dev='vdn' bus='virtio'/></disk>",
        references: &[SEEN, "libvirt 9.0, qemuDomainAssignPCIAddresses", "QEMU, VIRTIO_SCSI_MAX_TARGET"],
        needs: &[DocumentKind::Domain, DocumentKind::Version],
        mend: Some(Mend::unsafe_noticed(&["disk-on-scsi"])),
        ..EDIT
    },
    Rule {
        id: "usb-controller",
        summary: "One xHCI controller serves all USB devices",
        explanation: "A PC has USB by itself, a virt machine only where it is said: USB devices without a controller \
                      are refused (\"USB is disabled for this domain, but USB devices are present in the domain \
                      XML\"). The old sets of UHCI and EHCI want conventional PCI. One qemu-xhci with 15 ports serves \
                      them all, and every ARM kernel has its driver.",
        example: "<controller type='usb' index='0' model='piix3-uhci'/>",
        near_miss: "<controller type='usb' index='0' model='none'/>",
        references: &[SEEN, "formatdomain, Controllers: usb"],
        needs: &[DocumentKind::Domain],
        mend: Some(Mend::noticed(&["usb-controller"])),
        ..EDIT
    },
    Rule {
        id: "x86-controller",
        summary: "IDE, SATA, floppy and ISA controllers give way to virtio-scsi",
        explanation: "A virt machine has no IDE (\"IDE controllers are unsupported for this QEMU binary or machine \
                      type\"), no floppy and no ISA. SATA works with QEMU 7.2, but ARM kernels may lack its driver. \
                      The disks go on virtio-scsi, and these controllers are dropped.",
        example: "<controller type='sata' index='0'/>",
        near_miss: "<controller type='virtio-serial' index='0'/>",
        references: &[SEEN, "formatdomain, Controllers"],
        needs: &[DocumentKind::Domain],
        mend: Some(Mend::noticed(&["controller-gone"])),
        ..EDIT
    },
    Rule {
        id: "scsi-controller-model",
        summary: "An emulated or unnamed SCSI controller becomes virtio-scsi; before libvirt 11.6 the default is an lsilogic",
        explanation: "lsilogic and its like are accepted and start, but want a bridge to conventional PCI and a \
                      driver that few ARM kernels have; buslogic is refused (\"Unsupported controller model\"). A \
                      controller without a model is an lsilogic before libvirt 11.6. So virtio-scsi is written.",
        example: "<controller type='scsi' index='0' model='lsilogic'/>",
        near_miss: "<controller type='scsi' index='0' model='virtio-scsi'/>",
        references: &[
            SEEN,
            "libvirt 11.6, NEWS: virtio-scsi is the default on ARM",
            "formatdomain, Controllers: scsi",
        ],
        needs: &[DocumentKind::Domain],
        mend: Some(Mend::unsafe_noticed(&["scsi-controller"])),
        ..EDIT
    },
    Rule {
        id: "scsi-controller-added",
        summary: "Disks on SCSI need a controller, named so that libvirt does not take its default",
        explanation: "libvirt adds a SCSI controller for a disk by itself, but of its default model, which is \
                      lsilogic before 11.6. The rewriter writes one by name for each index that a disk is on.",
        example: "<disk type='file'><target dev='hda' bus='ide'/></disk>",
        near_miss: "<disk type='file'><target dev='hda' bus='ide'/></disk>\n\
                    <controller type='scsi' index='0' model='virtio-scsi'/>",
        references: &[
            SEEN,
            "libvirt 11.6, NEWS: virtio-scsi is the default on ARM",
            "formatdomain, Controllers: scsi",
        ],
        needs: &[DocumentKind::Domain],
        mend: Some(Mend::SILENT),
        ..EDIT
    },
    Rule {
        id: "scsi-address-gap",
        summary: "UEFI stops looking for disks at the first place of a SCSI controller that has none",
        explanation: "Where libvirt says what to start from, UEFI goes there. For everything else it looks at the 8 \
                      logical units of target 0, then at those of target 1, and so on to target 31. UEFI of edk2 \
                      2022.11, which Debian 12 has, ends at the first place without a disk, and shows none behind it in \
                      its menu or its shell; that of 2025.02 looks on. libvirt leaves gaps itself, where a disk is \
                      called sdb and there is no sda, and PC guests have disks on SCSI ids of any number. So the disks \
                      of each controller move up.",
        example: "<disk type='file'>\n  \
                  <target dev='sda' bus='scsi'/>\n  \
                  <address type='drive' controller='0' bus='0' target='3' unit='0'/>\n\
                  </disk>",
        near_miss: "<disk type='file'>\n  \
                    <target dev='sda' bus='scsi'/>\n  \
                    <address type='drive' controller='0' bus='0' target='0' unit='0'/>\n\
                    </disk>",
        references: &[
            "edk2, VirtioScsiDxe: PcdVirtioScsiMaxTargetLimit 31, PcdVirtioScsiMaxLunLimit 7",
            "observed: QEMU 7.2 with AAVMF and OVMF 2022.11, and with AAVMF 2025.02",
            "libvirt 9.0, virDomainDiskDefAssignAddress",
        ],
        needs: &[DocumentKind::Domain],
        mend: Some(Mend::noticed(&["scsi-address"])),
        ..EDIT
    },
    Rule {
        id: "x86-device-address",
        summary: "An address on the old machine; libvirt gives a new one",
        explanation: "An address of the old machine is accepted silently: a device on bus 0 becomes one of the root \
                      complex, which cannot be unplugged, and an ISA address is refused. Left out, libvirt gives a \
                      place on a root port, and so another address; interfaces get other names.",
        example: "<interface type='user'>\n  \
                  <model type='virtio'/>\n  \
                  <address type='pci' domain='0x0000' bus='0x00' slot='0x03' function='0x0'/>\n\
                  </interface>",
        near_miss: "<interface type='user'>\n  \
                    <model type='virtio'/>\n\
                    </interface>",
        references: &[SEEN, "formatdomain, Device Addresses", "libvirt 9.0, qemuDomainAssignPCIAddresses"],
        needs: &[DocumentKind::Domain],
        mend: Some(Mend::noticed(&["pci-addresses"])),
        ..EDIT
    },
    Rule {
        id: "device-alias",
        summary: "An alias that libvirt made for the running guest",
        explanation: "libvirt makes aliases by which it and QEMU know a device, anew at each start. Only those that \
                      begin with ua- are the operator's own (libvirt 3.9), and they stay.",
        example: "<interface type='user'>\n  \
                  <model type='virtio'/>\n  \
                  <alias name='net0'/>\n\
                  </interface>",
        near_miss: "<interface type='user'>\n  \
                    <model type='virtio'/>\n  \
                    <alias name='ua-uplink'/>\n\
                    </interface>",
        references: &["formatdomain, Devices: alias", "libvirt 3.9, NEWS: Allow users to set device aliases"],
        needs: &[DocumentKind::Domain],
        mend: Some(Mend::SILENT),
        ..EDIT
    },
    Rule {
        id: "acpi-index",
        severity: Severity::Warning,
        summary: "Onboard numbers of network devices are for PC machines",
        explanation: "<acpi index> gives an interface an onboard number, after which systemd names it eno1. QEMU \
                      builds such tables for PC machines only. Dropped, the interface is named by its place.",
        example: "<interface type='user'>\n  \
                  <model type='virtio'/>\n  \
                  <acpi index='1'/>\n\
                  </interface>",
        near_miss: "<interface type='user'>\n  \
                    <model type='virtio'/>\n  \
                    <boot order='1'/>\n\
                    </interface>",
        references: &["formatdomain, Network interfaces"],
        needs: &[DocumentKind::Domain],
        mend: Some(Mend::unsafe_noticed(&["onboard-name"])),
        ..EDIT
    },
    Rule {
        id: "virtio-transitional",
        summary: "Transitional virtio devices need I/O ports and a conventional PCI slot",
        explanation: "A transitional device speaks the virtio of before 1.0 as well: it needs I/O ports, of which a \
                      virt machine has 64 KiB for all its root ports, and a slot of conventional PCI. Every kernel \
                      for aarch64 speaks virtio 1.0.",
        example: "<disk type='file' model='virtio-transitional'>\n  \
                  <target dev='vda' bus='virtio'/>\n\
                  </disk>",
        near_miss: "<disk type='file' model='virtio-non-transitional'>\n  \
                    <target dev='vda' bus='virtio'/>\n\
                    </disk>",
        references: &["formatdomain, Virtio transitional devices", "libvirt 5.2, NEWS: virtio-transitional"],
        needs: &[DocumentKind::Domain],
        mend: Some(Mend::SILENT),
        ..EDIT
    },
];

//! PCI controllers and the ports they have.

use crate::compat::excerpt::Excerpt;
use crate::compat::finding::Findings;
use crate::compat::mode::Modes;
use crate::compat::pair::Pair;
use crate::compat::rule::{Check, Family, Mend, Rule};
use crate::compat::severity::Severity;
use crate::knowledge;
use crate::model::{DocumentKind, Requirements};

pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "pci-controller-foreign",
        family: Family::Pci,
        severity: Severity::Blocker,
        modes: Modes::AS_IT_IS,
        summary: "The guest's PCI controllers are a PC's",
        explanation: "ARM's `virt` has PCI Express: index 0 must be pcie-root (\"must be model='pcie-root' for this \
                      machine type, but model='pci-root' was found\"). Addresses of the old bus are accepted \
                      silently and leave the device where it cannot be unplugged.",
        remedy: "use pcie-root with pcie-root-ports and let libvirt give the addresses anew",
        example: "<controller type='pci' index='1' model='pci-bridge'/>",
        near_miss: "<controller type='pci' index='1' model='pcie-root-port'/>",
        beside: &[Excerpt::ARM_HOST],
        references: &["formatdomain, Controllers", "observed: libvirt 9.0, pci-root on virt"],
        needs: &[DocumentKind::Domain, DocumentKind::Capabilities],
        mend: Some(Mend::SILENT),
        check: Check::Pair(pci_controller_foreign),
        ..Rule::BLANK
    },
    Rule {
        id: "pcie-ports-scarce",
        family: Family::Pci,
        severity: Severity::Warning,
        modes: Modes::REBUILD,
        summary: "The guest has more devices than the host's machine type has PCI Express ports",
        explanation: "Every device of `virt` wants a pcie-root-port of its own. libvirt packs 248 of them (31 slots \
                      of 8 functions, libvirt 9.0); with QEMU 2.12 and older only 15 come up on a Kunpeng 920. A \
                      virtio-scsi controller takes one port and carries many disks.",
        remedy: "put the disks behind one virtio-scsi controller; rewriting does",
        example: "<interface type='user'/> <interface type='user'/> <interface type='user'/> <interface type='user'/>\n\
                  <interface type='user'/> <interface type='user'/> <interface type='user'/> <interface type='user'/>\n\
                  <interface type='user'/> <interface type='user'/> <interface type='user'/> <interface type='user'/>\n\
                  <interface type='user'/> <interface type='user'/>",
        near_miss: "<interface type='user'/> <interface type='user'/> <interface type='user'/> <interface \
                    type='user'/>\n\
                    <interface type='user'/> <interface type='user'/> <interface type='user'/> <interface \
                    type='user'/>\n\
                    <interface type='user'/> <interface type='user'/> <interface type='user'/> <interface \
                    type='user'/>",
        beside: &[
            Excerpt::ARM_HOST,
            Excerpt::there(
                DocumentKind::Version,
                "Using library: libvirt 4.5.0\n\
                 Running hypervisor: QEMU 2.12.0",
            ),
        ],
        references: &[
            "libvirt 9.0, qemuDomainAssignPCIAddresses",
            "observed: QEMU 2.12 boots 15 ports at most, 7.2 boots 200",
        ],
        needs: &[DocumentKind::Domain, DocumentKind::Capabilities, DocumentKind::Version],
        mend: Some(Mend::SILENT),
        check: Check::Pair(pcie_ports_scarce),
        ..Rule::BLANK
    },
];

fn pci_controller_foreign(pair: &Pair<'_>, findings: &mut Findings) {
    if !pair.rebuilt_for_arm() {
        return;
    }
    let is_pc =
        |model: &str| matches!(model, "pci-root" | "pci-bridge" | "dmi-to-pci-bridge" | "pci-expander-bus");
    let pci = pair.guest.controllers.iter().filter(|controller| controller.kind.value == "pci");
    for model in pci.filter_map(|controller| controller.model.as_ref()).filter(|model| is_pc(&model.value)) {
        let message = format!("the PCI controller '{}' is a PC's", model.value);
        findings.fire(message, Some(model.place), "the guest's PCI controller");
    }
}

fn pcie_ports_scarce(pair: &Pair<'_>, findings: &mut Findings) {
    if !pair.rebuilt_for_arm() {
        return;
    }
    let Some(qemu) = pair.target.qemu.get() else { return };
    let (wanted, ports) = (ports_wanted(pair.guest), knowledge::ports::limit(qemu.value));
    if wanted > ports {
        let message =
            format!("its devices want {wanted} PCI Express ports and QEMU {} has {ports}", qemu.value);
        let first = pair.guest.disks.first().map(|disk| disk.bus.place);
        findings.fire(message, first, "the first of its disks").and(Some(qemu.place), "the host's QEMU");
    }
}

/// The ports that the guest's devices want when each disk that is not on SCSI has one of its own:
/// USB, video, each disk and NIC, one for SCSI, one for channels, balloon, rng and the like.
fn ports_wanted(guest: &Requirements) -> u32 {
    let behind_scsi = |bus: &str| matches!(bus, "scsi" | "ide" | "sata" | "usb" | "fdc");
    let (scsi, own): (Vec<_>, Vec<_>) = guest.disks.iter().partition(|disk| behind_scsi(&disk.bus.value));
    let one =
        |elements: &[&str]| usize::from(elements.iter().any(|e| guest.devices_named(e).next().is_some()));
    let each = |element| guest.devices_named(element).count();
    let devices = one(&["channel"]) + one(&["memballoon"]) + each("rng") + each("vsock") + each("filesystem");
    let all = 2 + own.len() + usize::from(!scsi.is_empty()) + each("interface") + devices;
    u32::try_from(all).unwrap_or(u32::MAX)
}

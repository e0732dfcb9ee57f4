//! All other devices.

use super::{EDIT, SEEN};
use crate::compat::rule::{Mend, Rule};
use crate::compat::severity::Severity;
use crate::model::DocumentKind;

pub(in crate::compat::rules) const RULES: &[Rule] = &[
    Rule {
        id: "x86-option-rom",
        summary: "An option ROM holds x86 code",
        explanation: "An option ROM is code that the firmware runs, most often to boot from the network; a file for a \
                      PC holds x86 code. AAVMF has network boot for virtio of its own.",
        example: "<interface type='user'>\n  \
                  <model type='virtio'/>\n  \
                  <rom file='/srv/pxe.rom'/>\n\
                  </interface>",
        near_miss: "<interface type='user'>\n  \
                    <model type='virtio'/>\n  \
                    <rom bar='off'/>\n\
                    </interface>",
        references: &["formatdomain, Network interfaces: rom"],
        needs: &[DocumentKind::Domain],
        mend: Some(Mend::SILENT),
        ..EDIT
    },
    Rule {
        id: "video-model",
        summary: "A display adapter that needs VGA or is x86 only becomes virtio",
        explanation: "qxl is not there at all (\"domain configuration does not support video model 'qxl'\"). vga, \
                      cirrus, bochs and vmvga define and start, but need legacy VGA, which ARM guests do not have. \
                      virtio works everywhere; where there are graphics and no adapter is named, it is named.",
        example: "<video><model type='qxl'/></video>",
        near_miss: "<video><model type='virtio'/></video>",
        references: &[SEEN, "formatdomain, Video devices", "formatdomaincaps, Video device"],
        needs: &[DocumentKind::Domain, DocumentKind::DomainCapabilities],
        mend: Some(Mend::noticed(&["display"])),
        ..EDIT
    },
    Rule {
        id: "spice-graphics",
        severity: Severity::Warning,
        summary: "The target's QEMU is built without SPICE",
        explanation: "SPICE is a matter of how QEMU was built: RHEL 9 leaves it out, and the definition is refused. \
                      The rewriter makes it VNC, or drops it where the guest has VNC as well. People connect another \
                      way, and copy and paste are gone.",
        example: "<graphics type='spice' autoport='yes'/>",
        near_miss: "<graphics type='vnc' autoport='yes'/>",
        references: &[
            "formatdomain, Graphical framebuffers: spice",
            "formatdomaincaps, Graphical framebuffers",
        ],
        needs: &[DocumentKind::Domain, DocumentKind::DomainCapabilities],
        mend: Some(Mend::UNSAFE),
        ..EDIT
    },
    Rule {
        id: "spice-device",
        severity: Severity::Warning,
        summary: "A device that works through SPICE, which the target does not have",
        explanation: "The agent's channel, redirected USB, smart cards and sound may go through SPICE. Without SPICE \
                      graphics libvirt refuses them (\"chardev 'spicevmc' not supported without spice graphics\"). \
                      They are dropped; sound goes nowhere.",
        example: "<channel type='spicevmc'>\n  \
                  <target type='virtio' name='com.redhat.spice.0'/>\n\
                  </channel>",
        near_miss: "<channel type='unix'>\n  \
                    <target type='virtio' name='org.qemu.guest_agent.0'/>\n\
                    </channel>",
        references: &[SEEN, "formatdomain, Consoles, serial, parallel & channel devices: spicevmc"],
        needs: &[DocumentKind::Domain, DocumentKind::DomainCapabilities],
        mend: Some(Mend::unsafe_noticed(&["spice"])),
        ..EDIT
    },
    Rule {
        id: "usb-redirection",
        severity: Severity::Warning,
        summary: "The target's QEMU is built without USB redirection",
        explanation: "USB redirection, too, is a matter of how QEMU was built. Where domcapabilities does not offer \
                      it (libvirt 8.9 and newer say so), its devices and filters are dropped.",
        example: "<redirdev bus='usb' type='tcp'>\n  \
                  <source mode='connect' host='desk' service='4000'/>\n\
                  </redirdev>",
        near_miss: "<hub type='usb'/>",
        references: &["formatdomain, Redirected devices", "formatdomaincaps, USB redirect device"],
        needs: &[DocumentKind::Domain, DocumentKind::DomainCapabilities],
        mend: Some(Mend::unsafe_noticed(&["usb-redirection"])),
        ..EDIT
    },
    Rule {
        id: "ps2-input",
        summary: "A virt machine has no PS/2; keyboard and pointer go on USB",
        explanation: "Every definition of an x86 guest lists a PS/2 mouse and keyboard, and a virt machine has no \
                      PS/2 (\"ps2 is not supported by this QEMU binary\"). A USB tablet, which points where the \
                      viewer points, and a USB keyboard take their place, or virtio ones where the guest has no USB.",
        example: "<input type='mouse' bus='ps2'/>",
        near_miss: "<input type='tablet' bus='usb'/>",
        references: &[SEEN, "formatdomain, Input devices"],
        needs: &[DocumentKind::Domain],
        mend: Some(Mend::noticed(&["usb-input"])),
        ..EDIT
    },
    Rule {
        id: "isa-serial",
        severity: Severity::Warning,
        summary: "A virt machine has no ISA; its serial port is a pl011",
        explanation: "virt has no ISA bus; its serial port is a pl011. With the model that libvirt itself writes the \
                      definition is refused (\"Target model 'isa-serial' requires target type 'isa-serial'\"). The \
                      first port becomes the pl011, each more a pci-serial. The kernel's console=ttyS0 must become \
                      ttyAMA0, which is a step for a person.",
        example: "<serial type='pty'>\n  \
                  <target type='isa-serial' port='0'/>\n\
                  </serial>",
        near_miss: "<serial type='pty'>\n  \
                    <target type='pci-serial' port='0'/>\n\
                    </serial>",
        references: &[SEEN, "formatdomain, Consoles, serial, parallel & channel devices: serial"],
        needs: &[DocumentKind::Domain],
        mend: Some(Mend::unsafe_noticed(&["serial"])),
        ..EDIT
    },
    Rule {
        id: "parallel-port",
        severity: Severity::Warning,
        summary: "A virt machine has no parallel port",
        explanation: "QEMU's parallel port is an ISA device: on virt the start fails (\"'isa-parallel' is not a valid \
                      device model name\"). It is dropped, and what hung on it needs another way.",
        example: "<parallel type='pty'/>",
        near_miss: "<serial type='pty'>\n  \
                    <target type='pci-serial' port='0'/>\n\
                    </serial>",
        references: &[SEEN, "formatdomain, Consoles, serial, parallel & channel devices: parallel"],
        needs: &[DocumentKind::Domain],
        mend: Some(Mend::unsafe_noticed(&["parallel"])),
        ..EDIT
    },
    Rule {
        id: "xen-device",
        severity: Severity::Warning,
        summary: "A device that only Xen has",
        explanation: "Consoles, balloons and NVRAM of Xen, of containers and of pseries machines are not QEMU's on \
                      ARM: libvirt refuses them for a virt machine. They are dropped.",
        example: "<memballoon model='xen'/>",
        near_miss: "<memballoon model='virtio'/>",
        references: &["formatdomain, Memory balloon device", "formatdomain, NVRAM device"],
        needs: &[DocumentKind::Domain],
        mend: Some(Mend::unsafe_noticed(&["xen"])),
        ..EDIT
    },
    Rule {
        id: "panic-device",
        summary: "Panic devices of a PC become pvpanic where the target has it",
        explanation: "A PC reports a guest's panic by an ISA port or by Hyper-V, which virt does not have (\"the QEMU \
                      binary does not support the ISA panic device\"). pvpanic is a PCI device, which libvirt knows \
                      since 9.1; on a target without it panics are not reported.",
        example: "<panic model='isa'/>",
        near_miss: "<panic model='pvpanic'/>",
        references: &[SEEN, "formatdomain, panic device", "libvirt 9.1, NEWS: pvpanic"],
        needs: &[DocumentKind::Domain, DocumentKind::DomainCapabilities],
        mend: Some(Mend::noticed(&["panic"])),
        ..EDIT
    },
    Rule {
        id: "watchdog-model",
        summary: "Ib700 and iTCO are parts of a PC; i6300esb is a PCI device",
        explanation: "ib700 is an ISA device and fails at the start, iTCO is a part of q35 alone (\"only part of q35 \
                      machine\"). i6300esb is a PCI device, which works on virt behind a bridge; libvirt before 9.1 \
                      allows one watchdog only, so one is left.",
        example: "<watchdog model='itco' action='reset'/>",
        near_miss: "<watchdog model='i6300esb' action='reset'/>",
        references: &[SEEN, "formatdomain, Watchdog device"],
        needs: &[DocumentKind::Domain],
        mend: Some(Mend::noticed(&["watchdog"])),
        ..EDIT
    },
    Rule {
        id: "sound-model",
        summary: "Emulated sound cards become USB sound",
        explanation: "sb16 and the PC speaker fail at the start; ich6, ich9, ac97 and es1370 start behind a bridge to \
                      conventional PCI, but few ARM kernels have their drivers. USB sound needs only the xHCI \
                      controller. Without USB the card is dropped.",
        example: "<sound model='ich9'/>",
        near_miss: "<sound model='usb'/>",
        references: &[SEEN, "formatdomain, Sound devices"],
        needs: &[DocumentKind::Domain],
        mend: Some(Mend::noticed(&["sound"])),
        ..EDIT
    },
    Rule {
        id: "network-model",
        summary: "Emulated or unnamed network adapters become virtio",
        explanation: "Emulated adapters mostly start on virt, but want a bridge to conventional PCI or are left out \
                      of a build, and ARM kernels may lack their drivers. Where no model is named, a PC gets an \
                      emulated one. virtio is in every kernel; its place, and so the interface's name, is another.",
        example: "<interface type='user'>\n  \
                  <model type='e1000'/>\n\
                  </interface>",
        near_miss: "<interface type='user'>\n  \
                    <model type='virtio'/>\n\
                    </interface>",
        references: &[SEEN, "formatdomain, Network interfaces: model"],
        needs: &[DocumentKind::Domain],
        mend: Some(Mend::unsafe_noticed(&["network-adapter"])),
        ..EDIT
    },
    Rule {
        id: "tpm-model",
        severity: Severity::Warning,
        summary: "A virt machine has tpm-tis and TPM 2.0 only",
        explanation: "virt has tpm-tis with TPM 2.0 (\"does not support TPM model tpm-crb\", \"TPM 1.2 is not \
                      supported on architecture 'aarch64'\"). The model is written; on a target that is not known to \
                      offer a TPM the device is dropped, which is a step for a person.",
        example: "<tpm model='tpm-crb'>\n  \
                  <backend type='emulator' version='2.0'/>\n\
                  </tpm>",
        near_miss: "<tpm model='tpm-tis'>\n  \
                    <backend type='emulator' version='2.0'/>\n\
                    </tpm>",
        references: &[SEEN, "formatdomain, TPM device", "formatdomaincaps, TPM device"],
        needs: &[DocumentKind::Domain, DocumentKind::DomainCapabilities],
        mend: Some(Mend::unsafe_noticed(&["tpm"])),
        ..EDIT
    },
    Rule {
        id: "tpm-state",
        severity: Severity::Warning,
        summary: "What is sealed in the TPM does not move",
        explanation: "An emulated TPM keeps what is sealed in it in a folder of its host, bound to the measurements \
                      of the old firmware and system. After a rebuild the guest finds an empty TPM: keys of encrypted \
                      disks must be saved first.",
        example: "<os><type arch='x86_64' machine='pc-q35-7.2'>hvm</type></os>\n\
                  <tpm model='tpm-tis'>\n  \
                  <backend type='emulator' version='2.0'/>\n\
                  </tpm>",
        near_miss: "<os><type arch='aarch64' machine='virt-2.12'>hvm</type></os>\n\
                    <tpm model='tpm-tis'>\n  \
                    <backend type='emulator' version='2.0'/>\n\
                    </tpm>",
        references: &["formatdomain, TPM device", "libvirt 9.0, qemuExtTPMInitPaths"],
        needs: &[DocumentKind::Domain],
        mend: Some(Mend::UNSAFE),
        ..EDIT
    },
    Rule {
        id: "iommu-model",
        summary: "The IOMMU of a PC becomes smmuv3 where the target has it",
        explanation: "intel is the IOMMU of q35 (\"only supported with Q35 machines\"). That of virt is smmuv3 \
                      (libvirt 5.5, QEMU 3.0), which has none of its settings; on a target without it there is none. \
                      A guest without passed-through devices of its own notices little.",
        example: "<iommu model='intel'/>",
        near_miss: "<iommu model='smmuv3'/>",
        references: &[SEEN, "formatdomain, IOMMU devices", "libvirt 5.5, NEWS: smmuv3"],
        needs: &[DocumentKind::Domain, DocumentKind::Version],
        mend: Some(Mend::noticed(&["iommu"])),
        ..EDIT
    },
];

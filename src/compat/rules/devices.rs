//! Devices that a host's emulator must offer, and those that tie a guest to its host.

use crate::compat::excerpt::Excerpt;
use crate::compat::finding::Findings;
use crate::compat::mode::Modes;
use crate::compat::pair::{Pair, Subject};
use crate::compat::rule::{Check, Family, Mend, Rule};
use crate::compat::severity::Severity;
use crate::model::{Arch, Device, DocumentKind, Known, Name};
use crate::text::xml::Element;

const RULE: Rule =
    Rule { family: Family::Devices, modes: Modes::AS_IT_IS, mend: Some(Mend::SILENT), ..Rule::BLANK };

/// A host whose emulator has disks on SCSI and virtio, and no others.
const SCSI_AND_VIRTIO: Excerpt = Excerpt::there(
    DocumentKind::DomainCapabilities,
    "<devices>\n  \
     <disk supported='yes'>\n    \
     <enum name='bus'><value>scsi</value><value>virtio</value></enum>\n  \
     </disk>\n\
     </devices>",
);

pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "disk-bus-not-offered",
        summary: "The host's emulator has no disk bus of this kind for the guest",
        explanation: "domcapabilities lists the buses (disk/enum bus). ARM's `virt` has no IDE: libvirt refuses the \
                      definition (\"IDE controllers are unsupported for this QEMU binary or machine type\"), and a \
                      floppy is accepted and fails at the start.",
        remedy: "put the disk on virtio or on a virtio-scsi controller",
        example: "<disk type='file'><target dev='sda' bus='sata'/></disk>",
        near_miss: "<disk type='file'><target dev='vda' bus='virtio'/></disk>",
        beside: &[SCSI_AND_VIRTIO],
        references: &[
            "formatdomaincaps, Hard drives, floppy disks, CDROMs",
            "observed: libvirt 9.0 and QEMU 7.2 (IDE and floppy on virt)",
        ],
        needs: &[DocumentKind::Domain, DocumentKind::Capabilities, DocumentKind::DomainCapabilities],
        check: Check::Pair(disk_bus),
        ..RULE
    },
    Rule {
        id: "cdrom-bus-not-offered",
        summary: "The host's emulator has no CD-ROM bus of this kind for the guest",
        explanation: "domcapabilities lists the buses (disk/enum bus). An IDE CD-ROM is what most x86 guests have, \
                      and ARM's `virt` has no IDE; virtio cannot change media (\"does not support ejectable media\", \
                      libvirt 9.0). SCSI works everywhere.",
        remedy: "put the CD-ROM on a virtio-scsi controller",
        example: "<disk type='file' device='cdrom'><target dev='hda' bus='ide'/></disk>",
        near_miss: "<disk type='file' device='cdrom'><target dev='sda' bus='scsi'/></disk>",
        beside: &[SCSI_AND_VIRTIO],
        references: &[
            "formatdomaincaps, Hard drives, floppy disks, CDROMs",
            "observed: libvirt 9.0, \"does not support ejectable media\" (virtio)",
        ],
        needs: &[DocumentKind::Domain, DocumentKind::Capabilities, DocumentKind::DomainCapabilities],
        check: Check::Pair(cdrom_bus),
        ..RULE
    },
    Rule {
        id: "video-model-not-offered",
        summary: "The host's emulator does not have the guest's video model, or it shows nothing there",
        explanation: "domcapabilities lists the models (video/enum modelType). On ARM, vga, cirrus and vmvga are \
                      listed and accepted, but under KVM their frame buffer is not coherent with the caches and the \
                      picture is torn or empty; qxl is not there at all.",
        remedy: "use the video model virtio",
        example: "<video><model type='qxl'/></video>",
        near_miss: "<video><model type='virtio'/></video>",
        beside: &[Excerpt::there(
            DocumentKind::DomainCapabilities,
            "<devices>\n  \
             <video supported='yes'>\n    \
             <enum name='modelType'><value>vga</value><value>virtio</value></enum>\n  \
             </video>\n\
             </devices>",
        )],
        references: &[
            "formatdomaincaps, Video device",
            "observed: libvirt 9.0, \"does not support video model 'qxl'\"",
        ],
        needs: &[DocumentKind::Domain, DocumentKind::Capabilities, DocumentKind::DomainCapabilities],
        check: Check::Pair(video_model),
        ..RULE
    },
    Rule {
        id: "graphics-not-offered",
        summary: "The host's emulator does not have the guest's kind of graphics",
        explanation: "domcapabilities lists the kinds (graphics/enum type). SPICE is a matter of how QEMU was built: \
                      RHEL 9 and many ARM builds leave it out, and with it spicevmc channels and USB redirection.",
        remedy: "use VNC",
        example: "<graphics type='spice'/>",
        near_miss: "<graphics type='vnc'/>",
        beside: &[Excerpt::there(
            DocumentKind::DomainCapabilities,
            "<devices>\n  \
             <graphics supported='yes'>\n    \
             <enum name='type'><value>vnc</value></enum>\n  \
             </graphics>\n\
             </devices>",
        )],
        references: &[
            "formatdomaincaps, Graphical framebuffers",
            "libvirt 11.3, tests/domaincapsdata: SPICE differs by build",
        ],
        needs: &[DocumentKind::Domain, DocumentKind::Capabilities, DocumentKind::DomainCapabilities],
        check: Check::Pair(graphics),
        ..RULE
    },
    Rule {
        id: "tpm-model-not-offered",
        summary: "The host's emulator does not have the guest's TPM model",
        explanation: "domcapabilities lists the models (tpm/enum model, libvirt 5.6 and newer). tpm-crb is for x86: \
                      ARM has tpm-tis only (\"does not support TPM model tpm-crb\", libvirt 9.0), and no TPM 1.2.",
        remedy: "use the model tpm-tis, version 2.0; what the TPM holds does not move along",
        example: "<tpm model='tpm-crb'><backend type='emulator' version='2.0'/></tpm>",
        near_miss: "<tpm model='tpm-tis'><backend type='emulator' version='2.0'/></tpm>",
        beside: &[Excerpt::there(
            DocumentKind::DomainCapabilities,
            "<devices>\n  \
             <tpm supported='yes'>\n    \
             <enum name='model'><value>tpm-tis</value></enum>\n  \
             </tpm>\n\
             </devices>",
        )],
        references: &[
            "formatdomaincaps, TPM device",
            "observed: libvirt 9.0, \"does not support TPM model tpm-crb\"",
        ],
        needs: &[DocumentKind::Domain, DocumentKind::Capabilities, DocumentKind::DomainCapabilities],
        check: Check::Pair(tpm_model),
        ..RULE
    },
    Rule {
        id: "usb-controller-foreign",
        summary: "The guest's USB controller belongs to a PC",
        explanation: "piix3-uhci sits in the PC's south bridge and the ich9 set in its I/O hub. On `virt` libvirt \
                      would hang them behind a bridge of conventional PCI, and a PS/2 mouse is refused \
                      (\"ps2 is not supported by this QEMU binary\").",
        remedy: "use one qemu-xhci controller with a USB tablet and keyboard",
        example: "<controller type='usb' index='0' model='piix3-uhci'/>",
        near_miss: "<controller type='usb' index='0' model='qemu-xhci'/>",
        beside: &[Excerpt::ARM_HOST],
        references: &[
            "formatdomain, Controllers",
            "observed: libvirt 9.0, \"ps2 is not supported by this QEMU binary\"",
        ],
        needs: &[DocumentKind::Domain, DocumentKind::Capabilities],
        check: Check::Pair(usb_controller),
        ..RULE
    },
    Rule {
        id: "passthrough-device",
        summary: "A device of the host is passed through to the guest",
        explanation: "A device that is passed through stays with its host: libvirt or QEMU refuses the live move \
                      (\"cannot migrate a domain with <hostdev mode='subsystem' type='pci'>\"; QEMU 6.0 and newer \
                      name VFIO among the blocked reasons). Whether another host has such a device is in no \
                      document that Portolan reads.",
        remedy: "detach the device before the move, or see that the host has one at the same address",
        example: "<hostdev mode='subsystem' type='pci' managed='yes'>\n  \
                  <source><address domain='0x0000' bus='0x06' slot='0x00' function='0x0'/></source>\n\
                  </hostdev>",
        near_miss: "<redirdev bus='usb' type='tcp'><source mode='connect' host='desk' service='4000'/></redirdev>",
        references: &["libvirt 9.0, qemuMigrationSrcIsAllowed", "formatdomain, Host device assignment"],
        needs: &[DocumentKind::Domain],
        mend: Some(Mend::unsafe_noticed(&["passthrough-gone"])),
        check: Check::Pair(passthrough_device),
        ..RULE
    },
    Rule {
        id: "virtiofs",
        modes: Modes::LIVE,
        summary: "A folder of the host is shared with the guest by virtiofs",
        explanation: "libvirt refuses the move (\"migration with this virtiofs device is not supported\", 9.0), newer ones \
                      unless the host's virtiofsd can migrate its state, which no document tells.",
        remedy: "unmount and detach the file system before the move",
        example: "<filesystem type='mount'>\n  \
                  <driver type='virtiofs'/><source dir='/srv'/><target dir='share'/>\n\
                  </filesystem>",
        near_miss: "<filesystem type='mount'>\n  \
                    <driver type='path'/><source dir='/srv'/><target dir='share'/>\n\
                    </filesystem>",
        references: &[
            "libvirt 9.0, qemuMigrationSrcIsAllowed",
            "libvirt knowledge base, Sharing files with Virtiofs",
        ],
        needs: &[DocumentKind::Domain, DocumentKind::Version],
        mend: None,
        check: Check::Guests(virtiofs),
        ..RULE
    },
    Rule {
        id: "mounted-9p",
        severity: Severity::Unknown,
        modes: Modes::LIVE,
        summary: "A folder of the host is shared with the guest by 9p",
        explanation: "QEMU refuses to migrate while the guest has the folder mounted (\"Migration is disabled when \
                      VirtFS export path is mounted in the guest\"), and no document tells whether it has.",
        remedy: "unmount the folder in the guest and detach it before the move",
        example: "<filesystem type='mount'><source dir='/srv'/><target dir='share'/></filesystem>",
        near_miss: "<filesystem type='mount'><driver type='virtiofs'/><source dir='/srv'/><target \
                    dir='share'/></filesystem>",
        references: &["QEMU 7.2, hw/9pfs/9p.c: v9fs_attach adds a migration blocker"],
        needs: &[DocumentKind::Domain],
        mend: None,
        check: Check::Guests(mounted_9p),
        ..RULE
    },
    Rule {
        id: "shared-memory-device",
        modes: Modes::LIVE,
        summary: "The guest shares memory with other guests of its host",
        explanation: "libvirt moves a shmem device only with role='master' (\"shmem device 'NAME' cannot be migrated, \
                      only shmem with role='master' can be migrated\", libvirt 9.0): a peer's memory is that of \
                      others, who stay. QEMU says so too (\"Migration is disabled when using feature 'peer mode' in \
                      device 'ivshmem'\", 7.2).",
        remedy: "detach the shmem device before the move",
        example: "<shmem name='s' role='peer'/>",
        near_miss: "<shmem name='s' role='master'/>",
        references: &["libvirt 9.0, qemuMigrationSrcIsAllowed", "formatdomain, Shared memory device: role"],
        needs: &[DocumentKind::Domain],
        mend: Some(Mend::UNSAFE),
        check: Check::Guests(shared_memory),
        ..RULE
    },
    Rule {
        id: "launch-security",
        summary: "The guest's memory is encrypted by its host's processor",
        explanation: "The keys are in the host's processor: SEV guests cannot be moved live (\"SEV launch security\" \
                      is a blocked reason of QEMU). They start only where domcapabilities offers the technique, and \
                      with firmware made for it.",
        remedy: "start the guest on a host that offers it; a live move is not possible",
        example: "<launchSecurity type='sev'><policy>0x0003</policy></launchSecurity>",
        near_miss: "<memoryBacking><locked/></memoryBacking>",
        references: &[
            "formatdomain, Launch Security",
            "libvirt knowledge base, Launch security with AMD SEV",
            "formatdomaincaps, SEV capabilities",
        ],
        needs: &[DocumentKind::Domain],
        mend: Some(Mend::unsafe_noticed(&["memory-encryption"])),
        check: Check::Pair(launch_security),
        ..RULE
    },
    Rule {
        id: "qemu-arguments",
        severity: Severity::Unknown,
        modes: Modes::AS_IT_IS,
        summary: "The definition hands arguments straight to QEMU",
        explanation: "libvirt does not look into qemu:commandline and qemu:override; what they do on another QEMU or \
                      another architecture only a person can tell. Rewriting drops them and says so.",
        remedy: "see whether the arguments mean the same on the host",
        example: "<domain type='kvm' xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'>\n  \
                  <qemu:commandline><qemu:arg value='-s'/></qemu:commandline>\n\
                  </domain>",
        near_miss: "<domain type='kvm' xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'/>",
        references: &["libvirt, drvqemu: Pass-through of arbitrary qemu commands"],
        needs: &[DocumentKind::Domain],
        mend: Some(Mend::unsafe_noticed(&["qemu-arguments"])),
        check: Check::Pair(qemu_arguments),
        ..RULE
    },
];

/// Fires for each of `values` that the host's emulator does not offer for `device`.
fn offered<'g>(
    pair: &Pair<'_>,
    findings: &mut Findings,
    (device, name): (&str, &str),
    values: impl Iterator<Item = &'g Known<Name>>,
) {
    for value in values {
        let offer = pair.offer().map(|offer| offer.offers(device, name, &value.value));
        let told = offer.as_ref().map_err(|&document| document).and_then(|fact| fact.ask());
        match told {
            Ok(told) if told.value => {}
            Ok(told) => {
                let message = format!("the host's emulator has no {device} {name} '{}'", value.value);
                let firing = findings.fire(message, Some(value.place), "the guest's");
                let firing = firing.and(Some(told.place), "what the host offers");
                if is_kept(pair, device) {
                    firing.stays();
                }
            }
            Err(_) if pair.same_offer() => {}
            Err(document) => {
                let what = format!("whether the host offers the {device} {name} '{}'", value.value);
                findings.missing(document, &what, Some(value.place)).only(Modes::AS_IT_IS);
            }
        }
    }
}

/// Whether rewriting keeps the device as it is: for an x86 host it changes no bus of a disk, and no TPM.
fn is_kept(pair: &Pair<'_>, device: &str) -> bool {
    pair.target.arch.value().is_some_and(Arch::is_x86) && matches!(device, "disk" | "tpm")
}

fn disk_bus(pair: &Pair<'_>, findings: &mut Findings) {
    let disks = pair.guest.disks.iter().filter(|disk| disk.device.value != "cdrom");
    offered(pair, findings, ("disk", "bus"), disks.map(|disk| &disk.bus));
}

fn cdrom_bus(pair: &Pair<'_>, findings: &mut Findings) {
    let disks = pair.guest.disks.iter().filter(|disk| disk.device.value == "cdrom");
    offered(pair, findings, ("disk", "bus"), disks.map(|disk| &disk.bus));
}

fn models<'g>(pair: &Pair<'g>, element: &'g str) -> impl Iterator<Item = &'g Known<Name>> {
    pair.guest.devices_named(element).filter_map(|device| device.model.as_ref())
}

fn video_model(pair: &Pair<'_>, findings: &mut Findings) {
    let (unfit, others): (Vec<&Known<Name>>, Vec<&Known<Name>>) =
        models(pair, "video").partition(|m| pair.rebuilt_for_arm() && is_pc_video(&m.value));
    for model in unfit {
        let message = format!("the video model '{}' shows nothing on an ARM host", model.value);
        findings.fire(message, Some(model.place), "the guest's video model");
    }
    offered(pair, findings, ("video", "modelType"), others.into_iter());
}

/// Models that ARM builds of QEMU may list, but whose frame buffer guests under KVM cannot use.
fn is_pc_video(model: &str) -> bool {
    matches!(model, "vga" | "cirrus" | "vmvga" | "qxl" | "vbox" | "xen")
}

fn graphics(pair: &Pair<'_>, findings: &mut Findings) {
    let kinds = pair.guest.devices_named("graphics").filter_map(|device| device.kind.as_ref());
    offered(pair, findings, ("graphics", "type"), kinds);
}

fn tpm_model(pair: &Pair<'_>, findings: &mut Findings) {
    offered(pair, findings, ("tpm", "model"), models(pair, "tpm"));
}

fn usb_controller(pair: &Pair<'_>, findings: &mut Findings) {
    if !pair.rebuilt_for_arm() {
        return;
    }
    let is_pc = |model: &str| {
        ["piix", "ich9-", "vt82c686b", "ehci", "pci-ohci"].iter().any(|pc| model.starts_with(pc))
    };
    let usb = pair.guest.controllers.iter().filter(|controller| controller.kind.value == "usb");
    for model in usb.filter_map(|controller| controller.model.as_ref()).filter(|model| is_pc(&model.value)) {
        let message = format!("the USB controller '{}' is a PC's", model.value);
        findings.fire(message, Some(model.place), "the guest's USB controller");
    }
    for input in pair.guest.devices_named("input") {
        if let Some(bus) = input.bus.as_ref().filter(|bus| bus.value == "ps2") {
            findings.fire(
                "the input device is on a PS/2 bus, which ARM's `virt` lacks",
                Some(bus.place),
                "a PC's bus",
            );
        }
    }
}

fn passed_through(device: &Device) -> bool {
    let kind = device.kind.as_ref().map(|kind| kind.value.as_str());
    match device.element.value.as_str() {
        "hostdev" => true,
        "interface" => matches!(kind, Some("hostdev" | "vdpa")),
        "tpm" => device.bus.as_ref().is_some_and(|bus| bus.value == "passthrough"),
        _ => false,
    }
}

fn passthrough_device(pair: &Pair<'_>, findings: &mut Findings) {
    for device in pair.guest.devices.iter().filter(|device| passed_through(device)) {
        let place = Some(device.element.place);
        let message = format!("a device of its host is passed through (<{}>)", device.element.value);
        findings.fire(message, place, "stays with its host").only(Modes::LIVE);
        let what = "whether the host has such a device";
        findings.missing(DocumentKind::HostDevices, what, place).only(Modes::COLD);
    }
}

/// The file systems shared with the guest by this driver; `path` where none is named.
fn shared_by<'d>(subject: &Subject<'d>, driver: &str) -> Vec<Element<'d>> {
    let mut all = subject.running.all("devices/filesystem");
    all.retain(|element| {
        let named = element.child("driver").and_then(|driver| driver.value("type"));
        named.as_deref().unwrap_or("path") == driver
    });
    all
}

fn virtiofs(subject: &Subject<'_>, findings: &mut Findings) {
    let any_refused = subject.source.and_then(|host| host.libvirt.value()).is_none_or(|v| v.major < 10);
    for element in shared_by(subject, "virtiofs") {
        let place = subject.running.place(element);
        if any_refused {
            findings.fire("a folder of its host is shared with the guest by virtiofs", place, "this folder");
        } else {
            let what = "whether the host's virtiofsd can migrate its state";
            findings
                .missing(DocumentKind::Domain, what, place)
                .remedy("detach the file system before the move");
        }
    }
}

fn mounted_9p(subject: &Subject<'_>, findings: &mut Findings) {
    for element in shared_by(subject, "path") {
        let message = "a folder is shared by 9p, and nothing tells whether the guest has it mounted";
        findings.fire(message, subject.running.place(element), "this folder");
    }
}

fn shared_memory(subject: &Subject<'_>, findings: &mut Findings) {
    for element in subject.running.all("devices/shmem") {
        if element.value("role").as_deref() != Some("master") {
            let message = "the guest shares memory with others of its host and is not their master";
            findings.fire(message, subject.running.place(element), "this device");
        }
    }
}

fn launch_security(pair: &Pair<'_>, findings: &mut Findings) {
    let Some(security) = &pair.guest.launch_security else { return };
    let place = Some(security.place);
    findings
        .fire(format!("a guest of launch security '{}' cannot move live", security.value), place, "here")
        .only(Modes::LIVE);
    let what = format!("whether the host offers launch security '{}'", security.value);
    findings.missing(DocumentKind::DomainCapabilities, &what, place).only(Modes::COLD);
}

fn qemu_arguments(pair: &Pair<'_>, findings: &mut Findings) {
    if let Some(arguments) = &pair.guest.qemu_arguments {
        findings.fire(
            "the definition hands arguments straight to QEMU",
            Some(arguments.place),
            "these arguments",
        );
    }
}

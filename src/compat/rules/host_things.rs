//! Files, ports, addresses and devices of its host that a definition names: whether another host has them, mostly no
//! document tells.

use crate::compat::definition::Definition;
use crate::compat::finding::Findings;
use crate::compat::mode::Modes;
use crate::compat::pair::Subject;
use crate::compat::rule::{Check, Family, Rule};
use crate::compat::severity::Severity;
use crate::model::DocumentKind;
use crate::text::xml::Element;

const RULE: Rule = Rule {
    family: Family::Devices,
    severity: Severity::Unknown,
    modes: Modes::AS_IT_IS,
    needs: &[DocumentKind::Domain],
    ..Rule::BLANK
};

pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "acpi-table-unseen",
        family: Family::Firmware,
        summary: "The guest gets an ACPI table from a file of its host",
        explanation: "QEMU opens <acpi><table> where the guest starts, and where it arrives; the table is often a licence that \
                      goes with one machine.",
        remedy: "copy the file to the same path on the host",
        example: "<os><type arch='x86_64' machine='pc-q35-7.2'>hvm</type><acpi><table type='slic'>/slic.bin</table></acpi></os>",
        near_miss: "<os><type arch='x86_64' machine='pc-q35-7.2'>hvm</type><bootmenu enable='no'/></os>",
        references: &["formatdomain, BIOS bootloader: acpi"],
        check: Check::Guests(acpi_table),
        ..RULE
    },
    Rule {
        id: "option-rom-unseen",
        summary: "A device of the guest has an option ROM from a file of its host",
        explanation: "QEMU opens <rom file> where the guest starts, and where it arrives. The ROM is memory of the \
                      guest: the sizes must agree, or QEMU refuses the stream. Whether the other host has the file no \
                      document tells.",
        remedy: "copy the file to the same path on the host, or leave <rom file> out",
        example: "<interface type='user'><rom file='/boot/pxe.rom'/></interface>",
        near_miss: "<interface type='user'><rom bar='off'/></interface>",
        references: &["formatdomain, Host device assignment: rom"],
        check: Check::Guests(option_rom),
        ..RULE
    },
    Rule {
        id: "host-character-device",
        summary: "A serial line of the guest is a device or pipe of its host",
        explanation: "QEMU opens the device or pipe where the guest starts, and where it arrives. Whether the other host has \
                      one of that name, and what is behind it, no document tells.",
        remedy: "detach the line, or see that the host has the same device",
        example: "<serial type='dev'><source path='/dev/ttyS0'/></serial>",
        near_miss: "<serial type='pty'/>",
        references: &["formatdomain, Consoles, serial, parallel & channel devices"],
        check: Check::Guests(character_device),
        ..RULE
    },
    Rule {
        id: "console-file",
        severity: Severity::Warning,
        summary: "A serial line of the guest is written to a file of its host",
        explanation: "On the other host QEMU begins a new file at the same path: what was written so far stays behind, and the \
                      folder must be there.",
        remedy: "create the folder on the host, and fetch the old file where it matters",
        example: "<serial type='file'><source path='/var/log/guest.log'/></serial>",
        near_miss: "<serial type='pty'/>",
        references: &["formatdomain, Consoles, serial, parallel & channel devices: file"],
        check: Check::Guests(console_file),
        ..RULE
    },
    Rule {
        id: "console-port",
        severity: Severity::Warning,
        summary: "A serial line of the guest listens on a port of its host",
        explanation: "QEMU binds the port on the other host: it must be free there, and who talks to the guest must find the \
                      other address.",
        remedy: "see that the port is free on the host, and tell who connects to it",
        example: "<serial type='tcp'><source mode='bind' host='0.0.0.0' service='4555'/></serial>",
        near_miss: "<serial type='tcp'><source mode='connect' host='logs.example' service='4555'/></serial>",
        references: &["formatdomain, Consoles, serial, parallel & channel devices: tcp"],
        check: Check::Guests(console_port),
        ..RULE
    },
    Rule {
        id: "graphics-port-fixed",
        severity: Severity::Warning,
        summary: "The guest's display has a port of its own",
        explanation: "With autoport='no' the port goes where the guest goes. libvirt reserves it there: where another \
                      guest has it the move fails (\"Failed to reserve port 5990\", libvirt 9.0), and a cold guest \
                      does not start. Who connects may rely on the number, so only its owner can tell whether it may \
                      change.",
        remedy: "write autoport='yes', or see that the port is free on the host",
        example: "<graphics type='vnc' port='5911' autoport='no'/>",
        near_miss: "<graphics type='vnc' port='5911' autoport='yes'/>",
        references: &["formatdomain, Graphical framebuffers: port, autoport"],
        check: Check::Guests(port_fixed),
        ..RULE
    },
    Rule {
        id: "vsock-address-fixed",
        severity: Severity::Warning,
        summary: "The guest has a vsock address of its own",
        explanation: "A CID can be in use once on a host: where another guest has it, QEMU does not start there (\"unable to set \
                      guest cid\").",
        remedy: "write <cid auto='yes'/>, or see that no guest of the host has the same",
        example: "<vsock model='virtio'><cid auto='no' address='7'/></vsock>",
        near_miss: "<vsock model='virtio'><cid auto='yes'/></vsock>",
        references: &["formatdomain, Vsock"],
        check: Check::Guests(vsock_fixed),
        ..RULE
    },
    Rule {
        id: "random-source-unseen",
        summary: "The guest's random numbers come from a device of its host",
        explanation: "QEMU opens the device where the guest starts, and where it arrives; /dev/hwrng is there only where the \
                      processor or a TPM gives one.",
        remedy: "use /dev/urandom, which every host has, or <backend model='builtin'/>",
        example: "<rng model='virtio'><backend model='random'>/dev/hwrng</backend></rng>",
        near_miss: "<rng model='virtio'><backend model='random'>/dev/urandom</backend></rng>",
        references: &["formatdomain, Random number generator device"],
        check: Check::Guests(random_source),
        ..RULE
    },
    Rule {
        id: "host-input-device",
        summary: "A keyboard or pointer of the host is given to the guest",
        explanation: "An input of type='evdev' or 'passthrough' is a device under /dev/input of its host. QEMU opens \
                      it where the guest starts, and where it arrives; event devices are numbered as they are found, \
                      so that the same name may be another device there. No document tells.",
        remedy: "detach the device before the move",
        example: "<input type='evdev'><source dev='/dev/input/event1'/></input>",
        near_miss: "<input type='tablet' bus='usb'/>",
        references: &["formatdomain, Input devices"],
        check: Check::Guests(input_device),
        ..RULE
    },
    Rule {
        id: "smartcard-of-host",
        summary: "The guest reads a smart card of its host",
        explanation: "With mode='host' QEMU reads the card in its host's reader, with mode='host-certificates' it \
                      makes a card of certificates in its host's database. Both stay where they are; whether the \
                      other host has the same no document tells.",
        remedy: "detach the reader before the move, or see that the host has the same",
        example: "<smartcard mode='host'/>",
        near_miss: "<smartcard mode='passthrough' type='spicevmc'/>",
        references: &["formatdomain, Smartcard devices"],
        check: Check::Guests(smartcard),
        ..RULE
    },
    Rule {
        id: "host-network-card",
        family: Family::Network,
        summary: "An interface of the guest hangs on a network card of its host",
        explanation: "macvtap (type='direct') names a card of the host: where it has another name, the guest does not start \
                      there (\"Cannot get interface MTU\"). Which cards a host has no document tells.",
        remedy: "put the card behind a libvirt network that all hosts have under one name",
        example: "<interface type='direct'><source dev='eno1' mode='bridge'/></interface>",
        near_miss: "<interface type='user'/>",
        references: &["formatdomain, Direct attachment to physical interface"],
        check: Check::Guests(network_card),
        ..RULE
    },
    Rule {
        id: "vhost-user-socket",
        family: Family::Network,
        summary: "An interface or disk of the guest is served by a program of its host",
        explanation: "With vhost-user another program (a virtual switch, a storage service) serves the device through a socket: \
                      it must run on the other host with the same path, and must know how to migrate.",
        remedy: "start the program on the host with the same socket",
        example: "<interface type='vhostuser'><source type='unix' path='/run/vhost.sock' mode='client'/></interface>",
        near_miss: "<interface type='user'/>",
        references: &["formatdomain, vhost-user interface"],
        check: Check::Guests(vhost_user),
        ..RULE
    },
    Rule {
        id: "memory-device-of-host",
        family: Family::Capacity,
        summary: "A memory module of the guest is a file or device of its host",
        explanation: "What is written to an NVDIMM or virtio-pmem module stays in the file behind it, which a move does not \
                      carry along unless both hosts share it.",
        remedy: "copy the file while the guest is shut down, or put it on shared storage",
        example: "<memory model='nvdimm'><source><path>/var/nvdimm.raw</path></source></memory>",
        near_miss: "<memory model='dimm'><target><node>0</node></target></memory>",
        references: &["formatdomain, Memory devices"],
        check: Check::Guests(memory_device),
        ..RULE
    },
    Rule {
        id: "usb-redirection-interrupted",
        severity: Severity::Note,
        modes: Modes::LIVE,
        summary: "USB devices of somebody's desk are redirected to the guest",
        explanation: "The connection goes to the old host: after the move who has the devices must connect anew (a SPICE \
                      client does so by itself).",
        remedy: "tell who has the devices",
        example: "<redirdev bus='usb' type='tcp'><source mode='connect' host='desk' service='4000'/></redirdev>",
        near_miss: "<hub type='usb'/>",
        references: &["formatdomain, Redirected devices"],
        check: Check::Guests(redirection),
        ..RULE
    },
    Rule {
        id: "tpm-state-to-copy",
        severity: Severity::Warning,
        modes: Modes::COLD,
        summary: "The state of the guest's TPM lies in a folder of its own host",
        explanation: "An emulated TPM keeps its state under /var/lib/libvirt/swtpm/UUID. A live move carries it; a cold one \
                      does not: the guest finds an empty TPM, and disks that are sealed with it stay locked.",
        remedy: "copy the folder to the host while the guest is shut down",
        example: "<tpm model='tpm-crb'><backend type='emulator' version='2.0'/></tpm>",
        near_miss: "<watchdog model='i6300esb'/>",
        references: &["libvirt 9.0, qemuExtTPMInitPaths", "formatdomain, TPM device"],
        check: Check::Guests(tpm_state),
        ..RULE
    },
    Rule {
        id: "nvram-to-copy",
        family: Family::Firmware,
        severity: Severity::Warning,
        modes: Modes::COLD,
        summary: "The variables of the guest's UEFI lie in a file of its own host",
        explanation: "A live move carries them; a cold one does not: libvirt makes a new file from the template, and boot \
                      entries and enrolled keys are gone.",
        remedy: "copy the NVRAM file (/var/lib/libvirt/qemu/nvram) to the host while the guest is shut down",
        example: "<os><type arch='x86_64' machine='pc-q35-7.2'>hvm</type><nvram>/var/lib/libvirt/qemu/nvram/g.fd</nvram></os>",
        near_miss: "<os><type arch='x86_64' machine='pc-q35-7.2'>hvm</type><boot dev='hd'/></os>",
        references: &["libvirt 9.0, qemuPrepareNVRAM"],
        check: Check::Guests(nvram),
        ..RULE
    },
];

/// Fires for each of these elements.
fn each<'d>(
    findings: &mut Findings,
    definition: Definition<'d>,
    elements: impl IntoIterator<Item = Element<'d>>,
    (message, label): (&str, &str),
) {
    for element in elements {
        findings.fire(message, definition.place(element), label);
    }
}

/// The elements at a path whose attribute has one of these values.
fn having<'d>(definition: Definition<'d>, path: &str, attribute: &str, values: &[&str]) -> Vec<Element<'d>> {
    let mut all = definition.all(path);
    all.retain(|element| element.value(attribute).is_some_and(|value| values.contains(&value.as_ref())));
    all
}

/// Serial lines, consoles and channels whose type is one of these.
fn characters<'d>(definition: Definition<'d>, kinds: &[&str]) -> Vec<Element<'d>> {
    let elements = ["serial", "parallel", "console", "channel", "rng/backend"];
    let at = |element: &str| having(definition, &format!("devices/{element}"), "type", kinds);
    elements.into_iter().flat_map(at).collect()
}

fn acpi_table(subject: &Subject<'_>, findings: &mut Findings) {
    let tables = subject.running.all("os/acpi/table");
    each(
        findings,
        subject.running,
        tables,
        ("the guest gets an ACPI table from a file of its host", "this file"),
    );
}

fn option_rom(subject: &Subject<'_>, findings: &mut Findings) {
    for device in ["interface", "hostdev", "disk"] {
        let roms = subject.running.all(&format!("devices/{device}/rom"));
        let files = roms.into_iter().filter(|rom| rom.attribute("file").is_some());
        each(findings, subject.running, files, ("an option ROM is a file of the host", "this file"));
    }
}

fn character_device(subject: &Subject<'_>, findings: &mut Findings) {
    let lines = characters(subject.running, &["dev", "pipe"]);
    each(findings, subject.running, lines, ("a serial line is a device or pipe of the host", "this line"));
}

fn console_file(subject: &Subject<'_>, findings: &mut Findings) {
    let lines = characters(subject.running, &["file"]);
    each(findings, subject.running, lines, ("a serial line is written to a file of the host", "this line"));
}

fn console_port(subject: &Subject<'_>, findings: &mut Findings) {
    let lines = characters(subject.running, &["tcp", "udp"]).into_iter();
    let binds = |line: &Element<'_>| {
        line.children_named("source").any(|source| source.value("mode").as_deref() == Some("bind"))
    };
    each(
        findings,
        subject.running,
        lines.filter(binds),
        ("a serial line listens on a port of the host", "this line"),
    );
}

fn port_fixed(subject: &Subject<'_>, findings: &mut Findings) {
    let mut all = subject.stored.all("devices/graphics");
    all.retain(|graphics| {
        let automatic = graphics.value("autoport").as_deref() == Some("yes");
        !automatic && graphics.value("port").is_some_and(|port| port != "-1")
    });
    each(findings, subject.stored, all, ("the display has a port of its own", "this port"));
}

fn vsock_fixed(subject: &Subject<'_>, findings: &mut Findings) {
    let mut all = subject.stored.all("devices/vsock/cid");
    all.retain(|cid| cid.value("auto").as_deref() != Some("yes") && cid.attribute("address").is_some());
    each(findings, subject.stored, all, ("the guest has a vsock address of its own", "this address"));
}

fn random_source(subject: &Subject<'_>, findings: &mut Findings) {
    let mut all = having(subject.running, "devices/rng/backend", "model", &["random"]);
    all.retain(|backend| !matches!(backend.text().as_ref(), "" | "/dev/urandom" | "/dev/random"));
    each(findings, subject.running, all, ("random numbers come from a device of the host", "this device"));
}

fn input_device(subject: &Subject<'_>, findings: &mut Findings) {
    let all = having(subject.running, "devices/input", "type", &["evdev", "passthrough"]);
    each(findings, subject.running, all, ("an input device of the host is the guest's", "this device"));
}

fn smartcard(subject: &Subject<'_>, findings: &mut Findings) {
    let all = having(subject.running, "devices/smartcard", "mode", &["host", "host-certificates"]);
    each(findings, subject.running, all, ("the guest reads a smart card of its host", "this reader"));
}

fn network_card(subject: &Subject<'_>, findings: &mut Findings) {
    let all = having(subject.running, "devices/interface", "type", &["direct"]);
    each(findings, subject.running, all, ("the interface hangs on a card of the host", "this interface"));
}

fn vhost_user(subject: &Subject<'_>, findings: &mut Findings) {
    for device in ["interface", "disk"] {
        let all = having(subject.running, &format!("devices/{device}"), "type", &["vhostuser"]);
        each(findings, subject.running, all, ("a program of the host serves the device", "this device"));
    }
}

fn memory_device(subject: &Subject<'_>, findings: &mut Findings) {
    let all = having(subject.running, "devices/memory", "model", &["nvdimm", "virtio-pmem"]);
    each(findings, subject.running, all, ("what is in the module stays with its host", "this module"));
}

fn redirection(subject: &Subject<'_>, findings: &mut Findings) {
    let all = subject.running.all("devices/redirdev");
    let connected = all.into_iter().filter(|device| device.value("type").as_deref() == Some("tcp"));
    each(findings, subject.running, connected, ("USB redirection must connect anew", "this channel"));
}

fn tpm_state(subject: &Subject<'_>, findings: &mut Findings) {
    let all = having(subject.stored, "devices/tpm/backend", "type", &["emulator"]);
    each(findings, subject.stored, all, ("the state of the TPM must be copied", "this TPM"));
}

fn nvram(subject: &Subject<'_>, findings: &mut Findings) {
    let mut all = subject.stored.all("os/nvram");
    if all.is_empty() && subject.stored.value("os", "firmware").is_some_and(|kind| kind.value == "efi") {
        all = subject.stored.all("os");
    }
    each(findings, subject.stored, all, ("the variables of the UEFI must be copied", "they are in a file"));
}

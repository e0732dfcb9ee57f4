//! What a guest uses of its host beyond disks, networks and devices that an emulator offers.

use crate::ingest::element::Reader;
use crate::model::{Known, Listen, Reliance, SecretName};
use crate::text::xml::Element;

/// Files that a guest is started with.
const STARTED_WITH: [&str; 3] = ["os/kernel", "os/initrd", "os/dtb"];

/// Reads what one domain XML names.
pub(super) fn read(reader: Reader<'_>, root: Element<'_>) -> Reliance {
    let devices: Vec<_> = root.child("devices").into_iter().flat_map(Element::children).collect();
    let (mut secrets, mut backing) = (Vec::new(), Vec::new());
    for &device in devices.iter().filter(|device| matches!(device.name(), "disk" | "tpm")) {
        each(device, &mut |element| match element.name() {
            "secret" => secrets.extend(secret(reader, element)),
            "backingStore" => backing.extend(element.child("source").and_then(|s| reader.string(s, "file"))),
            _ => {}
        });
    }
    let filter = |device: &Element<'_>| device.child("filterref").and_then(|f| reader.string(f, "filter"));
    let graphics = devices.iter().filter(|device| device.name() == "graphics");
    Reliance {
        filters: devices.iter().filter(|device| device.name() == "interface").filter_map(filter).collect(),
        secrets,
        kernels: STARTED_WITH.iter().filter_map(|path| reader.text(root.at(path)?)).collect(),
        logs: logs(reader, &devices),
        backing,
        displays: graphics.filter_map(|&graphics| display(reader, graphics)).collect(),
    }
}

/// Calls `look` for every element below `element`.
fn each<'d>(element: Element<'d>, look: &mut dyn FnMut(Element<'d>)) {
    let mut open: Vec<_> = element.children().collect();
    while let Some(one) = open.pop() {
        look(one);
        open.extend(one.children());
    }
}

fn secret(reader: Reader<'_>, element: Element<'_>) -> Option<Known<SecretName>> {
    let uuid = reader.string(element, "uuid").map(|known| known.map(SecretName::Uuid));
    uuid.or_else(|| Some(reader.string(element, "usage")?.map(SecretName::Usage)))
}

/// The files that serial lines are written to.
fn logs(reader: Reader<'_>, devices: &[Element<'_>]) -> Vec<Known<String>> {
    let mut all: Vec<Known<String>> = Vec::new();
    for device in devices {
        let is_line = matches!(device.name(), "serial" | "parallel" | "console" | "channel");
        let to_file = is_line && device.value("type").is_some_and(|kind| kind == "file");
        let path =
            device.child("source").filter(|_| to_file).and_then(|source| reader.string(source, "path"));
        // The first console is the first serial port, named once more.
        all.extend(path.filter(|path| !in_every_host(&path.value) && !all.contains(path)));
    }
    all
}

/// Whether a log there asks for nothing: QEMU makes the file, and every Linux has the folder.
fn in_every_host(path: &str) -> bool {
    let folder = path.rsplit_once('/').map(|(folder, _)| folder);
    matches!(folder, Some("/tmp" | "/var/tmp" | "/var/log" | "/var/log/libvirt/qemu" | "/run" | "/dev/shm"))
}

/// `None` for a display that listens wherever libvirt puts it.
fn display(reader: Reader<'_>, graphics: Element<'_>) -> Option<Known<Listen>> {
    let chosen = graphics.value("autoport").is_some_and(|value| value == "yes");
    let port = reader.string(graphics, "port").and_then(|port| port.value.parse().ok());
    let port = port.filter(|port: &u16| !chosen && *port > 0);
    // The address of a network's bridge is looked up where the guest arrives.
    let listen = graphics.child("listen");
    let by_network = listen.is_some_and(|listen| listen.value("type").is_some_and(|kind| kind == "network"));
    let address = listen.and_then(|listen| reader.string(listen, "address"));
    let address = address.or_else(|| reader.string(graphics, "listen")).filter(|_| !by_network);
    let address = address.filter(|known| !is_everywhere(&known.value));
    let listen = Listen { address: address.as_ref().map(|known| known.value.clone()), port };
    let said = match address {
        Some(known) => known.map(|_| listen),
        None => reader.said(graphics, listen),
    };
    (said.value.address.is_some() || said.value.port.is_some()).then_some(said)
}

/// Addresses that every host has.
fn is_everywhere(address: &str) -> bool {
    matches!(address, "" | "0.0.0.0" | "::" | "127.0.0.1" | "::1" | "localhost")
}

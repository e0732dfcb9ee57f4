//! `<devices>`.

use crate::ingest::element::Reader;
use crate::model::{Controller, Device, Disk, Known, Name, NetworkCard, guessed_bus};
use crate::text::xml::Element;

/// The disks, in order.
pub(super) fn disks(reader: Reader<'_>, devices: Option<Element<'_>>) -> Vec<Disk> {
    exactly(named(devices, "disk").map(|disk| read_disk(reader, disk)))
}

/// The controllers, in order.
pub(super) fn controllers(reader: Reader<'_>, devices: Option<Element<'_>>) -> Vec<Controller> {
    let read = |controller: Element<'_>| {
        Some(Controller {
            kind: reader.name(controller, "type")?,
            index: controller.value("index").and_then(|index| index.trim().parse().ok()),
            model: reader.name(controller, "model"),
        })
    };
    exactly(named(devices, "controller").filter_map(read))
}

/// All other devices, in order.
pub(super) fn others(reader: Reader<'_>, devices: Option<Element<'_>>) -> Vec<Device> {
    let known = |e: &Element<'_>| matches!(e.name(), "disk" | "controller" | "emulator");
    let all = devices.into_iter().flat_map(Element::children);
    exactly(all.filter(|e| !known(e)).map(|e| read_device(reader, e)))
}

/// All of them, in no more memory than they take: there are many guests.
pub(super) fn exactly<T>(all: impl Iterator<Item = T>) -> Vec<T> {
    all.collect::<Box<[T]>>().into_vec()
}

/// The network cards whose address is written down.
pub(super) fn cards(reader: Reader<'_>, devices: Option<Element<'_>>) -> Vec<Known<NetworkCard>> {
    let card = |interface: Element<'_>| {
        let mac = reader.string(interface.child("mac")?, "address")?;
        let source = interface.child("source");
        let plugged = source.and_then(|s| s.value("network").or_else(|| s.value("bridge")));
        let network = plugged.map(|name| Name::new(&name));
        Some(mac.map(|mac| NetworkCard { mac: mac.to_ascii_lowercase(), network }))
    };
    exactly(named(devices, "interface").filter_map(card))
}

fn named<'d>(devices: Option<Element<'d>>, name: &'static str) -> impl Iterator<Item = Element<'d>> {
    devices.into_iter().flat_map(move |d| d.children_named(name))
}

fn read_disk(reader: Reader<'_>, disk: Element<'_>) -> Disk {
    let device = reader.name(disk, "device").unwrap_or_else(|| reader.said(disk, Name::new("disk")));
    let target = disk.child("target");
    let bus = target
        .and_then(|t| reader.name(t, "bus"))
        .or_else(|| {
            target.map(|t| reader.said(t, Name::new(guessed_bus(&t.value("dev").unwrap_or_default()))))
        })
        .unwrap_or_else(|| reader.said(disk, Name::new("ide")));
    Disk {
        device,
        bus,
        shareable: disk.child("shareable").is_some(),
        readonly: disk.child("readonly").is_some(),
        transient: disk.child("transient").map(|e| reader.said(e, ())),
        cache: disk.child("driver").and_then(|e| reader.name(e, "cache")),
    }
}

fn read_device(reader: Reader<'_>, element: Element<'_>) -> Device {
    let of = |path: &str, name| element.at(path).and_then(|e| reader.name(e, name));
    let own = |name| reader.name(element, name);
    Device {
        element: reader.said(element, Name::new(element.name())),
        kind: first([own("type"), own("mode")]),
        model: first([own("model"), of("model", "type"), of("model", "name"), of("target/model", "name")]),
        bus: first([own("bus"), of("target", "type")]),
        network: first([of("source", "network"), of("source", "bridge")]),
    }
}

fn first<const N: usize>(said: [Option<Known<Name>>; N]) -> Option<Known<Name>> {
    said.into_iter().flatten().next()
}

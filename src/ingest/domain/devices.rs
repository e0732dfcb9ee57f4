//! `<devices>`.

use crate::ingest::reading::Reading;
use crate::model::{Controller, Device, Disk, Known};
use crate::text::xml::Element;

/// The disks, in order.
pub(super) fn disks(reading: Reading, devices: Option<Element<'_>>) -> Vec<Disk> {
    named(devices, "disk").map(|disk| read_disk(reading, disk)).collect()
}

/// The controllers, in order.
pub(super) fn controllers(reading: Reading, devices: Option<Element<'_>>) -> Vec<Controller> {
    named(devices, "controller")
        .filter_map(|controller| {
            Some(Controller {
                kind: reading.attribute(controller, "type")?,
                index: controller.value("index").and_then(|index| index.trim().parse().ok()),
                model: reading.attribute(controller, "model"),
            })
        })
        .collect()
}

/// All other devices, in order.
pub(super) fn others(reading: Reading, devices: Option<Element<'_>>) -> Vec<Device> {
    let known = |e: &Element<'_>| matches!(e.name(), "disk" | "controller" | "emulator");
    let all = devices.into_iter().flat_map(Element::children);
    all.filter(|e| !known(e)).map(|e| read_device(reading, e)).collect()
}

fn named<'d>(devices: Option<Element<'d>>, name: &'static str) -> impl Iterator<Item = Element<'d>> {
    devices.into_iter().flat_map(move |d| d.children_named(name))
}

fn read_disk(reading: Reading, disk: Element<'_>) -> Disk {
    let device = reading.attribute(disk, "device").unwrap_or_else(|| reading.at(disk, "disk".to_owned()));
    let target = disk.child("target");
    let bus = target
        .and_then(|t| reading.attribute(t, "bus"))
        .or_else(|| {
            target.map(|t| reading.at(t, guessed_bus(&t.value("dev").unwrap_or_default()).to_owned()))
        })
        .unwrap_or_else(|| reading.at(disk, "ide".to_owned()));
    Disk {
        device,
        bus,
        shareable: disk.child("shareable").is_some(),
        readonly: disk.child("readonly").is_some(),
        transient: disk.child("transient").map(|e| reading.at(e, ())),
        cache: disk.child("driver").and_then(|e| reading.attribute(e, "cache")),
    }
}

/// The bus that libvirt takes for a target without one (`virDomainDiskDefAssignBus`, libvirt 11.3).
fn guessed_bus(target: &str) -> &'static str {
    const BUSES: [(&str, &str); 6] =
        [("fd", "fdc"), ("vd", "virtio"), ("sd", "scsi"), ("xvd", "xen"), ("ub", "uml"), ("hd", "ide")];
    BUSES.iter().find(|(prefix, _)| target.starts_with(prefix)).map_or("ide", |(_, bus)| bus)
}

fn read_device(reading: Reading, element: Element<'_>) -> Device {
    let of = |path: &str, name| element.at(path).and_then(|e| reading.attribute(e, name));
    let own = |name| reading.attribute(element, name);
    Device {
        element: reading.at(element, element.name().to_owned()),
        kind: first([own("type"), own("mode")]),
        model: first([own("model"), of("model", "type"), of("model", "name"), of("target/model", "name")]),
        bus: first([own("bus"), of("target", "type")]),
        network: first([of("source", "network"), of("source", "bridge")]),
    }
}

fn first<const N: usize>(said: [Option<Known<String>>; N]) -> Option<Known<String>> {
    said.into_iter().flatten().next()
}

//! The controllers of a domain, with those that libvirt adds: for the machine, for what hangs on them, and between PCI buses
//! (`qemuDomainDefAddDefaultDevices`, `virDomainDefAddImplicitControllers`, `qemuDomainAssignPCIAddresses`, libvirt 9.0).

use super::device::Device;
use super::implied::{addressed, is_x86};
use super::order::{all, insert, written};
use super::read::number;
use crate::text::xml::Element;

/// More controllers of one type than any machine has: numbers beyond it are mistakes.
const CONTROLLERS: u64 = 256;

/// The machines to which libvirt adds devices of its own accord.
#[derive(Clone, Copy, PartialEq)]
enum Machine {
    Q35,
    I440fx,
    Virt,
    Other,
}

impl Machine {
    fn of(root: Element<'_>) -> Self {
        let said = |name| root.at("os/type").and_then(|os| os.value(name)).unwrap_or_default();
        let (arch, machine) = (said("arch"), said("machine"));
        match machine.as_ref() {
            "q35" => Self::Q35,
            "pc" | "" if is_x86(&arch) => Self::I440fx,
            name if name.contains("q35") => Self::Q35,
            name if name.starts_with("pc-") && is_x86(&arch) => Self::I440fx,
            name if name == "virt" || name.starts_with("virt-") => Self::Virt,
            _ => Self::Other,
        }
    }

    /// A controller that libvirt adds to it.
    fn controller<'d>(self, devices: Element<'d>, kind: &'static str, index: u64) -> Device<'d> {
        let device = Device::implied(devices, &[("@type", kind), ("@index", &index.to_string())]);
        match (self, kind, index) {
            (Self::I440fx, "usb", 0) => device.saying("@model", "piix3-uhci"),
            (Self::I440fx, "pci", 0) => device.saying("@model", "pci-root"),
            (_, "pci", 0) => device.saying("@model", "pcie-root"),
            _ => device,
        }
    }

    /// The controllers with index 0 that it has, in the order in which libvirt adds them.
    fn controllers(self) -> &'static [&'static str] {
        match self {
            Self::Q35 => &["usb", "sata", "pci"],
            Self::I440fx => &["usb", "pci"],
            Self::Virt => &["pci"],
            Self::Other => &[],
        }
    }
}

/// The controllers, with those that the machine has and those that its devices hang on.
pub(super) fn controllers(root: Element<'_>) -> Vec<Device<'_>> {
    let machine = Machine::of(root);
    let mut list = Vec::new();
    for controller in numbered(root) {
        if !(machine == Machine::I440fx && is_dropped(&controller)) {
            insert(&mut list, controller, rank);
        }
    }
    let Some(devices) = root.child("devices") else { return list };
    let mut add = |kind: &'static str, index: u64| {
        let there = list.iter().any(|one| rank(one) == (kind.to_owned(), index));
        if !there {
            insert(&mut list, machine.controller(devices, kind, index), rank);
        }
    };
    let of_machine: Vec<_> = machine.controllers().iter().map(|&kind| (kind, 0)).collect();
    let of_devices = hung(root).into_iter().flat_map(|(kind, last)| (0..=last).map(move |at| (kind, at)));
    // What is dropped comes back behind all others.
    let all: Vec<_> = match machine {
        Machine::I440fx => of_devices.chain(of_machine).collect(),
        _ => of_machine.into_iter().chain(of_devices).collect(),
    };
    for (kind, index) in all {
        add(kind, index);
    }
    if machine != Machine::Other {
        for index in 0..=last_bus(root) {
            add("pci", index);
        }
    }
    list
}

/// The controllers, with the type and the number that libvirt gives those that have none: IDE, and the first that is free.
fn numbered(root: Element<'_>) -> Vec<Device<'_>> {
    let mut list = written(root, "devices/controller");
    for controller in &mut list {
        if controller.said("", "type").is_none() {
            *controller = controller.clone().saying("@type", "ide");
        }
    }
    for at in 0..list.len() {
        if list[at].said("", "index").is_none() {
            let (kind, _) = rank(&list[at]);
            let taken = |index: &u64| {
                let others = list.iter().filter(|other| other.said("", "index").is_some());
                others.map(rank).any(|(other, number)| other == kind && number == *index)
            };
            let free = (0..CONTROLLERS).find(|index| !taken(index)).unwrap_or(CONTROLLERS);
            list[at] = list[at].clone().saying("@index", &free.to_string());
        }
    }
    list
}

/// Controllers of i440fx that are left out of what is compared and come back of their own (`qemuDomainDefFormatBufInternal` with
/// `VIR_DOMAIN_DEF_FORMAT_MIGRATABLE`).
fn is_dropped(controller: &Device<'_>) -> bool {
    let model = controller.said("", "model");
    match rank(controller) {
        (kind, 0) if kind == "usb" => model.is_none_or(|model| model == "piix3-uhci"),
        (kind, 0) if kind == "pci" => model.is_none_or(|model| model == "pci-root"),
        _ => false,
    }
}

fn rank(device: &Device<'_>) -> (String, u64) {
    let index = device.said("", "index").as_deref().and_then(number).unwrap_or_default();
    (device.said("", "type").unwrap_or_default(), index)
}

/// The types of controllers that devices hang on, and the last index of each.
fn hung(root: Element<'_>) -> Vec<(&'static str, u64)> {
    let disks = || all(root, "devices/disk").into_iter().map(addressed);
    let on = |bus: &str| -> Vec<_> {
        disks().filter(|disk| disk.said("target", "bus").is_some_and(|on| on == bus)).collect()
    };
    let passed = written(root, "devices/hostdev").into_iter();
    let passed = passed.filter(|one| one.said("", "type").is_some_and(|kind| kind == "scsi"));
    let mut serial: Vec<_> = written(root, "devices/channel");
    serial.extend(written(root, "devices/console"));
    serial.retain(|one| one.said("target", "type").is_some_and(|kind| kind == "virtio"));
    let kinds = [
        ("scsi", on("scsi").into_iter().chain(passed).collect()),
        ("fdc", on("fdc")),
        ("ide", on("ide")),
        ("sata", on("sata")),
        ("virtio-serial", serial),
        ("ccid", written(root, "devices/smartcard")),
    ];
    kinds.into_iter().filter_map(|(kind, devices)| Some((kind, last(&devices)?))).collect()
}

/// The last controller that these devices hang on; the first where they do not say which.
fn last(devices: &[Device<'_>]) -> Option<u64> {
    let on = |device: &Device<'_>| device.said("address", "controller").as_deref().and_then(number);
    devices.iter().map(|device| on(device).unwrap_or(0).min(CONTROLLERS)).max()
}

/// The last PCI bus that something is plugged into or that has a controller.
fn last_bus(root: Element<'_>) -> u64 {
    let devices = root.child("devices").into_iter().flat_map(Element::children);
    let bus = |device: Element<'_>| {
        let address = device.child("address").filter(|a| a.value("type").is_some_and(|t| t == "pci"));
        let own = device.value("type").is_some_and(|kind| kind == "pci") && device.name() == "controller";
        let index = own.then(|| device.value("index")).flatten();
        let number = |text: Option<std::borrow::Cow<'_, str>>| text.as_deref().and_then(number).unwrap_or(0);
        number(address.and_then(|address| address.value("bus"))).max(number(index))
    };
    devices.map(bus).max().unwrap_or(0).min(CONTROLLERS)
}

/// How many devices wait for libvirt to find them a place on PCI, for which it may add controllers.
pub(super) fn unplugged(root: Element<'_>) -> usize {
    let devices = root.child("devices").into_iter().flat_map(Element::children);
    devices.filter(|device| device.child("address").is_none() && is_pci(*device)).count()
}

fn is_pci(device: Element<'_>) -> bool {
    let is = |path: &str, name: &str, wanted: &str| {
        let at = if path.is_empty() { Some(device) } else { device.at(path) };
        at.and_then(|at| at.value(name)).is_some_and(|value| value == wanted)
    };
    match device.name() {
        "interface" | "video" | "filesystem" | "rng" | "vsock" | "shmem" => true,
        "sound" => !is("", "model", "usb"),
        "watchdog" => is("", "model", "i6300esb"),
        "memballoon" => !is("", "model", "none"),
        "disk" => is("target", "bus", "virtio"),
        "input" => is("", "bus", "virtio"),
        "hostdev" => is("", "type", "pci"),
        _ => false,
    }
}

//! What libvirt adds to a domain when it reads it (`qemuDomainDefAddDefaultDevices`, `virDomainDefAddImplicitDevices` and
//! `qemuDomainAssignPCIAddresses`, libvirt 9.0): only what it is, for its properties are libvirt's to choose.

use super::device::Device;
use super::lists::{all, insert, written};
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

fn is_x86(arch: &str) -> bool {
    matches!(arch, "x86_64" | "i686" | "")
}

fn x86(root: Element<'_>) -> bool {
    is_x86(&root.at("os/type").and_then(|os| os.value("arch")).unwrap_or_default())
}

/// The number of a disk by its target's name: `sda` 0, `sdaa` 26 (`virDiskNameParse`).
pub(super) fn disk_index(name: &str) -> Option<u64> {
    let letters = ["xvd", "fd", "hd", "sd", "vd", "ubd"].iter().find_map(|kind| name.strip_prefix(kind))?;
    let letters = letters.trim_end_matches(|c: char| c.is_ascii_digit());
    let digit = |c: char| c.is_ascii_lowercase().then(|| u64::from(u32::from(c) - u32::from('a')) + 1);
    let step = |sum: u64, c: char| sum.checked_mul(26)?.checked_add(digit(c)?);
    letters.chars().try_fold(0, step)?.checked_sub(1)
}

/// A disk; where it has none, with the address that its target's name means (`virDomainDiskDefAssignAddress`).
pub(super) fn addressed(disk: Element<'_>) -> Device<'_> {
    let device = Device::written(disk);
    let named = device.said("target", "dev").as_deref().and_then(disk_index);
    let Some(index) = named.filter(|_| disk.child("address").is_none()) else { return device };
    let (controller, bus, unit) = match device.said("target", "bus").as_deref() {
        Some("ide") => (index / 4, index % 4 / 2, index % 2),
        // Unit 7 is the controller itself.
        Some("scsi") => (index / 15, 0, if index % 15 < 7 { index % 15 } else { index % 15 + 1 }),
        Some("sata") => (index / 6, 0, index % 6),
        Some("fdc") => (index / 2, 0, index % 2),
        _ => return device,
    };
    let device = device.saying("address@type", "drive").saying("address@controller", &controller.to_string());
    device.saying("address@bus", &bus.to_string()).saying("address@unit", &unit.to_string())
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

/// The serial ports; where there is none, a first console of type serial is one (`virDomainDefAddConsoleCompat`).
pub(super) fn serials(root: Element<'_>) -> Vec<Device<'_>> {
    let list = written(root, "devices/serial");
    if !list.is_empty() {
        return list;
    }
    let first = all(root, "devices/console").into_iter().next().map(Device::written);
    let port = |console: Device<'_>| Device { element: None, ..console };
    first.filter(is_serial).map(port).into_iter().collect()
}

fn is_serial(console: &Device<'_>) -> bool {
    console.said("target", "type").is_none_or(|kind| kind == "serial")
}

/// The consoles: the first serial port is one, before all others.
pub(super) fn consoles(root: Element<'_>) -> Vec<Device<'_>> {
    let mut list = written(root, "devices/console");
    if let Some(port) = all(root, "devices/serial").first()
        && !list.first().is_some_and(is_serial)
    {
        let mut console = Device::implied(*port, &[("target@type", "serial")]);
        console.anchor = port.start_tag();
        list.insert(0, console);
    }
    list
}

/// The inputs. Every x86 guest has a mouse and a keyboard on PS/2, and keyboards there are not compared
/// (`virDomainInputDefFormat` with `VIR_DOMAIN_DEF_FORMAT_MIGRATABLE`).
pub(super) fn inputs(root: Element<'_>) -> Vec<Device<'_>> {
    let mut list = written(root, "devices/input");
    for input in &mut list {
        let bus = input.said("", "bus").is_some_and(|bus| bus != "none");
        let ps2 = input.said("", "type").is_some_and(|kind| kind == "mouse" || kind == "keyboard");
        if !bus && ps2 && x86(root) {
            *input = input.clone().saying("@bus", "ps2");
        }
    }
    let ps2 = |input: &Device<'_>, kind: &str| {
        let is = |name, value: &str| input.said("", name).is_some_and(|said| said == value);
        is("type", kind) && is("bus", "ps2")
    };
    list.retain(|input| !ps2(input, "keyboard"));
    let off = root.at("features/ps2").and_then(|ps2| ps2.value("state")).is_some_and(|state| state == "off");
    if let Some(devices) = root.child("devices")
        && x86(root)
        && !off
        && !list.iter().any(|input| ps2(input, "mouse"))
    {
        list.push(Device::implied(devices, &[("@type", "mouse"), ("@bus", "ps2")]));
    }
    list
}

/// The memory balloon, which x86 guests have unless they say `none`.
pub(super) fn balloons(root: Element<'_>) -> Vec<Device<'_>> {
    let mut list = written(root, "devices/memballoon");
    if let Some(devices) = root.child("devices")
        && list.is_empty()
        && x86(root)
    {
        list.push(Device::implied(devices, &[("@model", "virtio")]));
    }
    list
}

/// The video cards. A guest that shows its screen has one.
pub(super) fn videos(root: Element<'_>) -> Vec<Device<'_>> {
    let mut list = written(root, "devices/video");
    if let Some(devices) = root.child("devices")
        && list.is_empty()
        && devices.child("graphics").is_some()
    {
        list.push(Device::implied(devices, &[]));
    }
    list
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

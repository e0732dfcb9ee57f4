//! What libvirt adds to a domain when it reads it (`qemuDomainDefAddDefaultDevices`, `virDomainDefAddImplicitDevices`,
//! libvirt 9.0): only what it is, for its properties are libvirt's to choose.

use super::device::Device;
use super::order::{all, written};
use crate::text::xml::Element;

/// Whether an architecture is x86; libvirt takes one that is not told for that of the host.
pub(super) fn is_x86(arch: &str) -> bool {
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

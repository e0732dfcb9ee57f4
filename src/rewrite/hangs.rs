//! How each kind of device hangs on a `virt` machine or a q35.

use super::device::Device;
use super::said::{Said, child_value, number, says};
use super::targets::{bus, target};
use crate::model::Arch;

/// How a device hangs on the machine.
pub(super) enum Bus {
    /// A root port of its own.
    Port(&'static str),
    /// A conventional PCI slot: up to 31 share one bridge, which takes a root port.
    Slot(&'static str),
}

/// How a device hangs on a machine of this architecture (libvirt 9.0 and 11.3,
/// `qemuDomainDeviceCalculatePCIConnectFlags`). A SCSI controller without a model is an lsilogic before libvirt 11.6.
pub(super) fn hangs(device: &Device<'_>, arch: &Arch) -> Option<Bus> {
    let element = device.element;
    match (device.name, device.kind.as_ref(), device.model.as_ref()) {
        ("controller", "usb", "none") | ("memballoon", _, "none") => None,
        ("controller", "usb", _) => Some(Bus::Port("USB controller")),
        (
            "controller",
            "scsi",
            "" | "auto" | "lsilogic" | "lsisas1068" | "lsisas1078" | "vmpvscsi" | "am53c974",
        ) => Some(Bus::Slot("SCSI controller")),
        ("controller", "scsi", _) => Some(Bus::Port("SCSI controllers")),
        ("controller", "virtio-serial", _) => Some(Bus::Port("virtio-serial controllers")),
        ("controller", "sata" | "nvme", _) => Some(Bus::Port("disk controllers")),
        ("disk", ..) if bus(element) == "virtio" => Some(Bus::Port("disks on virtio")),
        ("interface", "hostdev", _) | ("hostdev", "pci" | "mdev" | "scsi_host", _) => {
            Some(Bus::Port("passed-through devices"))
        }
        ("interface", ..) => interface(device, arch),
        ("video", ..) => video(device),
        ("input", "passthrough" | "evdev", _) if !says(element, "bus", "virtio") => None,
        ("input", ..) if says(element, "bus", "virtio") => Some(Bus::Port("input devices on virtio")),
        ("sound", _, "virtio") => Some(Bus::Port("sound")),
        ("sound", _, "ich6" | "ich9" | "ac97" | "es1370") => Some(Bus::Slot("sound")),
        ("watchdog", _, "i6300esb") => Some(Bus::Slot("watchdog")),
        ("serial", ..) => {
            let pci = child_value(element, "target", "type").is_some_and(|kind| kind == "pci-serial");
            pci.then_some(Bus::Slot("serial port"))
        }
        ("shmem", ..) => Some(Bus::Slot("shared memory")),
        ("memballoon", ..) => Some(Bus::Port("memory balloon")),
        ("rng", ..) => Some(Bus::Port("random number generators")),
        ("filesystem", ..) => Some(Bus::Port("file systems")),
        ("vsock", ..) => Some(Bus::Port("vsock")),
        ("crypto", ..) => Some(Bus::Port("crypto devices")),
        ("memory", _, "virtio-mem" | "virtio-pmem") => Some(Bus::Port("memory on virtio")),
        _ => None,
    }
}

/// The slots of q35's own bus that devices have a fixed place in, for they are a part of the ICH9 or the display that the
/// firmware finds (libvirt 9.0, `qemuDomainValidateDevicePCISlotsQ35`).
pub(super) fn slots_of_q35(devices: &[Device<'_>]) -> Vec<Option<u32>> {
    let display = devices.iter().position(|device| device.name == "video");
    let slot = |(nth, device)| if Some(nth) == display { Some(1) } else { slot_of_ich9(device) };
    devices.iter().enumerate().map(slot).collect()
}

fn slot_of_ich9(device: &Device<'_>) -> Option<u32> {
    let is_first = || number(device.element, "index").unwrap_or(0) == 0;
    match (device.name, device.kind.as_ref()) {
        ("controller", "sata") if is_first() => Some(31),
        ("controller", "usb") if device.model.starts_with("ich9-") => Some(if is_first() { 29 } else { 26 }),
        ("sound", _) if device.model == "ich9" => Some(27),
        _ => None,
    }
}

/// A PC's default is an rtl8139 (libvirt 9.0, `qemuDomainDefaultNetModel`).
fn interface(device: &Device<'_>, arch: &Arch) -> Option<Bus> {
    let default = if arch.is_x86() && device.kind != "vdpa" { "rtl8139" } else { "virtio" };
    match child_value(device.element, "model", "type").unwrap_or(default.into()).as_ref() {
        "usb-net" => None,
        "rtl8139" | "e1000" | "vmxnet3" | "virtio-transitional" => Some(Bus::Slot("network interface")),
        _ => Some(Bus::Port("network interfaces")),
    }
}

fn video(device: &Device<'_>) -> Option<Bus> {
    match child_value(device.element, "model", "type").unwrap_or("virtio".into()).as_ref() {
        "none" | "ramfb" => None,
        "vga" | "cirrus" | "qxl" | "vmvga" => Some(Bus::Slot("video")),
        _ => Some(Bus::Port("video")),
    }
}

/// The name by which a person knows a device.
pub(super) fn name(device: &Device<'_>) -> Option<String> {
    let element = device.element;
    match device.name {
        "disk" => Some(target(element).into_owned()),
        "interface" => child_value(element, "mac", "address").map(std::borrow::Cow::into_owned),
        "controller" => element.value("model").map(std::borrow::Cow::into_owned),
        "filesystem" => child_value(element, "target", "dir").map(std::borrow::Cow::into_owned),
        _ => None,
    }
}

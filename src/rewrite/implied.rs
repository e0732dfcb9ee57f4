//! Devices that nobody names, and that libvirt adds.

use std::collections::BTreeSet;

use super::device::Device;
use super::port_line::PortLine;
use super::said::{Said, child_value, number};
use crate::model::Arch;

/// Ports of a virtio-serial controller that does not say how many; the first is kept for a console.
const SERIAL_PORTS: u32 = 31;

/// The ports that devices take which libvirt 9.0 adds by itself (`qemuDomainDefAddDefaultDevices`): a PC has USB and a memory
/// balloon, said or not, and a `virt` machine has neither.
pub(super) fn implied(devices: &[Device<'_>], arch: &Arch) -> Vec<PortLine> {
    let has = |name, kind: Option<&str>| {
        let is = |d: &Device<'_>| d.name == name && kind.is_none_or(|kind| d.kind == kind);
        devices.iter().any(is)
    };
    let line = |what: &str, ports: u32| {
        (ports > 0).then(|| PortLine { what: format!("{what} that libvirt adds"), names: Vec::new(), ports })
    };
    let of_pc = |there: bool| u32::from(arch.is_x86() && !there);
    let all = [
        line("USB controller", of_pc(has("controller", Some("usb")))),
        line("memory balloon", of_pc(has("memballoon", None))),
        line("virtio-serial controllers", serial(devices)),
    ];
    all.into_iter().flatten().collect()
}

/// The virtio-serial controllers that channels and consoles are addressed on, which is the first where they have no
/// address, and those for channels that find no room (libvirt 9.0, `virDomainDefMaybeAddVirtioSerialController` and
/// `virDomainVirtioSerialAddrAutoAssign`).
fn serial(devices: &[Device<'_>]) -> u32 {
    let controllers: Vec<_> = devices.iter().filter(|d| d.controls("virtio-serial")).collect();
    let named: BTreeSet<u32> = controllers.iter().map(|c| number(c.element, "index").unwrap_or(0)).collect();
    let lines: Vec<_> = devices.iter().filter(|d| is_on_virtio(d)).collect();
    let at = |d: &&Device<'_>| {
        d.element.child("address").and_then(|address| number(address, "controller")).unwrap_or(0)
    };
    let wanted: BTreeSet<u32> = lines.iter().map(at).collect();
    let new = count(wanted.difference(&named).count());
    let of_controller =
        |c: &&Device<'_>| number(c.element, "ports").unwrap_or(SERIAL_PORTS).saturating_sub(1);
    let room = controllers.iter().map(of_controller).sum::<u32>() + new * (SERIAL_PORTS - 1);
    let channels = count(lines.iter().filter(|d| d.name == "channel").count());
    new + channels.saturating_sub(room).div_ceil(SERIAL_PORTS - 1)
}

fn is_on_virtio(device: &Device<'_>) -> bool {
    matches!(device.name, "channel" | "console")
        && child_value(device.element, "target", "type").is_some_and(|kind| kind == "virtio")
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

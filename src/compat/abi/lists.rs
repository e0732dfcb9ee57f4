//! The lists of a domain as libvirt keeps them: what stands in the document, in libvirt's order, with what libvirt adds.

use super::device::Device;
use super::implied;
use super::order::{all, insert, written};
use crate::knowledge::AbiScope;
use crate::text::Span;
use crate::text::xml::{Document, Element};

/// The elements of a scope, as libvirt compares them.
pub(super) fn devices<'d>(document: &'d Document<'d>, scope: &AbiScope) -> Vec<Device<'d>> {
    let root = document.root();
    match scope.path {
        "." => vec![Device::written(root)],
        "devices/disk" => disks(root),
        "devices/controller" => super::controllers::controllers(root),
        "devices/hostdev" => host_devices(root),
        "devices/serial" => implied::serials(root),
        "devices/console" => implied::consoles(root),
        "devices/input" => implied::inputs(root),
        "devices/memballoon" => implied::balloons(root),
        "devices/watchdog" => watchdogs(root),
        "devices/video" => implied::videos(root),
        "sysinfo/baseBoard" => base_boards(root),
        path => written(root, path),
    }
}

/// Where a list that is not there would stand.
pub(super) fn anchor(document: &Document<'_>, scope: &AbiScope) -> Span {
    let parent = scope.path.rsplit_once('/').and_then(|(parent, _)| document.root().at(parent));
    parent.unwrap_or_else(|| document.root()).start_tag()
}

fn disks(root: Element<'_>) -> Vec<Device<'_>> {
    let mut list = Vec::new();
    for disk in all(root, "devices/disk") {
        let rank = |device: &Device<'_>| {
            let name = device.said("target", "dev").unwrap_or_default();
            (device.said("target", "bus"), implied::disk_index(&name).unwrap_or_default())
        };
        insert(&mut list, implied::addressed(disk), rank);
    }
    list
}

/// An interface of type hostdev is a host device as well (`virDomainNetInsert`).
fn host_devices(root: Element<'_>) -> Vec<Device<'_>> {
    let interfaces = all(root, "devices/interface").into_iter();
    let passed = interfaces.filter(|one| one.value("type").is_some_and(|kind| kind == "hostdev"));
    let passed = passed.map(|one| Device::written(one).saying("@type", "pci"));
    passed.chain(written(root, "devices/hostdev")).collect()
}

/// libvirt 9.1 and newer adds an iTCO watchdog that resets to q35, and leaves it out of what it compares.
fn watchdogs(root: Element<'_>) -> Vec<Device<'_>> {
    let mut list = written(root, "devices/watchdog");
    list.retain(|dog| {
        let is = |name, value: &str| dog.said("", name).is_some_and(|said| said == value);
        !(is("model", "itco") && is("action", "reset"))
    });
    list
}

fn base_boards(root: Element<'_>) -> Vec<Device<'_>> {
    let mut list = written(root, "sysinfo/baseBoard");
    list.retain(|board| board.element.is_some_and(super::read::is_told));
    list
}

//! Disks on IDE go on SATA, which q35 has instead.

use std::collections::BTreeSet;

use super::super::disks::Names;
use super::super::draft::{At, Draft, Fresh};
use super::super::guest::Guest;
use super::super::rules::{DEVICE_ADDRESS, DISK_GEOMETRY, IDE_TO_SATA};
use super::super::targets::{bus, name_index, target};
use crate::text::xml::Element;

/// How many disks a SATA controller takes (libvirt 9.0, `virDomainDiskDefAssignAddress`).
const UNITS: u32 = 6;

pub(in super::super) fn pass<'d>(draft: &mut Draft<'d>, guest: &Guest<'d>) {
    if !guest.foreign {
        return;
    }
    let (moving, staying): (Vec<_>, Vec<_>) =
        guest.devices_named("disk").partition(|disk| bus(*disk) == "ide");
    let mut names = Names::taken(&staying, &moving);
    let mut taken: BTreeSet<(u32, u32)> =
        staying.iter().filter(|disk| bus(**disk) == "sata").map(|disk| place(*disk)).collect();
    for disk in &moving {
        let name = names.give(&target(*disk));
        let free = (0..u32::MAX).map(|nth| (nth / UNITS, nth % UNITS)).find(|at| !taken.contains(at));
        let at = free.unwrap_or_default();
        taken.insert(at);
        to_sata(draft, *disk, &name, at);
    }
    if let Some(first) = moving.first() {
        let text = "see that the guest can start from AHCI: the driver in its initial RAM disk, or switched on in \
                    Windows' registry; and that its fstab and boot loader name file systems by UUID or label";
        draft.step(IDE_TO_SATA, text, *first);
    }
}

/// Where a disk on SATA is: its address, else where libvirt puts it by its name.
pub(in super::super) fn place(disk: Element<'_>) -> (u32, u32) {
    let number = |name: &str| disk.child("address")?.value(name)?.parse::<u32>().ok();
    let nth = name_index(&target(disk)).unwrap_or(0);
    let by_name = (nth / UNITS, nth % UNITS);
    number("controller").map_or(by_name, |controller| (controller, number("unit").unwrap_or(0)))
}

fn to_sata<'d>(draft: &mut Draft<'d>, disk: Element<'d>, name: &str, (controller, unit): (u32, u32)) {
    let Some(at) = disk.child("target") else { return };
    let reason = &format!("q35 has no IDE: '{}' becomes '{name}' on SATA", target(disk));
    draft.set(IDE_TO_SATA, reason, at, "dev", name);
    draft.set(IDE_TO_SATA, reason, at, "bus", "sata");
    if let Some(geometry) = disk.child("geometry") {
        draft.unset(DISK_GEOMETRY, "only a disk on IDE has its geometry translated", geometry, "trans");
    }
    for address in disk.children_named("address") {
        draft.delete(DEVICE_ADDRESS, "it is an address on a controller that is gone", address);
    }
    let address = Fresh::new("address")
        .with("type", "drive")
        .with("controller", controller.to_string())
        .with("bus", "0")
        .with("target", "0")
        .with("unit", unit.to_string());
    draft.insert(IDE_TO_SATA, reason, disk, At::Last, address);
}

//! Places on SCSI controllers.

use std::collections::{BTreeMap, BTreeSet};

use super::draft::{At, Draft, Fresh};
use super::guest::Guest;
use super::rules::{SCSI_CONTROLLER, SCSI_CONTROLLER_ADDED, SCSI_GAP};
use super::said::{Said, number, says};
use super::targets::{bus, name_index, target};
use crate::text::xml::Element;

/// Logical units of a target that disks are put on: as many as UEFI looks at (edk2, `PcdVirtioScsiMaxLunLimit`: 7,
/// counted from 0).
pub(super) const UNITS: u32 = 8;
/// Disks that libvirt puts on a controller by their names (libvirt 9.0, `virDomainDiskDefAssignAddress`).
const BY_NAME: u32 = 15;
/// The place that libvirt leaves out then, for it is a wide bus's own.
const SKIPPED: u32 = 7;

/// A place for a disk on a SCSI controller, with bus 0; in the order in which UEFI looks at them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct ScsiAddress {
    pub(super) controller: u32,
    pub(super) target: u32,
    pub(super) unit: u32,
}

impl ScsiAddress {
    /// Where a disk on SCSI is: its address, else where libvirt puts it by its name, all on target 0.
    pub(super) fn of<'s>(disk: impl Said<'s>) -> Self {
        if let Some(address) = drive_address(disk) {
            let at = |name: &str| number(address, name).unwrap_or(0);
            return Self { controller: at("controller"), target: at("target"), unit: at("unit") };
        }
        let nth = name_index(&target(disk)).unwrap_or(0);
        let unit = nth % BY_NAME;
        Self { controller: nth / BY_NAME, target: 0, unit: unit + u32::from(unit >= SKIPPED) }
    }

    fn nth(controller: u32, nth: u32) -> Self {
        Self { controller, target: nth / UNITS, unit: nth % UNITS }
    }

    pub(super) fn element(self) -> Fresh {
        Fresh::new("address")
            .with("type", "drive")
            .with("controller", self.controller.to_string())
            .with("bus", "0")
            .with("target", self.target.to_string())
            .with("unit", self.unit.to_string())
    }
}

fn drive_address<'s, S: Said<'s>>(disk: S) -> Option<S> {
    disk.child("address").filter(|address| says(*address, "type", "drive"))
}

/// The places of the disks that are on SCSI. Those of a guest that comes from another machine move up where there is a
/// gap before them.
pub(super) fn settle<'d>(
    draft: &mut Draft<'d>,
    guest: &Guest<'d>,
    disks: &[Element<'d>],
) -> BTreeSet<ScsiAddress> {
    let on_scsi = disks.iter().filter(|disk| bus(**disk) == "scsi");
    let mut all: Vec<_> = on_scsi.map(|disk| (ScsiAddress::of(*disk), *disk)).collect();
    if !guest.foreign {
        return all.into_iter().map(|(place, _)| place).collect();
    }
    all.sort_by_key(|(place, _)| *place);
    let (mut counts, mut settled) = (BTreeMap::<u32, u32>::new(), BTreeSet::new());
    for (old, disk) in all {
        let nth = counts.entry(old.controller).or_default();
        let new = ScsiAddress::nth(old.controller, *nth);
        *nth += 1;
        settled.insert(new);
        if new != old {
            move_up(draft, disk, new);
        }
    }
    settled
}

fn move_up<'d>(draft: &mut Draft<'d>, disk: Element<'d>, place: ScsiAddress) {
    let reason = "UEFI looks at the places of a SCSI controller one after the other, and that of edk2 2022.11 stops at \
                  the first without a disk";
    let Some(address) = drive_address(disk) else {
        return draft.insert(SCSI_GAP, reason, disk, At::Last, place.element());
    };
    for (name, value) in [("bus", 0), ("target", place.target), ("unit", place.unit)] {
        draft.set(SCSI_GAP, reason, address, name, &value.to_string());
    }
}

/// The places that are taken, and the controllers that are needed.
pub(super) struct Places {
    taken: BTreeSet<ScsiAddress>,
    targets: u32,
    /// Controllers that cannot take more: not virtio-scsi, and not made so.
    closed: BTreeSet<u32>,
    needed: BTreeSet<u32>,
    present: BTreeSet<u32>,
}

impl Places {
    pub(super) fn new(guest: &Guest<'_>, taken: BTreeSet<ScsiAddress>) -> Self {
        let controllers = controllers(guest);
        let other = |c: &Element<'_>| !guest.foreign && !says(*c, "model", "virtio-scsi");
        Self {
            needed: taken.iter().map(|place| place.controller).filter(|_| guest.foreign).collect(),
            closed: controllers.iter().filter(|(_, c)| other(c)).map(|(index, _)| *index).collect(),
            present: controllers.into_keys().collect(),
            targets: guest.profile.scsi_targets,
            taken,
        }
    }

    /// The first free place.
    pub(super) fn give(&mut self) -> ScsiAddress {
        let all = (0..).filter(|controller| !self.closed.contains(controller)).flat_map(|controller| {
            (0..self.targets.max(1) * UNITS).map(move |nth| ScsiAddress::nth(controller, nth))
        });
        let free = all.into_iter().find(|place| !self.taken.contains(place));
        let place = free.unwrap_or(ScsiAddress::nth(0, 0));
        self.taken.insert(place);
        self.needed.insert(place.controller);
        place
    }

    /// Makes every controller that is needed a virtio-scsi.
    pub(super) fn controllers<'d>(&self, draft: &mut Draft<'d>, guest: &Guest<'d>) {
        if guest.foreign {
            for controller in controllers(guest).values() {
                let old = controller.value("model").unwrap_or("none".into());
                let reason = format!("model '{old}': virtio-scsi is what every ARM kernel has");
                draft.set(SCSI_CONTROLLER, reason, *controller, "model", "virtio-scsi");
            }
        }
        let Some(devices) = guest.root.child("devices") else { return };
        let last = guest.devices_named("controller").next_back();
        for index in self.needed.difference(&self.present) {
            let new = Fresh::new("controller")
                .with("type", "scsi")
                .with("index", index.to_string())
                .with("model", "virtio-scsi");
            let reason = "disks on SCSI need a controller; libvirt before 11.6 takes an lsilogic where no model is named";
            let at = last.filter(|c| c.parent() == Some(devices)).map_or(At::Last, At::After);
            draft.insert(SCSI_CONTROLLER_ADDED, reason, devices, at, new);
        }
    }
}

/// The SCSI controllers by index. One without an index gets the next free one, as in libvirt.
fn controllers<'d>(guest: &Guest<'d>) -> BTreeMap<u32, Element<'d>> {
    let all: Vec<_> = guest.devices_named("controller").filter(|c| says(*c, "type", "scsi")).collect();
    let index = |c: &Element<'d>| number(*c, "index");
    let mut found: BTreeMap<u32, Element<'d>> = all.iter().filter_map(|c| Some((index(c)?, *c))).collect();
    for controller in all.iter().filter(|c| index(c).is_none()) {
        if let Some(free) = (0..u32::MAX).find(|index| !found.contains_key(index)) {
            found.insert(free, *controller);
        }
    }
    found
}

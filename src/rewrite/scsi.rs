//! Places on SCSI controllers.

use std::collections::{BTreeMap, BTreeSet};

use super::draft::{At, Draft};
use super::fresh::Fresh;
use super::guest::{Guest, says};
use super::rules::{SCSI_CONTROLLER, SCSI_CONTROLLER_ADDED};
use super::targets::{bus, name_index, target};
use crate::text::xml::Element;

/// A place for a disk on a SCSI controller, with bus and unit 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct ScsiAddress {
    pub(super) controller: u32,
    pub(super) target: u32,
}

impl ScsiAddress {
    /// Where a disk on SCSI is: its address, else where libvirt puts it by its name. libvirt 9.0
    /// (`virDomainDiskDefAssignAddress`): 15 disks a controller, all on target 0.
    pub(super) fn of(disk: Element<'_>) -> Self {
        let number = |name: &str| disk.child("address")?.value(name)?.parse().ok();
        if let Some(controller) = number("controller") {
            return Self { controller, target: number("target").unwrap_or(0) };
        }
        Self { controller: name_index(&target(disk)).unwrap_or(0) / 15, target: 0 }
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
    pub(super) fn taken(guest: &Guest<'_>, disks: &[Element<'_>]) -> Self {
        let on_scsi = disks.iter().filter(|disk| bus(**disk) == "scsi");
        let taken: BTreeSet<ScsiAddress> = on_scsi.map(|disk| ScsiAddress::of(*disk)).collect();
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
            (0..self.targets.max(1)).map(move |target| ScsiAddress { controller, target })
        });
        let free = all.into_iter().find(|place| !self.taken.contains(place));
        let place = free.unwrap_or(ScsiAddress { controller: 0, target: 0 });
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
        let last = guest.devices_named("controller").pop();
        for index in self.needed.difference(&self.present) {
            let new = Fresh::new("controller")
                .with("type", "scsi")
                .with("index", index.to_string())
                .with("model", "virtio-scsi");
            let reason = "disks on SCSI need a controller; libvirt before 11.6 takes an lsilogic where no model is named";
            let at = last.filter(|c| c.parent() == Some(devices)).map_or(At::Last, At::After);
            draft.insert(SCSI_CONTROLLER_ADDED, reason, devices, at, &new);
        }
    }
}

/// The SCSI controllers by index. One without an index gets the next free one, as in libvirt.
fn controllers<'d>(guest: &Guest<'d>) -> BTreeMap<u32, Element<'d>> {
    let all: Vec<_> =
        guest.devices_named("controller").into_iter().filter(|c| says(*c, "type", "scsi")).collect();
    let index = |c: &Element<'d>| c.value("index").and_then(|index| index.parse::<u32>().ok());
    let mut found: BTreeMap<u32, Element<'d>> = all.iter().filter_map(|c| Some((index(c)?, *c))).collect();
    for controller in all.iter().filter(|c| index(c).is_none()) {
        if let Some(free) = (0..u32::MAX).find(|index| !found.contains_key(index)) {
            found.insert(free, *controller);
        }
    }
    found
}

//! A guest on i440fx made fit for the chipset q35, on x86 still: the machine type, what hung on IDE, the PCI topology,
//! and the few devices that are parts of the old chipset. Everything else stays as it is.

mod controllers;
mod devices;
mod disks;
mod machine;

use super::draft::Draft;
use super::guest::Guest;
pub(super) use disks::place as sata_place;

/// The chipset as a whole: whether the guest is on the old one is told by the machine type that this changes.
pub(super) fn pass<'d>(draft: &mut Draft<'d>, guest: &Guest<'d>) {
    machine::pass(draft, guest);
    disks::pass(draft, guest);
    controllers::pass(draft, guest);
    devices::pass(draft, guest);
}

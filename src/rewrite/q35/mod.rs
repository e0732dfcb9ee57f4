//! A guest on i440fx made fit for the chipset q35, on x86 still: the machine type, what hung on IDE, the PCI topology,
//! and the few devices that are parts of the old chipset. Everything else stays as it is.

mod controllers;
mod devices;
mod disks;
mod machine;

use super::Pass;

/// The passes, in the order of the document.
pub(super) const PASSES: &[Pass] = &[machine::pass, disks::pass, controllers::pass, devices::pass];

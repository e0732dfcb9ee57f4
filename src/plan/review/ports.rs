//! The root ports and SCSI places of guests.

use rayon::prelude::*;

use crate::compat::{Chart, GuestIndex};
use crate::model::{Arch, Name};
use crate::rewrite::{PortBudget, ports_as_they_are};
use crate::text::SourceId;

/// The root ports of a guest on PCI Express, and its places on SCSI.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GuestPorts {
    /// The guest.
    pub guest: GuestIndex,
    /// Its machine type, without an alias where its host tells.
    pub machine: Name,
    /// The document they were counted in: the running guest's, where there is one.
    pub document: SourceId,
    /// The sum.
    pub budget: PortBudget,
}

/// The guests on q35 and `virt`: those with the fewest free ports first, of these those that could have the fewest more.
pub(super) fn ports(chart: &Chart<'_>) -> Vec<GuestPorts> {
    let guests = (0..chart.cluster.guests.len()).into_par_iter();
    let mut found: Vec<GuestPorts> = guests.filter_map(|guest| one(chart, guest)).collect();
    found.sort_by_key(|ports| (ports.budget.free(), ports.budget.left(), ports.guest));
    found
}

fn one(chart: &Chart<'_>, at: GuestIndex) -> Option<GuestPorts> {
    let guest = &chart.cluster.guests[at];
    let home = chart.home(at).map(|home| &chart.cluster.hosts[home].platform);
    let arch = guest.requirements.arch.value().unwrap_or(&Arch::X86_64);
    let named = match guest.live_machine.as_ref() {
        Some(live) => live.value,
        None => *guest.requirements.machine.value()?,
    };
    let machine = home.map_or(named, |home| home.canonical_machine(arch, named));
    let document = guest.live.unwrap_or(guest.source);
    let qemu = home.and_then(|home| home.qemu.value().copied());
    let text = &chart.cluster.sources.get(document).text;
    // A document that is no domain's was told of when it was read.
    let budget = ports_as_they_are(text, &machine, qemu).ok()??;
    Some(GuestPorts { guest: at, machine, document, budget })
}

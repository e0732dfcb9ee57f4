//! Which `PCIe` root ports and places on SCSI a guest takes, as a sum a person can follow.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use super::device::Device;
use super::draft::Draft;
use super::guest::Guest;
use super::hangs::{Bus, hangs, slots_of_q35};
use super::implied::implied;
use super::port_line::PortLine;
use super::said::number;
use super::scsi::{ScsiAddress, UNITS};
use super::targets::bus;
use super::topology::{Topology, packed};
use crate::knowledge::ports;

/// Places taken on one SCSI controller.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScsiLine {
    /// The controller's index.
    pub controller: u32,
    /// How many of its places are taken.
    pub taken: u32,
    /// How many disks it can have.
    pub places: u32,
}

impl ScsiLine {
    /// How many disks more it can have.
    pub fn left(&self) -> u32 {
        self.places.saturating_sub(self.taken)
    }
}

/// The `PCIe` root ports of a guest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PortBudget {
    /// How many the machine can have; 0 where it has no PCI Express.
    pub limit: u32,
    /// How many the domain XML allocates; where it names none, how many libvirt will: one for each
    /// device and one to spare.
    pub allocated: u32,
    /// What takes them.
    pub lines: Vec<PortLine>,
    /// How many of the taken carry a bridge to conventional PCI.
    pub bridges: u32,
    /// How far the SCSI controllers are filled.
    pub scsi: Vec<ScsiLine>,
}

impl PortBudget {
    /// The budget of the guest as `draft` leaves it; empty where its board has no `PCIe`.
    pub(super) fn of(draft: &Draft<'_>, guest: &Guest<'_>) -> Self {
        if !guest.has_ports() {
            return Self { limit: 0, allocated: 0, lines: Vec::new(), bridges: 0, scsi: Vec::new() };
        }
        let profile = guest.profile;
        let devices = Device::all(draft);
        let topology = Topology::of(&devices);
        let (mut ports, mut slots) = (BTreeMap::<_, (usize, PortLine)>::new(), Vec::new());
        let mut shared = BTreeSet::new();
        let is_q35 = profile.arch.is_x86();
        let own = if is_q35 { slots_of_q35(&devices) } else { vec![None; devices.len()] };
        for (device, _) in devices.iter().zip(&own).filter(|(_, own)| own.is_none()) {
            match hangs(device, &profile.arch) {
                Some(Bus::Port(what)) => topology.place(device, what, &mut ports, &mut shared),
                Some(Bus::Slot(what)) if topology.takes_slot(device) => slots.push(what.to_owned()),
                _ => {}
            }
        }
        let mut lines: Vec<_> = ports.into_values().collect();
        lines.sort_by_key(|(order, _)| *order);
        let mut lines: Vec<PortLine> = lines.into_iter().map(|(_, line)| line).collect();
        lines.extend(implied(&devices, &profile.arch));
        let bridges = topology.bridges(slots);
        let count = bridges.as_ref().map_or(0, |line| line.ports);
        lines.extend(bridges);
        let used: u32 = lines.iter().map(|line| line.ports).sum();
        let allocated = if topology.ports.is_empty() && used > 0 { used + 1 } else { topology.count() };
        let fit = packed(if is_q35 { ports::OF_Q35 } else { ports::AT_MOST }, &devices, &own);
        Self {
            limit: guest.port_limit.min(fit),
            allocated: allocated.max(used),
            lines,
            bridges: count,
            scsi: scsi(&devices, profile.scsi_targets),
        }
    }

    /// How many root ports are taken.
    pub fn used(&self) -> u32 {
        self.lines.iter().map(|line| line.ports).sum()
    }

    /// How many of the allocated root ports are free: devices that can be plugged in while the
    /// guest runs.
    pub fn free(&self) -> u32 {
        self.allocated.saturating_sub(self.used())
    }

    /// How many more devices the machine could have after a restart.
    pub fn left(&self) -> u32 {
        self.limit.saturating_sub(self.used())
    }
}

impl fmt::Display for PortBudget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.limit == 0 {
            return Ok(());
        }
        writeln!(
            f,
            "{:>5}  PCIe root ports allocated (the machine can have {})",
            self.allocated, self.limit
        )?;
        for line in &self.lines {
            let names =
                if line.names.is_empty() { String::new() } else { format!(": {}", line.names.join(", ")) };
            writeln!(f, "{:>5}  {}{names}", format!("- {}", line.ports), line.what)?;
        }
        writeln!(f, "{:>5}  free for devices to come", format!("= {}", self.free()))?;
        for line in &self.scsi {
            let ScsiLine { controller, taken, places } = line;
            writeln!(
                f,
                "SCSI controller {controller}: {places} places - {taken} taken = {} disks more",
                line.left()
            )?;
        }
        Ok(())
    }
}

/// How far each SCSI controller is filled, where each has so many targets for disks.
fn scsi(devices: &[Device<'_>], targets: u32) -> Vec<ScsiLine> {
    let mut taken: BTreeMap<u32, BTreeSet<ScsiAddress>> = BTreeMap::new();
    for controller in devices.iter().filter(|device| device.controls("scsi")) {
        taken.entry(number(controller.element, "index").unwrap_or(0)).or_default();
    }
    for disk in devices.iter().filter(|d| d.name == "disk" && bus(d.element) == "scsi") {
        let place = ScsiAddress::of(disk.element);
        taken.entry(place.controller).or_default().insert(place);
    }
    let line = |(controller, taken): (u32, BTreeSet<ScsiAddress>)| ScsiLine {
        controller,
        taken: u32::try_from(taken.len()).unwrap_or(u32::MAX),
        places: targets * UNITS,
    };
    taken.into_iter().map(line).collect()
}

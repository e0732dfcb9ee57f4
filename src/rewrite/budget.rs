//! Which `PCIe` root ports and SCSI targets a guest takes, as a sum a person can follow.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use super::guest::says;
use super::hangs::{Bus, hangs, is_part_of_q35, name};
use super::profile::Profile;
use super::scsi::ScsiAddress;
use super::targets::bus;
use crate::text::xml::{Document, Element};

/// Root ports taken by devices of one kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PortLine {
    /// What they are, such as `disks on virtio`.
    pub what: String,
    /// Their names, where they have some.
    pub names: Vec<String>,
    /// How many ports they take.
    pub ports: u32,
}

/// Targets taken on one SCSI controller.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScsiLine {
    /// The controller's index.
    pub controller: u32,
    /// How many of its targets are taken.
    pub taken: u32,
    /// How many it has.
    pub targets: u32,
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
    /// How far the SCSI controllers are filled.
    pub scsi: Vec<ScsiLine>,
}

/// Slots of a pcie-to-pci-bridge that devices can use (libvirt 9.0: 1 to 31).
const BRIDGE_SLOTS: u32 = 31;

impl PortBudget {
    /// The budget of a domain on a `virt` machine or a q35.
    pub(super) fn of(document: &Document<'_>, profile: &Profile, limit: u32) -> Self {
        let devices: Vec<Element<'_>> =
            document.root().children_named("devices").flat_map(Element::children).collect();
        let topology = Topology::of(&devices);
        let (mut ports, mut slots) = (BTreeMap::<_, (usize, PortLine)>::new(), Vec::new());
        let mut shared = BTreeSet::new();
        let is_q35 = profile.arch.is_x86();
        for device in devices.iter().filter(|device| !(is_q35 && is_part_of_q35(**device))) {
            match hangs(*device) {
                Some(Bus::Port(what)) => topology.place(*device, what, &mut ports, &mut shared),
                Some(Bus::Slot(what)) if topology.takes_slot(*device) => slots.push(what.to_owned()),
                _ => {}
            }
        }
        let mut lines: Vec<_> = ports.into_values().collect();
        lines.sort_by_key(|(order, _)| *order);
        let mut lines: Vec<PortLine> = lines.into_iter().map(|(_, line)| line).collect();
        lines.extend(topology.bridges(slots));
        let used: u32 = lines.iter().map(|line| line.ports).sum();
        let allocated = if topology.ports.is_empty() && used > 0 { used + 1 } else { topology.count() };
        Self { limit, allocated: allocated.max(used), lines, scsi: scsi(&devices, profile) }
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
            let left = line.targets.saturating_sub(line.taken);
            let (controller, targets) = (line.controller, line.targets);
            writeln!(
                f,
                "SCSI controller {controller}: {targets} targets - {} taken = {left} disks more",
                line.taken
            )?;
        }
        Ok(())
    }
}

/// The PCI controllers that a domain names.
struct Topology {
    ports: BTreeSet<u32>,
    buses: BTreeSet<u32>,
    bridges: u32,
}

impl Topology {
    fn of(devices: &[Element<'_>]) -> Self {
        let pci = devices.iter().filter(|d| d.name() == "controller" && says(**d, "type", "pci"));
        let index = |c: &Element<'_>| c.value("index").and_then(|index| index.parse().ok()).unwrap_or(0);
        let of = |model: &'static str| {
            pci.clone().filter(move |c| says(**c, "model", model)).map(index).collect::<BTreeSet<u32>>()
        };
        Self {
            ports: of("pcie-root-port"),
            buses: pci.clone().map(index).collect(),
            bridges: u32::try_from(of("pcie-to-pci-bridge").len()).unwrap_or(u32::MAX),
        }
    }

    fn count(&self) -> u32 {
        u32::try_from(self.ports.len()).unwrap_or(u32::MAX)
    }

    /// Counts a device to its line: one port, or none where its address is on another bus than a
    /// root port's, or on a port that another device has taken already.
    fn place(
        &self,
        device: Element<'_>,
        what: &'static str,
        lines: &mut BTreeMap<&'static str, (usize, PortLine)>,
        shared: &mut BTreeSet<u32>,
    ) {
        let order = lines.len();
        let (_, line) = lines
            .entry(what)
            .or_insert_with(|| (order, PortLine { what: what.into(), names: Vec::new(), ports: 0 }));
        line.names.extend(name(device));
        let takes = match address(device) {
            None => true,
            Some(Place::Bus(bus)) => {
                (self.ports.contains(&bus) || !self.buses.contains(&bus)) && shared.insert(bus)
            }
            Some(Place::Elsewhere) => false,
        };
        line.ports += u32::from(takes);
    }

    /// Whether a device on a conventional slot needs one still: it has no address on a bus that
    /// is named.
    fn takes_slot(&self, device: Element<'_>) -> bool {
        match address(device) {
            None => true,
            Some(Place::Bus(bus)) => !self.buses.contains(&bus),
            Some(Place::Elsewhere) => false,
        }
    }

    /// The bridges that are named, and those that libvirt adds for `slots`.
    fn bridges(&self, slots: Vec<String>) -> Option<PortLine> {
        let asked = u32::try_from(slots.len()).unwrap_or(u32::MAX).div_ceil(BRIDGE_SLOTS);
        let ports = asked.max(self.bridges);
        let what = "bridge to conventional PCI".into();
        (ports > 0).then_some(PortLine { what, names: slots, ports })
    }
}

enum Place {
    Bus(u32),
    Elsewhere,
}

/// Where a device's address puts it; `None` where libvirt is to choose a PCI place.
fn address(device: Element<'_>) -> Option<Place> {
    let address = device.child("address")?;
    let kind = address.value("type")?;
    if kind != "pci" {
        let other = matches!(kind.as_ref(), "virtio-mmio" | "ccw" | "unassigned");
        return other.then_some(Place::Elsewhere);
    }
    let bus = address.value("bus")?;
    let number = match bus.strip_prefix("0x") {
        Some(hex) => u32::from_str_radix(hex, 16),
        None => bus.parse(),
    };
    number.ok().map(Place::Bus)
}

/// How far each SCSI controller is filled.
fn scsi(devices: &[Element<'_>], profile: &Profile) -> Vec<ScsiLine> {
    let mut taken: BTreeMap<u32, BTreeSet<u32>> = BTreeMap::new();
    for controller in devices.iter().filter(|d| d.name() == "controller" && says(**d, "type", "scsi")) {
        let index = controller.value("index").and_then(|index| index.parse().ok());
        taken.entry(index.unwrap_or(0)).or_default();
    }
    for disk in devices.iter().filter(|d| d.name() == "disk" && bus(**d) == "scsi") {
        let place = ScsiAddress::of(*disk);
        taken.entry(place.controller).or_default().insert(place.target);
    }
    let line = |(controller, taken): (u32, BTreeSet<u32>)| ScsiLine {
        controller,
        taken: u32::try_from(taken.len()).unwrap_or(u32::MAX),
        targets: profile.scsi_targets,
    };
    taken.into_iter().map(line).collect()
}

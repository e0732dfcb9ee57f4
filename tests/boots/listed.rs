//! Disks and network interfaces: those that a domain has, and those that UEFI lists.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use portolan::text::xml::{Document, Element};

/// How many disks there are on each bus, and network interfaces by MAC address; those without one are made up by libvirt.
#[derive(Default)]
pub(super) struct Listed {
    disks: BTreeMap<String, usize>,
    macs: BTreeSet<String>,
    nameless: usize,
}

impl Listed {
    /// What the domain has. A disk is on the bus that it names, for the rewriter's output names one.
    pub(super) fn of_domain(text: &str) -> Self {
        let document = Document::parse(text).expect("a domain");
        let mut all = Self::default();
        for device in document.root().children_named("devices").flat_map(Element::children) {
            let of = |child: &str, name: &str| {
                device.child(child).and_then(|child| child.value(name)).unwrap_or_default().into_owned()
            };
            match device.name() {
                "disk" => *all.disks.entry(of("target", "bus")).or_default() += 1,
                "interface" if of("mac", "address").is_empty() => all.nameless += 1,
                "interface" => _ = all.macs.insert(of("mac", "address").replace(':', "").to_lowercase()),
                _ => {}
            }
        }
        all
    }

    /// What the shell's `map -r` and `dh -p SimpleNetwork` say. Of a path the last node tells how a disk hangs on the machine.
    pub(super) fn of_shell(map: &str, handles: &str) -> Self {
        let mut all = Self::default();
        let paths: BTreeSet<&str> =
            map.lines().map(str::trim).filter(|line| line.starts_with("PciRoot(")).collect();
        for path in paths {
            let bus = match path.rsplit('/').next().and_then(|node| node.split('(').next()) {
                Some("Pci") => "virtio",
                Some("Scsi") => "scsi",
                Some("USB") => "usb",
                _ => continue,
            };
            *all.disks.entry(bus.to_owned()).or_default() += 1;
        }
        let nodes = handles.split("/MAC(").skip(1);
        all.macs = nodes.filter_map(|node| node.get(..12)).map(str::to_lowercase).collect();
        all
    }

    pub(super) fn disks(&self) -> usize {
        self.disks.values().sum()
    }

    pub(super) fn nics(&self) -> usize {
        self.macs.len() + self.nameless
    }

    /// What `other` lacks of this, or lists beyond it, by name.
    pub(super) fn missing(&self, other: &Self) -> String {
        let mut missing: Vec<String> = self.macs.difference(&other.macs).cloned().collect();
        if self.disks != other.disks {
            missing.push(format!("{:?}", self.disks));
        }
        if self.nics() != other.nics() {
            missing.push(format!("{} NICs", self.nics()));
        }
        missing.join(", ")
    }
}

impl fmt::Display for Listed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (bus, count) in &self.disks {
            write!(f, "{count} disks on {bus}, ")?;
        }
        write!(f, "{} NICs", self.nics())
    }
}

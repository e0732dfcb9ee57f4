//! The parts that a rewrite consists of.

/// A part of a guest that can be rewritten by itself.
///
/// In the order of [`Part::ALL`] they can be run one after another, each over what the one before it left, and give what
/// they give at once: what comes later does not change what an earlier one looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    /// What is started and from what: firmware, boot order, kernels, ACPI tables, launch security, raw QEMU arguments.
    Firmware,
    /// `<cpu>`.
    Cpu,
    /// What names things of a host: its processors, NUMA nodes, page sizes, networks, pools, addresses, passed-through devices,
    /// security labels.
    HostBound,
    /// Displays, inputs, network interfaces, character devices, sound, watchdogs, TPM, IOMMU.
    Devices,
    /// Disks and their bus.
    Disks,
    /// What is on the board: features, timers, vCPU hotplug, controllers, addresses; from i440fx to q35 all of it.
    Chipset,
    /// Architecture, machine type, virt type, emulator.
    Machine,
    /// `PCIe` root ports, allocated ahead.
    Ports,
}

impl Part {
    /// All of them, in an order in which they can be run one after another.
    pub const ALL: [Self; 8] = [
        Self::Firmware,
        Self::Cpu,
        Self::HostBound,
        Self::Devices,
        Self::Disks,
        Self::Chipset,
        Self::Machine,
        Self::Ports,
    ];

    /// Its name.
    pub fn name(self) -> &'static str {
        self.named().0
    }

    /// What it is about, in one line.
    pub fn about(self) -> &'static str {
        self.named().1
    }

    fn named(self) -> (&'static str, &'static str) {
        match self {
            Self::Firmware => {
                ("firmware", "Firmware, boot order, kernels, launch security, raw QEMU arguments")
            }
            Self::Cpu => ("cpu", "The CPU"),
            Self::HostBound => (
                "host-bound",
                "Pinning, NUMA nodes, huge pages, names of networks, pools and folders, passed-through devices, labels",
            ),
            Self::Devices => {
                ("devices", "Displays, inputs, network interfaces, serial lines, sound, TPM and the like")
            }
            Self::Disks => ("disks", "Disks and their bus"),
            Self::Chipset => (
                "chipset",
                "Features, timers, controllers and addresses; from i440fx to q35 all that changes",
            ),
            Self::Machine => ("machine", "Architecture, machine type, virt type, emulator"),
            Self::Ports => ("ports", "Root ports of PCI Express, allocated ahead"),
        }
    }
}

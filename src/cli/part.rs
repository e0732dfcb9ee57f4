//! `--only PART`: the parts of a rewrite by their names on the command line.

use clap::ValueEnum;

use crate::rewrite::Part;

/// A part of a rewrite. In this order they can be run one after another.
#[derive(Clone, Copy, ValueEnum)]
pub(super) enum OnlyPart {
    /// Firmware, boot order, kernels, launch security, raw QEMU arguments
    Firmware,
    /// The CPU
    Cpu,
    /// Pinning, NUMA nodes, huge pages, names of networks, pools and folders, passed-through devices, labels
    HostBound,
    /// Displays, inputs, network interfaces, serial lines, sound, TPM and the like
    Devices,
    /// Disks and their bus
    Disks,
    /// Features, timers, controllers and addresses; from i440fx to q35 all that changes
    Chipset,
    /// Architecture, machine type, virt type, emulator
    Machine,
    /// Root ports of PCI Express, allocated ahead
    Ports,
}

impl OnlyPart {
    /// The part of that name.
    pub(super) fn part(self) -> Part {
        match self {
            Self::Firmware => Part::Firmware,
            Self::Cpu => Part::Cpu,
            Self::HostBound => Part::HostBound,
            Self::Devices => Part::Devices,
            Self::Disks => Part::Disks,
            Self::Chipset => Part::Chipset,
            Self::Machine => Part::Machine,
            Self::Ports => Part::Ports,
        }
    }
}

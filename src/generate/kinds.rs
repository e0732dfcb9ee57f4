//! Kinds of guests.

/// What CPU a guest is given.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Cpu {
    /// The oldest model that its kind of processor has.
    Oldest,
    /// A model by name, of its host's generation or an older one.
    Named,
    HostModel,
    Passthrough,
}

/// A kind of guest.
pub(super) struct Kind {
    /// What its guests are called.
    pub(super) name: &'static str,
    pub(super) weight: u64,
    pub(super) template: &'static str,
    pub(super) cpu: Cpu,
    /// vCPUs of a small and of a large one.
    pub(super) vcpus: [u32; 2],
    /// From how many GiB on it is a large one.
    pub(super) large: u64,
    /// Where its disk lies.
    pub(super) folder: &'static str,
    /// Whether it needs the network `dmz`, which not every host has.
    pub(super) dmz: bool,
    /// Whether it has firmware of which only the stored definition tells what was asked for: that is always there, then.
    pub(super) firmware: bool,
}

const SHARED: &str = "/var/lib/libvirt/images";
const LOCAL: &str = "/srv/local";
const Q35: &str = include_str!("documents/guests/q35.xml");
const Q35_DMZ: &str = include_str!("documents/guests/q35-dmz.xml");
const I440FX: &str = include_str!("documents/guests/i440fx.xml");
const UEFI: &str = include_str!("documents/guests/uefi.xml");
const WINDOWS: &str = include_str!("documents/guests/windows.xml");
const VIRT: &str = include_str!("documents/guests/virt.xml");

const KIND: Kind = Kind {
    name: "web",
    weight: 300,
    template: Q35,
    cpu: Cpu::Named,
    vcpus: [2, 8],
    large: 16,
    folder: SHARED,
    dmz: false,
    firmware: false,
};

pub(super) const X86: [Kind; 9] = [
    KIND,
    Kind { name: "app", weight: 180, cpu: Cpu::HostModel, vcpus: [4, 16], large: 24, ..KIND },
    Kind {
        name: "db",
        weight: 110,
        template: UEFI,
        firmware: true,
        cpu: Cpu::HostModel,
        vcpus: [8, 32],
        large: 64,
        ..KIND
    },
    Kind { name: "mail", weight: 120, template: I440FX, ..KIND },
    Kind { name: "old", weight: 70, template: I440FX, cpu: Cpu::Oldest, vcpus: [1, 4], ..KIND },
    Kind { name: "win", weight: 110, template: WINDOWS, firmware: true, vcpus: [4, 8], ..KIND },
    Kind { name: "proxy", weight: 50, template: Q35_DMZ, dmz: true, ..KIND },
    Kind { name: "build", weight: 40, cpu: Cpu::Passthrough, vcpus: [8, 16], ..KIND },
    Kind { name: "scratch", weight: 20, folder: LOCAL, ..KIND },
];

/// KVM on ARM gives the host's own core and nothing else.
pub(super) const ARM: [Kind; 3] = [
    Kind { weight: 500, template: VIRT, firmware: true, cpu: Cpu::Passthrough, ..KIND },
    Kind {
        name: "app",
        weight: 300,
        template: VIRT,
        firmware: true,
        cpu: Cpu::Passthrough,
        vcpus: [4, 16],
        ..KIND
    },
    Kind {
        name: "build",
        weight: 200,
        template: VIRT,
        firmware: true,
        cpu: Cpu::Passthrough,
        vcpus: [8, 32],
        ..KIND
    },
];

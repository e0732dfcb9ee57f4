//! The guest that is rewritten, and the questions every pass asks of it.

use std::iter::Map;
use std::slice::Iter;

use super::part::Part;
use super::said::says;
use super::target::Profile;
use crate::knowledge::ports;
use crate::model::{Arch, MachineFamily, VirtType, machine_family};
use crate::text::xml::{Document, Element};

/// Devices with the names of their elements.
type Devices<'g, 'd> = Map<Iter<'g, (&'d str, Element<'d>)>, fn(&(&'d str, Element<'d>)) -> Element<'d>>;

/// A guest on its way to a target.
pub(super) struct Guest<'d> {
    pub(super) root: Element<'d>,
    pub(super) profile: &'d Profile,
    /// Whether it is on another machine than the target's yet: an aarch64 `virt`, or a q35.
    pub(super) foreign: bool,
    /// How many root ports it can have.
    pub(super) port_limit: u32,
    /// How many virtio disks must go behind a SCSI controller, for want of ports.
    pub(super) behind_scsi: u32,
    /// The devices by the names of their elements, those of one name in order.
    by_name: Vec<(&'d str, Element<'d>)>,
}

impl<'d> Guest<'d> {
    pub(super) fn new(document: &'d Document<'d>, profile: &'d Profile) -> Self {
        let root = document.root();
        let kind = root.at("os/type");
        let arch = kind.and_then(|k| k.value("arch")).map(|arch| Arch::named(&arch));
        let machine = kind.and_then(|k| k.value("machine")).unwrap_or_default();
        let foreign = if profile.family() == Some(MachineFamily::Q35) {
            on_i440fx(arch.as_ref(), profile.resolved(&machine))
        } else if profile.arch.is_x86() {
            false
        } else {
            !on_virt(arch.as_ref(), &machine)
        };
        let nova = if by_nova(document) { ports::OF_NOVA } else { u32::MAX };
        let devices = root.children_named("devices").flat_map(Element::children);
        let mut by_name: Vec<_> = devices.map(|device| (device.name(), device)).collect();
        by_name.sort_by_key(|(name, _)| *name);
        let port_limit = profile.port_limit.min(nova);
        Self { root, profile, foreign, port_limit, behind_scsi: 0, by_name }
    }

    /// Whether it comes to another host than the one it is on.
    pub(super) fn moves(&self) -> bool {
        self.changes_architecture() || self.profile.site.as_ref().is_some_and(|site| !site.is_home)
    }

    /// Whether it is on the target already.
    pub(super) fn is_home(&self) -> bool {
        self.profile.site.as_ref().is_some_and(|site| site.is_home)
    }

    /// Whether its board has `PCIe` root ports.
    pub(super) fn has_ports(&self) -> bool {
        self.profile.family() != Some(MachineFamily::I440fx)
    }

    /// Whether root ports are to be named: on another board than before, or where that part alone is asked for and none is.
    pub(super) fn wants_ports(&self) -> bool {
        let parts = &self.profile.parts;
        let alone = !parts.contains(&Part::Machine) && !parts.contains(&Part::Chipset);
        let port = |c: Element<'_>| says(c, "type", "pci") && says(c, "model", "pcie-root-port");
        self.foreign || alone && !self.devices_named("controller").any(port)
    }

    /// Whether it becomes a `virt` machine of ARM.
    pub(super) fn changes_architecture(&self) -> bool {
        self.foreign && self.profile.arch.is_arm()
    }

    /// Whether it will be run with KVM.
    pub(super) fn under_kvm(&self) -> bool {
        self.profile.virt_type == Some(VirtType::Kvm)
    }

    /// The devices of one element name, in order. A domain may have several `<devices>`.
    pub(super) fn devices_named(&self, name: &str) -> Devices<'_, 'd> {
        let from = self.by_name.partition_point(|(known, _)| *known < name);
        let rest = self.by_name.get(from..).unwrap_or_default();
        let named = rest.iter().take_while(|(known, _)| *known == name).count();
        rest.get(..named).unwrap_or_default().iter().map(|(_, device)| *device)
    }

    /// Every element at a path of names below the root.
    pub(super) fn all_at(&self, path: &str) -> Vec<Element<'d>> {
        let mut found = Vec::new();
        match path.strip_prefix("devices/").map(first) {
            Some((name, below)) => self.devices_named(name).for_each(|one| find(one, below, &mut found)),
            None => find(self.root, path, &mut found),
        }
        found
    }

    /// All devices, in order.
    pub(super) fn devices(&self) -> impl Iterator<Item = Element<'d>> {
        self.root.children_named("devices").flat_map(Element::children)
    }

    /// How many vCPUs it has at most; 1 where it does not say.
    pub(super) fn vcpus(&self) -> u32 {
        self.root.child("vcpu").and_then(|vcpu| vcpu.text().parse().ok()).unwrap_or(1)
    }

    /// Whether it may have USB devices: `<controller type='usb' model='none'/>` forbids them.
    pub(super) fn has_usb(&self) -> bool {
        let forbids = |c: Element<'_>| says(c, "type", "usb") && says(c, "model", "none");
        !self.devices_named("controller").any(forbids)
    }
}

/// The first name of a path, and the rest of it.
fn first(path: &str) -> (&str, &str) {
    path.split_once('/').unwrap_or((path, ""))
}

/// Adds every element at a path below `element`, which is itself at the empty path.
fn find<'d>(element: Element<'d>, path: &str, found: &mut Vec<Element<'d>>) {
    if path.is_empty() {
        return found.push(element);
    }
    let (name, below) = first(path);
    element.children_named(name).for_each(|child| find(child, below, found));
}

fn on_virt(arch: Option<&Arch>, machine: &str) -> bool {
    arch == Some(&Arch::Aarch64) && machine_family(machine) == Some(MachineFamily::Virt)
}

/// Whether it is an x86 guest on i440fx, which libvirt gives it where no machine type is said.
fn on_i440fx(arch: Option<&Arch>, machine: &str) -> bool {
    match (machine_family(machine), arch) {
        (Some(MachineFamily::I440fx), arch) => arch.is_none_or(Arch::is_x86),
        (None, Some(arch)) => arch.is_x86() && machine.is_empty(),
        _ => false,
    }
}

/// The machine type in `os/type`; libvirt takes `pc` where an x86 guest names none.
pub(super) fn machine_of(kind: Element<'_>) -> std::borrow::Cow<'_, str> {
    kind.value("machine").filter(|machine| !machine.is_empty()).unwrap_or("pc".into())
}

/// Whether `OpenStack` made the guest: Nova's metadata has a namespace of its own
/// (`nova/virt/libvirt/config.py`, `NOVA_NS`).
fn by_nova(document: &Document<'_>) -> bool {
    let metadata = document.root().child("metadata");
    metadata.is_some_and(|metadata| declares_nova(metadata)) || declares_nova(document.root())
}

fn declares_nova(element: Element<'_>) -> bool {
    let nova = |e: Element<'_>| {
        e.attributes().any(|a| {
            a.name().starts_with("xmlns") && a.value().starts_with("http://openstack.org/xmlns/libvirt/nova/")
        })
    };
    nova(element) || element.children().any(nova)
}

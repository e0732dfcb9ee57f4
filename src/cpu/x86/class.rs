//! Hosts that give the same CPU by the same map: what a cluster's baselines are made of.

use std::collections::{BTreeMap, BTreeSet};

use super::check::reported;
use super::definition::NEVER_PASSED;
use super::expand::expand;
use super::set::model;
use super::{CannotTell, Definition};
use crate::knowledge::x86::latest;
use crate::model::{Capability, CpuMap, MachineFamily, MapModel, Platform, VirtType, machine_family};

/// One host of a cluster.
#[derive(Clone, Copy, Debug)]
pub struct ClusterInput<'c> {
    /// Its name.
    pub name: &'c str,
    /// What is known of it.
    pub platform: &'c Platform,
    /// The map of its libvirt.
    pub map: &'c CpuMap,
}

/// The document by which a host's x86 CPU is judged, of those for KVM: for q35, else for pc, else
/// any; with its host-model.
///
/// # Errors
/// [`CannotTell`] where there is no such document, or it does not report QEMU's own CPU.
pub fn host_model(platform: &Platform) -> Result<(&Capability, Definition), CannotTell> {
    let kvm = |c: &&Capability| c.virt_type.value == VirtType::Kvm && c.arch.value.is_x86();
    let order = |c: &&Capability| match machine_family(&c.machine.value) {
        Some(MachineFamily::Q35) => 0,
        Some(MachineFamily::I440fx) => 1,
        _ => 2,
    };
    let found = platform.capabilities.iter().filter(kvm).min_by_key(order);
    let found = found.ok_or(CannotTell::Unknown(crate::model::DocumentKind::DomainCapabilities))?;
    Ok((found, reported(found)?))
}

/// `map`, where it knows all that `cpu` names; else the newest built-in one. A libvirt between two
/// built-in tables may name features that the older does not have, and no libvirt forgets a name.
pub fn fitting_map<'m>(map: &'m CpuMap, cpu: &Definition) -> &'m CpuMap {
    if expand(map, cpu).is_ok() { map } else { latest() }
}

/// Hosts that give the same CPU by the same map.
#[derive(Clone)]
pub(super) struct Class<'c> {
    /// The hosts, by name.
    pub(super) names: Vec<&'c str>,
    pub(super) map: &'c CpuMap,
    pub(super) capability: &'c Capability,
    /// The host-model.
    pub(super) given: Definition,
    pub(super) vendor: String,
    /// The features of the host-model, without those that no baseline has.
    pub(super) has: BTreeSet<&'c str>,
    known: BTreeSet<&'c str>,
}

/// Classes by vendor.
pub(super) type Vendors<'c> = BTreeMap<String, Vec<Class<'c>>>;

/// The classes of each vendor's hosts, by their first hosts; and the hosts whose CPU is not known.
pub(super) fn by_vendor<'c>(hosts: &[ClusterInput<'c>]) -> (Vendors<'c>, Vec<(String, CannotTell)>) {
    let (mut vendors, mut left_out) = (Vendors::new(), Vec::new());
    for host in hosts {
        match class_of(host) {
            Err(why) => left_out.push((host.name.to_owned(), why)),
            Ok(class) => join(vendors.entry(class.vendor.clone()).or_default(), class),
        }
    }
    for classes in vendors.values_mut() {
        for class in classes.iter_mut() {
            class.names.sort_unstable();
        }
        classes.sort_by(|one, other| one.names.cmp(&other.names));
    }
    (vendors, left_out)
}

fn join<'c>(classes: &mut Vec<Class<'c>>, class: Class<'c>) {
    match classes.iter_mut().find(|other| other.is_like(&class)) {
        Some(other) => other.names.extend(class.names),
        None => classes.push(class),
    }
}

fn class_of<'c>(host: &ClusterInput<'c>) -> Result<Class<'c>, CannotTell> {
    let (capability, given) = host_model(host.platform)?;
    capability.models.ask().map_err(CannotTell::Unknown)?;
    let map = fitting_map(host.map, &given);
    let mut has: BTreeSet<&str> = expand(map, &given)?.names(map).into_iter().collect();
    has.retain(|&name| name != "invtsc" && !NEVER_PASSED.contains(&name));
    let of_model = given.model.as_deref().and_then(|name| model(map, name)?.vendor.clone());
    let vendor = given.vendor.clone().or(of_model).unwrap_or_default();
    let known = map.features.iter().map(|feature| feature.name.as_str()).collect();
    Ok(Class { names: vec![host.name], map, capability, given, vendor, has, known })
}

impl Class<'_> {
    fn is_like(&self, other: &Self) -> bool {
        std::ptr::eq(self.map, other.map)
            && self.given == other.given
            && self.capability.models == other.capability.models
    }

    pub(super) fn model(&self, name: &str) -> Option<&MapModel> {
        model(self.map, name).filter(|model| model.decode_guest)
    }

    pub(super) fn knows(&self, name: &str) -> bool {
        self.known.contains(name)
    }

    /// The hosts' names.
    pub(super) fn hosts(&self) -> Vec<String> {
        self.names.iter().map(|&name| name.to_owned()).collect()
    }
}

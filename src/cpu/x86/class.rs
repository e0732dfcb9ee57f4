//! Hosts that give the same CPU by the same map: what a cluster's baselines are made of.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use super::check::reported;
use super::definition::NEVER_PASSED;
use super::expand::expand;
use super::{CannotTell, Definition};
use crate::knowledge::x86::latest;
use crate::model::{Capability, CpuMap, MachineFamily, Platform, VirtType, machine_family};

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
    let found = judging(platform);
    let found = found.ok_or(CannotTell::Unknown(crate::model::DocumentKind::DomainCapabilities))?;
    Ok((found, reported(found)?))
}

fn judging(platform: &Platform) -> Option<&Capability> {
    let kvm = |c: &&Capability| c.virt_type.value == VirtType::Kvm && c.arch.value.is_x86();
    let order = |c: &&Capability| match machine_family(&c.machine.value) {
        Some(MachineFamily::Q35) => 0,
        Some(MachineFamily::I440fx) => 1,
        _ => 2,
    };
    platform.capabilities.iter().filter(kvm).min_by_key(order)
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
}

/// Classes by vendor.
pub(super) type Vendors<'c> = BTreeMap<String, Vec<Class<'c>>>;

/// The classes of each vendor's hosts, by their first hosts; and the hosts whose CPU is not known.
pub(super) fn by_vendor<'c>(hosts: &[ClusterInput<'c>]) -> (Vendors<'c>, Vec<(String, CannotTell)>) {
    let (mut vendors, mut left_out) = (Vendors::new(), Vec::new());
    for alike in alike(hosts) {
        match class_of(&alike) {
            Err(why) => left_out.extend(alike.iter().map(|&(at, _)| (at, why.clone()))),
            Ok(class) => join(vendors.entry(class.vendor.clone()).or_default(), class),
        }
    }
    for classes in vendors.values_mut() {
        for class in classes.iter_mut() {
            class.names.sort_unstable();
        }
        classes.sort_by(|one, other| one.names.cmp(&other.names));
    }
    left_out.sort_by_key(|(at, _)| *at);
    let named = |(at, why): (usize, CannotTell)| Some((hosts.get(at)?.name.to_owned(), why));
    (vendors, left_out.into_iter().filter_map(named).collect())
}

/// Hosts that say the same of their CPU, each with its place.
type Alike<'h, 'c> = Vec<(usize, &'h ClusterInput<'c>)>;

/// How many hosts are sorted by one thread at a time.
const CHUNK: usize = 512;

/// All hosts, by what they say, in the order of the first of each.
fn alike<'h, 'c>(hosts: &'h [ClusterInput<'c>]) -> Vec<Alike<'h, 'c>> {
    let hosts: Vec<(usize, &ClusterInput<'_>)> = hosts.iter().enumerate().collect();
    let chunks = hosts.par_chunks(CHUNK).map(|chunk| merged(chunk.iter().map(|host| vec![*host])));
    let chunks: Vec<Vec<Alike<'_, '_>>> = chunks.collect();
    merged(chunks.into_iter().flatten())
}

fn merged<'h, 'c>(parts: impl Iterator<Item = Alike<'h, 'c>>) -> Vec<Alike<'h, 'c>> {
    let mut found: Vec<Alike<'h, 'c>> = Vec::new();
    // Offers are many: they are compared only where the CPUs are equal.
    let mut of_cpu: BTreeMap<_, Vec<usize>> = BTreeMap::new();
    for part in parts {
        let Some((_, host)) = part.first() else { continue };
        let capability = judging(host.platform);
        let cpu = (std::ptr::from_ref(host.map), capability.map(|found| &found.host_model));
        let seen = of_cpu.entry(cpu).or_default();
        let same = |of: &&usize| {
            let first = found.get(**of).and_then(|alike| alike.first());
            let other = first.and_then(|(_, first)| judging(first.platform));
            let offers = |found: &'c Capability| (&found.models, &found.probed);
            capability.map(offers) == other.map(offers)
        };
        if let Some(&of) = seen.iter().find(same) {
            found[of].extend(part);
        } else {
            seen.push(found.len());
            found.push(part);
        }
    }
    found
}

fn join<'c>(classes: &mut Vec<Class<'c>>, class: Class<'c>) {
    match classes.iter_mut().find(|other| other.is_like(&class)) {
        Some(other) => other.names.extend(class.names),
        None => classes.push(class),
    }
}

/// The class of hosts that are alike.
fn class_of<'c>(alike: &[(usize, &ClusterInput<'c>)]) -> Result<Class<'c>, CannotTell> {
    let Some((_, host)) = alike.first() else { return Err(CannotTell::NotReported) };
    let (capability, given) = host_model(host.platform)?;
    capability.models.ask().map_err(CannotTell::Unknown)?;
    let map = fitting_map(host.map, &given);
    let mut has: BTreeSet<&str> = expand(map, &given)?.names(map).into_iter().collect();
    has.retain(|&name| name != "invtsc" && !NEVER_PASSED.contains(&name));
    let of_model = given.model.as_deref().and_then(|name| map.model(name)?.vendor.clone());
    let vendor = given.vendor.clone().or(of_model).unwrap_or_default();
    let names = alike.iter().map(|(_, host)| host.name).collect();
    Ok(Class { names, map, capability, given, vendor, has })
}

impl Class<'_> {
    fn is_like(&self, other: &Self) -> bool {
        std::ptr::eq(self.map, other.map)
            && self.given == other.given
            && self.capability.models == other.capability.models
            && self.capability.probed == other.capability.probed
    }

    /// The hosts' names.
    pub(super) fn hosts(&self) -> Vec<String> {
        self.names.iter().map(|&name| name.to_owned()).collect()
    }
}

//! The baseline of a cluster: stricter than libvirt's, which is made for one hypervisor.
//!
//! A model must be known to every host's libvirt and offered by every host's QEMU; what any host
//! lacks for it is disabled; `invtsc` never is in it, for it blocks migration; nor is a `-vN`
//! name, which libvirt before 10.10 does not know. And whatever is chosen has been compared with
//! every host before, each by its own map.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::baseline::model_names;
use super::check::tells_blockers;
use super::class::{Class, ClusterInput, by_vendor};
use super::decode::{Candidate, choose};
use super::expand::expand;
use super::together::Together;
use super::{CannotTell, Definition, Incompatibility, missing_on};
use crate::knowledge::x86::{Level, level};
use crate::model::CpuMap;

/// The baselines of a cluster: one for each vendor, never one for several.
#[derive(Clone, Debug, Default)]
pub struct ClusterBaselines {
    /// By vendor.
    pub groups: Vec<VendorGroup>,
    /// Hosts whose CPU is not known, and why.
    pub left_out: Vec<(String, CannotTell)>,
}

/// The hosts of one vendor.
#[derive(Clone, Debug)]
pub struct VendorGroup {
    /// libvirt's name of the vendor; empty where it is not known.
    pub vendor: String,
    /// The hosts' names, in order.
    pub hosts: Vec<String>,
    /// What they have in common.
    pub baseline: Result<ClusterBaseline, ClusterError>,
}

/// The x86 CPU that every host of a set can give.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClusterBaseline {
    /// The CPU.
    pub definition: Definition,
    /// All its features, by the names of the oldest map.
    pub features: BTreeSet<String>,
    /// The models of the hosts, in order, none twice.
    pub inputs: Vec<String>,
    /// Where the map is from by which it was made: the one that knows least.
    pub map: String,
    /// Each host, in order.
    pub hosts: Vec<BaselineHost>,
    /// The level of x86-64 that it reaches.
    pub level: Option<&'static Level>,
}

/// What the baseline means for one host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BaselineHost {
    /// Its name.
    pub name: String,
    /// The model of its host-model.
    pub model: Option<String>,
    /// The level of x86-64 that it reaches by itself.
    pub level: Option<&'static Level>,
    /// The features it has and the baseline has not.
    pub lost: Arc<[String]>,
    /// Whether neither its libvirt nor the cache of that tells what blocks the model, so that it was derived from the map.
    pub derived: bool,
}

/// Why hosts of one vendor have no baseline: no model passes.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no CPU model can be given by every host")]
pub struct ClusterError {
    /// Each model with the first host it fails on and why.
    pub refused: BTreeMap<String, (String, Vec<Incompatibility>)>,
}

/// The baseline of each vendor's hosts.
pub fn cluster_baselines(hosts: &[ClusterInput<'_>]) -> ClusterBaselines {
    let (vendors, left_out) = by_vendor(hosts);
    let groups = vendors.into_iter().map(|(vendor, classes)| group(vendor, &classes, hosts)).collect();
    ClusterBaselines { groups, left_out }
}

fn group(vendor: String, classes: &[Class<'_>], hosts: &[ClusterInput<'_>]) -> VendorGroup {
    let members: BTreeSet<&str> = classes.iter().flat_map(|class| &class.names).copied().collect();
    let in_group = |name: &&str| members.contains(name);
    let names = hosts.iter().map(|host| host.name).filter(in_group).map(str::to_owned).collect();
    let baseline = of_classes(&vendor, classes);
    VendorGroup { vendor, hosts: names, baseline }
}

/// The baseline of classes of hosts of one vendor.
pub(super) fn of_classes(vendor: &str, classes: &[Class<'_>]) -> Result<ClusterBaseline, ClusterError> {
    let (definition, map) = baseline_of(vendor, classes)?;
    let inputs: Vec<Definition> = classes.iter().map(|class| class.given.clone()).collect();
    Ok(report(definition, map, classes, &model_names(&inputs)))
}

fn baseline_of<'c>(vendor: &str, classes: &[Class<'c>]) -> Result<(Definition, &'c CpuMap), ClusterError> {
    let mut refused = BTreeMap::new();
    let least = classes.iter().map(|class| class.map).min_by_key(|map| (map.features.len(), &map.origin));
    let Some(map) = least else { return Err(ClusterError { refused }) };
    let inputs: Vec<Definition> = classes.iter().map(|class| class.given.clone()).collect();
    let preferred = model_names(&inputs);
    let names = map.models.iter().rev().map(|model| model.name.as_str());
    let together = Together::new(vendor, classes, map);
    let mut candidates: Vec<Candidate> = names.filter_map(|name| together.candidate(name)).collect();
    while let Some(chosen) = choose(&candidates, &preferred) {
        let candidate = candidates.remove(chosen);
        let name = candidate.model.clone();
        let definition = finished(candidate, vendor);
        match fails_on(&definition, classes) {
            None => return Ok((definition, map)),
            Some(why) => refused.insert(name, why),
        };
    }
    Err(ClusterError { refused })
}

fn finished(candidate: Candidate, vendor: &str) -> Definition {
    let vendor = (!vendor.is_empty()).then(|| vendor.to_owned());
    Definition { fallback: Some("forbid".to_owned()), vendor, ..candidate.into_definition() }
}

/// The first host on which `cpu` does not run, and why. A host of which it cannot be told is one
/// on which it does not run.
fn fails_on(cpu: &Definition, classes: &[Class<'_>]) -> Option<(String, Vec<Incompatibility>)> {
    classes.iter().find_map(|class| {
        let name = class.names.first().map(|&name| name.to_owned()).unwrap_or_default();
        match missing_on(class.map, class.capability, cpu) {
            Ok(reasons) if reasons.is_empty() => None,
            Ok(reasons) => Some((name, reasons)),
            Err(_) => Some((name, Vec::new())),
        }
    })
}

fn report(definition: Definition, map: &CpuMap, classes: &[Class<'_>], inputs: &[String]) -> ClusterBaseline {
    let expanded = expand(map, &definition).unwrap_or_default();
    let features: BTreeSet<String> = expanded.names(map).into_iter().map(str::to_owned).collect();
    let mut hosts: Vec<BaselineHost> = classes.iter().flat_map(|c| host_reports(c, &definition)).collect();
    hosts.sort_by(|one, other| one.name.cmp(&other.name));
    let level = level(|name| features.contains(name));
    ClusterBaseline { definition, features, inputs: inputs.to_vec(), map: map.origin.clone(), hosts, level }
}

fn host_reports(class: &Class<'_>, definition: &Definition) -> Vec<BaselineHost> {
    let kept = expand(class.map, definition).map(|set| set.names(class.map)).unwrap_or_default();
    let kept: BTreeSet<&str> = kept.into_iter().collect();
    let lost: Arc<[String]> = class.has.difference(&kept).map(|&name| name.to_owned()).collect();
    let told = definition.model.as_deref().is_some_and(|name| class.capability.blockers(name).is_some());
    let derived = !tells_blockers(class.capability) && !told;
    let own = level(|name| class.has.contains(name));
    let report = |name: &&str| BaselineHost {
        name: (*name).to_owned(),
        model: class.given.model.clone(),
        level: own,
        lost: Arc::clone(&lost),
        derived,
    };
    class.names.iter().map(report).collect()
}

//! Which hosts hold the others back.

use super::class::ClusterInput;
use super::class::{Class, by_vendor};
use super::cluster::of_classes;
use super::common::Common;
use crate::knowledge::x86::{Level, level};

/// What the hosts of one vendor would gain by leaving some out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VendorDrag {
    /// libvirt's name of the vendor.
    pub vendor: String,
    /// Each class of hosts alone, then pairs that hold back more together than each by itself; of
    /// both, those that give most first.
    pub drags: Vec<Drag>,
}

/// What leaving out some hosts gives the others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Drag {
    /// The hosts left out.
    pub hosts: Vec<String>,
    /// How many classes of hosts they are.
    pub classes: usize,
    /// The model of the others' baseline; `None` where they have none.
    pub model: Option<String>,
    /// The features that the others' baseline has beyond that of all.
    pub gained: Vec<String>,
    /// The level of x86-64 that the others reach.
    pub level: Option<&'static Level>,
}

/// Which hosts cost the others how many features, for vendors with several classes of hosts.
pub fn drags(hosts: &[ClusterInput<'_>]) -> Vec<VendorDrag> {
    let vendors = by_vendor(hosts).0.into_iter().filter(|(_, classes)| classes.len() > 1);
    let of_vendor = |(vendor, classes): (String, Vec<Class<'_>>)| {
        let drags = drags_of(&Common::new(&vendor, &classes));
        VendorDrag { vendor, drags }
    };
    vendors.map(of_vendor).collect()
}

fn drags_of(common: &Common<'_, '_>) -> Vec<Drag> {
    let classes = common.classes.len();
    let alone: Vec<Drag> = (0..classes).map(|one| drag(common, &[one])).collect();
    let gain = |at: usize| alone.get(at).map_or(0, |drag| drag.gained.len());
    let pairs = (0..classes).flat_map(|one| (one + 1..classes).map(move |other| [one, other]));
    let pairs = pairs
        .filter(|_| classes > 2)
        .filter(|pair| gained(common, pair).len() > pair.iter().map(|&at| gain(at)).sum());
    let pairs: Vec<Drag> = pairs.map(|pair| drag(common, &pair)).collect();
    let mut all = [alone, pairs].concat();
    all.sort_by(|one, other| {
        let key = |drag: &Drag| (drag.classes, std::cmp::Reverse(drag.gained.len()));
        key(one).cmp(&key(other)).then_with(|| one.hosts.cmp(&other.hosts))
    });
    all
}

fn others(common: &Common<'_, '_>, without: &[usize]) -> Vec<usize> {
    (0..common.classes.len()).filter(|at| !without.contains(at)).collect()
}

fn gained(common: &Common<'_, '_>, without: &[usize]) -> Vec<String> {
    let (all, rest) = (common.features(&others(common, &[])), common.features(&others(common, without)));
    rest.difference(&all).map(|&name| name.to_owned()).collect()
}

fn drag(common: &Common<'_, '_>, without: &[usize]) -> Drag {
    let rest = others(common, without);
    let features = common.features(&rest);
    let baseline = of_classes(common.vendor, &common.members(&rest)).ok();
    Drag {
        hosts: common.members(without).iter().flat_map(Class::hosts).collect(),
        classes: without.len(),
        model: baseline.and_then(|baseline| baseline.definition.model),
        gained: gained(common, without),
        level: level(|name| features.contains(name)),
    }
}

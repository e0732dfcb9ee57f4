//! How a cluster has drifted from its lock.

use std::collections::BTreeSet;
use std::fmt;

use super::CannotTell;
use super::class::ClusterInput;
use super::class::{Class, Vendors, by_vendor};
use super::cluster::of_classes;
use super::lock::{Lock, LockedBaseline, LockedHost, locked_host};
use super::xml::to_xml;

/// One way in which a cluster is not what was locked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Drift {
    /// A host is in no group.
    Joined {
        /// The host.
        host: String,
        /// The vendor of its CPU.
        vendor: String,
    },
    /// A host is gone, or its CPU is of another vendor now.
    Left {
        /// The host.
        host: String,
    },
    /// The CPU of a host is not known.
    Unknown {
        /// The host.
        host: String,
        /// Why.
        why: CannotTell,
    },
    /// A host's own CPU has another model, features or versions.
    Host {
        /// The host.
        host: String,
        /// What.
        aspect: Aspect,
    },
    /// A group's baseline is another.
    Baseline {
        /// The hosts of the group, as they are now.
        hosts: Vec<String>,
        /// What.
        aspect: Aspect,
    },
    /// No model can be given by every host of a group any more.
    Gone {
        /// The hosts of the group, as they are now.
        hosts: Vec<String>,
    },
}

/// What is another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Aspect {
    /// The model: before and now.
    Model(String, String),
    /// These features are gone.
    Lost(Vec<String>),
    /// These features are new.
    Gained(Vec<String>),
    /// The same features are written in another way.
    Written,
    /// The version of libvirt or QEMU: which, before and now.
    Version(&'static str, String, String),
}

impl Drift {
    /// Whether the lock holds no more: features that a host gains, and versions, leave it alone.
    pub fn breaks(&self) -> bool {
        !matches!(self, Self::Host { aspect: Aspect::Gained(_) | Aspect::Version(..), .. })
    }
}

impl fmt::Display for Drift {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Joined { host, vendor } => write!(f, "{host} ({vendor}) has joined"),
            Self::Left { host } => write!(f, "{host} has left"),
            Self::Unknown { host, why } => write!(f, "{host}: {why}"),
            Self::Host { host, aspect } => write!(f, "{host}: {aspect}"),
            Self::Baseline { hosts, aspect } => write!(f, "the baseline of {}: {aspect}", hosts.join(", ")),
            Self::Gone { hosts } => write!(f, "{} have no baseline any more", hosts.join(", ")),
        }
    }
}

impl fmt::Display for Aspect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Model(was, is) => write!(f, "the model was {was} and is {is}"),
            Self::Lost(features) => write!(f, "has lost {}", features.join(", ")),
            Self::Gained(features) => write!(f, "has gained {}", features.join(", ")),
            Self::Written => f.write_str("the same features are written in another way"),
            Self::Version(what, was, is) => write!(f, "{what} was {was} and is {is}"),
        }
    }
}

/// How `hosts` have drifted from the lock. A host that has joined counts towards the baseline of its
/// vendor, where that is one group.
pub fn drift(lock: &Lock, hosts: &[ClusterInput<'_>]) -> Vec<Drift> {
    let (vendors, left_out) = by_vendor(hosts);
    let joined = joined(lock, &vendors);
    let new =
        |(host, vendor): &(String, String)| Drift::Joined { host: host.clone(), vendor: vendor.clone() };
    let mut found: Vec<Drift> = joined.iter().map(new).collect();
    for baseline in &lock.baselines {
        for was in baseline.hosts.iter().filter(|was| left_out.iter().all(|(host, _)| *host != was.name)) {
            found.extend(match locked_host(&baseline.vendor, &was.name, &vendors, hosts) {
                None => vec![Drift::Left { host: was.name.clone() }],
                Some(is) => host_drift(was, &is),
            });
        }
        found.extend(baseline_drift(baseline, &members(lock, baseline, &vendors, &joined)));
    }
    found.extend(left_out.into_iter().map(|(host, why)| Drift::Unknown { host, why }));
    found
}

/// The hosts that are in no group, with their vendors.
fn joined(lock: &Lock, vendors: &Vendors<'_>) -> Vec<(String, String)> {
    let is_locked = |vendor: &String, name: &str| {
        let of_vendor = lock.baselines.iter().filter(|baseline| baseline.vendor == *vendor);
        of_vendor.flat_map(|baseline| &baseline.hosts).any(|host| host.name == name)
    };
    let all = vendors.iter().flat_map(|(vendor, classes)| {
        classes.iter().flat_map(|class| &class.names).map(move |&name| (vendor, name))
    });
    let new = all.filter(|(vendor, name)| !is_locked(vendor, name));
    let mut new: Vec<_> = new.map(|(vendor, name)| (name.to_owned(), vendor.clone())).collect();
    new.sort();
    new
}

/// The hosts that a locked baseline is for now, by class.
fn members<'c>(
    lock: &Lock,
    baseline: &LockedBaseline,
    vendors: &Vendors<'c>,
    joined: &[(String, String)],
) -> Vec<Class<'c>> {
    let only = lock.baselines.iter().filter(|other| other.vendor == baseline.vendor).count() == 1;
    let new = |name: &str| only && joined.iter().any(|(host, _)| host == name);
    let stays = |name: &&str| baseline.hosts.iter().any(|host| host.name == **name) || new(name);
    let classes = vendors.get(&baseline.vendor).cloned().unwrap_or_default().into_iter();
    let mine = classes.map(|mut class| {
        class.names.retain(|name| stays(name));
        class
    });
    mine.filter(|class| !class.names.is_empty()).collect()
}

fn host_drift(was: &LockedHost, is: &LockedHost) -> Vec<Drift> {
    let mut aspects = models(was.model.as_ref(), is.model.as_ref());
    aspects.extend(features(&was.features, &is.features));
    let versions = [("libvirt", &was.libvirt, &is.libvirt), ("QEMU", &was.qemu, &is.qemu)];
    for (what, was, is) in versions.into_iter().filter(|(_, was, is)| was != is) {
        aspects.push(Aspect::Version(what, shown(was.as_ref()), shown(is.as_ref())));
    }
    aspects.into_iter().map(|aspect| Drift::Host { host: was.name.clone(), aspect }).collect()
}

/// Whether the baseline is what it was; a group of which no host is left has none to speak of.
fn baseline_drift(was: &LockedBaseline, classes: &[Class<'_>]) -> Vec<Drift> {
    if classes.is_empty() {
        return Vec::new();
    }
    let mut hosts: Vec<String> = classes.iter().flat_map(Class::hosts).collect();
    hosts.sort();
    let Ok(is) = of_classes(&was.vendor, classes) else { return vec![Drift::Gone { hosts }] };
    let now: Vec<String> = is.features.iter().cloned().collect();
    let mut aspects = models(was.model.as_ref(), is.definition.model.as_ref());
    aspects.extend(features(&was.features, &now));
    if aspects.is_empty() && was.xml != to_xml(&is.definition) {
        aspects.push(Aspect::Written);
    }
    aspects.into_iter().map(|aspect| Drift::Baseline { hosts: hosts.clone(), aspect }).collect()
}

fn shown(value: Option<&String>) -> String {
    value.map_or_else(|| "not known".to_owned(), Clone::clone)
}

fn models(was: Option<&String>, is: Option<&String>) -> Vec<Aspect> {
    if was == is { Vec::new() } else { vec![Aspect::Model(shown(was), shown(is))] }
}

fn features(was: &[String], is: &[String]) -> Vec<Aspect> {
    let (was, is): (BTreeSet<&String>, BTreeSet<&String>) = (was.iter().collect(), is.iter().collect());
    let only = |one: &BTreeSet<&String>, other: &BTreeSet<&String>| -> Vec<String> {
        one.difference(other).map(|&name| name.clone()).collect()
    };
    let (lost, gained) = (only(&was, &is), only(&is, &was));
    let lost = (!lost.is_empty()).then_some(Aspect::Lost(lost));
    lost.into_iter().chain((!gained.is_empty()).then_some(Aspect::Gained(gained))).collect()
}

//! A lock: the baselines that were chosen, with what they were made from.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::class::ClusterInput;
use super::class::{Class, Vendors, by_vendor};
use super::cluster::ClusterBaseline;
use super::xml::to_xml;
use crate::model::{Fact, Version};

/// What the file says it is.
pub const LOCK_FORMAT: &str = "portolan-baseline-lock";
/// The version of the file's form that is written and read.
pub const LOCK_VERSION: u32 = 1;

/// The baselines that were chosen, with what they were made from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Lock {
    /// What the document is: `portolan-baseline-lock`.
    pub format: String,
    /// The version of its form; a program refuses one that it does not know.
    pub version: u32,
    /// The name of the cluster.
    pub cluster: String,
    /// The baselines, one for each CPU group.
    pub baselines: Vec<LockedBaseline>,
}

/// The baseline of one CPU group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LockedBaseline {
    /// libvirt's name of the vendor, such as `Intel`; empty where it is not known.
    pub vendor: String,
    /// The model; `null` where the CPU names none.
    pub model: Option<String>,
    /// All features, by name.
    pub features: Vec<String>,
    /// The level of x86-64 that it reaches, such as `x86-64-v3`; `null` where it is below the first.
    pub level: Option<String>,
    /// Where the CPU map is from that it was made by: the files of a host, or which release of libvirt.
    pub map: String,
    /// The baseline as libvirt's XML.
    pub xml: String,
    /// The hosts of the group.
    pub hosts: Vec<LockedHost>,
}

/// What a host was when the baseline was chosen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LockedHost {
    /// Its name.
    pub name: String,
    /// The model of its host-model; `null` where it is not known.
    pub model: Option<String>,
    /// The features of its host-model that a baseline may have, by name.
    pub features: Vec<String>,
    /// The version of libvirt; `null` where it was not known.
    pub libvirt: Option<String>,
    /// The version of QEMU; `null` where it was not known.
    pub qemu: Option<String>,
}

/// Locks these baselines, each with its vendor.
pub fn lock(cluster: &str, chosen: &[(&str, &ClusterBaseline)], hosts: &[ClusterInput<'_>]) -> Lock {
    let vendors = by_vendor(hosts).0;
    let locked = chosen.iter().map(|(vendor, baseline)| locked(vendor, baseline, &vendors, hosts));
    Lock {
        format: LOCK_FORMAT.to_owned(),
        version: LOCK_VERSION,
        cluster: cluster.to_owned(),
        baselines: locked.collect(),
    }
}

fn locked(
    vendor: &str,
    baseline: &ClusterBaseline,
    vendors: &Vendors<'_>,
    hosts: &[ClusterInput<'_>],
) -> LockedBaseline {
    let each = baseline.hosts.iter();
    LockedBaseline {
        vendor: vendor.to_owned(),
        model: baseline.definition.model.clone(),
        features: baseline.features.iter().cloned().collect(),
        level: baseline.level.map(|level| level.name.to_owned()),
        map: baseline.map.clone(),
        xml: to_xml(&baseline.definition),
        hosts: each.filter_map(|host| locked_host(vendor, &host.name, vendors, hosts)).collect(),
    }
}

fn class<'v, 'c>(vendors: &'v Vendors<'c>, vendor: &str, host: &str) -> Option<&'v Class<'c>> {
    vendors.get(vendor)?.iter().find(|class| class.names.contains(&host))
}

/// What a host of this vendor is now.
pub(super) fn locked_host(
    vendor: &str,
    name: &str,
    vendors: &Vendors<'_>,
    hosts: &[ClusterInput<'_>],
) -> Option<LockedHost> {
    let class = class(vendors, vendor, name)?;
    let platform = hosts.iter().find(|host| host.name == name)?.platform;
    let version = |fact: &Fact<Version>| fact.value().map(ToString::to_string);
    Some(LockedHost {
        name: name.to_owned(),
        model: class.given.model.clone(),
        features: class.has.iter().map(|&feature| feature.to_owned()).collect(),
        libvirt: version(&platform.libvirt),
        qemu: version(&platform.qemu),
    })
}

/// Why a text is not a lock that can be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LockError {
    /// It is not JSON, or not of the form that the version has.
    #[error("the lock cannot be read: {0}")]
    Json(#[from] serde_json::Error),
    /// It is something else.
    #[error("this is not a lock: its format is '{0}', a lock's is '{LOCK_FORMAT}'")]
    Format(String),
    /// It is of another version.
    #[error("the lock is of version {0}; this Portolan reads version {LOCK_VERSION}: lock again")]
    Version(u64),
}

/// What tells whether the rest can be read.
#[derive(Deserialize)]
struct Header {
    #[serde(default)]
    format: String,
    #[serde(default)]
    version: u64,
}

/// Reads a lock.
///
/// # Errors
/// [`LockError`] where the text is no lock, or of another version.
pub fn read_lock(text: &str) -> Result<Lock, LockError> {
    let header: Header = serde_json::from_str(text)?;
    if header.format != LOCK_FORMAT {
        return Err(LockError::Format(header.format));
    }
    if header.version != u64::from(LOCK_VERSION) {
        return Err(LockError::Version(header.version));
    }
    Ok(serde_json::from_str(text)?)
}

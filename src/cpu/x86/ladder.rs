//! The ladder: the best division of hosts into one CPU group, two, and so on.
//!
//! The best division keeps most features: summed over the hosts, the features of their group's
//! baseline. Hosts of one class stay together. It is exact for up to ten classes of one vendor (see
//! [`Method`]); more groups never keep less.

use schemars::JsonSchema;

use super::class::ClusterInput;
use super::class::{Class, by_vendor};
use super::cluster::{ClusterBaseline, ClusterError, of_classes};
use super::common::Common;
use super::guests::{GuestInput, stranded};
use super::improve::improved;
use super::partition::{Division, EXACT, divisions};

/// The ladder of one vendor's hosts.
#[derive(Clone, Debug)]
pub struct Ladder {
    /// libvirt's name of the vendor.
    pub vendor: String,
    /// How many classes of hosts there are.
    pub classes: usize,
    /// How the divisions were found.
    pub method: Method,
    /// What the hosts would keep if each kept all it has.
    pub all: usize,
    /// From one group upwards.
    pub rungs: Vec<Rung>,
}

/// How divisions are found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, JsonSchema)]
#[schemars(rename_all = "lowercase")]
pub enum Method {
    /// Every division was weighed, by dynamic programming over sets of classes.
    Exact,
    /// The two groups that lose least by it were merged, again and again; then classes were moved, one at a time, to the
    /// group where they keep most: good, not always the best.
    Improved,
    /// Merged alone, where no model is given by all hosts and it takes a baseline to weigh each group.
    Merged,
}

impl Method {
    fn of(common: &Common<'_, '_>) -> Self {
        match common.classes.len() {
            ..=EXACT => Self::Exact,
            _ if common.whole => Self::Improved,
            _ => Self::Merged,
        }
    }
}

/// One division.
#[derive(Clone, Debug)]
pub struct Rung {
    /// Its groups, by their first hosts.
    pub groups: Vec<CpuGroup>,
    /// The features kept: summed over the hosts, the features of their group's baseline.
    pub kept: usize,
}

/// One CPU group.
#[derive(Clone, Debug)]
pub struct CpuGroup {
    /// Its hosts.
    pub hosts: Vec<String>,
    /// Their baseline.
    pub baseline: Result<ClusterBaseline, ClusterError>,
    /// The guests on them that run on features outside that baseline.
    pub stranded: Vec<String>,
}

/// The ladder of each vendor's hosts, up to `most` groups or one for each class of hosts.
pub fn ladders(hosts: &[ClusterInput<'_>], guests: &[GuestInput<'_>], most: usize) -> Vec<Ladder> {
    let vendors = by_vendor(hosts).0;
    vendors.iter().map(|(vendor, classes)| ladder(vendor, classes, guests, most)).collect()
}

fn ladder(vendor: &str, classes: &[Class<'_>], guests: &[GuestInput<'_>], most: usize) -> Ladder {
    let common = Common::new(vendor, classes);
    let (method, worth) = (Method::of(&common), |of: &[usize]| common.kept(of));
    let found = divisions(classes.len(), most, worth);
    let divisions = if method == Method::Improved { improved(found, worth) } else { found };
    Ladder {
        vendor: vendor.to_owned(),
        classes: classes.len(),
        method,
        all: classes.iter().map(|class| class.has.len() * class.names.len()).sum(),
        rungs: divisions.iter().map(|division| rung(&common, division, guests)).collect(),
    }
}

fn rung(common: &Common<'_, '_>, division: &Division, guests: &[GuestInput<'_>]) -> Rung {
    let mut groups: Vec<CpuGroup> =
        division.iter().map(|of| cpu_group(common.vendor, &common.members(of), guests)).collect();
    groups.sort_by(|one, other| one.hosts.cmp(&other.hosts));
    let features = |group: &CpuGroup| group.baseline.as_ref().map_or(0, |baseline| baseline.features.len());
    let kept = groups.iter().map(|group| features(group) * group.hosts.len()).sum();
    Rung { groups, kept }
}

fn cpu_group(vendor: &str, classes: &[Class<'_>], guests: &[GuestInput<'_>]) -> CpuGroup {
    let baseline = of_classes(vendor, classes);
    let definition = baseline.as_ref().ok().map(|baseline| &baseline.definition);
    let stranded = stranded(classes, guests, definition);
    let mut hosts: Vec<String> = classes.iter().flat_map(Class::hosts).collect();
    hosts.sort();
    CpuGroup { hosts, baseline, stranded }
}

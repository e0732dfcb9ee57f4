//! What joining or leaving hosts do to the baselines.

use std::collections::{BTreeMap, BTreeSet};

use super::class::ClusterInput;
use super::cluster::{ClusterBaseline, VendorGroup, cluster_baselines};
use super::guests::{GuestInput, guest_standings};

/// The hosts and guests of a cluster.
#[derive(Clone, Debug, Default)]
pub struct Members<'c> {
    /// The x86 hosts.
    pub hosts: Vec<ClusterInput<'c>>,
    /// The x86 guests on them.
    pub guests: Vec<GuestInput<'c>>,
}

/// What changes for the hosts of one vendor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// libvirt's name of the vendor.
    pub vendor: String,
    /// Hosts that join.
    pub joined: Vec<String>,
    /// Hosts that leave.
    pub left: Vec<String>,
    /// The baseline now; `None` where there is none.
    pub before: Option<ClusterBaseline>,
    /// The baseline after.
    pub after: Option<ClusterBaseline>,
    /// The features that the baseline gains.
    pub gained: Vec<String>,
    /// The features that it loses.
    pub lost: Vec<String>,
    /// Guests that run on features outside the baseline after, and not outside that of now; those of
    /// joining hosts among them.
    pub stranded: Vec<String>,
    /// Guests that run on features outside the baseline of now, and not outside that after.
    pub freed: Vec<String>,
}

/// What changes for each vendor whose hosts change.
pub fn changes(before: &Members<'_>, after: &Members<'_>) -> Vec<Change> {
    let (old, new) = (groups(before), groups(after));
    let vendors: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    let (was, is) = (outside(before), outside(after));
    let change = |vendor: &String| change(vendor, [old.get(vendor), new.get(vendor)], [&was, &is]);
    vendors.into_iter().map(change).filter(|c| !c.joined.is_empty() || !c.left.is_empty()).collect()
}

/// What changes for the hosts of one vendor, whether they are others or not.
pub(super) fn changed(vendor: &str, before: &Members<'_>, after: &Members<'_>) -> Option<Change> {
    let (old, new) = (groups(before), groups(after));
    let (was, is) = (outside(before), outside(after));
    (old.contains_key(vendor) || new.contains_key(vendor))
        .then(|| change(vendor, [old.get(vendor), new.get(vendor)], [&was, &is]))
}

fn groups(members: &Members<'_>) -> BTreeMap<String, VendorGroup> {
    let groups = cluster_baselines(&members.hosts).groups.into_iter();
    groups.map(|group| (group.vendor.clone(), group)).collect()
}

/// The guests that run outside the baseline of their host: name and host.
type Outside = BTreeSet<(String, String)>;

fn outside(members: &Members<'_>) -> Outside {
    let standings = guest_standings(&members.hosts, &members.guests).into_iter();
    let outside = standings.filter(|guest| guest.outside.as_ref().is_ok_and(|beyond| !beyond.is_empty()));
    outside.map(|guest| (guest.name, guest.host)).collect()
}

fn change(vendor: &str, groups: [Option<&VendorGroup>; 2], outside: [&Outside; 2]) -> Change {
    let hosts =
        groups.map(|group| group.map(|group| group.hosts.iter().cloned().collect()).unwrap_or_default());
    let [old, new]: [BTreeSet<String>; 2] = hosts;
    let [before, after] = groups.map(|group| group?.baseline.as_ref().ok().cloned());
    let features = |baseline: &Option<ClusterBaseline>| {
        baseline.as_ref().map(|baseline| baseline.features.clone()).unwrap_or_default()
    };
    let (had, has) = (features(&before), features(&after));
    // A guest whose host leaves is not asked of any more.
    let only = |one: &Outside, other: &Outside| {
        let guests = one.difference(other).filter(|(_, host)| new.contains(host));
        guests.map(|(guest, _)| guest.clone()).collect()
    };
    Change {
        vendor: vendor.to_owned(),
        joined: new.difference(&old).cloned().collect(),
        left: old.difference(&new).cloned().collect(),
        gained: has.difference(&had).cloned().collect(),
        lost: had.difference(&has).cloned().collect(),
        stranded: only(outside[1], outside[0]),
        freed: only(outside[0], outside[1]),
        before,
        after,
    }
}

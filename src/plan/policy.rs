//! Guests that belong together or apart.

use std::collections::BTreeMap;

use crate::compat::GuestIndex;
use crate::model::{Cluster, GroupPolicy};

/// Which guests belong together or apart.
pub(super) struct Policies {
    /// What each group of guests to be kept apart is called.
    pub(super) apart_names: Vec<String>,
    apart: BTreeMap<GuestIndex, Vec<usize>>,
    together: BTreeMap<GuestIndex, Vec<GuestIndex>>,
}

impl Policies {
    /// Reads the groups. Guests of one name or one UUID are apart of necessity: libvirt holds no
    /// two of them on one host.
    pub(super) fn new(cluster: &Cluster) -> Self {
        let names = by(cluster, |guest| Some(cluster.guests[guest].name.as_str()));
        let uuid = |guest: GuestIndex| cluster.guests[guest].uuid.as_ref().map(|uuid| uuid.value.as_str());
        let mut policies =
            Self { apart_names: Vec::new(), apart: BTreeMap::new(), together: BTreeMap::new() };
        let mut links: Vec<Vec<GuestIndex>> = Vec::new();
        for group in &cluster.settings.groups {
            let members = group.guests.iter().filter_map(|name| names.get(name.as_str())).flatten();
            let members: Vec<GuestIndex> = members.copied().collect();
            match group.policy {
                GroupPolicy::Apart => policies.keep_apart(format!("group '{}'", group.name), members),
                GroupPolicy::Together => links.push(members),
            }
        }
        for (name, members) in names.into_iter().chain(by(cluster, uuid)) {
            if members.len() > 1 {
                policies.keep_apart(format!("the shared name or UUID '{name}'"), members);
            }
        }
        policies.together = components(&links);
        policies
    }

    fn keep_apart(&mut self, name: String, mut members: Vec<GuestIndex>) {
        members.sort_unstable();
        members.dedup();
        for guest in members {
            self.apart.entry(guest).or_default().push(self.apart_names.len());
        }
        self.apart_names.push(name);
    }

    /// The groups in which a guest is to be kept apart from the others.
    pub(super) fn apart(&self, guest: GuestIndex) -> &[usize] {
        self.apart.get(&guest).map_or(&[], Vec::as_slice)
    }

    /// The guests that go where `guest` goes, itself among them, ascending.
    pub(super) fn together(&self, guest: GuestIndex) -> Vec<GuestIndex> {
        self.together.get(&guest).cloned().unwrap_or_else(|| vec![guest])
    }
}

fn by<'c>(
    cluster: &'c Cluster,
    key: impl Fn(GuestIndex) -> Option<&'c str>,
) -> BTreeMap<&'c str, Vec<GuestIndex>> {
    let mut found: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for guest in 0..cluster.guests.len() {
        if let Some(key) = key(guest) {
            found.entry(key).or_default().push(guest);
        }
    }
    found
}

/// Groups that share a guest become one; each guest's group, ascending.
fn components(groups: &[Vec<GuestIndex>]) -> BTreeMap<GuestIndex, Vec<GuestIndex>> {
    let mut found: BTreeMap<GuestIndex, Vec<GuestIndex>> = BTreeMap::new();
    for group in groups {
        let known = group.iter().flat_map(|guest| found.get(guest).into_iter().flatten().copied());
        let mut all: Vec<_> = known.chain(group.iter().copied()).collect();
        all.sort_unstable();
        all.dedup();
        for &guest in &all {
            found.insert(guest, all.clone());
        }
    }
    found
}

//! Guests that belong together or apart.

use std::collections::BTreeMap;

use crate::compat::GuestIndex;
use crate::model::{Apart, Area, Cluster, GroupPolicy};

/// Guests to be kept apart.
pub(super) struct Crowd {
    /// What they are called.
    pub(super) name: String,
    /// How far they are to be apart.
    pub(super) apart: Apart,
    /// Who they are, ascending.
    pub(super) members: Vec<GuestIndex>,
}

impl Crowd {
    /// What holds for them.
    pub(super) fn text(&self) -> String {
        let Apart { per, at_most } = self.apart;
        let plural = if at_most == 1 { "" } else { "s" };
        let place = match per {
            Area::Host => "on one host",
            Area::Rack => "in one rack",
        };
        format!("{} allows no more than {at_most} guest{plural} {place}", self.name)
    }
}

/// Which guests belong together or apart.
pub(super) struct Policies {
    /// The groups of guests to be kept apart.
    pub(super) crowds: Vec<Crowd>,
    apart: BTreeMap<GuestIndex, Vec<usize>>,
    together: BTreeMap<GuestIndex, Vec<GuestIndex>>,
}

impl Policies {
    /// Reads the groups. Guests of one name or one UUID are apart of necessity: libvirt holds no
    /// two of them on one host.
    pub(super) fn new(cluster: &Cluster) -> Self {
        let names = by(cluster, |guest| Some(cluster.guests[guest].name.as_str()));
        let uuid = |guest: GuestIndex| cluster.guests[guest].uuid.as_ref().map(|uuid| uuid.value.as_str());
        let mut policies = Self { crowds: Vec::new(), apart: BTreeMap::new(), together: BTreeMap::new() };
        let mut links: Vec<Vec<GuestIndex>> = Vec::new();
        for group in &cluster.settings.groups {
            let members = group.guests.iter().filter_map(|name| names.get(name.as_str())).flatten();
            let members: Vec<GuestIndex> = members.copied().collect();
            match group.policy {
                GroupPolicy::Apart(apart) => {
                    policies.keep_apart(format!("group '{}'", group.name), members, apart);
                }
                GroupPolicy::Together => links.push(members),
            }
        }
        for (name, members) in names.into_iter().chain(by(cluster, uuid)) {
            if members.len() > 1 {
                let apart = Apart { per: Area::Host, at_most: 1 };
                policies.keep_apart(format!("the shared name or UUID '{name}'"), members, apart);
            }
        }
        policies.together = components(&links);
        policies
    }

    fn keep_apart(&mut self, name: String, mut members: Vec<GuestIndex>, apart: Apart) {
        members.sort_unstable();
        members.dedup();
        for &guest in &members {
            self.apart.entry(guest).or_default().push(self.crowds.len());
        }
        self.crowds.push(Crowd { name, apart, members });
    }

    /// The groups in which a guest is to be kept apart from the others.
    pub(super) fn apart(&self, guest: GuestIndex) -> &[usize] {
        self.apart.get(&guest).map_or(&[], Vec::as_slice)
    }

    /// Whether the guest is in a group that bears on whole racks.
    pub(super) fn is_wide(&self, guest: GuestIndex) -> bool {
        self.apart(guest).iter().any(|&group| self.crowds[group].apart.per == Area::Rack)
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

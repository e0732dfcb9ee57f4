//! What became of an older plan: moves that are finished, and moves that are still to come.

use std::collections::{BTreeMap, BTreeSet};

use super::document::PlanDocument;
use crate::compat::{GuestIndex, HostIndex};
use crate::model::Cluster;

/// What became of an older plan, by where guests are now.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Since {
    /// The guests that are where it had them go.
    pub(super) finished: BTreeSet<GuestIndex>,
    /// The guests that are where they were, and where it has them go.
    pub(super) pending: BTreeMap<GuestIndex, HostIndex>,
    /// How many guests it knows that are elsewhere by now, or gone.
    pub(super) astray: usize,
}

impl Since {
    /// Finds the guests of an older plan where they are now.
    pub fn of(cluster: &Cluster, older: &PlanDocument) -> Self {
        let key =
            |guest: GuestIndex| (cluster.guests[guest].name.as_str(), cluster.guests[guest].host.as_deref());
        let guests: BTreeMap<_, GuestIndex> =
            (0..cluster.guests.len()).map(|guest| (key(guest), guest)).collect();
        let names = cluster.hosts.iter().enumerate();
        let hosts: BTreeMap<&str, HostIndex> = names.map(|(at, host)| (host.name.as_str(), at)).collect();
        let mut since = Self::default();
        for ((guest, from), to) in journeys(older) {
            let (there, here) = (guests.get(&(guest, Some(to))), guests.get(&(guest, from)));
            match (there, here, hosts.get(to)) {
                (Some(&guest), None, _) => drop(since.finished.insert(guest)),
                (_, Some(&guest), Some(&host)) => drop(since.pending.insert(guest, host)),
                _ => since.astray += 1,
            }
        }
        since
    }
}

/// A guest by its name and the host that it was on.
type Traveller<'d> = (&'d str, Option<&'d str>);

/// Where each guest of a plan was, and where it is to be in the end; what goes on from a host is one journey.
fn journeys(older: &PlanDocument) -> BTreeMap<Traveller<'_>, &str> {
    let mut journeys: BTreeMap<Traveller<'_>, &str> = BTreeMap::new();
    let mut away: BTreeMap<Traveller<'_>, Traveller<'_>> = BTreeMap::new();
    for one in older.waves.iter().flatten() {
        let (guest, from, to) = (one.guest.as_str(), one.from.as_deref(), one.to.as_str());
        let first = away.remove(&(guest, from)).unwrap_or((guest, from));
        journeys.insert(first, to);
        if one.goes_on {
            away.insert((guest, Some(to)), first);
        }
    }
    journeys
}

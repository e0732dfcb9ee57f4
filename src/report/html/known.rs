//! The guests of the cluster by their names: plans name guests, and what is known of them stands in their documents.

use std::collections::BTreeMap;

use crate::model::{Cluster, Guest};
use crate::plan::{MoveMode, MoveRecord};

/// The guests of a cluster, by name.
pub(super) struct Known<'c> {
    cluster: &'c Cluster,
    by_name: BTreeMap<&'c str, Vec<&'c Guest>>,
}

impl<'c> Known<'c> {
    pub(super) fn new(cluster: &'c Cluster) -> Self {
        let mut by_name: BTreeMap<&str, Vec<&Guest>> = BTreeMap::new();
        for guest in &cluster.guests {
            by_name.entry(&guest.name).or_default().push(guest);
        }
        Self { cluster, by_name }
    }

    /// The guest of this name that is on the host where a move begins, else the first of this name.
    pub(super) fn moved(&self, one: &MoveRecord) -> Option<&'c Guest> {
        let named = self.named(&one.guest);
        named.iter().find(|guest| guest.host == one.from).or(named.first()).copied()
    }

    /// The document of the first guest of this name, inside the inventory.
    pub(super) fn source(&self, guest: &str) -> String {
        let first = self.named(guest).first();
        first.map_or_else(String::new, |guest| self.cluster.sources.get(guest.source).path.clone())
    }

    /// How a guest moves, and that it is off where nothing is shut down for that reason.
    pub(super) fn how(&self, one: &MoveRecord) -> String {
        let off = if self.is_off(one) { " (it is off)" } else { "" };
        format!("{}{off}", one.mode)
    }

    fn is_off(&self, one: &MoveRecord) -> bool {
        let stopped = !one.stops && matches!(one.mode, MoveMode::Cold | MoveMode::Rebuild);
        stopped && self.moved(one).is_some_and(|guest| self.cluster.is_off(guest))
    }

    fn named(&self, guest: &str) -> &[&'c Guest] {
        self.by_name.get(guest).map_or(&[], Vec::as_slice)
    }
}

//! Which hosts fail as one.

use std::collections::BTreeMap;

use crate::compat::HostIndex;
use crate::model::{Area, Cluster};

/// By host: the first host of its rack, which stands for the rack. A host in none is a rack of its own.
pub(super) struct Racks(Vec<HostIndex>);

impl Racks {
    pub(super) fn new(cluster: &Cluster) -> Self {
        let mut first: BTreeMap<&str, HostIndex> = BTreeMap::new();
        let one = |(host, about): (HostIndex, &crate::model::Host)| {
            let rack = cluster.settings.racks.get(&about.name);
            rack.map_or(host, |rack| *first.entry(rack.value.as_str()).or_insert(host))
        };
        Self(cluster.hosts.iter().enumerate().map(one).collect())
    }

    /// The first host of the rack that `host` is in.
    pub(super) fn of(&self, host: HostIndex) -> HostIndex {
        self.0[host]
    }

    /// The first host of the place that `host` is in: itself where every host is one.
    pub(super) fn place(&self, per: Area, host: HostIndex) -> HostIndex {
        match per {
            Area::Host => host,
            Area::Rack => self.of(host),
        }
    }
}

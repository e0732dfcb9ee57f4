//! What a report is about.

use crate::model::Cluster;

/// Guests and hosts, as indices into the cluster's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Selection {
    /// The guests.
    pub guests: Vec<usize>,
    /// The hosts they would go to.
    pub hosts: Vec<usize>,
}

impl Selection {
    /// All guests and hosts.
    pub fn all(cluster: &Cluster) -> Self {
        Self { guests: (0..cluster.guests.len()).collect(), hosts: (0..cluster.hosts.len()).collect() }
    }
}

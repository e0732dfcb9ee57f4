//! How many moves may run at the same time.

use crate::model::Settings;

/// How many moves may run at the same time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Limits {
    /// On one host, leaving it and coming to it.
    pub(super) host: usize,
    /// Leaving one host.
    pub(super) leaving: usize,
    /// Coming to one host.
    pub(super) coming: usize,
    /// Leaving or coming to hosts of one rack.
    pub(super) rack: usize,
    /// In the whole cluster.
    pub(super) cluster: usize,
}

impl Limits {
    pub(super) fn of(settings: &Settings) -> Self {
        let host = settings.moves_per_host;
        let within = |limit: Option<usize>| limit.map_or(host, |limit| limit.min(host));
        Self {
            host,
            leaving: within(settings.moves_out_per_host),
            coming: within(settings.moves_in_per_host),
            rack: settings.moves_per_rack.unwrap_or(usize::MAX),
            cluster: settings.moves_at_once.unwrap_or(usize::MAX),
        }
    }

    /// How many guests may go to one host at the same time, each from another.
    pub(super) fn onto_one(&self) -> usize {
        self.coming.min(self.rack).min(self.cluster)
    }
}

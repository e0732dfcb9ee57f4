//! Slots and links as the channels of a timetable.

use super::limits::Limits;
use super::timing::Timing;
use crate::compat::HostIndex;

/// Which channel is what, of so many hosts: slots of either kind, slots for leaving, for coming, links for leaving, for coming,
/// by host, the slots of the cluster, and those of racks, by the first host of each, where these are limited.
#[derive(Clone, Copy)]
pub(super) struct Channels {
    pub(super) hosts: usize,
}

impl Channels {
    /// What there is of each.
    pub(super) fn all(self, limits: &Limits, timing: &Timing) -> Vec<u64> {
        let slots = |limit: usize| vec![u64::try_from(limit).unwrap_or(u64::MAX); self.hosts];
        let links = vec![timing.link.as_kib(); 2 * self.hosts];
        let cluster = vec![u64::try_from(limits.cluster).unwrap_or(u64::MAX)];
        let racks = if limits.rack < usize::MAX { slots(limits.rack) } else { Vec::new() };
        [slots(limits.host), slots(limits.leaving), slots(limits.coming), links, cluster, racks].concat()
    }

    /// The host's slots and its link, for a guest that leaves it.
    pub(super) fn leaving(self, host: HostIndex) -> [usize; 3] {
        [host, self.hosts + host, 3 * self.hosts + host]
    }

    /// The host's slots and its link, for a guest that comes to it.
    pub(super) fn coming(self, host: HostIndex) -> [usize; 3] {
        [host, 2 * self.hosts + host, 4 * self.hosts + host]
    }

    /// What a channel is, and of which host.
    pub(super) fn of(self, channel: usize) -> (Option<HostIndex>, &'static str) {
        const KINDS: [&str; 5] = [
            "the limit of moves at once on",
            "the limit of moves at once from",
            "the limit of moves at once to",
            "the outgoing link of",
            "the incoming link of",
        ];
        match (channel.checked_div(self.hosts), channel.checked_sub(self.rack(0))) {
            (Some(kind), _) if kind < KINDS.len() => (Some(channel % self.hosts), KINDS[kind]),
            (_, Some(rack)) => (Some(rack), "the limit of moves at once in the rack of"),
            _ => (None, "the limit of moves at once in the cluster"),
        }
    }

    pub(super) fn cluster(self) -> usize {
        5 * self.hosts
    }

    /// The slots of a rack, by its first host.
    pub(super) fn rack(self, rack: HostIndex) -> usize {
        5 * self.hosts + 1 + rack
    }
}

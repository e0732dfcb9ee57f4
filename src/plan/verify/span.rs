//! The moves of a plan with their times.

use std::collections::BTreeMap;

use crate::compat::{GuestIndex, HostIndex};
use crate::model::Cluster;
use crate::plan::document::{MoveRecord, PlanDocument};

/// One move with its names found and its times.
pub(super) struct Span<'d> {
    pub(super) record: &'d MoveRecord,
    pub(super) wave: usize,
    pub(super) guest: GuestIndex,
    pub(super) from: Option<HostIndex>,
    pub(super) to: HostIndex,
    pub(super) start: u64,
    /// When it has ended, and all have that start with it because they are to be together.
    pub(super) end: u64,
}

/// The moves in the order of the plan. Names that the cluster lacks are told by the replay in waves.
pub(super) fn spans<'d>(cluster: &Cluster, document: &'d PlanDocument) -> Vec<Span<'d>> {
    let names = cluster.hosts.iter().enumerate();
    let hosts: BTreeMap<&str, HostIndex> = names.map(|(at, host)| (host.name.as_str(), at)).collect();
    let key = |at: usize| (cluster.guests[at].name.as_str(), cluster.guests[at].host.as_deref());
    let guests: BTreeMap<_, GuestIndex> = (0..cluster.guests.len()).map(|at| (key(at), at)).collect();
    let moves = document.waves.iter().flatten().filter(|one| one.goes_on);
    let away: BTreeMap<(&str, Option<&str>), GuestIndex> = moves
        .filter_map(|one| {
            let guest = guests.get(&(one.guest.as_str(), one.from.as_deref()))?;
            Some(((one.guest.as_str(), Some(one.to.as_str())), *guest))
        })
        .collect();
    let waves = document.waves.iter().enumerate();
    let all = waves.flat_map(|(wave, moves)| moves.iter().map(move |one| (wave, one)));
    let span = |(wave, record): (usize, &'d MoveRecord)| {
        let from = record.from.as_deref();
        Some(Span {
            record,
            wave,
            guest: *away
                .get(&(record.guest.as_str(), from))
                .or_else(|| guests.get(&(record.guest.as_str(), from)))?,
            from: from.and_then(|name| hosts.get(name).copied()),
            to: *hosts.get(record.to.as_str())?,
            start: record.start_ms,
            end: record.start_ms.saturating_add(record.estimate.expected_ms.max(1)),
        })
    };
    all.filter_map(span).collect()
}

//! Guests that cannot come back from where a plan moves them live.

use std::collections::BTreeMap;

use super::names::Names;
use crate::compat::{Answer, Chart, Mode};
use crate::plan::{MoveMode, PlanDocument};

/// Names in a line.
const NAMES: usize = 12;

/// In words, of the guests that a plan moves live; `None` where it moves none.
pub(super) fn one_way(chart: &Chart<'_>, plan: &PlanDocument) -> Option<Names> {
    let guests: BTreeMap<&str, usize> =
        chart.cluster.guests.iter().enumerate().map(|(at, guest)| (guest.name.as_str(), at)).collect();
    let hosts: BTreeMap<&str, usize> =
        chart.cluster.hosts.iter().enumerate().map(|(at, host)| (host.name.as_str(), at)).collect();
    let live: Vec<_> =
        plan.waves.iter().flatten().filter(|one| one.mode == MoveMode::Live && !one.goes_on).collect();
    let stays = |guest: &str, to: &str| {
        let (guest, to) = (*guests.get(guest)?, *hosts.get(to)?);
        let ways = chart.ways_back(guest, &[to], Mode::Live);
        Some(ways.iter().any(|way| way.assessment.live != Answer::Yes))
    };
    // Of one that is not known it is not said that it comes back.
    let gone = live.iter().filter(|one| stays(&one.guest, &one.to).unwrap_or(true));
    let gone: Vec<String> = gone.map(|one| one.guest.clone()).collect();
    (!live.is_empty()).then(|| Names::of(&gone, NAMES))
}

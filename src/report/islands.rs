//! Guests that can reach no other host.

use crate::compat::{Chart, GuestIndex, Verdict};

/// They, ascending. What guests of a kind have in common is asked once for all of them.
pub(super) fn islands(chart: &Chart<'_>) -> Vec<GuestIndex> {
    let kinds = chart.kinds();
    let reached = |guest: GuestIndex| -> Vec<usize> {
        let goes = |&kind: &usize| {
            let verdict = chart.assess_kind(guest, kinds.hosts[kind]).verdict();
            matches!(verdict, Verdict::Live | Verdict::Cold | Verdict::Rebuild)
        };
        (0..kinds.hosts.len()).filter(goes).take(2).collect()
    };
    let reached: Vec<Vec<usize>> = kinds.guests.iter().map(|&guest| reached(guest)).collect();
    let mut size = vec![0_usize; kinds.hosts.len()];
    kinds.kind_of_host.iter().for_each(|&kind| size[kind] += 1);
    let is_island = |&guest: &GuestIndex| {
        let home = chart.home(guest);
        if chart.meets(guest).any(|host| Some(host) != home) {
            return chart.targets(guest).is_empty();
        }
        let own = home.map(|host| kinds.kind_of_host[host]);
        reached[kinds.kind_of_guest[guest]].iter().all(|&kind| Some(kind) == own && size[kind] == 1)
    };
    (0..chart.cluster.guests.len()).filter(is_island).collect()
}

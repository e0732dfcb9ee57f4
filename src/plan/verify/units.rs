//! Guests that are to be together move as one.

use std::collections::BTreeMap;

use super::groups::joined;
use super::span::Span;
use crate::compat::GuestIndex;
use crate::model::Cluster;

/// Which guests move as one.
pub(super) struct Units {
    of: BTreeMap<GuestIndex, usize>,
}

impl Units {
    pub(super) fn new(cluster: &Cluster) -> Self {
        let units = joined(cluster).into_iter().enumerate();
        Self { of: units.flat_map(|(at, unit)| unit.into_iter().map(move |guest| (guest, at))).collect() }
    }

    /// What starts as one has ended when the last of it has.
    pub(super) fn hold(&self, spans: &mut [Span<'_>]) {
        let mut last: BTreeMap<(usize, u64), u64> = BTreeMap::new();
        for one in spans.iter() {
            if let Some(&unit) = self.of.get(&one.guest) {
                let end = last.entry((unit, one.start)).or_default();
                *end = one.end.max(*end);
            }
        }
        for one in spans {
            let held = self.of.get(&one.guest).and_then(|&unit| last.get(&(unit, one.start)));
            one.end = held.copied().unwrap_or(one.end);
        }
    }

    /// Moves of one unit that do not start at the same instant, or not in any case, for they come after different moves.
    pub(super) fn torn(&self, cluster: &Cluster, spans: &[Span<'_>]) -> Vec<(usize, String)> {
        let mut first: BTreeMap<usize, &Span<'_>> = BTreeMap::new();
        let mut torn = Vec::new();
        for one in spans {
            let Some(&unit) = self.of.get(&one.guest) else { continue };
            let with = *first.entry(unit).or_insert(one);
            if (one.start, &one.record.after) != (with.start, &with.record.after) {
                let name = |of: &Span<'_>| &cluster.guests[of.guest].name;
                let text = format!(
                    "guests '{}' and '{}', to be together, do not start at the same instant in any case",
                    name(with),
                    name(one)
                );
                torn.push((one.wave, text));
            }
        }
        torn
    }
}

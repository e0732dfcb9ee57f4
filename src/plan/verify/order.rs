//! Whether moves come after all that they must, so that a plan holds in whatever time they take.
//!
//! Of two moves that have to do with one place, of which one has ended by the plan's times when the other starts, the other must come
//! after the one; else it is luck that they are in this order. Where all such pairs are in order, moves that run at once at a place, however
//! long they take, all run there at one instant of the plan's own times, with no more gone by then: an instant that the replay by time has judged.

use std::collections::BTreeMap;

use super::apart::ApartSets;
use super::racks::RackMap;
use super::span::Span;
use crate::compat::HostIndex;
use crate::model::Cluster;

/// Something of which there is only so much.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Place {
    Cluster,
    Host(HostIndex),
    Rack(usize),
    /// A rack, for the guests of a set to be apart.
    Crowd(usize, usize),
}

/// By pair that is in order by the plan's times alone: the wave, and what is wrong.
pub(super) fn loose(cluster: &Cluster, spans: &[Span<'_>]) -> Vec<(usize, String)> {
    let order = Order::new(spans);
    let mut pairs: Vec<(usize, usize)> =
        places(cluster, spans).values().flat_map(|at| order.at(at)).collect();
    pairs.sort_unstable();
    pairs.dedup();
    let told = |(late, early): (usize, usize)| {
        let (late, early) = (&spans[late], &spans[early]);
        let text = format!(
            "move {} has to do with what move {} has to do with, and comes after it by chance only",
            late.record.number, early.record.number
        );
        (late.wave, text)
    };
    pairs.into_iter().map(told).collect()
}

/// By place: the moves that have to do with it.
fn places(cluster: &Cluster, spans: &[Span<'_>]) -> BTreeMap<Place, Vec<usize>> {
    let (apart, racks, settings) = (ApartSets::new(cluster), RackMap::new(cluster), &cluster.settings);
    let mut all: BTreeMap<Place, Vec<usize>> = BTreeMap::new();
    for (at, one) in spans.iter().enumerate() {
        let mut add = |place: Place| all.entry(place).or_default().push(at);
        for host in one.from.into_iter().chain([one.to]) {
            add(Place::Host(host));
        }
        if settings.moves_at_once.is_some() {
            add(Place::Cluster);
        }
        if settings.moves_per_rack.is_some() {
            for rack in racks.of_move(one.from, one.to) {
                add(Place::Rack(rack));
            }
        }
        for (set, rack) in apart.racks_of(one.guest, one.from, one.to) {
            add(Place::Crowd(set, rack));
        }
    }
    all
}

struct Order<'s, 'd> {
    spans: &'s [Span<'d>],
    /// By move: the moves that it comes after.
    after: Vec<Vec<usize>>,
}

impl<'s, 'd> Order<'s, 'd> {
    fn new(spans: &'s [Span<'d>]) -> Self {
        let numbers: BTreeMap<usize, usize> =
            spans.iter().enumerate().map(|(at, one)| (one.record.number, at)).collect();
        let known = |one: &Span<'_>| {
            one.record.after.iter().filter_map(|other| numbers.get(other).copied()).collect()
        };
        Self { spans, after: spans.iter().map(known).collect() }
    }

    /// The pairs of moves at a place that are in no order. What has ended before another of the place has started that has ended as
    /// well is in order if these are.
    fn at(&self, moves: &[usize]) -> Vec<(usize, usize)> {
        let mut by_end: Vec<usize> = moves.to_vec();
        by_end.sort_unstable_by_key(|&at| self.spans[at].end);
        let ended_by = |instant: u64| by_end.partition_point(|&at| self.spans[at].end <= instant);
        let mut started = 0;
        let latest: Vec<u64> = by_end
            .iter()
            .map(|&at| {
                started = self.spans[at].start.max(started);
                started
            })
            .collect();
        let before = |late: usize| {
            let ended = ended_by(self.spans[late].start);
            let first = ended.checked_sub(1).map_or(0, |last| ended_by(latest[last]));
            by_end[first.min(ended)..ended].iter().map(move |&early| (late, early))
        };
        moves
            .iter()
            .flat_map(|&late| before(late))
            .filter(|&(late, early)| !self.comes_after(late, early))
            .collect()
    }

    fn comes_after(&self, late: usize, early: usize) -> bool {
        let mut waiting = vec![late];
        let mut seen = std::collections::BTreeSet::new();
        while let Some(at) = waiting.pop() {
            if self.after[at].contains(&early) {
                return true;
            }
            // What has ended when the early one starts does not come after it.
            let may = |other: &&usize| self.spans[**other].end > self.spans[early].start;
            waiting.extend(self.after[at].iter().filter(may).filter(|&&other| seen.insert(other)));
        }
        false
    }
}

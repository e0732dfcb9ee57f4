//! Windows and orders, asked a second time.

use std::collections::{BTreeMap, BTreeSet};

use super::groups::together;
use super::span::Span;
use crate::model::{Cluster, Window};

/// Moves outside of their windows: the wave of each, and what is wrong.
pub(super) fn outside(cluster: &Cluster, spans: &[Span<'_>]) -> Vec<(usize, String)> {
    let mut wrong = Vec::new();
    for one in spans {
        let record = one.record;
        for name in record.from.iter().chain([&record.to]) {
            let about = |window: &Window| window.hosts.contains(name);
            wrong.extend(is_outside(cluster, one, &about).then(|| (one.wave, told(one, name))));
        }
        let about = |window: &Window| window.guests.contains(&record.guest);
        wrong.extend(is_outside(cluster, one, &about).then(|| (one.wave, told(one, &record.guest))));
        let about = |window: &Window| window.hosts.is_empty() && window.guests.is_empty();
        wrong.extend(is_outside(cluster, one, &about).then(|| (one.wave, told(one, "all moves"))));
    }
    wrong
}

/// Whether there are windows of that kind, and the move is in none of them.
fn is_outside(cluster: &Cluster, one: &Span<'_>, about: &dyn Fn(&Window) -> bool) -> bool {
    let mut windows = cluster.settings.windows.iter().filter(|window| about(window)).peekable();
    let holds =
        |window: &Window| window.from_ms <= one.start && window.until_ms.is_none_or(|until| one.end <= until);
    windows.peek().is_some() && !windows.any(holds)
}

fn told(one: &Span<'_>, name: &str) -> String {
    format!("move {} of '{}' is outside of the windows of {name}", one.record.number, one.record.guest)
}

/// Moves that do not wait for those that are to go before them.
pub(super) fn out_of_order(cluster: &Cluster, spans: &[Span<'_>]) -> Vec<(usize, String)> {
    let orders = &cluster.settings.order;
    if orders.is_empty() {
        return Vec::new();
    }
    let groups = together(cluster);
    let by_number: BTreeMap<usize, &Span<'_>> = spans.iter().map(|one| (one.record.number, one)).collect();
    let mut wrong = Vec::new();
    for order in orders {
        let order: Vec<&Span<'_>> = order.iter().flat_map(|name| named(spans, name)).collect();
        for (at, then) in order.iter().enumerate() {
            let as_one = |one: &Span<'_>| {
                one.guest == then.guest
                    || groups.iter().any(|set| set.1.contains(&one.guest) && set.1.contains(&then.guest))
            };
            let first = order[..at].iter().filter(|one| !as_one(one));
            let early = first.filter(|one| !waits(then, one.record.number, &by_number));
            wrong.extend(early.map(|one| (then.wave, hurries(then, one))));
        }
    }
    wrong
}

fn hurries(then: &Span<'_>, first: &Span<'_>) -> String {
    let (then, first) = (then.record, first.record);
    format!(
        "move {} of '{}' does not wait for move {} of '{}'",
        then.number, then.guest, first.number, first.guest
    )
}

/// The moves of guests of that name.
fn named<'s, 'd>(spans: &'s [Span<'d>], name: &'s str) -> impl Iterator<Item = &'s Span<'d>> {
    spans.iter().filter(move |one| one.record.guest == name)
}

/// Whether a move comes after another, be it by way of others.
fn waits(one: &Span<'_>, other: usize, by_number: &BTreeMap<usize, &Span<'_>>) -> bool {
    let (mut known, mut next) = (BTreeSet::new(), one.record.after.clone());
    while let Some(number) = next.pop() {
        if number == other {
            return true;
        }
        if known.insert(number) {
            next.extend(by_number.get(&number).into_iter().flat_map(|one| &one.record.after));
        }
    }
    false
}

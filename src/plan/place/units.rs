//! Items that go together are one unit; the search knows units only.

use std::collections::BTreeMap;

use fixedbitset::FixedBitSet;

use super::problem::{Item, Problem, Rule};
use super::rows::Rows;

/// Not a host: on none.
pub(super) const NOWHERE: usize = usize::MAX;
/// Not a host: each item of the unit at its own home, and these are not one.
pub(super) const SCATTERED: usize = usize::MAX - 1;

/// Whether it is a host.
pub(super) fn is_host(at: usize) -> bool {
    at < SCATTERED
}

/// The units.
pub(super) struct Units {
    /// By unit: its items.
    pub(super) items: Rows<usize>,
    /// By unit: its home, [`NOWHERE`] or [`SCATTERED`].
    pub(super) homes: Vec<usize>,
    /// By unit: its line of `permits`.
    pub(super) permit: Vec<usize>,
    /// By line: the hosts that are permitted.
    pub(super) permits: Vec<FixedBitSet>,
    /// By unit: the hosts that are not permitted all the same, ascending.
    pub(super) bans: Rows<usize>,
    /// By unit: what leaving it out costs.
    pub(super) prices: Vec<i64>,
}

impl Units {
    pub(super) fn new(problem: &Problem) -> Self {
        let items = together(problem);
        let mut lines: BTreeMap<Vec<usize>, usize> = BTreeMap::new();
        let mut permit = Vec::new();
        for of_one in &items {
            let mut line: Vec<usize> = of_one.iter().map(|&item| problem.items[item].permit).collect();
            line.sort_unstable();
            line.dedup();
            let next = lines.len();
            permit.push(*lines.entry(line).or_insert(next));
        }
        let mut permits = vec![FixedBitSet::new(); lines.len()];
        for (line, at) in &lines {
            permits[*at] = permitted(problem, line);
        }
        let all = |of_one: &Vec<usize>| of_one.iter().map(|&item| &problem.items[item]).collect::<Vec<_>>();
        Self {
            homes: items.iter().map(|of_one| home(&all(of_one))).collect(),
            bans: items.iter().map(|of_one| bans(&all(of_one))).collect(),
            prices: items.iter().map(|of_one| price(&all(of_one))).collect(),
            items: items.into_iter().collect(),
            permit,
            permits,
        }
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.homes.len()
    }

    /// Whether a unit may be on a host.
    pub(super) fn may(&self, unit: usize, host: usize) -> bool {
        self.permits[self.permit[unit]].contains(host) && !self.bans.of(unit).contains(&host)
    }

    /// Where each unit is at the start.
    pub(super) fn start(&self) -> Vec<usize> {
        self.homes.clone()
    }

    /// Where an item is when its unit is at `at`.
    pub(super) fn item_at(problem: &Problem, item: usize, at: usize) -> Option<usize> {
        match at {
            NOWHERE => None,
            SCATTERED => problem.items[item].home,
            host => Some(host),
        }
    }

    /// Where each item is.
    pub(super) fn positions(&self, problem: &Problem, at: &[usize]) -> Vec<Option<usize>> {
        let mut positions = vec![None; problem.items.len()];
        for (unit, &at) in at.iter().enumerate() {
            for &item in self.items.of(unit) {
                positions[item] = Self::item_at(problem, item, at);
            }
        }
        positions
    }
}

/// The items of each unit, ascending; units in the order of their first items.
fn together(problem: &Problem) -> Vec<Vec<usize>> {
    let mut first: Vec<usize> = (0..problem.items.len()).collect();
    for group in problem.groups.iter().filter(|group| group.rule == Rule::Together) {
        for pair in group.members.windows(2) {
            let (one, other) = (root(&first, pair[0]), root(&first, pair[1]));
            first[one.max(other)] = one.min(other);
        }
    }
    let mut units: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for item in 0..problem.items.len() {
        units.entry(root(&first, item)).or_default().push(item);
    }
    units.into_values().collect()
}

fn root(first: &[usize], mut item: usize) -> usize {
    while first[item] != item {
        item = first[item];
    }
    item
}

/// The hosts that all lines of the problem permit.
fn permitted(problem: &Problem, lines: &[usize]) -> FixedBitSet {
    let hosts = problem.hosts.iter().enumerate();
    let fit = hosts.filter(|(_, host)| lines.iter().all(|&line| problem.permits[line].contains(host.class)));
    let mut all = FixedBitSet::with_capacity(problem.hosts.len());
    fit.for_each(|(at, _)| all.insert(at));
    all
}

fn home(items: &[&Item]) -> usize {
    let first = items.first().and_then(|item| item.home);
    match first {
        _ if items.iter().any(|item| item.home != first) => SCATTERED,
        Some(host) => host,
        None => NOWHERE,
    }
}

fn bans(items: &[&Item]) -> Vec<usize> {
    let mut bans: Vec<usize> = items.iter().flat_map(|item| item.bans.iter().copied()).collect();
    bans.sort_unstable();
    bans.dedup();
    bans
}

fn price(items: &[&Item]) -> i64 {
    items.iter().map(|item| signed(item.price)).sum()
}

/// Numbers have passed the door: they fit.
pub(super) fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

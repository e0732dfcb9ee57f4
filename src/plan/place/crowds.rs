//! Which units crowd each other: on a host, in a location.

use std::collections::BTreeMap;

use super::problem::{Problem, Rule};
use super::rows::Rows;
use super::units::{SCATTERED, Units};

/// What bears on whole locations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wide {
    /// So many of the group in one location at most.
    AtMost(i32),
    /// In so many locations at least.
    Spread(i32),
}

/// Which units crowd each other.
pub(super) struct Crowds {
    /// By unit: the groups of which a host holds so many at most, and how many of each it counts.
    pub(super) near: Rows<(usize, i32)>,
    /// By such a group: how many.
    pub(super) most: Vec<i32>,
    /// By such a group and host: how many there were at the start, where that is more.
    pub(super) more: BTreeMap<(usize, usize), i32>,
    /// By unit: the groups that bear on locations, and how many of each it counts.
    pub(super) far: Rows<(usize, i32)>,
    /// By such a group: what holds for it.
    pub(super) wide: Vec<Wide>,
    /// By such a group and location: how many there were at the start.
    pub(super) began: BTreeMap<(usize, usize), i32>,
    /// By scattered unit: the groups of which it counts one in a location when it is left out.
    pub(super) scattered: BTreeMap<usize, Vec<(usize, usize)>>,
    /// By item: its groups of either kind.
    pub(super) of_item: Rows<(Scope, usize)>,
    /// By host: its location.
    pub(super) location: Vec<usize>,
    /// How many locations there are.
    pub(super) locations: usize,
}

/// What a group bears on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Scope {
    /// A host.
    Host,
    /// A location.
    Location,
}

impl Crowds {
    pub(super) fn new(problem: &Problem, units: &Units) -> Self {
        let (location, locations) = locations(problem);
        let (mut most, mut wide) = (Vec::new(), Vec::new());
        let (mut more, mut began) = (BTreeMap::new(), BTreeMap::new());
        let mut of_item = vec![Vec::new(); problem.items.len()];
        for group in &problem.groups {
            let mut members = group.members.clone();
            members.sort_unstable();
            members.dedup();
            let mine = match group.rule {
                Rule::PerHost(limit) if members.len() > usize::from(limit) => {
                    most.push(i32::from(limit));
                    (Scope::Host, most.len() - 1)
                }
                Rule::PerLocation(limit) if members.len() > usize::from(limit) => {
                    wide.push(Wide::AtMost(i32::from(limit)));
                    (Scope::Location, wide.len() - 1)
                }
                Rule::Spread(least) if least > 1 => {
                    wide.push(Wide::Spread(i32::from(least)));
                    (Scope::Location, wide.len() - 1)
                }
                _ => continue,
            };
            for home in members.iter().filter_map(|&member| problem.items[member].home) {
                match mine.0 {
                    Scope::Host => *more.entry((mine.1, home)).or_insert(0) += 1,
                    Scope::Location => *began.entry((mine.1, location[home])).or_insert(0) += 1,
                }
            }
            for &member in &members {
                of_item[member].push(mine);
            }
        }
        more.retain(|&(group, _), count| *count > most[group]);
        let of_item: Rows<_> = of_item.into_iter().collect();
        let count =
            |scope| (0..units.len()).map(|unit| counts(units.items.of(unit), &of_item, scope)).collect();
        let (near, far) = (count(Scope::Host), count(Scope::Location));
        let scattered = scattered(problem, units, &of_item, &location);
        Self { near, most, more, far, wide, began, scattered, of_item, location, locations }
    }
}

/// How many of each group the items count.
fn counts(items: &[usize], of_item: &Rows<(Scope, usize)>, scope: Scope) -> Vec<(usize, i32)> {
    let mut counts: BTreeMap<usize, i32> = BTreeMap::new();
    for &(_, group) in items.iter().flat_map(|&item| of_item.of(item)).filter(|(one, _)| *one == scope) {
        *counts.entry(group).or_default() += 1;
    }
    counts.into_iter().collect()
}

/// By scattered unit: the groups of which it counts one in a location when it is left out.
fn scattered(
    problem: &Problem,
    units: &Units,
    of_item: &Rows<(Scope, usize)>,
    location: &[usize],
) -> BTreeMap<usize, Vec<(usize, usize)>> {
    let all = (0..units.len()).filter(|&unit| units.homes[unit] == SCATTERED);
    let of_one = |unit: usize| {
        let items = units.items.of(unit).iter();
        let homes = items.filter_map(|&item| problem.items[item].home.map(|home| (item, home)));
        let groups = homes.flat_map(|(item, home)| {
            let wide = of_item.of(item).iter().filter(|(scope, _)| *scope == Scope::Location);
            wide.map(move |&(_, group)| (group, location[home]))
        });
        groups.collect()
    };
    all.map(|unit| (unit, of_one(unit))).collect()
}

/// The location of each host, numbered anew, and how many there are.
fn locations(problem: &Problem) -> (Vec<usize>, usize) {
    let mut numbers: BTreeMap<usize, usize> = BTreeMap::new();
    for host in &problem.hosts {
        let next = numbers.len();
        numbers.entry(host.location).or_insert(next);
    }
    (problem.hosts.iter().map(|host| numbers[&host.location]).collect(), numbers.len())
}

//! The problem as the search needs it: by unit and by host, in lists of plain numbers.

use std::collections::BTreeMap;

use super::costs::Costs;
use super::crowds::Crowds;
use super::problem::Problem;
use super::score::Score;
use super::units::{NOWHERE, SCATTERED, Units, is_host, signed};

/// The part of what a move costs that a change for evenness may be worse at first.
const MILD: u64 = 10;

/// The problem as the search needs it.
pub(super) struct Model<'p> {
    /// What was asked.
    pub(super) problem: &'p Problem,
    /// The units.
    pub(super) units: Units,
    /// How many resources there are.
    pub(super) width: usize,
    /// How many of them are not transient; these come first.
    plain: usize,
    /// By host and resource: what it can take of units that are not at home there, when there is
    /// none; of resources that are not transient, of all units.
    pub(super) room: Vec<i64>,
    /// By unit and resource: what it uses.
    uses: Vec<i64>,
    /// What scattered units take at their homes.
    takes: BTreeMap<(usize, usize), Vec<i64>>,
    /// By resource: what too much of it weighs while the search bears it.
    pub(super) weights: Vec<i64>,
    /// What hosts cost by their load.
    pub(super) costs: Costs,
    /// Which units crowd each other.
    pub(super) crowds: Crowds,
    /// How hot it may be at most, where units move for evenness alone: heat would move more than that is worth.
    pub(super) gentle: Option<i64>,
}

impl<'p> Model<'p> {
    pub(super) fn new(problem: &'p Problem) -> Self {
        let units = Units::new(problem);
        let width = problem.resources.len();
        let mut order: Vec<usize> = (0..width).collect();
        order.sort_by_key(|&resource| problem.resources[resource].transient);
        let plain = problem.resources.iter().filter(|resource| !resource.transient).count();
        let item_uses =
            |item: usize| order.iter().map(move |&resource| signed(problem.items[item].uses[resource]));
        let mut uses = Vec::with_capacity(units.len() * width);
        let mut takes = BTreeMap::new();
        for unit in 0..units.len() {
            let all = sum(width, units.items.of(unit).iter().map(|&item| item_uses(item)));
            if units.homes[unit] == SCATTERED {
                for host in units.items.of(unit).iter().filter_map(|&item| problem.items[item].home) {
                    let here =
                        units.items.of(unit).iter().filter(|&&item| problem.items[item].home == Some(host));
                    let here = sum(width, here.map(|&item| item_uses(item)));
                    let take = (0..width).map(|at| if at < plain { all[at] } else { all[at] - here[at] });
                    takes.insert((unit, host), take.collect());
                }
            }
            uses.extend(all);
        }
        let costs = Costs::new(problem, &order);
        let crowds = Crowds::new(problem, &units);
        let room = room(problem, &order, plain);
        let weights = order.iter().map(|&resource| weight(problem, resource)).collect();
        let gentle = gentle(problem);
        Self { problem, units, width, plain, room, uses, takes, weights, costs, crowds, gentle }
    }

    /// What a unit uses.
    pub(super) fn uses(&self, unit: usize) -> &[i64] {
        &self.uses[unit * self.width..][..self.width]
    }

    /// What a unit takes of a host's room; of the resources that come last perhaps nothing.
    pub(super) fn take(&self, unit: usize, host: usize) -> &[i64] {
        let home = self.units.homes[unit];
        if home == host {
            return &self.uses(unit)[..self.plain];
        }
        let scattered = if home == SCATTERED { self.takes.get(&(unit, host)) } else { None };
        scattered.map_or_else(|| self.uses(unit), Vec::as_slice)
    }

    /// What it costs that a unit is somewhere.
    pub(super) fn stay(&self, unit: usize, at: usize) -> Score {
        if !is_host(at) || (at == self.units.homes[unit] && !self.units.may(unit, at)) {
            return Score { left_out: self.units.prices[unit], cost: 0 };
        }
        let class = self.problem.hosts[at].class;
        let items = self.units.items.of(unit).iter().map(|&item| &self.problem.items[item]);
        let cost = items.map(|item| {
            let moving = if item.home == Some(at) { 0 } else { item.moving };
            signed(self.problem.fares[item.fare][class] + moving)
        });
        Score::of_cost(cost.sum())
    }

    /// Whether a unit is left out when it is somewhere.
    pub(super) fn is_left_out(&self, unit: usize, at: usize) -> bool {
        at == NOWHERE || at == SCATTERED || (at == self.units.homes[unit] && !self.units.may(unit, at))
    }

    /// What the items of a scattered unit use at their homes.
    pub(super) fn scattered(&self, unit: usize) -> impl Iterator<Item = (usize, Vec<i64>)> {
        let items = self.units.items.of(unit).iter().map(|&item| &self.problem.items[item]);
        items.filter_map(|item| {
            let order = (0..self.width).map(|at| signed(item.uses[self.costs.order[at]]));
            item.home.map(|home| (home, order.collect()))
        })
    }

    /// Of how many resources what comes first is not transient.
    pub(super) fn plain(&self) -> usize {
        self.plain
    }
}

/// How hot it may be: a part of what the cheapest move costs.
fn gentle(problem: &Problem) -> Option<i64> {
    let prices = problem.items.iter().map(|item| item.moving).filter(|&price| price > 0);
    let cheapest = prices.min().filter(|_| !problem.evens.is_empty())?;
    Some(signed(cheapest / MILD))
}

fn sum<I: Iterator<Item = i64>>(width: usize, all: impl Iterator<Item = I>) -> Vec<i64> {
    all.fold(vec![0; width], |sum, one| sum.into_iter().zip(one).map(|(sum, use_)| sum + use_).collect())
}

/// What hosts can take: what holds more at the start may stay as full.
fn room(problem: &Problem, order: &[usize], plain: usize) -> Vec<i64> {
    let width = order.len();
    let mut at_home = vec![0; problem.hosts.len() * width];
    for item in &problem.items {
        let Some(home) = item.home else { continue };
        for (at, &resource) in order.iter().enumerate() {
            at_home[home * width + at] += signed(item.uses[resource]);
        }
    }
    let mut room = Vec::with_capacity(at_home.len());
    for (host, at_home) in problem.hosts.iter().zip(at_home.chunks(width.max(1))) {
        for (at, &resource) in order.iter().enumerate() {
            let all = signed(host.capacity[resource]).max(at_home[at]);
            room.push(if at < plain { all } else { all - at_home[at] });
        }
    }
    room
}

/// What too much of a resource weighs: as much as the limits of the resource say.
fn weight(problem: &Problem, resource: usize) -> i64 {
    let limits = problem.limits.iter().filter(|limit| limit.resource == resource);
    limits.map(|limit| signed(limit.weight)).max().unwrap_or(1).max(1)
}

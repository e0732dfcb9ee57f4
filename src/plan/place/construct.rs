//! Finds hosts for what is left out, one unit after the other: that with the fewest hosts first.

use std::collections::BTreeSet;

use super::chain::{Chain, Search};
use super::extra::Extra;
use super::heat::Heat;

/// Which of several that are as urgent comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Order {
    /// That with the fewest hosts, then the bigger: where there is room for all, that finds it most
    /// often.
    FewestHosts,
    /// The smaller: where there is not, that leaves out the fewest.
    SmallFirst,
}

/// Which host is best.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Aim {
    /// Where it costs least.
    Cost,
    /// Where being costs least, then where least is left of what is scarce.
    Fit,
}

/// A way of placing one after the other.
#[derive(Clone, Copy, Debug)]
pub(super) struct Method(Order, Aim);

/// All ways.
pub(super) const METHODS: [Method; 4] = [
    Method(Order::FewestHosts, Aim::Cost),
    Method(Order::FewestHosts, Aim::Fit),
    Method(Order::SmallFirst, Aim::Cost),
    Method(Order::SmallFirst, Aim::Fit),
];

/// How much of each resource is free, on average: what a unit takes of it tells its size.
struct Scale(Vec<i64>);

impl Scale {
    fn new<X: Extra>(search: &Search<'_, '_, X>) -> Self {
        let state = &search.state;
        let mut free = vec![0; state.model.width];
        for &host in &state.hosts {
            free.iter_mut().zip(state.room(host)).for_each(|(free, room)| *free += room.max(&0));
        }
        let hosts = i64::try_from(state.hosts.len().max(1)).unwrap_or(i64::MAX);
        Self(free.into_iter().map(|free| (free / hosts).max(1)).collect())
    }

    /// The part of what is free, in thousandths, of the scarcest resource.
    fn of(&self, amounts: &[i64]) -> i128 {
        let parts = amounts.iter().zip(&self.0);
        parts.map(|(amount, free)| i128::from(*amount) * 1000 / i128::from(*free)).max().unwrap_or(0)
    }
}

/// A unit's place in the queue: the smaller number first.
type Turn = (usize, i128, usize);

/// Those that wait.
struct Queue {
    order: Order,
    turns: BTreeSet<Turn>,
    /// By unit: on how many hosts it has a place.
    possible: Vec<usize>,
    size: Vec<i128>,
    by_host: Vec<Vec<usize>>,
}

impl Queue {
    fn new<X: Extra>(search: &Search<'_, '_, X>, scale: &Scale, order: Order) -> Self {
        let state = &search.state;
        let all = state.at.len();
        let by_host = vec![Vec::new(); state.model.problem.hosts.len()];
        let mut queue =
            Self { order, turns: BTreeSet::new(), possible: vec![0; all], size: vec![0; all], by_host };
        for unit in search.left_out() {
            queue.size[unit] = scale.of(state.model.uses(unit));
            for &host in state.options_of(unit) {
                if state.has_place(unit, host) {
                    queue.possible[unit] += 1;
                    queue.by_host[host].push(unit);
                }
            }
            queue.turns.insert(queue.turn(unit));
        }
        queue
    }

    fn turn(&self, unit: usize) -> Turn {
        match self.order {
            Order::FewestHosts => (self.possible[unit], -self.size[unit], unit),
            Order::SmallFirst => (0, self.size[unit], unit),
        }
    }

    /// A host has got fuller.
    fn refresh<X: Extra>(&mut self, search: &Search<'_, '_, X>, host: usize) {
        let waiting = std::mem::take(&mut self.by_host[host]);
        for unit in waiting {
            if search.state.has_place(unit, host) {
                self.by_host[host].push(unit);
            } else if self.turns.remove(&self.turn(unit)) {
                self.possible[unit] = self.possible[unit].saturating_sub(1);
                self.turns.insert(self.turn(unit));
            }
        }
    }
}

impl<X: Extra> Search<'_, '_, X> {
    /// What is left out.
    pub(super) fn left_out(&self) -> Vec<usize> {
        let state = &self.state;
        let units = state.units.iter().copied();
        units.filter(|&unit| state.model.is_left_out(unit, state.at[unit])).collect()
    }

    /// Finds hosts for what is left out, where there is room.
    pub(super) fn construct(&mut self, method: Method) {
        let Method(order, aim) = method;
        let scale = Scale::new(self);
        let mut queue = Queue::new(self, &scale, order);
        while let Some((.., unit)) = queue.turns.pop_first() {
            if let Some(host) = self.settle(unit, aim, &scale) {
                queue.refresh(self, host);
            }
        }
    }

    /// Brings a unit to its best host.
    fn settle(&mut self, unit: usize, aim: Aim, scale: &Scale) -> Option<usize> {
        let state = &self.state;
        let from = state.at[unit];
        let options = state.options_of(unit).iter().copied().filter(|&host| state.has_place(unit, host));
        let mut options: Vec<(i128, i128, usize)> = options
            .map(|host| {
                let (first, second) = self.merit(unit, host, aim, scale);
                (first, second, host)
            })
            .collect();
        options.sort_unstable();
        options
            .into_iter()
            .map(|(.., host)| host)
            .find(|&host| self.attempt(&Chain::of(unit, from).then(unit, host), Heat::STRICT, i64::MAX))
    }

    fn merit(&self, unit: usize, host: usize, aim: Aim, scale: &Scale) -> (i128, i128) {
        let state = &self.state;
        let stay = i128::from(state.model.stay(unit, host).cost);
        match aim {
            Aim::Cost => {
                let load = state.cost_after(host, None, Some(unit)) - state.cost(host);
                (stay + i128::from(load), 0)
            }
            Aim::Fit => {
                let take = state.model.take(unit, host);
                let left: Vec<i64> =
                    state.room(host).iter().zip(take).map(|(room, take)| room - take).collect();
                (stay, scale.of(&left))
            }
        }
    }
}

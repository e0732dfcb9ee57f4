//! What a host costs by its load.

use super::problem::Problem;
use super::units::signed;

/// What hosts cost by their load.
pub(super) struct Costs {
    /// The resources of the problem in the order of the model.
    pub(super) order: Vec<usize>,
    /// By limit: the resource and what a unit costs.
    limits: Vec<(usize, i64)>,
    /// By host and limit: where it begins.
    above: Vec<i64>,
    /// By balance: the resources, how many of the second a unit of the first needs, and what one
    /// that lacks costs.
    balances: Vec<(usize, usize, i64, i64)>,
    /// By host and balance: what lacks of the second when the host is empty.
    lacking: Vec<i64>,
    /// By what is to be even: the resource, the mean, and how many times it counts.
    evens: Vec<(usize, i64, i64)>,
    /// By host and such a resource: what it has, and what others use.
    shares: Vec<(i64, i64)>,
}

/// No host counts as fuller than so many ten-thousandths.
const FULLEST: i64 = 300_000;

impl Costs {
    /// `order` is the order of the model's resources.
    pub(super) fn new(problem: &Problem, order: &[usize]) -> Self {
        let place = |resource: usize| order.iter().position(|&one| one == resource).unwrap_or(0);
        let limits: Vec<_> = problem.limits.iter().filter(|limit| limit.weight > 0).collect();
        let balances: Vec<_> = problem.balances.iter().filter(|balance| balance.weight > 0).collect();
        let hosts = 0..problem.hosts.len();
        let above = hosts.clone().flat_map(|host| limits.iter().map(move |limit| signed(limit.above[host])));
        let shares = hosts.clone().flat_map(|host| {
            problem.evens.iter().map(move |even| (signed(even.all[host]), signed(even.used[host])))
        });
        let lacking = hosts.clone().flat_map(|host| {
            let all = move |resource: usize| signed(problem.hosts[host].capacity[resource]);
            balances.iter().map(move |one| signed(one.ratio) * all(one.of) - all(one.needs))
        });
        Self {
            above: above.collect(),
            lacking: lacking.collect(),
            limits: limits.iter().map(|limit| (place(limit.resource), signed(limit.weight))).collect(),
            balances: balances
                .iter()
                .map(|one| (place(one.of), place(one.needs), signed(one.ratio), signed(one.weight)))
                .collect(),
            evens: problem
                .evens
                .iter()
                .map(|even| (place(even.resource), signed(even.mean), signed(even.weight)))
                .collect(),
            shares: shares.collect(),
            order: order.to_vec(),
        }
    }

    /// Whether no host gets cheaper by holding more.
    pub(super) fn only_grow(&self) -> bool {
        self.balances.is_empty() && self.evens.is_empty()
    }

    /// What a host costs by what is used of each resource.
    pub(super) fn of(&self, host: usize, used: impl Fn(usize) -> i64) -> i64 {
        let above = &self.above[host * self.limits.len()..][..self.limits.len()];
        let mut cost = 0;
        for (&(resource, weight), &above) in self.limits.iter().zip(above) {
            cost += weight * (used(resource) - above).max(0);
        }
        let lacking = &self.lacking[host * self.balances.len()..][..self.balances.len()];
        for (&(of, needs, ratio, weight), &lacking) in self.balances.iter().zip(lacking) {
            cost += weight * (lacking - ratio * used(of) + used(needs)).max(0);
        }
        let shares = &self.shares[host * self.evens.len()..][..self.evens.len()];
        for (&(resource, mean, weight), &(all, others)) in self.evens.iter().zip(shares) {
            if all > 0 {
                let off = full(used(resource) + others, all) - mean;
                cost += weight * off * off;
            }
        }
        cost
    }
}

/// How full a host is, in ten-thousandths.
fn full(used: i64, all: i64) -> i64 {
    let exact = || i64::try_from(i128::from(used) * 10_000 / i128::from(all)).unwrap_or(FULLEST);
    used.checked_mul(10_000).map_or_else(exact, |parts| parts / all).min(FULLEST)
}

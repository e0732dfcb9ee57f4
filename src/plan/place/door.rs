//! Looks through a problem before it is worked on: behind this door no number is out of range and
//! no sum overflows.

use super::error::ProblemError;
use super::problem::{Group, Item, Problem, Rule};

/// No sum may come near to what 64 bits hold.
const MOST: u128 = 1 << 61;
/// What a host costs at most for not being as full as others.
const EVEN: u128 = 90_000_000_000;

/// Checks all numbers of a problem.
///
/// # Errors
/// [`ProblemError`] for the first thing that is wrong.
pub(super) fn check(problem: &Problem) -> Result<(), ProblemError> {
    lengths(problem)?;
    numbers(problem)?;
    sums(problem)
}

fn lengths(problem: &Problem) -> Result<(), ProblemError> {
    let width = problem.resources.len();
    let hosts = problem.hosts.iter().map(|host| ("host", host.capacity.len(), width));
    let items = problem.items.iter().map(|item| ("item", item.uses.len(), width));
    let limits = problem.limits.iter().map(|limit| ("limit", limit.above.len(), problem.hosts.len()));
    same_length(hosts)?;
    same_length(items)?;
    same_length(limits)?;
    let evens = problem.evens.iter().flat_map(|even| [even.all.len(), even.used.len()]);
    same_length(evens.map(|length| ("even", length, problem.hosts.len())))
}

fn same_length(all: impl Iterator<Item = (&'static str, usize, usize)>) -> Result<(), ProblemError> {
    for (at, (what, has, needs)) in all.enumerate() {
        if has != needs {
            return Err(ProblemError::Length { what, at, has, needs });
        }
    }
    Ok(())
}

fn numbers(problem: &Problem) -> Result<(), ProblemError> {
    for (at, item) in problem.items.iter().enumerate() {
        item_numbers(problem, at, item)?;
    }
    for (at, host) in problem.hosts.iter().enumerate() {
        let known = problem.fares.iter().map(Vec::len).min().unwrap_or(0);
        below("host", at, "class", host.class, known)?;
    }
    for (at, group) in problem.groups.iter().enumerate() {
        group_numbers(problem, at, group)?;
    }
    let width = problem.resources.len();
    for (at, limit) in problem.limits.iter().enumerate() {
        below("limit", at, "resource", limit.resource, width)?;
    }
    for (at, even) in problem.evens.iter().enumerate() {
        below("even", at, "resource", even.resource, width)?;
    }
    for (at, balance) in problem.balances.iter().enumerate() {
        below("balance", at, "resource", balance.of.max(balance.needs), width)?;
    }
    Ok(())
}

fn item_numbers(problem: &Problem, at: usize, item: &Item) -> Result<(), ProblemError> {
    let hosts = problem.hosts.len();
    below("item", at, "permit", item.permit, problem.permits.len())?;
    below("item", at, "fare", item.fare, problem.fares.len())?;
    item.home.iter().chain(&item.bans).try_for_each(|&host| below("item", at, "host", host, hosts))
}

fn group_numbers(problem: &Problem, at: usize, group: &Group) -> Result<(), ProblemError> {
    let counted = !matches!(group.rule, Rule::Together);
    if counted && group.members.len() > usize::from(u16::MAX) {
        let needs = usize::from(u16::MAX);
        return Err(ProblemError::Length { what: "group", at, has: group.members.len(), needs });
    }
    group.members.iter().try_for_each(|&item| below("group", at, "item", item, problem.items.len()))
}

fn below(
    what: &'static str,
    at: usize,
    of: &'static str,
    number: usize,
    bound: usize,
) -> Result<(), ProblemError> {
    if number < bound { Ok(()) } else { Err(ProblemError::Number { what, at, of, number }) }
}

/// That neither loads nor costs can add up to more than is counted, wherever the items are.
fn sums(problem: &Problem) -> Result<(), ProblemError> {
    let within = |what, sum: u128| if sum < MOST { Ok(()) } else { Err(ProblemError::TooBig(what)) };
    let (mut loads, mut uses) = (0, Vec::new());
    for resource in 0..problem.resources.len() {
        let used = total(problem.items.iter().map(|item| item.uses[resource]));
        let held = total(problem.hosts.iter().map(|host| host.capacity[resource]));
        within("uses", used)?;
        within("capacities", held)?;
        loads = used.max(held).max(loads);
        uses.push(used);
    }
    let prices = total(problem.items.iter().map(|item| item.price));
    within("prices", prices)?;
    let dearest = |line: &Vec<u64>| line.iter().copied().max().unwrap_or(0);
    let dearest = problem.fares.iter().map(dearest).max().unwrap_or(0);
    let fares = u128::from(dearest).saturating_mul(problem.items.len() as u128);
    let moving = total(problem.items.iter().map(|item| item.moving));
    // The ratio is of free units, of which there are never more than capacities.
    let limits =
        problem.limits.iter().map(|limit| u128::from(limit.weight).saturating_mul(uses[limit.resource]));
    let limits = limits.fold(0, u128::saturating_add);
    let balances = problem.balances.iter().map(|one| {
        let ratio = u128::from(one.ratio) + 1;
        u128::from(one.weight).saturating_mul(ratio).saturating_mul(loads)
    });
    let balances = balances.fold(0, u128::saturating_add);
    let evens = problem.evens.iter().map(|even| {
        let others = total(even.used.iter().copied()).max(total(even.all.iter().copied()));
        let each = EVEN * problem.hosts.len() as u128 + u128::from(even.mean).pow(2);
        if others >= MOST { MOST } else { each.saturating_mul(even.weight.into()) }
    });
    let evens = evens.fold(0, u128::saturating_add);
    within(
        "costs",
        evens.saturating_add(fares).saturating_add(moving).saturating_add(limits).saturating_add(balances),
    )
}

fn total(all: impl Iterator<Item = u64>) -> u128 {
    all.map(u128::from).sum()
}

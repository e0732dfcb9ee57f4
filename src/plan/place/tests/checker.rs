//! What holds and what it costs, counted item by item from what the problem says.

use std::collections::{BTreeMap, BTreeSet};

use super::super::{Group, Problem, Rule, Score};

/// Where items are.
type At = [Option<usize>];

/// The score of where items are, or what is broken.
pub(super) fn check(problem: &Problem, at: &At) -> Result<Score, String> {
    let start: Vec<Option<usize>> = problem.items.iter().map(|item| item.home).collect();
    let mut score = Score::default();
    for unit in units(problem) {
        score += placed(problem, &unit, at)?;
    }
    for host in 0..problem.hosts.len() {
        room(problem, at, &start, host)?;
        score.cost += load_cost(problem, at, host);
    }
    for group in &problem.groups {
        obeys(problem, group, at, &start)?;
    }
    Ok(score)
}

/// Items that are to be together.
fn units(problem: &Problem) -> Vec<BTreeSet<usize>> {
    let mut units: Vec<BTreeSet<usize>> = (0..problem.items.len()).map(|item| [item].into()).collect();
    for group in problem.groups.iter().filter(|group| group.rule == Rule::Together) {
        let members: BTreeSet<usize> = group.members.iter().copied().collect();
        let (touched, rest): (Vec<_>, Vec<_>) =
            units.into_iter().partition(|unit| unit.intersection(&members).next().is_some());
        units = rest;
        units.push(touched.into_iter().flatten().collect());
    }
    units.into_iter().filter(|unit| !unit.is_empty()).collect()
}

/// That items are where they may be, or left out; and what that costs.
fn placed(problem: &Problem, unit: &BTreeSet<usize>, at: &At) -> Result<Score, String> {
    let items = || unit.iter().map(|&item| (&problem.items[item], at[item]));
    let hosts: BTreeSet<Option<usize>> = items().map(|(_, at)| at).collect();
    let permitted = |host: usize| {
        items().all(|(item, _)| {
            problem.permits[item.permit].contains(problem.hosts[host].class) && !item.bans.contains(&host)
        })
    };
    let mut score = Score::default();
    match hosts.first() {
        Some(&Some(host)) if hosts.len() == 1 && permitted(host) => {
            for (item, _) in items() {
                let moving = if item.home == Some(host) { 0 } else { item.moving };
                let fare = problem.fares[item.fare][problem.hosts[host].class];
                score.cost += i64::try_from(fare + moving).expect("small");
            }
        }
        _ if items().all(|(item, at)| at == item.home) => {
            score.left_out = items().map(|(item, _)| i64::try_from(item.price).expect("small")).sum();
        }
        _ => return Err(format!("items {unit:?} are on {hosts:?}")),
    }
    Ok(score)
}

fn used(problem: &Problem, at: &At, host: usize, resource: usize) -> u64 {
    let there = problem.items.iter().zip(at).filter(|(_, at)| **at == Some(host));
    there.map(|(item, _)| item.uses[resource]).sum()
}

/// That a host has room, for all moves at once.
fn room(problem: &Problem, at: &At, start: &At, host: usize) -> Result<(), String> {
    for (resource, about) in problem.resources.iter().enumerate() {
        let mut held = used(problem, at, host, resource);
        if about.transient {
            let left = problem
                .items
                .iter()
                .zip(at)
                .filter(|(item, at)| item.home == Some(host) && **at != Some(host));
            held += left.map(|(item, _)| item.uses[resource]).sum::<u64>();
        }
        let all = problem.hosts[host].capacity[resource].max(used(problem, start, host, resource));
        if held > all {
            return Err(format!("host {host} holds {held} of {all} of resource {resource}"));
        }
    }
    Ok(())
}

fn load_cost(problem: &Problem, at: &At, host: usize) -> i64 {
    let signed = |number: u64| i64::try_from(number).expect("small");
    let used = |resource: usize| signed(used(problem, at, host, resource));
    let limits = problem.limits.iter();
    let limits = limits.map(|one| signed(one.weight) * (used(one.resource) - signed(one.above[host])).max(0));
    let free = |resource: usize| signed(problem.hosts[host].capacity[resource]) - used(resource);
    let balances = problem.balances.iter();
    let balances =
        balances.map(|one| signed(one.weight) * (signed(one.ratio) * free(one.of) - free(one.needs)).max(0));
    let evens = problem.evens.iter().filter(|one| one.all[host] > 0).map(|one| {
        let full = (used(one.resource) + signed(one.used[host])) * 10_000 / signed(one.all[host]);
        signed(one.weight) * (full.min(300_000) - signed(one.mean)).pow(2)
    });
    limits.chain(balances).chain(evens).sum()
}

/// How many members are in each place.
fn tally(group: &Group, at: &At, place: impl Fn(usize) -> usize) -> BTreeMap<usize, usize> {
    let members: BTreeSet<usize> = group.members.iter().copied().collect();
    let mut tally = BTreeMap::new();
    for host in members.into_iter().filter_map(|member| at[member]) {
        *tally.entry(place(host)).or_default() += 1;
    }
    tally
}

fn obeys(problem: &Problem, group: &Group, at: &At, start: &At) -> Result<(), String> {
    let location = |host: usize| problem.hosts[host].location;
    let most = |limit: u16, place: &dyn Fn(usize) -> usize| {
        let before = tally(group, start, place);
        let now = tally(group, at, place);
        now.iter().all(|(at, count)| *count <= usize::from(limit).max(before.get(at).copied().unwrap_or(0)))
    };
    let lacking = |at: &At, least: u16| {
        let tally = tally(group, at, location);
        usize::from(least).min(tally.values().sum()).saturating_sub(tally.len())
    };
    let obeyed = match group.rule {
        Rule::PerHost(limit) => most(limit, &|host| host),
        Rule::PerLocation(limit) => most(limit, &location),
        Rule::Spread(least) => lacking(at, least) <= lacking(start, least),
        Rule::Together => true,
    };
    if obeyed { Ok(()) } else { Err(format!("{group:?} is broken")) }
}

/// The best of all ways there are.
pub(super) fn best_of_all(problem: &Problem) -> Score {
    let mut at: Vec<Option<usize>> = problem.items.iter().map(|item| item.home).collect();
    let mut best = check(problem, &at).expect("right at the start");
    try_all(problem, &mut at, 0, &mut best);
    best
}

fn try_all(problem: &Problem, at: &mut Vec<Option<usize>>, item: usize, best: &mut Score) {
    if item == at.len() {
        *best = check(problem, at).map_or(*best, |score| score.min(*best));
        return;
    }
    let home = problem.items[item].home;
    for to in (0..problem.hosts.len()).map(Some).chain([home]) {
        at[item] = to;
        try_all(problem, at, item + 1, best);
    }
    at[item] = home;
}

//! An instance of the challenge as a problem of the engine.

use std::collections::BTreeMap;

use fixedbitset::FixedBitSet;
use portolan::plan::place::{Balance, Group, Host, Item, Limit, Problem, Resource, Rule};

use super::instance::Instance;

/// All that the engine knows of the challenge; the rest is in [`Beyond`](super::beyond::Beyond).
pub(crate) fn problem(instance: &Instance) -> Problem {
    let machines = &instance.machines;
    let hosts = machines.iter().enumerate().map(|(class, machine)| Host {
        class,
        location: machine.location,
        capacity: machine.capacity.clone(),
    });
    let fares = machines.iter().map(|from| from.move_cost.iter().map(|cost| cost * instance.machine_move));
    let mut all = FixedBitSet::with_capacity(machines.len());
    all.insert_range(..);
    Problem {
        resources: instance.resources.iter().map(|one| Resource { transient: one.transient }).collect(),
        hosts: hosts.collect(),
        items: items(instance),
        permits: vec![all],
        fares: fares.map(Iterator::collect).collect(),
        groups: groups(instance),
        limits: limits(instance),
        balances: balances(instance),
        evens: Vec::new(),
        most_moves: None,
    }
}

fn items(instance: &Instance) -> Vec<Item> {
    let processes = instance.processes.iter().zip(&instance.initial);
    let items = processes.map(|(process, &home)| Item {
        uses: process.requires.clone(),
        home: Some(home),
        permit: 0,
        bans: Vec::new(),
        fare: home,
        moving: process.move_cost * instance.process_move,
        price: 1,
    });
    items.collect()
}

fn groups(instance: &Instance) -> Vec<Group> {
    let mut members: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (number, process) in instance.processes.iter().enumerate() {
        members.entry(process.service).or_default().push(number);
    }
    let both = members.into_iter().flat_map(|(service, members)| {
        let spread = u16::try_from(instance.services[service].spread).expect("as many locations");
        [
            Group { members: members.clone(), rule: Rule::PerHost(1) },
            Group { members, rule: Rule::Spread(spread) },
        ]
    });
    both.collect()
}

fn limits(instance: &Instance) -> Vec<Limit> {
    let resources = instance.resources.iter().enumerate();
    let limits = resources.map(|(resource, one)| Limit {
        resource,
        weight: one.weight,
        above: instance.machines.iter().map(|machine| machine.safety[resource]).collect(),
    });
    limits.collect()
}

fn balances(instance: &Instance) -> Vec<Balance> {
    let balances = instance.balances.iter();
    let balances = balances.map(|one| Balance {
        of: one.first,
        needs: one.second,
        ratio: one.target,
        weight: one.weight,
    });
    balances.collect()
}

//! What an assignment costs and whether it may be, counted from scratch as sections 1.2 and 1.3 of the
//! problem definition say. It knows nothing of the engine.

use std::collections::BTreeSet;

use super::instance::Instance;

/// The total objective cost of an assignment.
///
/// # Errors
/// The first constraint that is broken.
pub(crate) fn check(instance: &Instance, assignment: &[usize]) -> Result<u64, String> {
    capacities(instance, assignment)?;
    conflicts(instance, assignment)?;
    spreads(instance, assignment)?;
    dependencies(instance, assignment)?;
    Ok(cost(instance, assignment))
}

/// By machine and resource: the usage.
fn usages(instance: &Instance, assignment: &[usize]) -> Vec<Vec<u64>> {
    let mut usages = vec![vec![0; instance.resources.len()]; instance.machines.len()];
    for (process, &at) in instance.processes.iter().zip(assignment) {
        for (usage, requires) in usages[at].iter_mut().zip(&process.requires) {
            *usage += requires;
        }
    }
    usages
}

/// 1.2.1 and 1.2.5.
fn capacities(instance: &Instance, assignment: &[usize]) -> Result<(), String> {
    let mut usages = usages(instance, assignment);
    for (number, process) in instance.processes.iter().enumerate() {
        let (old, new) = (instance.initial[number], assignment[number]);
        for (at, resource) in instance.resources.iter().enumerate() {
            if resource.transient && old != new {
                usages[old][at] += process.requires[at];
            }
        }
    }
    for (number, (machine, usage)) in instance.machines.iter().zip(&usages).enumerate() {
        if let Some(at) = (0..usage.len()).find(|&at| usage[at] > machine.capacity[at]) {
            return Err(format!("machine {number} has too little of resource {at}"));
        }
    }
    Ok(())
}

/// 1.2.2.
fn conflicts(instance: &Instance, assignment: &[usize]) -> Result<(), String> {
    let mut seen = BTreeSet::new();
    for (process, &at) in instance.processes.iter().zip(assignment) {
        if !seen.insert((process.service, at)) {
            return Err(format!("service {} is twice on machine {at}", process.service));
        }
    }
    Ok(())
}

/// By service: the places where any of its processes is.
fn places(instance: &Instance, assignment: &[usize], place: impl Fn(usize) -> usize) -> Vec<BTreeSet<usize>> {
    let mut places = vec![BTreeSet::new(); instance.services.len()];
    for (process, &at) in instance.processes.iter().zip(assignment) {
        places[process.service].insert(place(at));
    }
    places
}

/// 1.2.3.
fn spreads(instance: &Instance, assignment: &[usize]) -> Result<(), String> {
    let places = places(instance, assignment, |machine| instance.machines[machine].location);
    for (number, (service, places)) in instance.services.iter().zip(places).enumerate() {
        if places.len() < service.spread {
            return Err(format!("service {number} is in {} locations", places.len()));
        }
    }
    Ok(())
}

/// 1.2.4.
fn dependencies(instance: &Instance, assignment: &[usize]) -> Result<(), String> {
    let places = places(instance, assignment, |machine| instance.machines[machine].neighborhood);
    for (number, service) in instance.services.iter().enumerate() {
        for &other in &service.depends_on {
            if !places[number].is_subset(&places[other]) {
                return Err(format!("service {number} is where service {other} is not"));
            }
        }
    }
    Ok(())
}

/// 1.3.
fn cost(instance: &Instance, assignment: &[usize]) -> u64 {
    let usages = usages(instance, assignment);
    let mut cost = 0;
    for (machine, usage) in instance.machines.iter().zip(&usages) {
        for (at, resource) in instance.resources.iter().enumerate() {
            cost += resource.weight * usage[at].saturating_sub(machine.safety[at]);
        }
        for one in &instance.balances {
            let free = |at: usize| machine.capacity[at] - usage[at];
            cost += one.weight * (one.target * free(one.first)).saturating_sub(free(one.second));
        }
    }
    let mut moved = vec![0; instance.services.len()];
    for (number, process) in instance.processes.iter().enumerate() {
        let (old, new) = (instance.initial[number], assignment[number]);
        if old != new {
            moved[process.service] += 1;
            cost += instance.process_move * process.move_cost;
            cost += instance.machine_move * instance.machines[old].move_cost[new];
        }
    }
    cost + instance.service_move * moved.into_iter().max().unwrap_or(0)
}

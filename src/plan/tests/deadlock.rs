//! Moves that wait for one another.

use super::support::{Said, World};
use crate::compat::{Chart, HostIndex};
use crate::plan::capacity::Amount;
use crate::plan::deadlock::closed_sets;
use crate::plan::jobs::Leg;
use crate::plan::ledger::Ledger;
use crate::plan::mode::MoveMode;
use crate::plan::needs::Needs;
use crate::plan::placement::Placement;
use crate::plan::schedule::{Schedule, schedule as order};
use crate::plan::timing::Timing;
use crate::plan::units::{Choice, Unit};
use crate::plan::wish::{Want, Wish};

/// Each guest goes to the first of its hosts, or another of them where that cannot be.
fn schedule(world: &World, goals: &[&[HostIndex]]) -> Schedule {
    let chart = Chart::new(&world.cluster);
    let said = Said::of(world, &chart);
    let needs = Needs::new(&world.cluster, &said);
    let wish = Wish::none(world.cluster.hosts.len());
    let choice = |&host: &HostIndex| Choice { host, mode: MoveMode::Live };
    let unit = |(guest, hosts): (usize, &&[HostIndex])| Unit {
        guests: vec![guest],
        want: Want::Leave,
        choices: hosts.iter().map(choice).collect(),
        amount: Amount::default(),
    };
    let units: Vec<Unit> = goals.iter().enumerate().map(unit).collect();
    let now = Ledger::new(&needs);
    let mut placement = Placement::new(&needs, &wish, &units, now.clone(), 0);
    for (at, unit) in units.iter().enumerate() {
        placement.assign(at, unit.choices[0]);
    }
    order(&mut placement, &now, &Timing::of(&world.cluster.settings))
}

/// Full hosts in a ring, one guest on each, and a host of `spare` GiB.
fn ring(size: usize, spare: u64) -> World {
    let mut world = World::new();
    for at in 0..size {
        world.host(&format!("h{at}"), Some(16), 16);
        world.guest(&format!("g{at}"), Some(&format!("h{at}")), 12_000, 1);
    }
    world.host("spare", Some(spare), 16);
    world
}

#[test]
fn a_ring_of_full_hosts_is_named_with_what_is_missing() {
    for size in 2..5 {
        let goals: Vec<[usize; 1]> = (0..size).map(|at| [(at + 1) % size]).collect();
        let goals: Vec<&[usize]> = goals.iter().map(|goal| &goal[..]).collect();
        let found = schedule(&ring(size, 8), &goals);
        assert_eq!((found.jobs.moves.len(), found.stuck.len()), (0, size));
        assert_eq!(found.stuck[0].waiting, (0..size).collect::<Vec<_>>());
    }
}

#[test]
fn a_ring_of_full_hosts_is_opened_by_way_of_a_host_with_room() {
    for size in 2..=6 {
        let goals: Vec<[usize; 1]> = (0..size).map(|at| [(at + 1) % size]).collect();
        let goals: Vec<&[usize]> = goals.iter().map(|goal| &goal[..]).collect();
        let found = schedule(&ring(size, 16), &goals);
        assert_eq!((found.jobs.moves.len(), found.stuck.len()), (size + 1, 0));
        let legs = found.jobs.moves.iter().filter(|moves| moves.leg != Leg::Direct);
        assert_eq!(legs.map(|moves| moves.leg).collect::<Vec<_>>(), [Leg::Away, Leg::Onward(size)]);
    }
}

#[test]
fn one_redirected_guest_opens_a_ring() {
    let goals: [&[usize]; 3] = [&[1], &[2, 3], &[0]];
    let found = schedule(&ring(3, 16), &goals);
    let mut order: Vec<_> =
        found.jobs.moves.iter().zip(&found.table.starts).map(|(m, start)| (start, m.unit)).collect();
    order.sort_unstable();
    assert_eq!(order.iter().map(|one| one.1).collect::<Vec<_>>(), [1, 0, 2]);
    assert_eq!(found.stuck, []);
    assert_eq!(schedule(&ring(3, 8), &goals).stuck.len(), 3);
}

#[test]
fn the_smallest_goes_twice() {
    let mut world = ring(3, 16);
    let place = world.cluster.guests[1].memory.place().unwrap();
    world.cluster.guests[1].memory = crate::model::Fact::known(crate::model::Memory::mib(11_900), place);
    let chart = Chart::new(&world.cluster);
    let said = Said::of(&world, &chart);
    let needs = Needs::new(&world.cluster, &said);
    let wish = Wish::none(world.cluster.hosts.len());
    let unit = |guest: usize| Unit {
        guests: vec![guest],
        want: Want::Leave,
        choices: [Choice { host: (guest + 1) % 3, mode: MoveMode::Live }].into(),
        amount: needs.sum(&[guest]),
    };
    let units: Vec<Unit> = (0..3).map(unit).collect();
    let now = Ledger::new(&needs);
    let mut placement = Placement::new(&needs, &wish, &units, now.clone(), 0);
    for (at, unit) in units.iter().enumerate() {
        placement.assign(at, unit.choices[0]);
    }
    let found = order(&mut placement, &now, &Timing::of(&world.cluster.settings));
    let away = found.jobs.moves.iter().filter(|moves| moves.leg == Leg::Away);
    assert_eq!(away.map(|moves| moves.unit).collect::<Vec<_>>(), [1]);
}

#[test]
fn none_is_sent_to_where_it_is_already() {
    let goals: [&[usize]; 2] = [&[1, 0], &[0, 1]];
    let found = schedule(&ring(2, 8), &goals);
    assert_eq!((found.jobs.moves.len(), found.stuck.len(), found.table.end), (0, 2, 0));
}

#[test]
fn only_sets_that_nothing_can_open_are_closed() {
    let waits = [(Some(0), 1), (Some(1), 0), (Some(2), 0), (None, 5), (Some(5), 6)];
    assert_eq!(closed_sets(&waits), [vec![0, 1], vec![6]]);
    assert!(closed_sets(&[]).is_empty());
}

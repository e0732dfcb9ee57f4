//! Made-up problems of which the answer is known.

use fixedbitset::FixedBitSet;

use super::super::dice::Dice;
use super::super::{Effort, Group, Host, Item, Problem, ProblemError, Resource, Rule, place};
use super::checker::check;

const EFFORT: Effort = Effort { steps: 60_000, seed: 1 };

/// Hosts of one class with one resource; host 0, of another class, is to be left by all.
fn drain(capacities: &[u64], items: &[(u64, usize)]) -> Problem {
    let host = |(at, &capacity): (usize, &u64)| Host {
        class: usize::from(at == 0),
        location: at,
        capacity: vec![capacity],
    };
    let item = |&(uses, home): &(u64, usize)| Item {
        uses: vec![uses],
        home: Some(home),
        moving: 1,
        price: 1,
        ..Item::default()
    };
    let mut first = FixedBitSet::with_capacity(2);
    first.insert(0);
    Problem {
        resources: vec![Resource { transient: true }],
        hosts: capacities.iter().enumerate().map(host).collect(),
        items: items.iter().map(item).collect(),
        permits: vec![first],
        fares: vec![vec![0, 0]],
        ..Problem::default()
    }
}

#[test]
fn all_leave_a_drained_host_and_nobody_else_moves() {
    let problem = drain(&[10, 10, 10], &[(4, 0), (6, 0), (5, 1), (4, 2)]);
    let outcome = place(&problem, &(), EFFORT).expect("a problem");
    assert_eq!(outcome.at, [Some(1), Some(2), Some(1), Some(2)]);
    assert_eq!((outcome.left_out.len(), outcome.score.cost, outcome.best), (0, 2, true));
}

#[test]
fn another_makes_room_where_that_helps() {
    // What is transient counts on the old host too: there is no room to be made.
    let mut problem = drain(&[9, 9, 4], &[(8, 0), (4, 1)]);
    assert_eq!(place(&problem, &(), EFFORT).expect("a problem").left_out, [0]);
    problem.resources[0].transient = false;
    let outcome = place(&problem, &(), EFFORT).expect("a problem");
    assert_eq!(outcome.at, [Some(1), Some(2)]);
}

#[test]
fn a_group_that_is_scattered_comes_together_or_stays() {
    let mut problem = drain(&[9, 9, 9], &[(4, 0), (4, 1), (3, 2)]);
    problem.resources[0].transient = false;
    problem.groups = vec![Group { members: vec![0, 1, 2], rule: Rule::Together }];
    assert_eq!(place(&problem, &(), EFFORT).expect("a problem").left_out, [0, 1, 2]);
    problem.hosts[2].capacity = vec![11];
    let outcome = place(&problem, &(), EFFORT).expect("a problem");
    assert_eq!(outcome.at, [Some(2); 3]);
}

#[test]
fn numbers_that_do_not_fit_together_are_refused() {
    let mut problem = drain(&[9, 9], &[(4, 0)]);
    problem.items[0].permit = 3;
    let error = place(&problem, &(), EFFORT).expect_err("no such line");
    assert_eq!(error, ProblemError::Number { what: "item", at: 0, of: "permit", number: 3 });
    problem.items[0].permit = 0;
    problem.items[0].uses = vec![u64::MAX];
    assert_eq!(place(&problem, &(), EFFORT), Err(ProblemError::TooBig("uses")));
}

/// A cluster whose first hosts are drained, made so that there is a place for all: what is drained
/// has been taken off hosts that were full to `fill` of a hundred.
fn planted(seed: u64, fill: u64) -> Problem {
    let mut dice = Dice::new(seed, &[]);
    let mut items = Vec::new();
    for host in 1..=12 {
        let mut free = 64 * fill / 100;
        while free > 0 {
            let uses = [1, 2, 4, 8, 16][dice.below(5)].min(free);
            free -= uses;
            items.push((uses, if dice.below(5) == 0 { 0 } else { host }));
        }
    }
    let mut capacities = vec![64; 13];
    capacities[0] = 10_000;
    drain(&capacities, &items)
}

/// How often the search leaves something out where there is a place for all: openly, and no more.
#[test]
fn hosts_as_full_as_this_are_drained_this_often() {
    let drained = |fill: u64| {
        let all = (0..20).filter(|&seed| {
            let problem = planted(seed, fill);
            let outcome = place(&problem, &(), EFFORT).expect("a problem");
            assert_eq!(check(&problem, &outcome.at), Ok(outcome.score));
            outcome.left_out.is_empty()
        });
        all.count()
    };
    assert_eq!([80, 90, 95, 100].map(drained), [20, 20, 20, 18]);
}

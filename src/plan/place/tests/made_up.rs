//! Made-up problems.

use fixedbitset::FixedBitSet;
use proptest::prelude::*;

use super::super::{Balance, Even, Group, Host, Item, Limit, Problem, Resource, Rule};

/// How big a problem is.
#[derive(Clone, Copy)]
pub(super) struct Size {
    pub(super) hosts: usize,
    pub(super) items: usize,
    pub(super) groups: usize,
}

const CLASSES: usize = 3;

/// Any problem up to a size.
pub(super) fn problems(size: Size) -> impl Strategy<Value = Problem> {
    let hosts = 2..=size.hosts;
    let items = 1..=size.items;
    (hosts, items, prop::collection::vec(any::<bool>(), 1..=2)).prop_flat_map(
        move |(hosts, items, transient)| {
            let width = transient.len();
            let resources: Vec<Resource> =
                transient.iter().map(|&transient| Resource { transient }).collect();
            let limit = (0..width, 0..4_u64, prop::collection::vec(0..12_u64, hosts));
            let limit = limit.prop_map(|(resource, weight, above)| Limit { resource, weight, above });
            let balance = (0..width, 0..width, 0..3_u64, 0..3_u64);
            let balance = balance.prop_map(|(of, needs, ratio, weight)| Balance { of, needs, ratio, weight });
            let even = (0..width, 0..4_u64, prop::collection::vec((0..9_u64, 0..4_u64), hosts), 0..9_000_u64);
            let even = even.prop_map(|(resource, weight, shares, mean)| {
                let (all, used) = shares.into_iter().unzip();
                Even { resource, all, used, mean, weight }
            });
            (
                prop::collection::vec(host(width), hosts),
                prop::collection::vec(item(width, hosts), items),
                prop::collection::vec(permits(), 2),
                prop::collection::vec(prop::collection::vec(0..5_u64, CLASSES), 2),
                prop::collection::vec(group(items), 0..=size.groups),
                prop::collection::vec(limit, 0..=2),
                prop::collection::vec(balance, 0..=1),
                prop::collection::vec(even, 0..=1),
            )
                .prop_map(
                    move |(hosts, items, permits, fares, groups, limits, balances, evens)| Problem {
                        resources: resources.clone(),
                        hosts,
                        items,
                        permits,
                        fares,
                        groups,
                        limits,
                        evens,
                        most_moves: None,
                        balances,
                    },
                )
        },
    )
}

fn host(width: usize) -> impl Strategy<Value = Host> {
    (0..CLASSES, 0..3_usize, prop::collection::vec(4..20_u64, width))
        .prop_map(|(class, location, capacity)| Host { class, location, capacity })
}

fn item(width: usize, hosts: usize) -> impl Strategy<Value = Item> {
    let uses = prop::collection::vec(0..9_u64, width);
    let home = prop::option::weighted(0.8, 0..hosts);
    let bans = prop::collection::vec(0..hosts, 0..=1);
    (uses, home, 0..2_usize, bans, 0..2_usize, 0..6_u64, 0..4_u64).prop_map(
        |(uses, home, permit, bans, fare, moving, price)| Item {
            uses,
            home,
            permit,
            bans,
            fare,
            moving,
            price,
        },
    )
}

fn permits() -> impl Strategy<Value = FixedBitSet> {
    prop::collection::vec(any::<bool>(), CLASSES).prop_map(|classes| {
        let mut set = FixedBitSet::with_capacity(CLASSES);
        (0..CLASSES).filter(|&class| classes[class]).for_each(|class| set.insert(class));
        set
    })
}

fn group(items: usize) -> impl Strategy<Value = Group> {
    let rule = prop_oneof![
        (1..3_u16).prop_map(Rule::PerHost),
        (1..3_u16).prop_map(Rule::PerLocation),
        (2..4_u16).prop_map(Rule::Spread),
        Just(Rule::Together),
    ];
    (prop::collection::vec(0..items, 1..=4), rule).prop_map(|(members, rule)| Group { members, rule })
}

/// The same with hosts that are to be half full of the first resource, by moves that cost something.
pub(super) fn uneven(size: Size) -> impl Strategy<Value = Problem> {
    problems(size).prop_map(|mut problem| {
        let all: Vec<u64> = problem.hosts.iter().map(|host| host.capacity[0]).collect();
        let used = vec![0; all.len()];
        problem.evens = vec![Even { resource: 0, all, used, mean: 5_000, weight: 2 }];
        problem.items.iter_mut().for_each(|item| item.moving += 200_000);
        problem
    })
}

//! Upgrades in stages.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::properties::{config, worlds};
use super::support::{NO, Said, World};
use crate::compat::Chart;
use crate::model::{Cluster, Intent};
use crate::plan::timetable::Effort;
use crate::plan::{Prepare, RolloutDocument, Stages, Upgrade, Verdicts, rollout, verify_rollout};

/// What a world says, whatever stage it is in.
impl Stages for World {
    fn at(&self, cluster: &Cluster, then: &mut dyn FnMut(&dyn Verdicts, &Prepare<'_>)) {
        let chart = Chart::new(cluster);
        then(&Said::of(self, &chart), &|_, _, _| Vec::new());
    }
}

pub(super) fn upgraded(world: &World, intents: &[&str]) -> RolloutDocument {
    let intents: Vec<Intent> = intents.iter().map(|text| text.parse().unwrap()).collect();
    let upgrade = Upgrade { after: BTreeMap::new(), effort: Effort { jobs: 20_000, passes: 16 } };
    rollout(&world.cluster, world, &intents, &upgrade).unwrap()
}

/// What is wrong with a rollout, as text.
pub(super) fn wrong(world: &World, document: &RolloutDocument) -> Vec<String> {
    let replay = |cluster: &Cluster, plan: &_| {
        let mut now = world.clone();
        now.cluster = cluster.clone();
        now.verify(plan)
    };
    let found = verify_rollout(&world.cluster, &BTreeMap::new(), (&replay, &|_, _| Vec::new()), document);
    found.iter().map(ToString::to_string).collect()
}

/// So many hosts of 64 GiB with so many guests of 4 GiB each.
pub(super) fn even(hosts: usize, guests: usize) -> World {
    let mut world = World::new();
    for host in 0..hosts {
        world.host(&format!("h{host:02}"), Some(64), 16);
    }
    for host in 0..hosts {
        for guest in 0..guests {
            world.guest(&format!("g{host:02}-{guest:02}"), Some(&format!("h{host:02}")), 4096, 1);
        }
    }
    world
}

fn all(hosts: usize) -> String {
    let names: Vec<String> = (0..hosts).map(|host| format!("h{host:02}")).collect();
    format!("upgrade {}", names.join(" "))
}

#[test]
fn few_guests_move_twice_and_no_stage_is_too_much() {
    // Each holds 14 of the 4.3 GiB that a guest takes: 10 of 14 are in use.
    let world = even(20, 10);
    let document = upgraded(&world, &[&all(20)]);
    assert_eq!(wrong(&world, &document), Vec::<String>::new());
    assert_eq!(document.left, vec![]);
    let figures = &document.figures;
    assert_eq!((figures.stages_at_least, figures.moves_at_least), (4, 200));
    assert!(figures.stages <= 5, "{} stages", figures.stages);
    assert!(figures.moves <= 260, "{} moves", figures.moves);
}

#[test]
fn hosts_that_are_left_alone_take_what_they_can_first() {
    let mut world = even(4, 6);
    for host in 4..8 {
        world.host(&format!("h{host:02}"), Some(64), 16);
    }
    let document = upgraded(&world, &[&all(4)]);
    assert_eq!(wrong(&world, &document), Vec::<String>::new());
    assert_eq!((document.figures.stages, document.figures.moves), (1, 24));
}

#[test]
fn huge_pages_that_guests_leave_are_free_in_the_stages_after() {
    let mut world = even(2, 1);
    for at in 0..2 {
        world.pages(at, &[(0, 2, 4096)], Some(&[(0, 2, 2048)]));
        world.huge(at, Some(2));
        world.cluster.guests[at].running = true;
    }
    let document = upgraded(&world, &[&all(2)]);
    assert_eq!(wrong(&world, &document), Vec::<String>::new());
    assert_eq!(document.left, vec![], "each holds both guests");
    assert_eq!((document.figures.stages, document.figures.moves), (2, 3));
}

#[test]
fn no_more_hosts_are_down_than_may_be() {
    let mut world = even(6, 2);
    world.cluster.settings.hosts_down_at_once = Some(2);
    let document = upgraded(&world, &[&all(6)]);
    assert_eq!(wrong(&world, &document), Vec::<String>::new());
    assert_eq!(document.stages.iter().map(|stage| stage.hosts.len()).collect::<Vec<_>>(), [2, 2, 2]);
}

#[test]
fn a_host_that_cannot_be_emptied_is_left_with_the_reasons_and_the_rest_is_taken_down() {
    let mut world = even(4, 2);
    for host in [0, 2, 3] {
        world.say(2, host, NO);
    }
    let document = upgraded(&world, &[&all(4)]);
    assert_eq!(wrong(&world, &document), Vec::<String>::new());
    let [left] = &document.left[..] else { panic!("{:?}", document.left) };
    assert_eq!((left.host.as_str(), left.guests[0].guest.as_str()), ("h01", "g01-00"));
    assert_eq!(document.stages.iter().map(|stage| stage.hosts.len()).sum::<usize>(), 3);
}

#[test]
fn who_cannot_go_back_is_named() {
    // The verdicts know no time here: what may go to h01 may not go to h00.
    let mut world = even(2, 0);
    world.host("h02", Some(64), 16);
    let guest = world.guest("g", Some("h01"), 4096, 1);
    world.say(guest, 1, NO);
    let document = upgraded(&world, &["upgrade h00 h01"]);
    assert_eq!(wrong(&world, &document), Vec::<String>::new());
    let one_way: Vec<_> = document.stages.iter().flat_map(|stage| stage.one_way.clone()).collect();
    let to_upgraded = document.stages.iter().flat_map(|stage| stage.plan.waves.iter().flatten());
    assert_eq!(one_way.len(), to_upgraded.filter(|one| one.to == "h00").count());
}

/// What the verifier is to say, and the mistake.
type Change<'c> = (&'c str, &'c dyn Fn(&mut RolloutDocument));

#[test]
fn mistakes_are_found() {
    let world = even(6, 8);
    let right = upgraded(&world, &[&all(6)]);
    assert_eq!(wrong(&world, &right), Vec::<String>::new());
    assert!(right.stages.len() > 1);
    let changes: [Change<'_>; 8] = [
        ("is taken down with guest", &|one| one.stages.swap(0, 1)),
        ("was down already", &|one| {
            let host = one.stages[0].hosts[0].clone();
            one.stages[1].hosts.push(host);
        }),
        ("is neither down nor left", &|one| drop(one.stages[0].hosts.remove(0))),
        ("there is no host 'h99'", &|one| one.stages[0].hosts.push("h99".into())),
        ("is taken down with guest", &|one| drop(one.stages[0].plan.waves[0].remove(0))),
        ("the figures are not those of the stages", &|one| one.figures.moves += 1),
        ("is down and left", &|one| {
            let host = one.stages[0].hosts[0].clone();
            one.left.push(crate::plan::LeftHostRecord { host, guests: Vec::new() });
        }),
        ("is down and need not be", &|one| drop(one.intents[0].hosts.remove(0))),
    ];
    for (expected, change) in changes {
        let mut document = right.clone();
        change(&mut document);
        let found = wrong(&world, &document);
        assert!(found.iter().any(|one| one.contains(expected)), "{expected}: {found:?}");
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn every_rollout_holds(world in worlds(), pick in 1_usize..64) {
        let hosts: Vec<&str> = world.cluster.hosts.iter().enumerate()
            .filter(|(at, _)| pick >> at & 1 == 1).map(|(_, host)| host.name.as_str()).collect();
        prop_assume!(!hosts.is_empty());
        let document = upgraded(&world, &[&format!("upgrade {}", hosts.join(" "))]);
        prop_assert_eq!(wrong(&world, &document), Vec::<String>::new(), "{:#?}", document);
        let down: usize = document.stages.iter().map(|stage| stage.hosts.len()).sum();
        prop_assert_eq!(down + document.left.len(), hosts.len());
        prop_assert!(document.left.is_empty() || document.figures.left > 0);
    }
}

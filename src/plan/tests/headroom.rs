//! Room for the guests of hosts that fail.

use proptest::prelude::*;

use super::properties::{config, worlds};
use super::support::{REBUILD, World};
use crate::model::{Arch, Fact};
use crate::plan::{PlanDocument, ViolationKind as Kind};
use crate::text::{Place, Span};

/// Hosts of 32 GiB, of which 30 can be used, with so many guests of 4 GiB each, which take 4.3.
fn even(guests: &[usize]) -> World {
    let mut world = World::new();
    world.cluster.settings.headroom_hosts = 1;
    for (host, &guests) in guests.iter().enumerate() {
        world.host(&format!("h{host}"), Some(32), 8);
        for guest in 0..guests {
            world.guest(&format!("g{host}{guest}"), Some(&format!("h{host}")), 4096, 1);
        }
    }
    world
}

fn moved(world: &World, plan: &PlanDocument) -> (usize, usize) {
    assert_eq!(world.verify(plan), vec![]);
    (plan.figures.moves, plan.figures.left_out)
}

#[test]
fn a_host_is_drained_only_where_another_may_fail_besides() {
    // 12 guests of four hosts: with one drained, two of the other three hold 14 and no more.
    let world = even(&[3, 3, 3, 3]);
    let plan = world.document(&["drain h0"]);
    assert_eq!(moved(&world, &plan), (3, 0));
    let world = even(&[3, 4, 4, 4]);
    let plan = world.document(&["drain h0"]);
    assert_eq!(moved(&world, &plan), (0, 3));
    assert_eq!(world.reasons(&["drain h0"], "g00"), ["headroom"]);
    let mut without = world.clone();
    without.cluster.settings.headroom_hosts = 0;
    assert_eq!(moved(&without, &without.document(&["drain h0"])), (3, 0));
}

#[test]
fn as_many_move_at_once_as_leave_enough() {
    // Of the 60 GiB of two hosts 12 guests take 51.3: two more are on their way at a time, and not three.
    let mut world = even(&[3, 3, 3, 3]);
    world.cluster.settings.moves_per_host = 3;
    let plan = world.document(&["drain h0"]);
    assert_eq!(moved(&world, &plan), (3, 0));
    assert!(plan.waves.iter().all(|wave| wave.len() <= 2), "{:?}", plan.waves);
}

#[test]
fn hosts_of_another_architecture_do_not_stand_in() {
    let mut world = even(&[4, 4]);
    let place = Place { source: world.cluster.sources.add("made", ""), span: Span::new(0, 0) };
    for host in ["arm0", "arm1"] {
        let host = world.host(host, Some(32), 8);
        world.cluster.hosts[host].platform.arch = Fact::known(Arch::Aarch64, place);
    }
    for guest in 0..8 {
        for host in 0..4 {
            world.say(guest, host, REBUILD);
        }
    }
    // One of the two ARM hosts is to hold all that both adopt.
    let plan = world.document(&["adopt arm0 arm1"]);
    assert_eq!(moved(&world, &plan), (7, 1));
    assert_eq!(plan.left_out[0].reasons[0].rule, "headroom");
}

#[test]
fn the_verifier_sees_too_little_headroom() {
    let mut world = even(&[3, 4, 4, 4]);
    world.cluster.settings.headroom_hosts = 0;
    let plan = world.document(&["drain h0"]);
    world.cluster.settings.headroom_hosts = 1;
    let kinds: Vec<Kind> = world.verify(&plan).into_iter().map(|one| one.kind).collect();
    assert!(!kinds.is_empty() && kinds.iter().all(|kind| *kind == Kind::Headroom), "{kinds:?}");
}

#[test]
fn a_rollout_takes_down_as_many_as_leave_enough() {
    let world = even(&[2, 2, 2, 2, 2, 2]);
    let document = super::rollout::upgraded(&world, &["upgrade h0 h1 h2 h3 h4 h5"]);
    assert_eq!(super::rollout::wrong(&world, &document), Vec::<String>::new());
    assert_eq!(document.left, vec![]);
    // 12 guests and one on its way take 56 GiB: two hosts hold that, and one more may fail.
    assert!(document.stages.iter().all(|stage| stage.hosts.len() <= 3), "{:?}", document.figures);
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn plans_keep_headroom(mut world in worlds(), hosts in 1_usize..3, pick in 1_usize..64) {
        world.cluster.settings.headroom_hosts = hosts;
        let drained: Vec<&str> = world.cluster.hosts.iter().enumerate()
            .filter(|(at, _)| pick >> at & 1 == 1).map(|(_, host)| host.name.as_str()).collect();
        prop_assume!(!drained.is_empty());
        let intent = format!("drain {}", drained.join(" "));
        let plan = world.document(&[&intent]);
        prop_assert_eq!(world.verify(&plan), vec![], "{:#?}", plan);
        prop_assert!(plan.left_out.iter().all(|one| !one.reasons.is_empty()));
    }
}

//! Hosts that are down for a while, and their guests afterwards.

use proptest::prelude::*;

use super::properties::{config, worlds};
use super::rollout::{even, upgraded, wrong};
use super::support::{NO, World};
use crate::plan::RolloutDocument;

/// Where each guest is in the end, by the moves of all stages.
fn at_the_end(world: &World, document: &RolloutDocument) -> Vec<Option<String>> {
    let mut now: Vec<_> = world.cluster.guests.iter().map(|guest| guest.host.clone()).collect();
    for one in document.stages.iter().flat_map(|stage| stage.plan.waves.iter().flatten()) {
        let is_it = |at: &usize| world.cluster.guests[*at].name == one.guest && now[*at] == one.from;
        let guest = (0..now.len()).find(is_it).expect("a guest");
        now[guest] = Some(one.to.clone());
    }
    now
}

#[test]
fn guests_come_back_to_a_host_that_was_down() {
    let world = even(3, 4);
    let document = upgraded(&world, &["evacuate h00"]);
    assert_eq!(wrong(&world, &document), Vec::<String>::new());
    let stages: Vec<_> = document.stages.iter().map(|one| (one.hosts.clone(), one.back_to.clone())).collect();
    assert_eq!(stages, [(vec!["h00".to_owned()], vec![]), (vec![], vec!["h00".to_owned()])]);
    let figures = &document.figures;
    assert_eq!((figures.moves, figures.moves_at_least, figures.not_back), (8, 8, 0));
    assert_eq!((figures.stages, figures.stages_at_least), (2, 2));
    let homes: Vec<_> = world.cluster.guests.iter().map(|guest| guest.host.clone()).collect();
    assert_eq!(at_the_end(&world, &document), homes);
}

#[test]
fn hosts_that_do_not_fit_into_the_others_together_are_down_one_after_the_other() {
    let world = even(3, 8);
    let document = upgraded(&world, &["evacuate h00 h01 h02"]);
    assert_eq!(wrong(&world, &document), Vec::<String>::new());
    assert_eq!((document.figures.stages, document.figures.moves), (6, 48));
    assert_eq!((document.left.len(), document.figures.not_back), (0, 0));
}

#[test]
fn a_guest_without_a_way_back_stays_and_is_told() {
    let mut world = even(2, 2);
    world.say(0, 0, NO);
    let document = upgraded(&world, &["evacuate h00"]);
    assert_eq!(wrong(&world, &document), Vec::<String>::new());
    let back = document.stages.last().expect("a stage");
    assert_eq!(back.plan.left_out.iter().map(|one| one.guest.as_str()).collect::<Vec<_>>(), ["g00-00"]);
    assert_eq!(document.figures.not_back, 1);
}

#[test]
fn hosts_are_upgraded_and_evacuated_side_by_side() {
    let world = even(4, 3);
    let document = upgraded(&world, &["evacuate h00", "upgrade h01"]);
    assert_eq!(wrong(&world, &document), Vec::<String>::new());
    assert_eq!(document.stages[0].hosts, ["h00", "h01"]);
    assert_eq!(document.stages[1].back_to, ["h00"]);
    assert_eq!(document.figures.moves, 9);
}

/// What the verifier is to say, and the mistake.
type Change<'c> = (&'c str, &'c dyn Fn(&mut RolloutDocument));

#[test]
fn mistakes_on_the_way_back_are_found() {
    let world = even(3, 8);
    let right = upgraded(&world, &["evacuate h00 h01 h02"]);
    let changes: [Change<'_>; 5] = [
        ("guests of host 'h02' are not brought back", &|one| drop(one.stages.pop())),
        ("are not brought back before other hosts go down", &|one| drop(one.stages.remove(1))),
        ("no guest has left host", &|one| one.stages[1].back_to.push("h01".to_owned())),
        ("is neither back on host 'h00' nor left out", &|one| {
            one.stages[1].plan.waves[0].remove(0);
        }),
        ("0 hosts are down at once", &|one| one.stages[1].back_to.clear()),
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
    fn guests_are_back_or_told_of(world in worlds(), pick in 1_usize..64) {
        let hosts: Vec<&str> = world.cluster.hosts.iter().enumerate()
            .filter(|(at, _)| pick >> at & 1 == 1).map(|(_, host)| host.name.as_str()).collect();
        prop_assume!(!hosts.is_empty());
        let document = upgraded(&world, &[&format!("evacuate {}", hosts.join(" "))]);
        prop_assert_eq!(wrong(&world, &document), Vec::<String>::new(), "{:#?}", document);
        let told = |name: &str| document.stages.iter().any(|stage| {
            stage.plan.left_out.iter().any(|one| one.guest == name)
        });
        for (guest, end) in world.cluster.guests.iter().zip(at_the_end(&world, &document)) {
            let home = guest.host.as_deref().filter(|host| hosts.contains(host));
            prop_assert!(home.is_none() || end.as_deref() == home || told(&guest.name), "{}", guest.name);
        }
    }
}

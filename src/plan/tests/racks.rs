//! Racks, and groups of which only so many may be on one host or in one rack.

use super::support::{NO, World};
use crate::model::{Apart, Area, GroupPolicy};

const ONE_IN_A_RACK: GroupPolicy = GroupPolicy::Apart(Apart { per: Area::Rack, at_most: 1 });
const TWO_ON_A_HOST: GroupPolicy = GroupPolicy::Apart(Apart { per: Area::Host, at_most: 2 });

/// Hosts `a` and `b` in one rack, `c` and `d` in another; `db` and `web` on `a`, `mail` on `c`.
fn racked() -> World {
    let mut world = World::new();
    for name in ["a", "b", "c", "d"] {
        world.host(name, Some(16), 8);
    }
    world.racks(&[0, 0, 1, 1]);
    for (guest, host) in [("db", "a"), ("web", "a"), ("mail", "c")] {
        world.guest(guest, Some(host), 2048, 1);
    }
    world
}

/// What is said of why a guest is left out.
fn messages(world: &World, intents: &[&str], guest: &str) -> Vec<String> {
    let document = world.document(intents);
    assert_eq!(world.verify(&document), []);
    let left = document.left_out.iter().filter(|left| left.guest == guest);
    left.flat_map(|left| left.reasons.iter().map(|reason| reason.message.clone())).collect()
}

#[test]
fn a_rack_that_is_full_takes_no_other() {
    let mut world = racked();
    world.cluster.guests.remove(1);
    world.say(0, 1, NO);
    world.group("pair", &["db", "mail"], GroupPolicy::APART);
    assert_eq!(world.waves(&["drain a"]), ["db live d"]);
    world.cluster.settings.groups[0].policy = ONE_IN_A_RACK;
    assert_eq!(world.reasons(&["drain a"], "db"), ["no-answer", "keep-apart"]);
    let told = messages(&world, &["drain a"], "db");
    assert_eq!(told[1], "group 'pair' allows no more than 1 guest in one rack");
    world.cluster.settings.racks.remove("d");
    assert_eq!(world.waves(&["drain a"]), ["db live d"], "a host in no rack is one of its own");
}

#[test]
fn a_guest_that_stays_in_its_rack_takes_no_place_there() {
    let mut world = racked();
    world.cluster.guests.remove(1);
    world.group("pair", &["db", "mail"], ONE_IN_A_RACK);
    assert_eq!(world.waves(&["drain a"]), ["db live b"]);
    world.cluster.settings.racks.clear();
    world.racks(&[0, 3, 1, 1]);
    world.say(0, 1, NO);
    assert!(world.reasons(&["drain a"], "db").contains(&"keep-apart".to_owned()));
}

#[test]
fn what_is_broken_at_the_start_may_stay_so_and_gets_no_worse() {
    let mut world = racked();
    world.group("all", &["db", "web", "mail"], ONE_IN_A_RACK);
    assert_eq!(world.waves(&["drain a"]), ["db live b, web live b"]);
    assert_eq!(world.reasons(&["drain c", "ban d"], "mail"), ["keep-apart", "banned"]);
    assert_eq!(world.waves(&["drain c"]), ["mail live d"]);
    world.cluster.settings.groups[0].policy = GroupPolicy::Apart(Apart { per: Area::Rack, at_most: 3 });
    assert_eq!(world.waves(&["drain c", "ban d"]), ["mail live b"]);
}

#[test]
fn a_host_takes_as_many_of_a_group_as_may_be() {
    let mut world = racked();
    world.guest("news", Some("a"), 2048, 1);
    world.group("all", &["db", "web", "news"], TWO_ON_A_HOST);
    assert_eq!(world.plan(&["drain a", "ban c d"]).unwrap().figures.moves, 2);
    let left = world.document(&["drain a", "ban c d"]).left_out.remove(0).guest;
    let told = messages(&world, &["drain a", "ban c d"], &left);
    assert_eq!(told[0], "group 'all' allows no more than 2 guests on one host");
    assert_eq!(world.plan(&["drain a", "ban d"]).unwrap().figures.left_out, 0);
    world.cluster.settings.groups[0].policy = GroupPolicy::Apart(Apart { per: Area::Host, at_most: 3 });
    assert_eq!(world.plan(&["drain a", "ban c d"]).unwrap().figures.left_out, 0);
}

/// `db` can only go to `d`, and `mail` only to `b`: each rack waits for the other.
fn crossed() -> World {
    let mut world = racked();
    world.cluster.guests.remove(1);
    world.group("pair", &["db", "mail"], ONE_IN_A_RACK);
    for (guest, host) in [(0, 1), (0, 2), (1, 0), (1, 3)] {
        world.say(guest, host, NO);
    }
    world
}

#[test]
fn racks_that_wait_for_one_another_are_opened_by_way_of_a_third() {
    let mut world = crossed();
    assert!(world.reasons(&["drain a c"], "db").contains(&"deadlock".to_owned()));
    world.host("e", Some(16), 8);
    for guest in 0..2 {
        world.say(guest, 4, NO);
    }
    assert!(world.reasons(&["drain a c"], "db").contains(&"deadlock".to_owned()), "none may go there");
    world.said.retain(|(_, host, _)| *host != 4);
    let plan = world.plan(&["drain a c"]).unwrap();
    assert_eq!(plan.figures.left_out, 0);
    assert_eq!(world.verify(&world.document(&["drain a c"])), []);
}

/// `db` goes from one rack to the other, `web` as well, between other hosts.
fn between_racks() -> World {
    let mut world = racked();
    world.cluster.guests.truncate(2);
    world.cluster.guests[1].host = Some("b".into());
    for (guest, host) in [(0, 1), (0, 3), (1, 0), (1, 2)] {
        world.say(guest, host, NO);
    }
    world
}

#[test]
fn so_many_moves_at_once_have_to_do_with_a_rack() {
    let mut world = between_racks();
    assert_eq!(world.waves(&["drain a b"]), ["db live c, web live d"]);
    world.cluster.settings.moves_per_rack = Some(2);
    assert_eq!(world.waves(&["drain a b"]), ["db live c, web live d"]);
    world.cluster.settings.moves_per_rack = Some(1);
    assert_eq!(world.waves(&["drain a b"]).len(), 2);
    let figures = world.plan(&["drain a b"]).unwrap().figures;
    assert_eq!((figures.waves_at_least, figures.end_at_least_ms), (2, figures.end_ms));
    world.cluster.settings.racks.clear();
    assert_eq!(world.waves(&["drain a b"]), ["db live c, web live d"]);
}

#[test]
fn a_move_inside_a_rack_counts_there_once() {
    let mut world = racked();
    world.cluster.settings.moves_per_rack = Some(2);
    assert_eq!(world.waves(&["drain a", "ban c d"]), ["db live b, web live b"]);
    world.cluster.settings.moves_per_rack = Some(1);
    assert_eq!(world.waves(&["drain a", "ban c d"]), ["db live b", "web live b"]);
}

#[test]
fn guests_together_need_as_many_moves_in_a_rack_at_once() {
    let mut world = racked();
    world.group("pair", &["db", "web"], GroupPolicy::Together);
    world.cluster.settings.moves_per_rack = Some(1);
    assert_eq!(world.reasons(&["drain a"], "db"), ["keep-together"]);
    world.cluster.settings.moves_per_rack = Some(2);
    assert_eq!(world.waves(&["drain a"]).len(), 1);
}

#[test]
fn a_plan_says_under_which_limits_it_was_made() {
    let mut world = racked();
    world.cluster.settings.moves_per_rack = Some(3);
    assert_eq!(world.document(&["drain a"]).limits.moves_per_rack, Some(3));
}

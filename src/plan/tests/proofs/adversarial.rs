//! Clusters made to be hard: each is planned for, or it is proven why not.

use std::fmt::Write;

use super::super::support::{LIVE, NO, World};
use super::worlds::{bare, filling, only, relieve, ring};
use crate::compat::HostIndex;
use crate::model::{Apart, Area, GroupPolicy};
use crate::plan::{PlanDocument, Shortfall};

/// The plan, which must pass the verifier.
fn planned(world: &World, intents: &[&str]) -> PlanDocument {
    let document = world.document(intents);
    assert_eq!(world.verify(&document), [], "{document:#?}");
    document
}

/// What a plan says, in a few lines.
fn told(name: &str, document: &PlanDocument) -> String {
    let figures = &document.figures;
    let mut text = format!(
        "{name}: {} moves in {} waves, {} left out\n",
        figures.moves, figures.waves, figures.left_out
    );
    for left in &document.left_out {
        for reason in left.reasons.iter().filter(|reason| reason.rule != "no-answer") {
            writeln!(text, "  {} ({}): {}", left.guest, reason.rule, reason.message).unwrap();
        }
    }
    for short in &document.shortfalls {
        let (needed, offered) = (short.memory_needed_mib, short.memory_offered_mib);
        let proven = if short.proven { "proven" } else { "not proven" };
        writeln!(text, "  {:?} on {:?}: {needed} of {offered} MiB, {proven}", short.guests, short.hosts)
            .unwrap();
    }
    text
}

#[test]
fn rings_of_hosts_that_hold_too_much_are_opened_by_way_of_a_spare_one() {
    for size in 2..=6 {
        let document = planned(&ring(size, true), &[&relieve(size)]);
        let figures = &document.figures;
        assert_eq!((figures.moves, figures.bounces, figures.left_out), (size + 1, 1, 0), "{size}");
        let document = planned(&ring(size, false), &[&relieve(size)]);
        assert_eq!((document.figures.moves, document.figures.left_out), (0, 0), "{size}");
    }
}

/// Racks in a ring, of two hosts each: the guest on the first host of each must come to the second host of the next, and no two may be in
/// one rack. With a spare host, in a rack of its own, each may wait there.
fn racks(size: usize, spare: bool) -> (World, String) {
    let mut world = bare();
    let hosts = (0..size).flat_map(|rack| [format!("a{rack}"), format!("b{rack}")]);
    let hosts: Vec<String> = hosts.chain(spare.then(|| "spare".to_owned())).collect();
    for host in &hosts {
        world.host(host, Some(16), 8);
    }
    let place = world.cluster.hosts[0].memory.place().unwrap();
    for host in hosts.iter().filter(|host| *host != "spare") {
        let rack = crate::model::Known::new(format!("r{}", &host[1..]), place);
        world.cluster.settings.racks.insert(host.clone(), rack);
    }
    for at in 0..size {
        let guest = world.guest(&format!("g{at}"), Some(&format!("a{at}")), 4_096, 2);
        let goal: HostIndex = 2 * ((at + 1) % size) + 1;
        only(&mut world, guest, &[goal]);
        if spare {
            world.say(guest, 2 * size, LIVE);
        }
    }
    let names: Vec<String> = (0..size).map(|at| format!("g{at}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    world.group("all", &names, GroupPolicy::Apart(Apart { per: Area::Rack, at_most: 1 }));
    let seconds: Vec<String> = (0..size).map(|rack| format!("b{rack}")).collect();
    (world, format!("adopt {}", seconds.join(" ")))
}

#[test]
fn rings_of_racks_are_opened_by_way_of_another_rack_or_named() {
    let mut text = String::new();
    for size in 2..=6 {
        let (world, intent) = racks(size, true);
        let figures = planned(&world, &[&intent]).figures;
        assert_eq!((figures.moves, figures.bounces, figures.left_out), (size + 1, 1, 0), "{size}");
        let (world, intent) = racks(size, false);
        let document = planned(&world, &[&intent]);
        assert_eq!((document.figures.moves, document.figures.left_out), (0, size));
        let is_deadlock =
            |left: &crate::plan::GuestRecord| left.reasons.iter().any(|reason| reason.rule == "deadlock");
        assert!(document.left_out.iter().all(is_deadlock));
        text += &told(&format!("{size} racks"), &document);
    }
    insta::assert_snapshot!("rings_of_racks", text);
}

/// Pairs to be together, one of each on a host that is drained and the other on a host of a row, which that fills but for the first one's memory:
/// each pair may go to the next host of the row only. `closed` rows are rings; after the last of the others there is an empty host.
fn pairs(size: usize, closed: bool) -> World {
    let mut world = bare();
    world.host("old", Some(64), 64);
    let hosts = if closed { size } else { size + 1 };
    for at in 0..hosts {
        world.host(&format!("h{at}"), Some(16), 16);
    }
    for at in 0..size {
        let with = world.guest(&format!("x{at}"), Some("old"), filling(4), 1);
        let own = world.guest(&format!("y{at}"), Some(&format!("h{at}")), filling(12), 1);
        for guest in [with, own] {
            only(&mut world, guest, &[1 + (at + 1) % hosts]);
        }
        world.group(&format!("pair{at}"), &[&format!("x{at}"), &format!("y{at}")], GroupPolicy::Together);
    }
    world
}

#[test]
fn full_hosts_in_a_ring_are_named_with_the_memory_that_is_missing() {
    let mut text = String::new();
    for size in 2..=6 {
        let mut world = pairs(size, true);
        let document = planned(&world, &["drain old"]);
        assert_eq!((document.figures.moves, document.figures.left_out), (0, size));
        text += &told(&format!("{size} hosts"), &document);
        // One pair that may go to another host as well opens the ring.
        let spare = world.host("spare", Some(16), 16);
        for guest in 2..2 * size {
            world.say(guest, spare, NO);
        }
        let figures = planned(&world, &["drain old"]).figures;
        assert_eq!((figures.moves, figures.left_out, figures.bounces), (2 * size, 0, 0), "{size}");
    }
    insta::assert_snapshot!("rings_of_full_hosts", text);
}

#[test]
fn ladders_that_go_one_way_only_are_climbed_from_the_top() {
    for size in 2..=6 {
        let document = planned(&pairs(size, false), &["drain old"]);
        assert_eq!((document.figures.moves, document.figures.left_out), (2 * size, 0), "{size}");
        let tops = document.waves.iter().map(|wave| wave.iter().map(|one| one.to.clone()).max().unwrap());
        let expected: Vec<String> = (1..=size).rev().map(|at| format!("h{at}")).collect();
        assert_eq!(tops.collect::<Vec<_>>(), expected);
    }
}

/// So many guests of which no two may be on one host, on a host that is drained, and so many other hosts.
fn clique(guests: usize, hosts: usize) -> World {
    let mut world = bare();
    for at in 0..=hosts {
        world.host(&format!("h{at}"), Some(64), 64);
    }
    let names: Vec<String> = (0..guests).map(|at| format!("g{at}")).collect();
    for name in &names {
        world.guest(name, Some("h0"), 2_048, 1);
    }
    world.group("all", &names.iter().map(String::as_str).collect::<Vec<_>>(), GroupPolicy::APART);
    world
}

#[test]
fn as_many_guests_to_be_apart_go_as_there_are_hosts() {
    let mut text = String::new();
    for size in 2..=6 {
        let document = planned(&clique(size, size), &["drain h0"]);
        assert_eq!((document.figures.moves, document.figures.left_out), (size, 0), "{size}");
        let document = planned(&clique(size, size - 1), &["drain h0"]);
        assert_eq!((document.figures.moves, document.figures.left_out), (size - 1, 1), "{size}");
        let rules: Vec<&str> =
            document.left_out[0].reasons.iter().map(|reason| reason.rule.as_str()).collect();
        assert_eq!(rules, ["keep-apart"]);
        text += &told(&format!("{size} guests"), &document);
    }
    insta::assert_snapshot!("cliques", text);
}

/// Twenty hosts of 256 GiB, all but gaps of 1 to 20 GiB full, and a host whose guests fill these gaps, the largest `more` MiB too large.
fn full(more: u64) -> World {
    let mut world = bare();
    let old = world.host("old", Some(512), 512);
    for at in 1..=20 {
        let host = world.host(&format!("h{at:02}"), Some(256), 256);
        let guest = world.guest(&format!("own{at:02}"), Some(&format!("h{at:02}")), filling(256 - at), 8);
        only(&mut world, guest, &[host, old]);
    }
    for at in 1..=20 {
        let more = if at == 20 { more } else { 0 };
        world.guest(&format!("gap{at:02}"), Some("old"), filling(at) + more, 1);
    }
    world
}

#[test]
fn hosts_that_are_full_to_the_last_gap_are_filled_or_proven_to_be_too_small() {
    let document = planned(&full(0), &["drain old"]);
    assert_eq!((document.figures.moves, document.figures.left_out), (20, 0));
    let document = planned(&full(20), &["drain old"]);
    assert_eq!((document.figures.left_out, document.figures.left_out_at_least), (1, 1));
    let [short] = &document.shortfalls[..] else { panic!("{:?}", document.shortfalls) };
    assert!(short.proven && short.memory_needed_mib > short.memory_offered_mib, "{short:?}");
    // Three of them may go only to hosts whose gaps are too small.
    let mut world = full(0);
    for guest in 20..40 {
        let hosts: Vec<HostIndex> = if guest >= 37 { (1..=17).collect() } else { (1..=20).collect() };
        only(&mut world, guest, &hosts);
    }
    let narrow = planned(&world, &["drain old"]);
    assert_eq!((narrow.figures.left_out, narrow.figures.left_out_at_least), (3, 3));
    let texts = [told("one gap too small", &document), told("three gaps out of reach", &narrow)];
    insta::assert_snapshot!("full_hosts", texts.concat());
    let proven = |world: &World| {
        world.plan(&["drain old"]).unwrap().shortfalls.iter().any(|one: &Shortfall| one.proven)
    };
    assert!(proven(&full(20)) && !proven(&full(0)));
}

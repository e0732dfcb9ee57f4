//! The verifier sees what is wrong with a plan.

use super::support::{NO, World};
use crate::model::{Apart, Area, GroupPolicy, Memory};
use crate::plan::{Commands, IntentRecord, MoveMode, PlanDocument, ViolationKind as Kind};

fn world() -> World {
    let mut world = World::new();
    for name in ["a", "b", "c"] {
        world.host(name, Some(16), 4);
    }
    for (guest, host, mib) in [("db", "a", 8192), ("web", "a", 2048), ("mail", "b", 4096)] {
        world.guest(guest, Some(host), mib, 2);
    }
    world
}

/// What the verifier says of the plan of draining `a`, once it was changed.
fn kinds(world: &World, change: impl FnOnce(&mut PlanDocument)) -> Vec<Kind> {
    let mut document = world.document(&["drain a"]);
    assert_eq!(world.verify(&document), []);
    change(&mut document);
    let mut kinds: Vec<Kind> = world.verify(&document).iter().map(|violation| violation.kind).collect();
    kinds.sort_unstable();
    kinds.dedup();
    kinds
}

#[test]
fn moves_that_are_repeated_dropped_or_turned_are_seen() {
    let world = world();
    let again = |document: &mut PlanDocument| document.waves.push(document.waves[0].clone());
    let seen = [Kind::Start, Kind::Twice, Kind::Room, Kind::Moves, Kind::Network, Kind::Order, Kind::Figure];
    assert_eq!(kinds(&world, again), seen);
    let dropped = |document: &mut PlanDocument| drop(document.waves[0].pop());
    assert_eq!(kinds(&world, dropped), [Kind::Unfulfilled, Kind::Figure]);
    let turned = |document: &mut PlanDocument| {
        let one = &mut document.waves[0][0];
        let from = one.from.replace(one.to.clone());
        one.to = from.unwrap();
    };
    assert_eq!(kinds(&world, turned), [Kind::Name, Kind::Order, Kind::Unfulfilled, Kind::Figure]);
    let stays = |document: &mut PlanDocument| document.waves[0][0].to = "a".into();
    assert!(kinds(&world, stays).contains(&Kind::Start));
    let empty = |document: &mut PlanDocument| document.waves.push(Vec::new());
    assert_eq!(kinds(&world, empty), [Kind::Figure]);
}

#[test]
fn modes_and_names_are_checked() {
    let mut world = world();
    world.say(0, 2, NO);
    let mode = |document: &mut PlanDocument| document.waves[0][0].mode = MoveMode::Placed;
    assert_eq!(kinds(&world, mode), [Kind::Mode, Kind::Command, Kind::Figure]);
    let barred = |document: &mut PlanDocument| document.waves[0][0].to = "c".into();
    assert_eq!(kinds(&world, barred), [Kind::Mode, Kind::Command]);
    let name = |document: &mut PlanDocument| document.waves[0][0].to = "x".into();
    assert_eq!(kinds(&world, name), [Kind::Name, Kind::Order, Kind::Unfulfilled, Kind::Figure]);
    let intent = |document: &mut PlanDocument| document.intents[0].intent = "pray".into();
    assert_eq!(kinds(&world, intent), [Kind::Name, Kind::Unwanted]);
    let adopt = |document: &mut PlanDocument| document.intents[0].intent = "adopt".into();
    assert_eq!(
        kinds(&world, adopt),
        [Kind::Unfulfilled, Kind::Unwanted].map(|k| k).into_iter().rev().collect::<Vec<_>>()
    );
    let unexplained = |document: &mut PlanDocument| document.figures.moves_at_least = 99;
    assert_eq!(kinds(&world, unexplained), [Kind::Figure]);
}

#[test]
fn room_limits_and_groups_are_checked_at_every_instant() {
    let plan = world().document(&["drain a"]);
    let judged = |change: &dyn Fn(&mut World)| {
        let mut world = world();
        change(&mut world);
        let mut kinds: Vec<Kind> = world.verify(&plan).iter().map(|violation| violation.kind).collect();
        kinds.dedup();
        kinds
    };
    assert_eq!(judged(&|_| ()), []);
    assert!(judged(&|world| world.cluster.settings.memory_reserve = Memory::gib(8)).contains(&Kind::Room));
    assert!(judged(&|world| world.cluster.settings.cpu_overcommit_percent = 25).contains(&Kind::Room));
    assert_eq!(judged(&|world| world.cluster.settings.moves_per_host = 1), [Kind::Moves]);
    assert_eq!(judged(&|world| world.cluster.settings.moves_out_per_host = Some(1)), [Kind::Moves]);
    assert_eq!(judged(&|world| world.cluster.settings.moves_at_once = Some(1)), [Kind::Moves]);
    assert_eq!(judged(&|w| w.group("g", &["web", "mail"], GroupPolicy::APART)), [Kind::Apart]);
    assert_eq!(judged(&|w| w.group("g", &["db", "web"], GroupPolicy::Together)), [Kind::Together]);
}

#[test]
fn racks_are_checked_at_every_instant() {
    let plan = world().document(&["drain a"]);
    let waves: Vec<_> =
        plan.waves.iter().flatten().map(|one| (one.guest.as_str(), one.to.as_str())).collect();
    assert_eq!(waves, [("db", "c"), ("web", "b")]);
    let judged = |racks: &[usize], change: &dyn Fn(&mut World)| {
        let mut world = world();
        world.racks(racks);
        change(&mut world);
        let mut kinds: Vec<Kind> = world.verify(&plan).iter().map(|violation| violation.kind).collect();
        kinds.dedup();
        kinds
    };
    let group = |world: &mut World, guests: &[&str], per, at_most| {
        world.group("g", guests, GroupPolicy::Apart(Apart { per, at_most }));
    };
    let pair = |per, at_most| move |w: &mut World| group(w, &["db", "mail"], per, at_most);
    assert_eq!(judged(&[0, 1, 1], &pair(Area::Rack, 1)), [Kind::Apart]);
    assert_eq!(judged(&[0, 1, 1], &pair(Area::Rack, 2)), []);
    assert_eq!(judged(&[0, 1, 1], &pair(Area::Host, 1)), []);
    assert_eq!(judged(&[0, 1, 2], &pair(Area::Rack, 1)), []);
    assert_eq!(judged(&[0, 1, 3], &pair(Area::Rack, 1)), [], "a host in no rack is one of its own");
    assert_eq!(judged(&[0, 0, 0], &pair(Area::Rack, 1)), [], "broken from the start, and no worse");
    let all = |at_most| move |w: &mut World| group(w, &["db", "web", "mail"], Area::Rack, at_most);
    assert_eq!(judged(&[0, 1, 1], &all(2)), [Kind::Apart]);
    assert_eq!(judged(&[0, 1, 1], &all(3)), []);
    let moves = |most| move |w: &mut World| w.cluster.settings.moves_per_rack = Some(most);
    assert_eq!(judged(&[0, 1, 2], &moves(1)), [Kind::Moves]);
    assert_eq!(judged(&[0, 0, 0], &moves(1)), [Kind::Moves]);
    assert_eq!(judged(&[0, 0, 0], &moves(2)), [], "inside a rack a move counts once");
}

#[test]
fn moves_of_a_rack_are_counted_by_wave_and_by_time() {
    let mut world = world();
    world.racks(&[0, 0, 1]);
    world.cluster.settings.moves_per_rack = Some(1);
    let told = |change: &dyn Fn(&mut PlanDocument)| {
        let mut document = world.document(&["drain a"]);
        assert_eq!((world.verify(&document), document.waves.len()), (vec![], 2));
        change(&mut document);
        let told = world.verify(&document).into_iter().filter(|one| one.kind == Kind::Moves);
        told.map(|one| one.to_string()).collect::<Vec<_>>()
    };
    let text = "2 moves leave or come to rack 'r0' at once; 1 are allowed";
    let earlier = |document: &mut PlanDocument| document.waves[1][0].start_ms = 0;
    assert_eq!(told(&earlier), [format!("wave 1: {text}"), format!("wave 2: {text}")]);
    let crowd = |document: &mut PlanDocument| {
        let later = document.waves.pop().unwrap();
        document.waves[0].extend(later);
    };
    assert_eq!(told(&crowd), [format!("wave 1: {text}")]);
}

#[test]
fn a_rack_is_judged_while_guests_are_on_their_way() {
    let mut world = world();
    world.cluster.guests[2].host = Some("c".into());
    world.group("g", &["db", "mail"], GroupPolicy::Apart(Apart { per: Area::Rack, at_most: 1 }));
    world.racks(&[0, 1, 2]);
    // `mail` leaves the host on which `db` can be, and only then `db` comes.
    world.cluster.hosts.truncate(3);
    world.say(0, 1, NO);
    world.say(1, 2, NO);
    let intents = ["drain a", "adopt b"];
    let document = world.document(&intents);
    assert_eq!(world.verify(&document), []);
    let at = |guest: &str| document.waves.iter().position(|wave| wave.iter().any(|one| one.guest == guest));
    assert!(at("mail").unwrap() < at("db").unwrap(), "{document:#?}");
    let mut changed = document.clone();
    let db = at("db").unwrap();
    changed.waves[db].iter_mut().filter(|one| one.guest == "db").for_each(|one| one.start_ms = 0);
    assert!(world.verify(&changed).iter().any(|one| one.kind == Kind::Apart));
    let mut changed = document;
    let later = changed.waves.remove(db);
    changed.waves[0].extend(later);
    assert!(world.verify(&changed).iter().any(|one| one.kind == Kind::Apart));
}

#[test]
fn times_and_order_are_checked() {
    let mut world = world();
    world.cluster.settings.moves_per_host = 1;
    let earlier = |document: &mut PlanDocument| document.waves[1][0].start_ms = 0;
    assert_eq!(kinds(&world, earlier), [Kind::Moves, Kind::Network, Kind::Order, Kind::Figure]);
    let number = |document: &mut PlanDocument| document.waves[1][0].number = 7;
    assert_eq!(kinds(&world, number), [Kind::Order]);
    let later = |document: &mut PlanDocument| document.waves[0][0].after = vec![2];
    assert_eq!(kinds(&world, later), [Kind::Order]);
    let faster = |document: &mut PlanDocument| document.waves[0][0].estimate.rate_kib_s *= 3;
    assert_eq!(kinds(&world, faster), [Kind::Network]);
    let longer = |document: &mut PlanDocument| document.waves[0][0].estimate.expected_ms *= 3;
    assert!(kinds(&world, longer).contains(&Kind::Figure));
    let end = |document: &mut PlanDocument| document.figures.end_ms = 1;
    assert_eq!(kinds(&world, end), [Kind::Figure]);
    let crowd = |document: &mut PlanDocument| {
        let later = document.waves.pop().unwrap();
        document.waves[0].extend(later);
    };
    assert_eq!(kinds(&world, crowd), [Kind::Moves, Kind::Network, Kind::Order, Kind::Figure]);
}

#[test]
fn pins_and_bans_are_checked() {
    let world = world();
    let asks = |word: &str, hosts: &[&str], guests: &[&str]| {
        let owned = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect::<Vec<_>>();
        let record = IntentRecord { intent: word.into(), hosts: owned(hosts), guests: owned(guests) };
        kinds(&world, move |document: &mut PlanDocument| document.intents.push(record))
    };
    assert_eq!(asks("pin", &[], &["db"]), [Kind::Unwanted]);
    assert_eq!(asks("pin", &[], &["mail"]), []);
    assert_eq!(asks("ban", &["b", "c"], &[]), [Kind::Unwanted]);
}

/// The commands for another host.
fn instead(commands: &mut Commands, old: &str, new: &str) {
    for command in commands.check.iter_mut().chain(&mut commands.run).chain(&mut commands.back) {
        command.line = command.line.replace(&format!("//{old}/"), &format!("//{new}/"));
        command.on.iter_mut().filter(|on| *on == old).for_each(|on| *on = new.into());
    }
}

#[test]
fn a_guest_may_go_by_way_of_a_host_and_no_further_than_it_can() {
    let mut world = world();
    world.cluster.settings.moves_per_host = 1;
    world.cluster.settings.memory_reserve = Memory::mib(512);
    // The guest that moves last goes to `b` by way of `c`.
    let detour = |document: &mut PlanDocument| {
        let mut last = document.waves[1][0].clone();
        let end = last.start_ms + last.estimate.expected_ms;
        document.waves[1][0].goes_on = true;
        document.waves[1][0].to = "c".into();
        (last.number, last.after, last.start_ms) = (3, vec![2], end);
        (last.from, last.to) = (Some("c".into()), "b".into());
        instead(&mut document.waves[1][0].commands, "b", "c");
        instead(&mut last.commands, "a", "c");
        let figures = &mut document.figures;
        (figures.moves, figures.live, figures.waves, figures.bounces) = (3, 3, 3, 1);
        figures.live_memory_mib += last.memory_mib;
        figures.sent_mib += last.estimate.sent_mib;
        figures.end_ms = end + last.estimate.expected_ms;
        document.waves.push(vec![last]);
    };
    assert_eq!(kinds(&world, detour), []);
    let ends_there = |document: &mut PlanDocument| {
        detour(document);
        let last = document.waves.pop().unwrap().remove(0);
        let figures = &mut document.figures;
        (figures.moves, figures.live, figures.waves) = (2, 2, 2);
        figures.live_memory_mib -= last.memory_mib;
        figures.sent_mib -= last.estimate.sent_mib;
        figures.end_ms = last.start_ms;
    };
    assert_eq!(kinds(&world, ends_there), [Kind::Unfulfilled]);
    let cold = |document: &mut PlanDocument| {
        detour(document);
        document.waves[1][0].mode = MoveMode::Cold;
    };
    assert_eq!(kinds(&world, cold), [Kind::Mode, Kind::Command, Kind::Figure]);
    let banned = |document: &mut PlanDocument| {
        detour(document);
        let hosts = vec!["c".to_owned()];
        document.intents.push(IntentRecord { intent: "ban".into(), hosts, guests: Vec::new() });
    };
    assert!(kinds(&world, banned).contains(&Kind::Unwanted));
    world.say(1, 2, NO);
    let mut barred = world.document(&["drain a"]);
    detour(&mut barred);
    assert!(world.verify(&barred).iter().any(|violation| violation.kind == Kind::Mode));
}

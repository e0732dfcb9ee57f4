//! Windows and orders.

use proptest::prelude::*;

use super::properties::{config, worlds};
use super::support::World;
use crate::model::{GroupPolicy, Window};
use crate::plan::{PlanDocument, ViolationKind as Kind};

fn three_hosts() -> World {
    let mut world = World::new();
    for host in ["h0", "h1", "h2"] {
        world.host(host, Some(32), 8);
    }
    for guest in ["a", "b", "c"] {
        world.guest(guest, Some("h0"), 4096, 1);
    }
    world
}

/// Between two minutes.
fn window(hosts: &[&str], guests: &[&str], from: u64, until: Option<u64>) -> Window {
    let names = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect();
    let minutes = |minutes: u64| minutes * 60_000;
    Window {
        hosts: names(hosts),
        guests: names(guests),
        from_ms: minutes(from),
        until_ms: until.map(minutes),
    }
}

fn order(names: &[&str]) -> Vec<String> {
    names.iter().map(|&name| name.to_owned()).collect()
}

fn starts(plan: &PlanDocument, guest: &str) -> u64 {
    plan.waves.iter().flatten().find(|one| one.guest == guest).expect("it moves").start_ms
}

#[test]
fn a_move_waits_for_its_window() {
    let mut world = three_hosts();
    world.cluster.settings.windows = vec![window(&[], &["b"], 60, None), window(&["h0"], &[], 10, Some(90))];
    let plan = world.document(&["drain h0"]);
    assert_eq!(world.verify(&plan), vec![]);
    assert_eq!((starts(&plan, "a"), starts(&plan, "b")), (600_000, 3_600_000));
    assert!(plan.figures.end_at_least_ms > 3_600_000, "{:?}", plan.figures);
}

#[test]
fn a_host_with_another_window_is_found() {
    let mut world = three_hosts();
    world.cluster.settings.windows = vec![window(&["h0"], &[], 0, Some(30)), window(&["h1"], &[], 40, None)];
    let plan = world.document(&["drain h0"]);
    assert_eq!(world.verify(&plan), vec![]);
    assert!(plan.waves.iter().flatten().all(|one| one.to == "h2"));
    assert_eq!(plan.figures.left_out, 0);
}

#[test]
fn what_no_window_leaves_time_for_is_left_out() {
    let mut world = three_hosts();
    // A guest of 4 GiB takes longer than a minute on an assumed network of 500 Mbit/s.
    world.cluster.settings.windows = vec![window(&[], &["a"], 0, Some(1))];
    let plan = world.document(&["drain h0"]);
    assert_eq!(world.verify(&plan), vec![]);
    assert_eq!(plan.figures.moves, 2);
    assert_eq!(world.reasons(&["drain h0"], "a"), ["no-window"]);
    // All three do not fit into two minutes, however they are ordered.
    world.cluster.settings.windows = vec![window(&[], &[], 0, Some(2))];
    let plan = world.document(&["drain h0"]);
    assert_eq!(world.verify(&plan), vec![]);
    assert_eq!((plan.figures.moves, plan.figures.left_out), (2, 1));
}

#[test]
fn guests_move_one_after_the_other() {
    let mut world = three_hosts();
    world.cluster.settings.order = vec![order(&["c", "a"]), order(&["a", "b"])];
    let plan = world.document(&["drain h0"]);
    assert_eq!(world.verify(&plan), vec![]);
    let wave = |guest: &str| plan.waves.iter().position(|wave| wave.iter().any(|one| one.guest == guest));
    assert_eq!([wave("c"), wave("a"), wave("b")], [Some(0), Some(1), Some(2)]);
    // One in between that stays is no link.
    world.cluster.settings.order = vec![order(&["c", "a", "b"])];
    let plan = world.document(&["drain h0", "pin a"]);
    assert_eq!(world.verify(&plan), vec![]);
    assert!(starts(&plan, "b") > starts(&plan, "c"));
}

#[test]
fn an_order_in_a_circle_is_told() {
    let mut world = three_hosts();
    world.cluster.settings.order = vec![order(&["c", "a"]), order(&["a", "c"])];
    assert_eq!(world.reasons(&["drain h0"], "a"), ["order"]);
    let plan = world.document(&["drain h0"]);
    assert_eq!(world.verify(&plan), vec![]);
    assert_eq!(plan.figures.moves, 1);
}

#[test]
fn names_that_are_not_known_are_told() {
    let mut world = three_hosts();
    world.cluster.settings.windows = vec![window(&["h9"], &[], 0, None)];
    assert!(world.plan(&["drain h0"]).unwrap_err().to_string().contains("there is no host 'h9'"));
    world.cluster.settings.windows = vec![];
    world.cluster.settings.order = vec![order(&["a", "x"])];
    assert!(world.plan(&["drain h0"]).unwrap_err().to_string().contains("there is no guest 'x'"));
}

#[test]
fn the_verifier_sees_what_is_late_or_out_of_order() {
    let mut world = three_hosts();
    let plan = world.document(&["drain h0"]);
    let judged = |change: &dyn Fn(&mut World)| {
        let mut world = world.clone();
        change(&mut world);
        let mut kinds: Vec<Kind> = world.verify(&plan).into_iter().map(|one| one.kind).collect();
        kinds.dedup();
        kinds
    };
    assert_eq!(
        judged(&|w| w.cluster.settings.windows = vec![window(&[], &["b"], 600, None)]),
        [Kind::Window]
    );
    assert_eq!(
        judged(&|w| w.cluster.settings.windows = vec![window(&["h0"], &[], 0, Some(1))]),
        [Kind::Window]
    );
    assert_eq!(judged(&|w| w.cluster.settings.windows = vec![window(&[], &[], 600, None)]), [Kind::Window]);
    let first = plan.waves[0][0].guest.clone();
    let other = ["a", "b", "c"].into_iter().find(|name| *name != first).expect("another");
    assert_eq!(judged(&|w| w.cluster.settings.order = vec![order(&[other, &first])]), [Kind::Window]);
    world.group("pair", &[other, &first], GroupPolicy::Together);
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn plans_keep_windows_and_orders(
        mut world in worlds(),
        windows in prop::collection::vec((prop::option::of(0_usize..7), prop::option::of(0_usize..16), 0_u64..20, prop::option::of(1_u64..60)), 0..5),
        orders in prop::collection::vec(prop::collection::vec(0_usize..16, 2..5), 0..3),
        pick in 1_usize..64,
    ) {
        let (hosts, guests) = (world.cluster.hosts.clone(), world.cluster.guests.clone());
        let name = |guest: usize| guests.get(guest).map(|guest| guest.name.clone());
        let settings = &mut world.cluster.settings;
        settings.order = orders.iter().map(|order| order.iter().filter_map(|&guest| name(guest)).collect()).collect();
        settings.windows = windows.iter().map(|&(host, guest, from, length)| Window {
            hosts: host.map(|host| hosts[host % hosts.len()].name.clone()).into_iter().collect(),
            guests: guest.and_then(name).into_iter().collect(),
            from_ms: from * 60_000,
            until_ms: length.map(|length| (from + length) * 60_000),
        }).collect();
        let drained: Vec<&str> = hosts.iter().enumerate()
            .filter(|(at, _)| pick >> at & 1 == 1).map(|(_, host)| host.name.as_str()).collect();
        prop_assume!(!drained.is_empty());
        let intent = format!("drain {}", drained.join(" "));
        let plan = world.document(&[&intent]);
        prop_assert_eq!(world.verify(&plan), vec![], "{:#?}", plan);
        let wanted = guests.iter().filter(|guest| guest.host.as_deref().is_some_and(|host| drained.contains(&host)));
        for guest in wanted {
            let moves = plan.waves.iter().flatten().any(|one| one.guest == guest.name);
            let left = plan.left_out.iter().find(|one| one.guest == guest.name);
            prop_assert!(moves || left.is_some_and(|left| !left.reasons.is_empty()), "{}", guest.name);
        }
    }
}

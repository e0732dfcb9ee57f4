//! Small plans, looked at one by one.

use super::support::{COLD, NO, REBUILD, UNKNOWN, World};
use crate::compat::Chart;
use crate::model::{Activity, DirtyWindow, DocumentKind, Evenness, Fact, GroupPolicy, Intent, Known, Memory};
use crate::plan::{PlanError, plan, read_document, to_document, to_json, verify};

/// Three hosts of 16 GiB; `a` has two guests that run.
fn small() -> World {
    let mut world = World::new();
    for name in ["a", "b", "c"] {
        world.host(name, Some(16), 4);
    }
    world.guest("db", Some("a"), 8192, 4);
    world.guest("web", Some("a"), 2048, 2);
    world
}

#[test]
fn a_drained_host_is_emptied_evenly() {
    let mut world = small();
    world.guest("mail", Some("b"), 4096, 2);
    assert_eq!(world.waves(&["drain a"]), ["db live c, web live b"]);
    world.cluster.settings.moves_per_host = 1;
    assert_eq!(world.waves(&["drain a"]), ["db live c", "web live b"]);
}

#[test]
fn the_gentler_mode_wins_over_the_emptier_host() {
    let mut world = small();
    world.guest("mail", Some("b"), 4096, 2);
    world.say(0, 1, COLD);
    assert_eq!(world.waves(&["drain a"]), ["db live c, web live b"]);
    world.say(0, 2, REBUILD);
    world.say(1, 1, NO);
    assert_eq!(world.waves(&["drain a"]), ["db cold b, web live c"]);
}

#[test]
fn a_guest_that_is_shut_off_moves_cold_and_stops_nothing() {
    let mut world = small();
    world.cluster.guests[1].running = false;
    assert_eq!(world.waves(&["drain a"]), ["db live b, web cold c"]);
    let plan = world.plan(&["drain a"]).unwrap();
    assert_eq!((plan.figures.live, plan.figures.cold, plan.figures.stopped), (1, 1, 0));
    assert_eq!(plan.figures.live_memory, Memory::gib(8));
}

#[test]
fn hosts_that_adopt_are_filled_evenly_and_take_guests_on_no_host() {
    let mut world = small();
    world.guest("new", None, 4096, 2);
    world.say(1, 1, REBUILD);
    world.say(1, 2, REBUILD);
    assert_eq!(world.waves(&["adopt b c"]), ["db live b, web rebuild c, new placed c"]);
    let plan = world.plan(&["adopt b c"]).unwrap();
    assert_eq!(plan.steps.len(), 1);
    assert_eq!(plan.steps[0].guests, [1]);
}

#[test]
fn several_intents_hold_at_once() {
    let mut world = small();
    world.guest("mail", Some("c"), 12288, 2);
    assert_eq!(world.waves(&["drain a", "adopt b"]), ["mail live b", "db live c, web live c"]);
    world.say(2, 1, NO);
    assert_eq!(world.waves(&["drain a", "adopt b"]), ["db live b, web live b"]);
}

#[test]
fn a_drain_may_wait_for_room_that_an_adoption_makes() {
    let mut world = small();
    world.host("d", Some(64), 16);
    let mail = world.guest("mail", Some("b"), 12288, 2);
    for guest in 0..2 {
        world.say(guest, 2, NO);
        world.say(guest, 3, NO);
    }
    world.say(mail, 2, NO);
    assert_eq!(world.waves(&["drain a", "adopt d"]), ["mail live d", "db live b, web live b"]);
}

#[test]
fn what_is_not_known_is_not_yes() {
    let mut world = small();
    world.host("blind", None, 64);
    for guest in 0..2 {
        world.say(guest, 1, UNKNOWN);
        world.say(guest, 2, NO);
    }
    assert_eq!(world.waves(&["drain a"]), [""; 0]);
    assert!(world.reasons(&["drain a"], "db").contains(&"unknown-room".to_owned()));
}

#[test]
fn a_guest_of_unknown_size_stays_and_its_host_takes_no_other() {
    let mut world = small();
    world.guest("mail", Some("b"), 4096, 2);
    world.cluster.guests[0].memory = Fact::Unknown(DocumentKind::Domain);
    assert_eq!(world.reasons(&["adopt b"], "db"), ["unknown-room"]);
    assert_eq!(world.waves(&["adopt b"]), ["web live b"]);
    assert_eq!(world.waves(&["drain b"]), ["mail live c"]);
    world.cluster.hosts.truncate(2);
    assert_eq!(world.reasons(&["drain b"], "mail"), ["unknown-room"]);
}

#[test]
fn too_little_room_is_proven_in_sums() {
    let mut world = small();
    world.cluster.hosts.truncate(2);
    world.guest("mail", Some("b"), 10240, 2);
    assert_eq!(world.waves(&["drain a"]), ["web live b"]);
    assert_eq!(world.reasons(&["drain a"], "db"), ["no-room"]);
    let plan = world.plan(&["drain a"]).unwrap();
    assert_eq!(plan.shortfalls.len(), 1);
    assert!(plan.shortfalls[0].proven);
    assert_eq!(
        (plan.shortfalls[0].guests.as_slice(), plan.shortfalls[0].hosts.as_slice()),
        (&[0, 1][..], &[1][..])
    );
}

#[test]
fn guests_apart_are_apart_even_in_transit() {
    let mut world = small();
    world.group("pair", &["db", "web"], GroupPolicy::APART);
    assert_eq!(world.waves(&["drain a"]), ["db live b, web live c"]);
    world.cluster.hosts.truncate(2);
    assert_eq!(world.reasons(&["drain a"], "web"), ["keep-apart"]);
}

#[test]
fn guests_together_move_in_one_wave() {
    let mut world = small();
    world.guest("mail", Some("b"), 4096, 2);
    world.group("pair", &["db", "web"], GroupPolicy::Together);
    assert_eq!(world.waves(&["drain a"]), ["db live c, web live c"]);
    world.cluster.settings.moves_per_host = 1;
    assert_eq!(world.reasons(&["drain a"], "db"), ["keep-together"]);
}

#[test]
fn guests_of_one_name_never_meet() {
    let mut world = small();
    world.guest("web", Some("b"), 1024, 1);
    assert_eq!(world.waves(&["drain a"]), ["db live b, web live c"]);
    world.guest("web", Some("c"), 1024, 1);
    assert_eq!(world.reasons(&["drain a"], "web"), ["keep-apart"]);
}

#[test]
fn shifting_makes_room_for_what_was_left() {
    let mut world = World::new();
    for (name, gib) in [("a", 32), ("b", 12), ("c", 8)] {
        world.host(name, Some(gib), 16);
    }
    let big = world.guest("big", Some("a"), 9000, 1);
    let small = world.guest("small", Some("a"), 5000, 1);
    world.say(big, 2, NO);
    assert_eq!(world.waves(&["drain a"]), ["big live b, small live c"]);
    world.say(small, 2, COLD);
    assert_eq!(world.waves(&["drain a"]), ["big live b, small cold c"]);
}

#[test]
fn a_host_that_the_inventory_lacks_is_named() {
    let world = small();
    let error = world.plan(&["drain bb"]).unwrap_err();
    assert_eq!(error.to_string(), "there is no host 'bb' in the inventory; did you mean 'b'?");
    assert_eq!(world.plan(&["drain a", "adopt a"]).unwrap_err(), PlanError::Contradiction("a".into()));
    assert_eq!(world.plan(&[]).unwrap_err(), PlanError::NoIntent);
}

#[test]
fn a_guest_on_a_host_that_was_not_collected_is_left_out() {
    let mut world = small();
    world.guest("far", Some("z"), 1024, 1);
    assert_eq!(world.reasons(&["adopt c"], "far"), ["host-not-collected"]);
}

#[test]
fn where_no_rule_can_tell_all_guests_are_left_out_with_the_reasons() {
    let world = small();
    let chart = Chart::new(&world.cluster);
    let intents = [Intent::Drain(vec!["a".into()]), Intent::Adopt(vec!["c".into()])];
    let plan = plan(&chart, &intents, &|_, _, _| Vec::new()).unwrap();
    assert_eq!((plan.waves.len(), plan.left_out.len()), (0, 2));
    assert_eq!((plan.figures.left_out_at_least, plan.shortfalls.len()), (2, 0));
    assert!(plan.left_out.iter().all(|left| left.reasons.iter().any(|r| r.rule == "missing-fact")));
    assert_eq!(verify(&chart, &to_document(&plan, &world.cluster)), []);
}

#[test]
fn a_plan_is_written_and_read() {
    let mut world = small();
    world.guest("it's", None, 4096, 2);
    world.guest("huge", Some("a"), 99_999, 2);
    world.say(1, 2, REBUILD);
    world.say(1, 1, COLD);
    let document = world.document(&["drain a", "adopt c"]);
    let text = to_json(&document).unwrap();
    assert_eq!(read_document(&text).unwrap(), document);
    insta::assert_snapshot!("drain_and_adopt", text);
}

#[test]
fn a_cold_plan_says_how_to_go_back() {
    let mut world = small();
    world.say(0, 1, COLD);
    world.say(0, 2, COLD);
    world.cluster.guests[1].running = false;
    insta::assert_snapshot!("cold", to_json(&world.document(&["drain a"])).unwrap());
}

#[test]
fn what_was_measured_of_a_guest_is_what_its_move_takes() {
    let mut world = small();
    world.cluster.settings.migration_mbit = Some(1_000);
    let estimate = |world: &World| world.document(&["drain a"]).waves[0][1].estimate.clone();
    assert_eq!((estimate(&world).expected_ms, estimate(&world).measured), (38_040, false));
    let place = world.cluster.guests[1].memory.place().unwrap();
    let window = |ms, mib| Known::new(DirtyWindow { ms, dirtied: Memory::mib(mib) }, place);
    let mut activity = Activity::default();
    activity.windows.extend([window(1_000, 10), window(30_000, 40)]);
    activity.filled = Some(Known::new(Memory::mib(600), place));
    world.cluster.guests[1].moment.activity = Some(Box::new(activity.clone()));
    let found = estimate(&world);
    assert_eq!(
        (found.expected_ms, found.sent_mib, found.measured, found.converges),
        (11_497, 623, true, true)
    );
    activity.windows[0] = window(1_000, 300);
    world.cluster.guests[1].moment.activity = Some(Box::new(activity));
    let found = estimate(&world);
    let stacks: Vec<_> =
        found.broken_off_by.iter().map(|one| (one.stack.as_str(), one.after_ms / 1_000)).collect();
    assert_eq!((found.converges, stacks), (false, vec![("Nova", 1_600), ("KubeVirt", 300), ("oVirt", 128)]));
}

#[test]
fn pinned_guests_stay_and_banned_hosts_take_none() {
    let world = small();
    assert_eq!(world.waves(&["drain a", "ban b"]), ["db live c, web live c"]);
    assert_eq!(world.waves(&["drain a", "pin db"]), ["web live b"]);
    assert_eq!(world.reasons(&["drain a", "pin db"], "db"), ["pinned"]);
    assert_eq!(world.reasons(&["drain a", "ban b c"], "web"), ["banned"]);
    assert_eq!(world.plan(&["pin db"]).unwrap_err(), PlanError::NoIntent);
    assert_eq!(world.plan(&["adopt b", "ban b"]).unwrap_err(), PlanError::BannedAdopts("b".into()));
    let error = world.plan(&["drain a", "pin dp"]).unwrap_err();
    assert_eq!(error.to_string(), "there is no guest 'dp' in the inventory; did you mean 'db'?");
}

#[test]
fn who_is_together_with_a_pinned_guest_stays_as_well() {
    let mut world = small();
    world.group("pair", &["db", "web"], GroupPolicy::Together);
    assert_eq!(world.waves(&["drain a", "pin db"]), [""; 0]);
    assert_eq!(world.reasons(&["drain a", "pin db"], "web"), ["keep-together"]);
}

#[test]
fn moves_at_once_are_limited_by_direction_and_in_the_cluster() {
    let mut world = small();
    world.guest("mail", Some("b"), 1024, 1);
    let waves = |world: &World| world.waves(&["drain a b"]);
    assert_eq!(waves(&world), ["db live c, web live c", "mail live c"]);
    world.cluster.settings.moves_per_host = 4;
    assert_eq!(waves(&world).len(), 1);
    world.cluster.settings.moves_out_per_host = Some(1);
    assert_eq!(waves(&world), ["db live c, mail live c", "web live c"]);
    world.cluster.settings.moves_in_per_host = Some(1);
    assert_eq!(waves(&world).len(), 3);
    (world.cluster.settings.moves_out_per_host, world.cluster.settings.moves_in_per_host) = (None, None);
    world.cluster.settings.moves_at_once = Some(1);
    assert_eq!(waves(&world).len(), 3);
}

#[test]
fn what_is_no_plan_is_refused() {
    let cases = [
        ("{", "the plan cannot be read: EOF while parsing an object at line 1 column 1"),
        ("{}", "this is not a plan: its format is '', a plan's is 'portolan-plan'"),
        (
            r#"{"format": "portolan-plan", "version": 9}"#,
            "the plan is of version 9; this Portolan reads version 4: plan again",
        ),
        (
            r#"{"format": "portolan-plan", "version": 4}"#,
            "the plan cannot be read: missing field `cluster` at line 1 column 41",
        ),
    ];
    for (text, expected) in cases {
        assert_eq!(read_document(text).unwrap_err().to_string(), expected);
    }
}

/// Three hosts of 64 GiB, and eight guests of 4 GiB on the first.
fn lopsided() -> World {
    let mut world = World::new();
    for name in ["a", "b", "c"] {
        world.host(name, Some(64), 16);
    }
    for at in 0..8 {
        world.guest(&format!("g{at}"), Some("a"), 4096, 2);
    }
    world
}

#[test]
fn hosts_are_balanced_by_as_few_moves_as_it_takes() {
    let world = lopsided();
    let plan = world.plan(&["balance a b c"]).unwrap();
    assert_eq!((plan.figures.moves, plan.figures.left_out), (5, 0));
    let to = |host| plan.moves().filter(|one| one.to == host).count();
    assert_eq!((to(1).max(to(2)), to(1).min(to(2))), (3, 2));
    assert_eq!(world.verify(&world.document(&["balance a b c"])), []);
    assert_eq!(world.plan(&["balance a b"]).unwrap().figures.moves, 4);
}

#[test]
fn a_balance_is_of_what_counts_and_has_no_more_moves_than_may_be() {
    let mut world = lopsided();
    world.cluster.settings.evenness.moves_at_most = Some(3);
    assert_eq!(world.plan(&["balance a b c"]).unwrap().figures.moves, 3);
    world.cluster.settings.evenness = Evenness { gain_percent: 100, ..Evenness::USUAL };
    assert_eq!(world.plan(&["balance a b c"]).unwrap().figures.moves, 0);
    // As full as one another in memory and vCPUs, but not in number.
    let mut world = lopsided();
    for at in 0..2 {
        world.guest(&format!("big{at}"), Some(["b", "c"][at]), 34 << 10, 16);
    }
    assert_eq!(world.plan(&["balance a b c"]).unwrap().figures.moves, 0);
    world.cluster.settings.evenness = Evenness { memory: 0, vcpus: 0, guests: 1, ..Evenness::USUAL };
    let plan = world.plan(&["balance a b c"]).unwrap();
    assert!((4..=5).contains(&plan.figures.moves), "{:?}", plan.figures);
    assert_eq!(world.verify(&world.document(&["balance a b c"])), []);
}

#[test]
fn hosts_that_are_about_as_full_are_left_alone() {
    let mut world = lopsided();
    for at in 0..8 {
        world.cluster.guests[at].host = Some(["a", "b", "c"][at % 3].to_owned());
    }
    assert_eq!(world.plan(&["balance a b c"]).unwrap().figures.moves, 0);
}

#[test]
fn guests_that_may_go_nowhere_are_not_left_out_of_a_balance() {
    let mut world = lopsided();
    for guest in 0..8 {
        world.say(guest, 1, NO);
        world.say(guest, 2, NO);
    }
    let figures = world.plan(&["balance a b c"]).unwrap().figures;
    assert_eq!((figures.moves, figures.left_out), (0, 0));
}

#[test]
fn a_host_that_holds_more_than_it_can_is_relieved() {
    let mut world = lopsided();
    world.cluster.hosts[0].memory =
        Fact::known(Memory::gib(30), world.cluster.hosts[1].memory.place().unwrap());
    world.group("all", &["g0", "g1"], GroupPolicy::Together);
    let document = world.document(&["balance a b c"]);
    assert_eq!(world.verify(&document), []);
    assert!(document.figures.moves >= 2, "{document:#?}");
    let document = world.document(&["relieve a b c"]);
    assert_eq!(world.verify(&document), []);
    assert_eq!(document.figures.moves, 2, "{document:#?}");
}

#[test]
fn a_host_is_drained_while_others_are_balanced() {
    let mut world = lopsided();
    world.host("d", Some(64), 16);
    let document = world.document(&["drain a", "balance b c d"]);
    assert_eq!(world.verify(&document), []);
    assert_eq!((document.figures.moves, document.figures.left_out), (8, 0));
}

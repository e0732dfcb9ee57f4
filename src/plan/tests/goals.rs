//! Guests that are to be moved to one host.

use proptest::prelude::*;

use super::properties::{config, worlds};
use super::support::{NO, World};
use crate::model::GroupPolicy;

fn three_hosts() -> World {
    let mut world = World::new();
    for host in ["h0", "h1", "h2"] {
        world.host(host, Some(16), 8);
    }
    for (guest, host) in [("a", "h0"), ("b", "h0"), ("c", "h1")] {
        world.guest(guest, Some(host), 4096, 1);
    }
    world
}

fn moves(world: &World, intents: &[&str]) -> Vec<String> {
    let plan = world.document(intents);
    assert_eq!(world.verify(&plan), vec![]);
    let mut moves: Vec<String> =
        plan.waves.iter().flatten().map(|one| format!("{} {}", one.guest, one.to)).collect();
    moves.sort();
    moves
}

#[test]
fn guests_go_where_they_are_to_go_and_nothing_else_moves() {
    let world = three_hosts();
    assert_eq!(moves(&world, &["move a to h2"]), ["a h2"]);
    assert_eq!(moves(&world, &["move a to h0"]), [""; 0]);
    assert_eq!(moves(&world, &["move a c to h2", "drain h0"]), ["a h2", "b h1", "c h2"]);
    assert_eq!(moves(&world, &["move a to h2", "adopt h1"]), ["a h2", "b h1"]);
}

#[test]
fn what_cannot_go_there_is_left_out_and_goes_nowhere_else() {
    let mut world = three_hosts();
    world.say(0, 2, NO);
    let plan = world.document(&["move a b to h2"]);
    assert_eq!(plan.left_out.len(), 1);
    assert_eq!(
        (plan.left_out[0].guest.as_str(), plan.left_out[0].reasons[0].hosts.clone()),
        ("a", vec!["h2".into()])
    );
    assert_eq!(plan.figures.moves, 1);
}

#[test]
fn those_kept_together_come_along() {
    let mut world = three_hosts();
    world.group("pair", &["a", "b"], GroupPolicy::Together);
    assert_eq!(moves(&world, &["move a to h2"]), ["a h2", "b h2"]);
}

#[test]
fn what_contradicts_itself_is_told() {
    let told = |intents: &[&str]| three_hosts().plan(intents).unwrap_err().to_string();
    assert!(told(&["move a to h9"]).contains("there is no host 'h9'"));
    assert!(told(&["move x to h1"]).contains("there is no guest 'x'"));
    assert!(told(&["move a to h1", "move a to h2"]).contains("it can go to only one of them"));
    assert!(told(&["move a to h1", "drain h1"]).contains("is drained or banned"));
    assert!(told(&["move a to h1", "pin a"]).contains("is to be moved and is pinned"));
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn plans_with_goals_hold(world in worlds(), goals in prop::collection::vec((0_usize..16, 0_usize..7), 1..8), drain in 0_usize..7) {
        let hosts: Vec<&str> = world.cluster.hosts.iter().map(|host| host.name.as_str()).collect();
        let drain = hosts[drain % hosts.len()];
        let goals = goals.iter().filter_map(|&(guest, host)| {
            let guest = world.cluster.guests.get(guest)?;
            Some((guest.name.as_str(), hosts[host % hosts.len()]))
        });
        let goals: std::collections::BTreeMap<_, _> = goals.filter(|(_, host)| *host != drain).collect();
        let mut intents: Vec<String> = goals.iter().map(|(guest, host)| format!("move {guest} to {host}")).collect();
        intents.push(format!("drain {drain}"));
        let intents: Vec<&str> = intents.iter().map(String::as_str).collect();
        let plan = world.document(&intents);
        prop_assert_eq!(world.verify(&plan), vec![], "{:#?}", plan);
        for one in plan.waves.iter().flatten().filter(|one| !one.goes_on) {
            let goal = goals.get(one.guest.as_str());
            prop_assert!(goal.is_none_or(|goal| *goal == one.to), "{:?}", one);
        }
    }
}

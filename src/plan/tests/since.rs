//! Planning again from what became of an older plan.

use std::collections::BTreeSet;

use super::properties::{INTENTS, config, worlds};
use super::support::World;
use crate::plan::PlanDocument;
use proptest::prelude::*;

/// The cluster when the first so many waves of a plan are carried out.
fn carried_out(world: &World, older: &PlanDocument, waves: usize) -> World {
    let mut after = world.clone();
    for one in older.waves.iter().take(waves).flatten() {
        let is_it = |guest: &&mut crate::model::Guest| guest.name == one.guest && guest.host == one.from;
        let guest = after.cluster.guests.iter_mut().find(is_it).expect("a guest of the plan");
        guest.host = Some(one.to.clone());
    }
    after
}

/// Who moves, and where to.
fn moves(document: &PlanDocument) -> BTreeSet<(&str, &str)> {
    let all = document.waves.iter().flatten();
    all.filter(|one| !one.goes_on).map(|one| (one.guest.as_str(), one.to.as_str())).collect()
}

#[test]
fn what_is_moved_stays_and_the_rest_goes_where_it_was_to_go() {
    let mut world = World::new();
    for host in 0..6 {
        world.host(&format!("h{host}"), Some(64), 16);
    }
    for guest in 0..8 {
        world.guest(&format!("g{guest}"), Some(if guest < 4 { "h0" } else { "h1" }), 4096 + guest * 1000, 1);
    }
    world.cluster.settings.moves_per_host = 1;
    let older = world.document(&["drain h0 h1"]);
    assert!(older.waves.len() >= 4 && older.left_out.is_empty(), "{older:#?}");
    for waves in 0..=older.waves.len() {
        let after = carried_out(&world, &older, waves);
        let again = after.document_since(&["drain h0 h1"], &older);
        assert_eq!(after.verify(&again), []);
        let to_come: Vec<_> = older.waves.iter().skip(waves).flatten().collect();
        let to_come: BTreeSet<_> = to_come.iter().map(|one| (one.guest.as_str(), one.to.as_str())).collect();
        assert_eq!(moves(&again), to_come);
        let since = again.since.as_ref().expect("an older plan");
        assert_eq!((since.finished, since.kept), (8 - to_come.len(), to_come.len()));
        assert_eq!((since.changed, since.dropped, since.added, since.astray), (0, 0, 0, 0));
    }
}

#[test]
fn a_host_that_is_lost_to_the_plan_changes_only_what_was_to_go_there() {
    let mut world = World::new();
    for host in 0..5 {
        world.host(&format!("h{host}"), Some(32), 16);
    }
    for guest in 0..6 {
        world.guest(&format!("g{guest}"), Some("h0"), 4096, 1);
    }
    let older = world.document(&["drain h0"]);
    let banned = moves(&older).iter().next().expect("a move").1.to_owned();
    let again = world.document_since(&["drain h0", &format!("ban {banned}")], &older);
    assert_eq!(world.verify(&again), []);
    let elsewhere = |one: &&(&str, &str)| one.1 != banned;
    let (before, now) = (moves(&older), moves(&again));
    assert!(before.iter().filter(elsewhere).all(|one| now.contains(one)), "{before:?} {now:?}");
    assert_eq!((now.len(), now.iter().filter(elsewhere).count()), (6, 6));
}

#[test]
fn who_is_elsewhere_is_told_and_planned_for_anew() {
    let mut world = World::new();
    for host in 0..4 {
        world.host(&format!("h{host}"), Some(32), 16);
    }
    world.guest("g0", Some("h0"), 4096, 1);
    world.guest("g1", Some("h0"), 4096, 1);
    let older = world.document(&["drain h0"]);
    let to = moves(&older).iter().find(|one| one.0 == "g0").expect("a move").1.to_owned();
    let other = (1..4).map(|host| format!("h{host}")).find(|host| *host != to).expect("a third host");
    world.cluster.guests[0].host = Some(other.clone());
    let again = world.document_since(&["drain h0", &format!("drain {other}")], &older);
    assert_eq!(again.since.as_ref().map(|since| (since.astray, since.added)), Some((1, 1)));
    assert_eq!(world.verify(&again), []);
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn every_plan_made_again_passes_the_verifier(
        world in worlds(), intents in 0..INTENTS.len(), then in 0..INTENTS.len(), part in any::<prop::sample::Index>(),
    ) {
        let older = world.document(INTENTS[intents]);
        let after = carried_out(&world, &older, part.index(older.waves.len() + 1));
        let again = after.document_since(INTENTS[then], &older);
        prop_assert_eq!(after.verify(&again), vec![], "{:#?}", again);
        let since = again.since.as_ref().expect("an older plan");
        let guests: BTreeSet<_> = moves(&older).into_iter().map(|one| one.0).collect();
        prop_assert_eq!(since.finished + since.kept + since.changed + since.dropped + since.astray, guests.len());
        prop_assert!(again.left_out.len() <= after.document(INTENTS[then]).left_out.len() + since.finished);
    }
}

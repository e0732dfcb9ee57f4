//! Lost hosts, looked at one by one.

use super::super::support::{COLD, NO, REBUILD, UNKNOWN};
use super::room::{free, huge};
use super::{World, lost, reviewed, told};
use crate::model::{Apart, Area, DocumentKind, Fact, GroupPolicy, Memory};
use crate::plan::review::{Losses, Outcome};

/// Three hosts of 16 GiB; `a` has two guests that run, 8555.84 and 2288.96 MiB with overhead.
fn small() -> World {
    let mut world = World::new();
    for name in ["a", "b", "c"] {
        world.host(name, Some(16), 4);
    }
    world.guest("db", Some("a"), 8192, 4);
    world.guest("web", Some("a"), 2048, 2);
    world
}

fn loss(world: &World, host: usize) -> String {
    told(world, &lost(world, host))
}

#[test]
fn guests_that_run_start_again_where_their_definition_can() {
    let mut world = small();
    assert_eq!(loss(&world, 0), "absorbed: db b, web b");
    assert_eq!(loss(&world, 1), "absorbed: ", "none runs there");
    world.say(0, 1, COLD);
    world.say(1, 1, REBUILD);
    assert_eq!(loss(&world, 0), "absorbed: db c, web c", "a rebuilt guest needs another disk");
    assert!(reviewed(&world, Losses::Single).is_clear());
    world.cluster.guests[0].running = false;
    assert_eq!(loss(&world, 0), "absorbed: web c");
}

#[test]
fn a_guest_that_no_host_may_run_is_stranded() {
    let mut world = small();
    for host in [1, 2] {
        world.say(0, host, NO);
    }
    assert_eq!(loss(&world, 0), "stranded: web b, db no-host");
    assert!(lost(&world, 0).proven);
    assert!(!reviewed(&world, Losses::Single).is_clear());
}

#[test]
fn what_lacks_least_is_told_to_the_mib_and_vcpu() {
    let mut world = small();
    // Of 14336 MiB 8555.84 leave 5780.16; on `c` there is less.
    world.guest("one", Some("b"), 8192, 4);
    world.guest("two", Some("c"), 9000, 4);
    assert_eq!(loss(&world, 0), "stranded: web c, db lacks 2776 MiB 0 vCPUs on b");
    // Just as much room as it takes, and no more.
    let room = |kib: u64| Memory::kib(kib + (2 << 20) + 2 * (8192 * 1024 + 200 * 1024 + 8192 * 1024 / 50));
    let place = world.cluster.hosts[1].memory.place().unwrap();
    world.say(1, 1, NO);
    world.cluster.hosts[1].memory = Fact::known(room(0), place);
    assert_eq!(loss(&world, 0), "absorbed: db b, web c");
    world.cluster.hosts[1].memory = Fact::known(Memory::kib(room(0).as_kib() - 1), place);
    assert_eq!(loss(&world, 0), "stranded: web c, db lacks 1 MiB 0 vCPUs on b");
}

#[test]
fn vcpus_run_out_as_memory_does() {
    let mut world = small();
    world.cluster.settings.cpu_overcommit_percent = 100;
    world.guest("one", Some("b"), 1024, 1);
    world.guest("two", Some("c"), 1024, 1);
    assert_eq!(loss(&world, 0), "stranded: web b, db lacks 0 MiB 1 vCPUs on c");
    world.cluster.settings.cpu_overcommit_percent = 125;
    assert_eq!(loss(&world, 0), "absorbed: db c, web b");
}

#[test]
fn what_is_not_known_is_neither_absorbed_nor_stranded() {
    let mut world = small();
    for host in [1, 2] {
        world.say(0, host, UNKNOWN);
    }
    assert_eq!(loss(&world, 0), "unknown: web b, db unknown on b c []");
    world.say(0, 2, NO);
    world.cluster.hosts[1].memory = Fact::Unknown(DocumentKind::NodeInfo);
    let text = loss(&world, 0);
    assert!(text.starts_with("unknown: web c, db unknown on b [\"'b': the memory of the host"), "{text}");
    assert!(text.contains("nodeinfo.txt: `virsh nodeinfo`"), "{text}");
    // Where it cannot run in any case, a room that is not known does not matter.
    world.say(0, 1, NO);
    assert_eq!(loss(&world, 0), "stranded: web c, db no-host");
}

#[test]
fn a_guest_of_unknown_size_may_start_somewhere() {
    let mut world = small();
    world.cluster.guests[0].memory = Fact::Unknown(DocumentKind::Domain);
    let text = loss(&world, 0);
    assert!(text.starts_with("unknown: web b, db unknown on b c [\"memory needs of guest 'db'"), "{text}");
    assert_eq!(lost(&world, 1).outcome, Outcome::Absorbed);
}

#[test]
fn groups_are_kept_apart_and_together() {
    let mut world = small();
    world.group("pair", &["db", "web"], GroupPolicy::APART);
    assert_eq!(loss(&world, 0), "absorbed: db c, web b");
    world.say(1, 2, NO);
    world.say(0, 2, NO);
    assert_eq!(loss(&world, 0), "stranded: web b, db apart");
    let mut world = small();
    world.say(0, 1, NO);
    assert_eq!(loss(&world, 0), "absorbed: db c, web b");
    world.say(1, 2, NO);
    assert_eq!(loss(&world, 0), "absorbed: db c, web b");
    world.group("pair", &["db", "web"], GroupPolicy::Together);
    assert_eq!(loss(&world, 0), "stranded: db no-host, web no-host");
}

#[test]
fn racks_are_counted_as_they_are_after_the_loss() {
    let in_a_rack = |at_most| GroupPolicy::Apart(Apart { per: Area::Rack, at_most });
    let mut world = small();
    world.say(1, 2, NO);
    world.say(0, 2, NO);
    world.group("pair", &["db", "web"], in_a_rack(1));
    world.racks(&[0, 0, 1]);
    assert_eq!(loss(&world, 0), "stranded: web b, db apart");
    world.cluster.settings.groups[0].policy = in_a_rack(2);
    assert_eq!(loss(&world, 0), "absorbed: db b, web b");
    let mut world = small();
    world.guest("mail", Some("b"), 512, 1);
    world.say(0, 2, NO);
    world.group("pair", &["db", "mail"], in_a_rack(1));
    world.racks(&[0, 1, 2]);
    assert!(loss(&world, 0).contains("db apart"));
    world.cluster.settings.groups[0].policy = in_a_rack(2);
    assert!(loss(&world, 0).contains("db b"));
}

#[test]
fn guests_join_those_that_they_are_kept_together_with() {
    let mut world = small();
    world.guest("mail", Some("c"), 1024, 1);
    world.guest("big", Some("b"), 1500, 1);
    assert_eq!(loss(&world, 0), "absorbed: db b, web b", "the best fit");
    world.group("trio", &["web", "mail"], GroupPolicy::Together);
    assert_eq!(loss(&world, 0), "absorbed: db c, web c");
}

#[test]
fn what_first_fit_would_leave_out_is_shifted() {
    let mut world = World::new();
    world.host("a", Some(64), 64);
    // 9216 MiB of room each.
    world.host("b", Some(11), 64);
    world.host("c", Some(11), 64);
    for (name, mib) in [("one", 4000), ("two", 3900), ("three", 4400), ("four", 4400)] {
        world.guest(name, Some("a"), mib, 1);
    }
    assert_eq!(lost(&world, 0).outcome, Outcome::Absorbed);
    // A MiB too much for any two of three.
    world.guest("five", Some("a"), 1000, 1);
    let loss = lost(&world, 0);
    assert_eq!((loss.outcome, loss.proven), (Outcome::Stranded, true));
}

#[test]
fn the_sums_may_fit_where_the_pieces_do_not() {
    let mut world = World::new();
    world.host("a", Some(64), 64);
    world.host("b", Some(10), 64);
    world.host("c", Some(10), 64);
    for name in ["one", "two", "three"] {
        world.guest(name, Some("a"), 4500, 1);
    }
    let loss = lost(&world, 0);
    assert_eq!((loss.outcome, loss.proven, loss.left.len()), (Outcome::Stranded, true, 1));
}

#[test]
fn huge_pages_must_be_free_and_are_taken() {
    let mut world = small();
    for guest in [0, 1] {
        huge(&mut world, guest, Some(Memory::mib(2)));
    }
    let text = loss(&world, 0);
    assert!(
        text.starts_with("unknown: db unknown on b c [\"'b': the amount of huge pages of 2 MiB of the host"),
        "{text}"
    );
    free(&mut world, 1, &[(2, 5120)]);
    free(&mut world, 2, &[(2, 0)]);
    assert_eq!(loss(&world, 0), "absorbed: db b, web b");
    free(&mut world, 1, &[(2, 5119)]);
    assert_eq!(loss(&world, 0), "stranded: web b, db lacks 2 MiB of pages on b");
    free(&mut world, 2, &[(2, 1024)]);
    assert_eq!(loss(&world, 0), "absorbed: db b, web c");
    free(&mut world, 1, &[(2, 4095)]);
    assert_eq!(loss(&world, 0), "stranded: web b, db lacks 2050 MiB of pages on b", "with those of web");
    world.cluster.guests[0].requirements.hugepages[0].value = None;
    assert!(loss(&world, 0).contains("db unknown on b c [\"guest 'db' does not name one size"));
}

#[test]
fn no_loss_is_tried_where_none_is_asked_for() {
    let review = reviewed(&small(), Losses::None);
    assert!(review.losses.is_empty() && review.pairs.is_none() && review.barred.is_empty());
    assert_eq!(review.hosts.len(), 3);
    assert!(!review.is_clear(), "what is not asked is not yes");
}

#[test]
fn pairs_are_tried_where_they_are_asked_for() {
    let world = small();
    assert_eq!(reviewed(&world, Losses::Single).pairs, None);
    let review = reviewed(&world, Losses::Pairs);
    let pairs = review.pairs.as_ref().unwrap();
    let all: Vec<_> = pairs.iter().map(|loss| (loss.hosts.clone(), told(&world, loss))).collect();
    let expected =
        [("absorbed: db c, web c", [0, 1]), ("absorbed: db b, web b", [0, 2]), ("absorbed: ", [1, 2])];
    assert_eq!(all, expected.map(|(text, hosts)| (hosts.to_vec(), text.to_owned())));
    let mut world = small();
    world.guest("mail", Some("b"), 8192, 2);
    let review = reviewed(&world, Losses::Pairs);
    assert!(review.is_clear(), "either alone is absorbed");
    let text = told(&world, &review.pairs.unwrap()[0]);
    assert_eq!(text, "stranded: db c, web c, mail lacks 5065 MiB 0 vCPUs on c");
}

#[test]
fn pairs_of_too_many_hosts_are_refused() {
    let mut world = World::new();
    for host in 0..401 {
        world.host(&format!("h{host}"), Some(16), 4);
    }
    let chart = crate::compat::Chart::new(&world.cluster);
    let asked = |losses| crate::plan::review::Asked { losses, arm_core_per_thread: 650 };
    let Err(refused) = crate::plan::review::review(&chart, asked(Losses::Pairs)) else { panic!("too many") };
    assert!(refused.to_string().contains("up to 400 hosts, and there are 401"));
    assert_eq!(crate::plan::review::review(&chart, asked(Losses::Single)).unwrap().losses.len(), 401);
}

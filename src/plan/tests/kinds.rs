//! Huge pages, NUMA cells and devices of networks.

use super::support::{NO, REBUILD, World};
use crate::model::{Backing, DocumentKind, Fact, Memory, MemoryPart};
use crate::plan::ViolationKind as Kind;

/// Two hosts of 16 GiB with 1024 pages of 2 MiB in each of two cells; `a` has two guests of 1 GiB in such pages.
fn paged() -> World {
    let mut world = World::new();
    for name in ["a", "b"] {
        let host = world.host(name, Some(16), 4);
        world.pages(host, &[(0, 2, 1024), (1, 2, 1024)], None);
    }
    for name in ["db", "web"] {
        let guest = world.guest(name, Some("a"), 1024, 1);
        world.huge(guest, Some(2));
    }
    world
}

/// What is said of why a guest is left out.
fn message(world: &World, guest: &str) -> String {
    let document = world.document(&["drain a"]);
    assert_eq!(world.verify(&document), []);
    let left = document.left_out.iter().filter(|left| left.guest == guest);
    let messages = left.flat_map(|left| left.reasons.iter().map(|reason| reason.message.clone()));
    messages.collect::<Vec<_>>().join("; ")
}

const BOTH: &[&str] = &["db live b, web live b"];

#[test]
fn guests_take_huge_pages_of_their_size() {
    let mut world = paged();
    assert_eq!(world.waves(&["drain a"]), BOTH);
    world.pages(1, &[(0, 2, 512), (1, 2, 511)], None);
    assert_eq!(world.plan(&["drain a"]).unwrap().figures.moves, 1);
    assert_eq!(
        message(&world, "web"),
        "it needs 220 MiB, 1 vCPU and 512 huge pages of 2 MiB; most is free on 'b': 11.7 GiB, 15 vCPUs and 511 huge \
         pages of 2 MiB"
    );
    world.pages(1, &[(0, 1024, 8)], None);
    assert_eq!(world.plan(&["drain a"]).unwrap().figures.moves, 0, "other pages do not help");
    world.pages(1, &[(0, 2, 512), (1, 2, 512)], None);
    assert_eq!(world.waves(&["drain a"]), BOTH);
}

#[test]
fn ordinary_memory_is_what_huge_pages_leave() {
    let mut world = paged();
    world.guest("plain", Some("a"), 10_000, 1);
    // 16 GiB without 4 GiB of pages and 2 GiB of reserve are 10240 MiB: 10400 is what the guest takes by itself.
    assert!(message(&world, "plain").starts_with("it needs 10.1 GiB and 1 vCPU; most is free on 'b': "));
    world.pages(1, &[(0, 2, 512), (1, 2, 512)], None);
    assert_eq!(world.plan(&["drain a"]).unwrap().figures.left_out, 0);
    // Guests in huge pages take none of it but the overhead.
    world.cluster.guests[2].memory =
        Fact::known(Memory::mib(11_400), world.cluster.guests[2].memory.place().unwrap());
    assert_eq!(world.plan(&["drain a"]).unwrap().figures.left_out, 0);
}

#[test]
fn pages_are_taken_on_both_hosts_while_a_guest_moves() {
    let mut world = paged();
    world.guest("old", Some("b"), 4096 - 1024, 1);
    world.huge(2, Some(2));
    world.host("c", Some(16), 4);
    world.pages(2, &[(0, 2, 2048)], None);
    for (guest, host) in [(0, 2), (1, 2), (2, 0)] {
        world.say(guest, host, NO);
    }
    // Of 2048 pages 512 are free on `b`: one guest of `a` comes at once, the other when `old` has gone.
    assert_eq!(world.waves(&["drain a", "adopt c"]), ["db live b, old live c", "web live b"]);
    world.cluster.settings.moves_per_host = 4;
    world.pages(1, &[(0, 2, 2560)], None);
    assert_eq!(world.waves(&["drain a", "adopt c"]).len(), 1);
    world.pages(1, &[(0, 2, 2047)], None);
    let waves = world.waves(&["drain a", "adopt c"]);
    assert_eq!(waves, ["old live c", "db live b, web live b"]);
}

#[test]
fn where_pages_are_not_known_none_are_taken() {
    let mut world = paged();
    world.cluster.hosts[1].cell_pages = Fact::Unknown(DocumentKind::Capabilities);
    assert_eq!(
        message(&world, "db"),
        "the amount of huge pages of 2 MiB of the host is not known; collect capabilities.xml: `virsh capabilities`"
    );
    world.guest("plain", Some("a"), 1024, 1);
    assert_eq!(world.plan(&["drain a"]).unwrap().figures.moves, 1);
    // A guest has some, so that it is not known how much they leave.
    world.guest("there", Some("b"), 1024, 1);
    world.huge(3, Some(2));
    assert!(
        message(&world, "plain").starts_with("the number of huge pages of 2 MiB of the host is not known")
    );
}

#[test]
fn pages_that_others_have_are_not_there_for_guests() {
    let mut world = paged();
    let all = [(0, 2, 1024), (1, 2, 1024)];
    world.pages(1, &all, Some(&[(0, 2, 512), (1, 2, 512)]));
    assert_eq!(world.waves(&["drain a"]), BOTH);
    world.pages(1, &all, Some(&[(0, 2, 512), (1, 2, 511)]));
    assert_eq!(world.plan(&["drain a"]).unwrap().figures.moves, 1);
    world.guest("there", Some("b"), 1024, 1);
    world.huge(2, Some(2));
    assert_eq!(world.plan(&["drain a"]).unwrap().figures.moves, 1, "what it has it keeps");
}

#[test]
fn pages_without_a_size_are_those_of_the_host() {
    let mut world = paged();
    for guest in 0..2 {
        world.cluster.guests[guest].requirements.hugepages.clear();
        world.huge(guest, None);
    }
    assert_eq!(world.waves(&["drain a"]), BOTH);
    let two_sizes = [(0, 2, 1024), (0, 1024, 1)];
    world.pages(1, &two_sizes, None);
    assert!(
        message(&world, "db")
            .starts_with("the default size of huge pages of the host is not known; collect dmesg.txt")
    );
    for (told, moves) in [(Some(Memory::mib(2)), 2), (Some(Memory::gib(1)), 0), (None, 0)] {
        world.cluster.hosts[1].default_pages =
            Fact::known(told, world.cluster.hosts[1].memory.place().unwrap());
        let document = world.document(&["drain a"]);
        assert_eq!(world.verify(&document), []);
        assert_eq!(document.figures.moves, moves, "of an unknown architecture the kernel's own is not known");
    }
    let place = world.cluster.hosts[1].memory.place().unwrap();
    world.cluster.hosts[1].platform.arch = Fact::known(crate::model::Arch::X86_64, place);
    assert_eq!(world.waves(&["drain a"]), BOTH);
    let (planned, mut other) = (world.clone(), world.clone());
    other.cluster.hosts[1].default_pages = Fact::known(Some(Memory::gib(1)), place);
    assert_eq!(kinds(&planned, &other), [Kind::Room]);
    world.pages(0, &two_sizes, None);
    world.cluster.guests[0].running = false;
    assert!(message(&world, "db").starts_with("guest 'db' does not name one size of huge pages"));
}

#[test]
fn memory_that_is_bound_comes_from_its_cells() {
    let mut world = paged();
    world.bind(0, &[0]);
    world.bind(1, &[0]);
    assert_eq!(world.waves(&["drain a"]), BOTH);
    world.pages(1, &[(0, 2, 1023), (1, 2, 4096)], None);
    assert_eq!(world.plan(&["drain a"]).unwrap().figures.moves, 1);
    assert!(
        message(&world, "web").contains("511 huge pages of 2 MiB in NUMA cell 0"),
        "{}",
        message(&world, "web")
    );
    world.bind(1, &[0, 1]);
    assert_eq!(world.waves(&["drain a"]), BOTH);
    // Without pages each cell of `b` has 8 GiB, and leaves half of the reserve.
    let mut world = paged();
    world.pages(1, &[(0, 2, 0), (1, 2, 0)], None);
    world.guest("plain", Some("a"), 7000, 1);
    world.cluster.guests.drain(..2);
    world.bind(0, &[1]);
    assert!(message(&world, "plain").contains("7 GiB in NUMA cell 1"), "{}", message(&world, "plain"));
    world.cluster.settings.memory_reserve = Memory::gib(1);
    assert_eq!(world.waves(&["drain a"]), ["plain live b"]);
}

#[test]
fn each_of_a_guests_own_cells_has_pages_of_its_own() {
    let mut world = paged();
    let part = |pages: Option<u64>, cell: u32| MemoryPart {
        memory: Memory::mib(512),
        pages: pages.map_or(Backing::Ordinary, |mib| Backing::Pages(Memory::mib(mib))),
        cells: Some([cell].into()),
    };
    world.cluster.guests[0].memory_parts = vec![part(Some(2), 0), part(None, 1)];
    world.pages(1, &[(0, 2, 256), (1, 2, 512)], None);
    assert_eq!(world.waves(&["drain a"]), BOTH);
    world.pages(1, &[(0, 2, 255), (1, 2, 4096)], None);
    assert!(message(&world, "db").contains("255 huge pages of 2 MiB in NUMA cell 0"));
    world.cluster.guests[0].memory = world.cluster.hosts[0].memory.clone();
    assert!(message(&world, "db").contains("guest 'db' can have memory added"));
}

#[test]
fn who_is_rebuilt_is_bound_no_more_and_has_pages_that_the_host_has() {
    let mut world = paged();
    world.bind(0, &[5]);
    world.bind(1, &[5]);
    assert!(message(&world, "db").contains("0 huge pages of 2 MiB in NUMA cell 5"));
    for guest in 0..2 {
        world.say(guest, 1, REBUILD);
    }
    assert_eq!(world.waves(&["drain a"]), ["db rebuild b, web rebuild b"]);
    world.pages(1, &[(0, 2, 1000)], None);
    assert_eq!(world.plan(&["drain a"]).unwrap().figures.moves, 1, "of the pages that are there");
    world.sizes(1, &[64, 524_288]);
    world.pages(1, &[(0, 512, 0)], None);
    assert_eq!(world.waves(&["drain a"]), ["db rebuild b, web rebuild b"], "in ordinary memory");
    let room = |mib: u64| Fact::known(Memory::mib(mib), world.cluster.hosts[1].memory.place().unwrap());
    let (enough, little) = (room(2048 + 2 * (1024 + 221)), room(2048 + 2 * 1024));
    world.cluster.hosts[1].memory = enough;
    assert_eq!(world.waves(&["drain a"]), ["db rebuild b, web rebuild b"]);
    let document = world.document(&["drain a"]);
    world.cluster.hosts[1].memory = little;
    assert_eq!(world.plan(&["drain a"]).unwrap().figures.moves, 1);
    assert!(world.verify(&document).iter().any(|one| one.kind == Kind::Room));
}

#[test]
fn networks_give_out_so_many_devices() {
    let mut world = paged();
    for guest in 0..2 {
        world.card(guest, "vf");
    }
    assert_eq!(world.waves(&["drain a"]), BOTH, "no network gives any out");
    world.gives(0, "vf", Some(8));
    assert_eq!(world.waves(&["drain a"]), BOTH, "not there");
    world.gives(1, "vf", Some(1));
    assert_eq!(world.plan(&["drain a"]).unwrap().figures.moves, 1);
    assert!(message(&world, "web").ends_with("0 devices of network 'vf'"), "{}", message(&world, "web"));
    world.cluster.hosts[1].device_pools.clear();
    world.gives(1, "vf", None);
    assert!(
        message(&world, "db").starts_with("the amount of devices of network 'vf' of the host is not known")
    );
}

#[test]
fn a_proof_names_the_kind() {
    let mut world = paged();
    world.pages(1, &[(0, 2, 700)], None);
    let shortfalls = world.document(&["drain a"]).shortfalls;
    assert_eq!(shortfalls.len(), 1);
    let kind = &shortfalls[0].others[0];
    assert_eq!((kind.kind.as_str(), kind.needed, kind.offered), ("huge pages of 2 MiB", 1024, 700));
    assert!(shortfalls[0].proven && shortfalls[0].guests == ["db", "web"]);
    assert_eq!(world.document(&["drain a"]).figures.left_out_at_least, 1);
}

/// What the verifier says of the plan for `planned`, on `world`.
fn kinds(planned: &World, world: &World) -> Vec<Kind> {
    let document = planned.document(&["drain a"]);
    let mut kinds: Vec<Kind> = world.verify(&document).into_iter().map(|one| one.kind).collect();
    kinds.dedup();
    kinds
}

#[test]
fn the_verifier_counts_rarer_kinds() {
    let mut planned = paged();
    planned.card(0, "vf");
    planned.bind(1, &[1]);
    planned.gives(1, "vf", Some(1));
    assert_eq!(kinds(&planned, &planned), []);
    let changed = |change: &dyn Fn(&mut World)| {
        let mut world = planned.clone();
        change(&mut world);
        kinds(&planned, &world)
    };
    let few = |world: &mut World| world.pages(1, &[(0, 2, 511), (1, 2, 512)], None);
    assert_eq!(changed(&few), [Kind::Room]);
    let in_cell = |world: &mut World| world.pages(1, &[(0, 2, 4096), (1, 2, 511)], None);
    assert_eq!(changed(&in_cell), [Kind::Room]);
    let taken =
        |world: &mut World| world.pages(1, &[(0, 2, 1024), (1, 2, 1024)], Some(&[(0, 2, 1000), (1, 2, 23)]));
    assert_eq!(changed(&taken), [Kind::Room]);
    let unknown = |world: &mut World| {
        world.cluster.hosts[1].cell_pages = Fact::Unknown(DocumentKind::Capabilities);
    };
    assert_eq!(changed(&unknown), [Kind::Room]);
    let other = |world: &mut World| world.huge(0, Some(1024));
    assert_eq!(changed(&other), [Kind::Room], "of two sizes");
    let devices = |world: &mut World| world.card(1, "vf");
    assert_eq!(changed(&devices), [Kind::Room]);
    let leave_little = |world: &mut World| world.pages(1, &[(0, 2, 3500), (1, 2, 3600)], None);
    assert_eq!(changed(&leave_little), [Kind::Room], "of ordinary memory");
    let enough = |world: &mut World| world.pages(1, &[(0, 2, 512), (1, 2, 512)], None);
    assert_eq!(changed(&enough), []);
}

#[test]
fn the_verifier_counts_pages_at_every_instant() {
    // `old` leaves `b` before `db` comes, for there are pages for one of them.
    let mut world = paged();
    world.cluster.guests.truncate(1);
    world.pages(1, &[(0, 2, 600)], None);
    world.guest("old", Some("b"), 1024, 1);
    world.huge(1, Some(2));
    world.host("c", Some(16), 4);
    world.pages(2, &[(0, 2, 600)], None);
    world.say(0, 2, NO);
    let intents = ["drain a", "adopt c"];
    world.say(0, 2, NO);
    let document = world.document(&intents);
    assert_eq!(world.verify(&document), []);
    assert_eq!(document.waves.len(), 2, "{document:#?}");
    let found = |change: &dyn Fn(&mut crate::plan::PlanDocument)| {
        let mut changed = document.clone();
        change(&mut changed);
        world.verify(&changed).into_iter().any(|one| one.kind == Kind::Room)
    };
    assert!(found(&|document| document.waves[1][0].start_ms = 0));
    assert!(found(&|document| {
        let later = document.waves.pop().unwrap();
        document.waves[0].extend(later);
    }));
    assert!(!found(&|_| {}));
}

//! Room, overcommitment, huge pages, and how many guests more fit.

use super::{World, reviewed};
use crate::model::{
    DocumentKind, Fact, FreePages, GuestState, Known, ListedGuest, Memory, StateWord, Topology,
};
use crate::plan::review::{HugePages, Losses, cores};
use crate::text::{Place, Span};

/// Somewhere in a document of this name.
pub(super) fn place(world: &mut World, path: &str) -> Place {
    Place { source: world.cluster.sources.add(path, ""), span: Span::new(0, 0) }
}

/// Says so many sockets, cores and threads, in a document of this name.
pub(super) fn topology(
    world: &mut World,
    host: usize,
    path: &str,
    (sockets, cores, threads): (u32, u32, u32),
) {
    let place = place(world, path);
    world.cluster.hosts[host].topology = Fact::known(Topology { sockets, dies: 1, cores, threads }, place);
}

/// A host of 16 GiB and 4 processors with a guest of 8 GiB and 8 vCPUs, and one that is shut off.
fn one() -> World {
    let mut world = World::new();
    world.host("a", Some(16), 4);
    world.guest("db", Some("a"), 8192, 8);
    world.guest("off", Some("a"), 1000, 1);
    world.cluster.guests[1].running = false;
    world
}

#[test]
fn room_is_what_the_planner_takes_for_it() {
    let world = one();
    let host = &reviewed(&world, Losses::Single).hosts[0];
    let (capacity, used) = (host.capacity.clone().unwrap(), host.used.clone().unwrap());
    assert_eq!((capacity.memory, capacity.vcpus), (Memory::gib(14), 16));
    // 8192 + 200 + 163.84 and 1000 + 200 + 20 MiB: those shut off count.
    assert_eq!((used.memory.as_mib(), used.vcpus), (9776, 9));
    assert_eq!(
        (host.free().unwrap().memory, host.free().unwrap().vcpus),
        (Memory::gib(14).minus(used.memory), 7)
    );
}

#[test]
fn a_host_is_overfull_only_beyond_what_it_has() {
    let mut world = one();
    world.cluster.hosts[0].memory =
        Fact::known(Memory::kib(2 << 20).plus(used(&world)), place(&mut world.clone(), "x"));
    assert_eq!(reviewed(&world, Losses::Single).hosts[0].is_overfull(), Some(false), "full");
    let less = Memory::kib(2 << 20).plus(used(&world)).minus(Memory::kib(1));
    world.cluster.hosts[0].memory = Fact::known(less, place(&mut world.clone(), "x"));
    assert_eq!(reviewed(&world, Losses::Single).hosts[0].is_overfull(), Some(true));
    world.cluster.hosts[0].memory = Fact::Unknown(DocumentKind::NodeInfo);
    let review = reviewed(&world, Losses::Single);
    assert_eq!(review.hosts[0].is_overfull(), None);
    assert!(!review.is_clear(), "what is not known is not yes");
}

fn used(world: &World) -> Memory {
    reviewed(world, Losses::Single).hosts[0].used.clone().unwrap().memory
}

#[test]
fn a_guest_of_unknown_size_makes_what_is_used_unknown() {
    let mut world = one();
    world.cluster.guests[0].vcpus = Fact::Unknown(DocumentKind::Domain);
    let review = reviewed(&world, Losses::Single);
    assert!(review.hosts[0].used.clone().unwrap_err().contains("the vCPUs of guest 'db'"));
    assert!(review.hosts[0].capacity.is_ok());
    assert_eq!((review.sizes.len(), review.sizeless.len()), (1, 1));
    assert_eq!(review.sizes[0].fits, [None]);
}

#[test]
fn vcpus_are_told_for_each_core_where_cores_are_known() {
    let mut world = one();
    topology(&mut world, 0, "hosts/a/lscpu.txt", (1, 2, 2));
    let host = &reviewed(&world, Losses::Single).hosts[0];
    let found = host.cores.clone().unwrap();
    assert_eq!((found.cores, found.has_smt()), (2, true));
    assert_eq!((host.vcpus_for_each_of(4), host.vcpus_for_each_of(found.cores)), (Some(225), Some(450)));
}

#[test]
fn cores_are_never_guessed() {
    let mut world = one();
    let ask = |world: &World| cores(&world.cluster, &world.cluster.hosts[0]).map(|found| found.cores);
    assert!(ask(&world).unwrap_err().contains("lscpu"), "no topology");
    topology(&mut world, 0, "hosts/a/lscpu.txt", (2, 2, 2));
    assert!(ask(&world).unwrap_err().contains("is of 8 processors and Linux sees 4"));
    // libvirt prints this where it does not understand a host, lscpu does not.
    topology(&mut world, 0, "hosts/a/nodeinfo.txt", (1, 4, 1));
    assert!(ask(&world).unwrap_err().contains("does not understand"));
    topology(&mut world, 0, "hosts/a/lscpu.txt", (1, 4, 1));
    assert_eq!(ask(&world), Ok(4));
    topology(&mut world, 0, "hosts/a/nodeinfo.txt", (2, 2, 1));
    assert_eq!(ask(&world), Ok(4));
}

pub(super) fn huge(world: &mut World, guest: usize, size: Option<Memory>) {
    let place = place(world, "guest.xml");
    world.cluster.guests[guest].requirements.hugepages.push(Known::new(size, place));
}

pub(super) fn free(world: &mut World, host: usize, pages: &[(u64, u64)]) {
    let place = place(world, "freepages.txt");
    let page = |&(mib, count): &(u64, u64)| FreePages { cell: Some(0), size: Memory::mib(mib), count };
    let base = FreePages { cell: Some(0), size: Memory::kib(4), count: 1 << 20 };
    world.cluster.hosts[host].free_pages =
        Fact::known(std::iter::once(base).chain(pages.iter().map(page)).collect(), place);
}

#[test]
fn huge_pages_are_summed_by_size_and_those_of_guests_that_run_are_in_use() {
    let mut world = one();
    let pages = |world: &World| reviewed(world, Losses::Single).hosts[0].pages.clone();
    assert_eq!(pages(&world), []);
    huge(&mut world, 0, Some(Memory::mib(2)));
    huge(&mut world, 1, Some(Memory::gib(1)));
    let size = Some(Memory::mib(2));
    assert_eq!(pages(&world), [HugePages { size, used: Some(Memory::gib(8)), free: None }], "no document");
    free(&mut world, 0, &[(2, 512), (2, 512), (1024, 0)]);
    assert_eq!(pages(&world), [HugePages { size, used: Some(Memory::gib(8)), free: Some(Memory::gib(2)) }]);
    huge(&mut world, 0, Some(Memory::gib(1)));
    let unsure = HugePages { size: None, used: Some(Memory::gib(8)), free: None };
    assert_eq!(pages(&world)[0], unsure, "of two sizes");
}

#[test]
fn the_list_of_the_host_tells_that_a_guest_runs() {
    let mut world = one();
    huge(&mut world, 1, Some(Memory::mib(2)));
    let place = place(&mut world, "list.txt");
    let list = |word| {
        let state = GuestState { word, reason: None };
        vec![Known::new(ListedGuest { name: "off".into(), state }, place)]
    };
    for (word, count) in [(StateWord::ShutOff, 0), (StateWord::Paused, 1)] {
        world.cluster.hosts[0].states = Fact::known(list(word), place);
        assert_eq!(reviewed(&world, Losses::Single).hosts[0].pages.len(), count);
    }
}

#[test]
fn guests_of_a_size_fit_until_memory_or_vcpus_are_taken() {
    let mut world = World::new();
    world.host("a", Some(16), 4);
    world.host("blind", None, 4);
    world.guest("x", None, 1000, 3);
    world.guest("y", None, 1000, 3);
    world.guest("z", None, 7000, 1);
    let review = reviewed(&world, Losses::Single);
    let sizes: Vec<_> = review.sizes.iter().map(|s| (s.memory.as_mib(), s.guests, s.fits.clone())).collect();
    // 16 vCPUs hold 5 of 3; 14336 MiB hold one of 7340, and not two.
    assert_eq!(sizes, [(1000, 2, vec![Some(5), None]), (7000, 1, vec![Some(1), None])]);
    // A guest of 6831 MiB takes 7167.62: two of them just fit, two of 6832 do not.
    for (mib, fit) in [(6831, 2), (6832, 1)] {
        world.cluster.guests[2].memory = Fact::known(Memory::mib(mib), place(&mut world.clone(), "x"));
        assert_eq!(reviewed(&world, Losses::Single).sizes[1].fits[0], Some(fit), "{mib}");
    }
}

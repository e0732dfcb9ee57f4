//! Huge pages that are told of as free once guests have left and come.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::support::World;
use crate::model::{Backing, DocumentKind, Fact, Host, Memory, MemoryPart};
use crate::plan::huge_pages::{arrive, leave};
use crate::plan::verify::{given_back, taken};

/// What is told of pages of 2 MiB: how many are free in each cell, and how many more in some.
fn told(host: &Host) -> (BTreeMap<u32, u64>, u64) {
    let free = host.free_pages.value().unwrap().iter().filter(|free| free.size == Memory::mib(2));
    let (mut cells, mut somewhere) = (BTreeMap::new(), 0);
    for free in free {
        match free.cell {
            Some(cell) => *cells.entry(cell).or_default() += free.count,
            None => somewhere += free.count,
        }
    }
    (cells, somewhere)
}

fn in_cells(cells: &[u64], somewhere: u64) -> (BTreeMap<u32, u64>, u64) {
    ((0..).zip(cells.iter().copied()).collect(), somewhere)
}

/// A host with so many pages in each of two cells, of which so many are free; and a guest of 512 MiB, which is 256 pages.
fn world(all: [u64; 2], free: [u64; 2]) -> World {
    let mut world = World::new();
    world.host("a", Some(16), 4);
    let pages = |counts: [u64; 2]| [(0, 2, counts[0]), (1, 2, counts[1])];
    world.pages(0, &pages(all), Some(&pages(free)));
    let guest = world.guest("db", Some("a"), 512, 1);
    world.huge(guest, Some(2));
    world.cluster.guests[guest].running = true;
    world
}

/// What is told once the guest has left.
fn left(mut world: World) -> (BTreeMap<u32, u64>, u64) {
    leave(&world.cluster.guests[0], &mut world.cluster.hosts[0]);
    told(&world.cluster.hosts[0])
}

#[test]
fn where_a_guest_had_its_pages_is_told_as_far_as_documents_tell() {
    assert_eq!(left(world([200, 200], [72, 72])), in_cells(&[200, 200], 0), "nobody else has any");
    assert_eq!(
        left(world([300, 300], [300, 0])),
        in_cells(&[300, 256], 0),
        "none is taken of the other cell"
    );
    assert_eq!(left(world([300, 300], [0, 0])), in_cells(&[0, 0], 256), "others have some of both");
    assert_eq!(left(world([300, 200], [0, 0])), in_cells(&[56, 0], 200), "so many are not in the other cell");
    let bound = |cells: &[u32]| {
        let mut world = world([300, 300], [0, 0]);
        world.bind(0, cells);
        left(world)
    };
    assert_eq!(bound(&[1]), in_cells(&[0, 256], 0));
    assert_eq!(bound(&[0, 1]), in_cells(&[0, 0], 256));
}

#[test]
fn what_is_not_known_of_a_guest_is_not_free() {
    let change = |how: &dyn Fn(&mut World)| {
        let mut world = world([300, 300], [10, 10]);
        how(&mut world);
        left(world)
    };
    let same = in_cells(&[10, 10], 0);
    assert_eq!(change(&|world| world.cluster.guests[0].running = false), same, "it has none");
    assert_eq!(change(&|world| world.huge(0, Some(1024))), same, "how many are of which size?");
    assert_eq!(
        change(&|world| world.cluster.guests[0].requirements.hugepages.clear()),
        same,
        "ordinary memory"
    );
    let memory = |world: &mut World| world.cluster.guests[0].memory = Fact::Unknown(DocumentKind::Domain);
    assert_eq!(change(&memory), same, "of which size?");
    // Of 1 GiB at most it has 64 MiB for certain.
    let may_grow = |world: &mut World| {
        let pages = Backing::Pages(Memory::mib(2));
        world.cluster.guests[0].memory_parts =
            vec![MemoryPart { memory: Memory::mib(64), pages, cells: None }];
    };
    assert_eq!(change(&may_grow), in_cells(&[10, 10], 32));
    let uncounted = |world: &mut World| {
        world.cluster.hosts[0].cell_pages = Fact::Unknown(DocumentKind::Capabilities);
    };
    assert_eq!(change(&uncounted), in_cells(&[10, 10], 256), "any cell may have had them");
    let other = |world: &mut World| world.cluster.guests[0].requirements.hugepages.clear();
    let unnamed = |world: &mut World| {
        other(world);
        world.huge(0, None);
    };
    assert_eq!(change(&unnamed), in_cells(&[10, 10], 256), "the host has no other size");
}

#[test]
fn no_more_is_free_than_there_is() {
    assert_eq!(left(world([100, 100], [10, 10])), in_cells(&[100, 100], 0));
    let mut untold = world([300, 300], [0, 0]);
    untold.cluster.hosts[0].free_pages = Fact::Unknown(DocumentKind::FreePages);
    leave(&untold.cluster.guests[0], &mut untold.cluster.hosts[0]);
    assert_eq!(untold.cluster.hosts[0].free_pages.value(), None);
}

#[test]
fn a_guest_that_comes_may_have_its_pages_from_any_cell() {
    let came = |free: [u64; 2], cells: &[u32]| {
        let mut world = world([600, 600], free);
        if !cells.is_empty() {
            world.bind(0, cells);
        }
        arrive(&world.cluster.guests[0], &mut world.cluster.hosts[0]);
        told(&world.cluster.hosts[0])
    };
    assert_eq!(came([300, 400], &[]), in_cells(&[44, 144], 256));
    assert_eq!(came([100, 156], &[]), in_cells(&[0, 0], 0));
    assert_eq!(came([300, 400], &[0]), in_cells(&[44, 400], 0));
    assert_eq!(came([100, 100], &[]), in_cells(&[0, 0], 0), "too few");
}

/// A guest: from which cells its pages are, and how many there are really from each.
type Made = ([bool; 3], [u64; 3], bool);

/// Guests that are on the host, and that come to it; more pages in each cell than the former have.
fn made() -> impl Strategy<Value = (Vec<Made>, [u64; 3])> {
    let guest = (any::<[bool; 3]>(), prop::array::uniform3(0..20_u64), any::<bool>());
    let made = |(bound, mut has, leaves): Made| {
        if bound.contains(&true) {
            has.iter_mut().zip(bound).filter(|(_, of)| !of).for_each(|(has, _)| *has = 0);
        }
        (bound, has, leaves)
    };
    (prop::collection::vec(guest.prop_map(made), 1..5), prop::array::uniform3(0..30_u64))
}

proptest! {
    /// Guests are on a host, with pages from cells that only they know; some leave, and come back, from the same cells.
    #[test]
    fn no_cell_is_told_to_have_more_free_than_it_has((guests, spare) in made(), counted in any::<bool>()) {
        let sum = |cell: usize| guests.iter().map(|(_, has, _)| has[cell]).sum::<u64>();
        let all: Vec<_> = (0..3).map(|cell| (cell, 2, sum(cell as usize) + spare[cell as usize])).collect();
        let mut free = spare;
        let told_free: Vec<_> = (0..3).map(|cell| (cell, 2, spare[cell as usize])).collect();
        let mut world = World::new();
        world.host("a", Some(16), 4);
        world.pages(0, &all, Some(&told_free));
        for (at, (bound, has, _)) in guests.iter().enumerate() {
            let guest = world.guest(&format!("g{at}"), Some("a"), 2 * has.iter().sum::<u64>(), 1);
            world.huge(guest, Some(2));
            world.cluster.guests[guest].running = true;
            let cells: Vec<u32> = (0..3).filter(|&cell| bound[cell as usize]).collect();
            if !cells.is_empty() {
                world.bind(guest, &cells);
            }
        }
        if !counted {
            world.cluster.hosts[0].cell_pages = Fact::Unknown(DocumentKind::Capabilities);
        }
        let settings = world.cluster.settings.clone();
        let (mut host, mut again) = (world.cluster.hosts[0].clone(), world.cluster.hosts[0].clone());
        for back in [false, true] {
            for (at, (_, has, _)) in guests.iter().enumerate().filter(|(_, (_, _, leaves))| *leaves) {
                let guest = &world.cluster.guests[at];
                for cell in 0..3 {
                    free[cell] = if back { free[cell] - has[cell] } else { free[cell] + has[cell] };
                }
                if back {
                    arrive(guest, &mut host);
                    taken(guest, &mut again, &settings);
                } else {
                    leave(guest, &mut host);
                    given_back(guest, &mut again, &settings);
                }
                let ((cells, somewhere), (second, rest)) = (told(&host), told(&again));
                prop_assert_eq!(cells.values().sum::<u64>() + somewhere, free.iter().sum::<u64>());
                prop_assert!(second.values().sum::<u64>() + rest >= free.iter().sum::<u64>());
                for (cell, count) in cells {
                    prop_assert!(count <= free[cell as usize], "cell {}: {} of {:?}", cell, count, free);
                    // What the planner counts on, the verifier finds; it takes pages from the first cells that have some.
                    prop_assert!(count <= second[&cell], "cell {}: {} and {}", cell, count, second[&cell]);
                }
            }
        }
    }
}

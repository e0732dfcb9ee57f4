//! Made-up clusters in which hosts wait for one another.

use super::super::support::{LIVE, NO, World};
use crate::compat::{Assessment, GuestIndex, HostIndex};
use crate::model::{GroupPolicy, Memory};

/// All of a host's memory and processors are for guests.
pub(super) fn bare() -> World {
    let mut world = World::new();
    world.cluster.settings.memory_reserve = Memory::default();
    world.cluster.settings.cpu_overcommit_percent = 100;
    world
}

/// The memory in MiB of a guest that takes all of so many GiB, overhead and all, but for a few KiB.
pub(super) fn filling(gib: u64) -> u64 {
    (gib * 1_024 - 200) * 50 / 51
}

/// The guest may go to these hosts only, and live.
pub(super) fn only(world: &mut World, guest: GuestIndex, hosts: &[HostIndex]) {
    say_all(world, guest, NO);
    for &host in hosts {
        world.say(guest, host, LIVE);
    }
}

pub(super) fn say_all(world: &mut World, guest: GuestIndex, assessment: Assessment) {
    for host in 0..world.cluster.hosts.len() {
        world.say(guest, host, assessment);
    }
}

/// A ring of hosts of which each has less of one thing and more of another than the next: the guest on each fits the next one to the last KiB and
/// vCPU, and is too much for its own. With a spare host each may wait there.
pub(super) fn ring(size: usize, spare: bool) -> World {
    let mut world = bare();
    let (gib, vcpus) = (|at: usize| 8 * (at as u64 + 1), |at: usize| 4 * u32::try_from(size - at).unwrap());
    for at in 0..size {
        world.host(&format!("h{at}"), Some(gib(at)), vcpus(at));
    }
    if spare {
        world.host("spare", Some(gib(size)), vcpus(0) + 4);
    }
    for at in 0..size {
        let next = (at + 1) % size;
        let guest = world.guest(&format!("g{at}"), Some(&format!("h{at}")), filling(gib(next)), vcpus(next));
        let hosts: Vec<HostIndex> = [next].into_iter().chain(spare.then_some(size)).collect();
        only(&mut world, guest, &hosts);
    }
    world
}

/// What relieves all hosts of a ring.
pub(super) fn relieve(size: usize) -> String {
    let names: Vec<String> = (0..size).map(|at| format!("h{at}")).collect();
    format!("relieve {}", names.join(" "))
}

/// Guests that go in pairs, on huge pages, from one cell or with a device of their own, and hosts with room for all of them: one host is
/// drained, and another one filled from where these go.
pub(super) fn teams(seed: u64) -> (World, Vec<&'static str>) {
    let mut world = bare();
    let many = 2 + u32::try_from(seed % 3).unwrap();
    for at in 0..4 {
        let host = world.host(&format!("h{at}"), Some(64), 64);
        world.pages(host, &[(0, 2, 4_096), (1, 2, 4_096)], None);
        world.gives(host, "vf", Some(u64::from(many)));
    }
    world.cluster.settings.moves_per_host = 4;
    for at in 0..many {
        for (pair, home) in [("a", "h0"), ("b", "h0"), ("c", "h1")] {
            let guest = world.guest(&format!("{pair}{at}"), Some(home), 2_000 + 100 * (seed % 7), 2);
            match (at, seed % 2) {
                (0, _) => world.bind(guest, &[u32::from(pair == "b")]),
                (1, 0) => world.card(guest, "vf"),
                _ => world.huge(guest, Some(2)),
            }
        }
        let joined = seed.is_multiple_of(2) || at > 0;
        if joined {
            world.group(&format!("pair{at}"), &[&format!("a{at}"), &format!("b{at}")], GroupPolicy::Together);
        }
    }
    (world, vec!["drain h0", "adopt h2", "ban h3"])
}

/// Guests that leave a host to which others come: what is drained goes where hosts that adopt are filled from.
pub(super) fn chain(seed: u64) -> (World, Vec<&'static str>) {
    let mut world = bare();
    for at in 0..3 {
        world.host(&format!("h{at}"), Some(32), 32);
    }
    world.cluster.settings.moves_per_host = 3;
    for (at, home) in [(0, "h0"), (1, "h1"), (2, "h1")] {
        let guest = world.guest(&format!("g{at}"), Some(home), 2_000 + 500 * (seed % 5) + 100 * at, 2);
        only(&mut world, guest, &[if at == 0 { 1 } else { 2 }]);
    }
    (world, vec!["drain h0", "adopt h2"])
}

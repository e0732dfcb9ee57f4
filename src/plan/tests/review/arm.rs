//! x86 guests on ARM cores.

use super::super::support::{NO, REBUILD};
use super::room::{place, topology};
use super::{World, reviewed};
use crate::compat::{Answer, Assessment};
use crate::model::{Arch, Fact};
use crate::plan::review::{ArmSizing, Losses};

/// An x86 host of 8 threads with 4 cores, an ARM host of 4 cores, and two guests on the former that may be rebuilt.
fn mixed() -> World {
    let mut world = World::new();
    world.host("x86", Some(64), 8);
    world.host("arm", Some(16), 4);
    topology(&mut world, 0, "hosts/x86/lscpu.txt", (1, 4, 2));
    topology(&mut world, 1, "hosts/arm/lscpu.txt", (1, 4, 1));
    let place = place(&mut world, "capabilities.xml");
    world.cluster.hosts[0].platform.arch = Fact::known(Arch::X86_64, place);
    world.cluster.hosts[1].platform.arch = Fact::known(Arch::Aarch64, place);
    for (name, vcpus) in [("db", 8), ("web", 2), ("old", 4)] {
        let guest = world.guest(name, Some("x86"), 1000, vcpus);
        world.cluster.guests[guest].requirements.arch = Fact::known(Arch::X86_64, place);
        world.say(guest, 1, if name == "old" { NO } else { REBUILD });
    }
    world
}

fn sizing(world: &World) -> ArmSizing {
    reviewed(world, Losses::Single).arm.expect("there is an ARM host")
}

#[test]
fn threads_of_cores_with_smt_are_taken_for_parts_of_a_core() {
    let mut world = mixed();
    let found = sizing(&world);
    assert_eq!((found.guests.as_slice(), found.vcpus, found.cores_at(650)), (&[0, 1][..], 10, 6500));
    assert_eq!((found.cores_at(600), found.cores_at(700)), (6000, 7000));
    assert_eq!((found.memory.as_mib(), found.fits()), (2440, Some(true)));
    assert_eq!((found.offered().cores, found.offered().free.vcpus), (4, 16));
    // Without SMT a thread is a core.
    topology(&mut world, 0, "hosts/x86/lscpu.txt", (1, 8, 1));
    assert_eq!((sizing(&world).smt_vcpus, sizing(&world).cores_at(650)), (0, 10_000));
}

#[test]
fn sums_that_do_not_fit_are_told() {
    let mut world = mixed();
    // 6.5 of 7 cores, then of 6.
    for (percent, fits) in [(175, true), (150, false)] {
        world.cluster.settings.cpu_overcommit_percent = percent;
        assert_eq!(sizing(&world).fits(), Some(fits), "{percent}");
    }
    let mut world = mixed();
    world.guest("tenant", Some("arm"), 11_500, 1);
    assert_eq!(sizing(&world).fits(), Some(false), "memory");
}

#[test]
fn what_is_not_known_is_not_sized() {
    let mut world = mixed();
    world.say(2, 1, Assessment { rebuild: Answer::Unknown, ..NO });
    let found = sizing(&world);
    assert_eq!((found.unknown.len(), found.guests.len(), found.fits()), (1, 2, Some(true)), "in any case");
    // 6.5 cores, and up to 4 of the one in doubt.
    for (percent, fits) in [(275, Some(true)), (250, None), (150, Some(false))] {
        world.cluster.settings.cpu_overcommit_percent = percent;
        assert_eq!(sizing(&world).fits(), fits, "{percent}");
    }
    world.cluster.settings.cpu_overcommit_percent = 400;
    world.cluster.guests[2].memory = Fact::Unknown(crate::model::DocumentKind::Domain);
    assert_eq!(sizing(&world).fits(), None);
    let mut world = mixed();
    world.cluster.hosts[0].topology = Fact::Unknown(crate::model::DocumentKind::Lscpu);
    let found = sizing(&world);
    assert_eq!((found.guests.len(), found.unknown.len()), (0, 2));
    assert!(found.unknown[0].1.contains("'x86': its cores are not known; collect lscpu.txt"));
    let mut world = mixed();
    world.cluster.hosts[1].topology = Fact::Unknown(crate::model::DocumentKind::Lscpu);
    assert_eq!((sizing(&world).offered().cores, sizing(&world).fits()), (0, None));
    let mut world = mixed();
    world.cluster.hosts.truncate(1);
    assert_eq!(reviewed(&world, Losses::Single).arm, None);
}

//! Groups of made-up hosts.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use proptest::sample::select;

use crate::cpu::Bearing;
use crate::cpu::arm::{ArmEdge, ArmGroups, ArmHost, arm_groups};
use crate::model::{Arch, Fact, KvmMode, Memory, Midr, Name, Platform, VectorLength, Version};
use crate::text::{Place, Sources, Span};

fn fact<T>(value: T) -> Fact<T> {
    let source = Sources::default().add("made up", "");
    Fact::known(value, Place { source, span: Span::new(0, 0) })
}

fn host(midr: u32, flags: &str, qemu: Version) -> Platform {
    let mut host = Platform::unknown();
    host.arch = fact(Arch::Aarch64);
    host.qemu = fact(qemu);
    host.kernel = fact("6.6.0".to_owned());
    host.cpu.midrs = fact(BTreeSet::from([Midr(midr)]));
    host.cpu.flags = fact(flags.split(' ').map(Name::new).collect());
    host.cpu.gic = fact(3);
    host.cpu.ipa_bits = fact(48);
    host.cpu.kvm_mode = fact(KvmMode::Vhe);
    host.cpu.page_sizes = fact(BTreeSet::from([Memory::kib(64)]));
    host
}

fn of(platforms: &[(&str, &Platform)]) -> ArmGroups {
    let hosts: Vec<_> = platforms.iter().map(|&(name, platform)| ArmHost { name, platform }).collect();
    arm_groups(&hosts)
}

#[test]
fn equal_hosts_are_one_class_and_one_group() {
    let one = host(0x481f_d010, "fp asimd", Version::new(8, 2, 0));
    let found = of(&[("a", &one), ("b", &one)]);
    assert_eq!(found.classes, [["a", "b"]]);
    assert_eq!((found.edges.len(), found.edges[0].bearing), (1, Bearing::Agrees));
    assert_eq!(found.free_hosts(), [["a", "b"]]);
}

#[test]
fn other_cores_are_another_group() {
    let kunpeng = host(0x481f_d010, "fp asimd", Version::new(8, 2, 0));
    let neoverse = host(0x413f_d0c1, "fp asimd", Version::new(8, 2, 0));
    let found = of(&[("k", &kunpeng), ("n", &neoverse)]);
    assert_eq!(found.groups, [[0], [1]]);
    let between = found.edges.iter().filter(|edge| edge.from != edge.to);
    assert!(between.map(|edge| edge.bearing).eq([Bearing::Blocks; 2]));
}

#[test]
fn a_host_with_more_features_is_reached_one_way() {
    let old = host(0x481f_d010, "fp asimd", Version::new(8, 2, 0));
    let new = host(0x481f_d010, "fp asimd sve", Version::new(8, 2, 0));
    let found = of(&[("a-old", &old), ("b-new", &new)]);
    let bearing = |from, to| found.edges.iter().find(|e| (e.from, e.to) == (from, to)).map(|e| e.bearing);
    assert!(bearing(0, 1) <= Some(Bearing::Doubts));
    assert_eq!(bearing(1, 0), Some(Bearing::Blocks));
    assert_eq!(found.groups, [[0], [1]]);
}

#[test]
fn what_is_not_known_is_no_group() {
    let known = host(0x481f_d010, "fp asimd", Version::new(8, 2, 0));
    let unknown = Platform::unknown();
    let found = of(&[("known", &known), ("unknown", &unknown)]);
    assert_eq!(found.groups, [[0], [1]]);
    let found = of(&[("one", &unknown), ("two", &unknown)]);
    assert_eq!(found.free_hosts(), [["one"], ["two"]], "equal ignorance is not equality");
}

/// A host of few choices, so that many are alike, some are near and some are unknown.
fn any_host() -> impl Strategy<Value = Platform> {
    let midr = prop::option::of(select(vec![0x481f_d010, 0x480f_d020, 0x413f_d0c1]));
    let flags = prop::option::weighted(0.9, select(vec!["fp", "fp sve", "fp sve mte", "fp paca"]));
    let qemu = select(vec![Version::new(7, 2, 0), Version::new(8, 2, 0)]);
    let vector = prop::option::of((select(vec![256, 512]), any::<bool>()));
    (midr, flags, qemu, vector, select(vec![40_u32, 48])).prop_map(|(midr, flags, qemu, vector, ipa)| {
        let mut made = host(midr.unwrap_or_default(), flags.unwrap_or_default(), qemu);
        made.cpu.ipa_bits = fact(ipa);
        if midr.is_none() {
            made.cpu.midrs = Platform::unknown().cpu.midrs;
        }
        if flags.is_none() {
            made.cpu.flags = Platform::unknown().cpu.flags;
        }
        if let Some((bits, longest)) = vector {
            made.cpu.vector_length = fact(VectorLength { bits, longest });
        }
        made
    })
}

fn named(platforms: &[Platform]) -> Vec<(String, &Platform)> {
    platforms.iter().enumerate().map(|(at, platform)| (format!("host-{at}"), platform)).collect()
}

fn found(named: &[(String, &Platform)]) -> ArmGroups {
    of(&named.iter().map(|(name, platform)| (name.as_str(), *platform)).collect::<Vec<_>>())
}

/// Every way from host to host, and what bears on it.
fn ways(found: &ArmGroups) -> BTreeMap<(String, String), ArmEdge> {
    let hosts = |edge: &ArmEdge| {
        let (from, to) = (found.classes[edge.from].clone(), found.classes[edge.to].clone());
        from.into_iter().flat_map(move |one| to.clone().into_iter().map(move |other| (one.clone(), other)))
    };
    let plain = |edge: &ArmEdge| ArmEdge { from: 0, to: 0, ..edge.clone() };
    let all = found.edges.iter().flat_map(|edge| hosts(edge).map(|way| (way, plain(edge))));
    all.filter(|((from, to), _)| from != to).collect()
}

proptest! {
    #[test]
    fn within_a_group_everybody_reaches_everybody(platforms in prop::collection::vec(any_host(), 1..7)) {
        let found = found(&named(&platforms));
        let ways = ways(&found);
        let groups = found.free_hosts();
        for group in &groups {
            for (one, other) in group.iter().flat_map(|one| group.iter().map(move |other| (one, other))) {
                let way = ways.get(&(one.clone(), other.clone()));
                prop_assert!(way.is_some_and(ArmEdge::is_free) || one == other, "{one} {other}");
            }
        }
        let mut hosts: Vec<_> = groups.concat();
        hosts.sort();
        let all: Vec<_> = named(&platforms).into_iter().map(|(name, _)| name).collect();
        prop_assert_eq!(hosts, all, "each host is in one group");
    }

    #[test]
    fn the_order_of_hosts_does_not_matter(
        (platforms, order) in prop::collection::vec(any_host(), 1..7).prop_flat_map(|platforms| {
            let order = Just((0..platforms.len()).collect::<Vec<_>>()).prop_shuffle();
            (Just(platforms), order)
        })
    ) {
        let hosts = named(&platforms);
        let shuffled: Vec<_> = order.iter().map(|&at| hosts[at].clone()).collect();
        prop_assert_eq!(found(&hosts), found(&shuffled));
    }

    #[test]
    fn a_joining_host_changes_no_way_between_the_others(
        platforms in prop::collection::vec(any_host(), 1..6), joining in any_host()
    ) {
        let before = ways(&found(&named(&platforms)));
        let all = [platforms, vec![joining]].concat();
        let after = ways(&found(&named(&all)));
        for (way, edge) in before {
            prop_assert_eq!(after.get(&way), Some(&edge));
        }
    }
}

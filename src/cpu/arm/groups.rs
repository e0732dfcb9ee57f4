//! Between which ARM hosts a guest with `host-passthrough` may move live, and in which direction.
//!
//! There is no baseline that would make two unlike hosts alike, so what can be said of a set of
//! hosts is which of them are near enough to one another.

use super::passthrough_differences;
use crate::cpu::{Bearing, Difference};
use crate::model::Platform;

/// One ARM host.
#[derive(Clone, Copy, Debug)]
pub struct ArmHost<'h> {
    /// Its name.
    pub name: &'h str,
    /// What is known of it.
    pub platform: &'h Platform,
}

/// The way from one host to another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArmEdge {
    /// Where the guest is, as an index into [`ArmGroups::classes`].
    pub from: usize,
    /// Where it would go, as an index into [`ArmGroups::classes`].
    pub to: usize,
    /// The worst of the differences.
    pub bearing: Bearing,
    /// Every aspect, for and against.
    pub differences: Vec<Difference>,
}

/// What can be said of a set of ARM hosts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ArmGroups {
    /// Hosts of equal platforms, by name, in the order of their first hosts.
    pub classes: Vec<Vec<String>>,
    /// The ways between different classes, by source and destination.
    pub edges: Vec<ArmEdge>,
    /// Classes among which nothing stands against a live move in either direction.
    pub groups: Vec<Vec<usize>>,
}

/// Compares all hosts with one another, class by class.
pub fn arm_groups(hosts: &[ArmHost<'_>]) -> ArmGroups {
    let mut classes: Vec<(&Platform, Vec<String>)> = Vec::new();
    for host in hosts {
        match classes.iter_mut().find(|(platform, _)| *platform == host.platform) {
            Some((_, names)) => names.push(host.name.to_owned()),
            None => classes.push((host.platform, vec![host.name.to_owned()])),
        }
    }
    let pairs = (0..classes.len()).flat_map(|from| (0..classes.len()).map(move |to| (from, to)));
    let between = pairs.filter(|(from, to)| from != to);
    let edges: Vec<_> =
        between.map(|(from, to)| edge((from, classes[from].0), (to, classes[to].0))).collect();
    let groups = groups(classes.len(), &edges);
    ArmGroups { classes: classes.into_iter().map(|(_, names)| names).collect(), edges, groups }
}

fn edge((from, source): (usize, &Platform), (to, destination): (usize, &Platform)) -> ArmEdge {
    let differences = passthrough_differences(source, destination);
    let bearing = differences.iter().map(|difference| difference.bearing).max().unwrap_or(Bearing::Agrees);
    ArmEdge { from, to, bearing, differences }
}

/// Each class joins the first group of whose members none objects, in either direction.
fn groups(classes: usize, edges: &[ArmEdge]) -> Vec<Vec<usize>> {
    let free = |from: usize, to: usize| {
        edges.iter().any(|edge| (edge.from, edge.to) == (from, to) && edge.bearing <= Bearing::Doubts)
    };
    let mut groups: Vec<Vec<usize>> = Vec::new();
    for class in 0..classes {
        let fits =
            |group: &&mut Vec<usize>| group.iter().all(|&other| free(class, other) && free(other, class));
        match groups.iter_mut().find(fits) {
            Some(group) => group.push(class),
            None => groups.push(vec![class]),
        }
    }
    groups
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::model::{Arch, Fact, KvmMode, Memory, Midr, Version};
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
        host.cpu.flags = fact(flags.split(' ').map(str::to_owned).collect());
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
        assert_eq!((found.edges.len(), found.groups), (0, vec![vec![0]]));
    }

    #[test]
    fn other_cores_are_another_group() {
        let kunpeng = host(0x481f_d010, "fp asimd", Version::new(8, 2, 0));
        let neoverse = host(0x413f_d0c1, "fp asimd", Version::new(8, 2, 0));
        let found = of(&[("k", &kunpeng), ("n", &neoverse)]);
        assert_eq!(found.groups, [[0], [1]]);
        assert!(found.edges.iter().all(|edge| edge.bearing == Bearing::Blocks));
    }

    #[test]
    fn a_host_with_more_features_is_reached_one_way() {
        let old = host(0x481f_d010, "fp asimd", Version::new(8, 2, 0));
        let new = host(0x481f_d010, "fp asimd sve", Version::new(8, 2, 0));
        let found = of(&[("old", &old), ("new", &new)]);
        let bearing = |from, to| found.edges.iter().find(|e| (e.from, e.to) == (from, to)).map(|e| e.bearing);
        assert!(bearing(0, 1) <= Some(Bearing::Doubts));
        assert_eq!(bearing(1, 0), Some(Bearing::Blocks));
        assert_eq!(found.groups, [[0], [1]]);
    }

    #[test]
    fn what_is_not_known_is_no_group() {
        let known = host(0x481f_d010, "fp asimd", Version::new(8, 2, 0));
        let found = of(&[("known", &known), ("unknown", &Platform::unknown())]);
        assert_eq!(found.groups, [[0], [1]]);
    }
}

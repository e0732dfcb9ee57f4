//! Between which ARM hosts a guest with `host-passthrough` may move live, and in which direction.
//!
//! There is no baseline that would make two unlike hosts alike, so what can be said of a set of
//! hosts is which of them are near enough to one another.

use std::collections::BTreeSet;

use super::{Given, passthrough_differences};
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

/// The way from the hosts of one class to those of another, or among the hosts of one.
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

impl ArmEdge {
    /// Whether nothing that is known or missing bars the way.
    pub fn is_free(&self) -> bool {
        self.bearing <= Bearing::Doubts
    }
}

/// What can be said of a set of ARM hosts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ArmGroups {
    /// Hosts of equal platforms, by name, ascending, as are the classes by their first hosts.
    pub classes: Vec<Vec<String>>,
    /// The ways between classes, and among the hosts of each class, by source and destination.
    pub edges: Vec<ArmEdge>,
    /// Classes among which nothing stands against a live move in either direction.
    pub groups: Vec<Vec<usize>>,
}

impl ArmGroups {
    /// The hosts of each group. Hosts of one class that cannot be told to be free among themselves,
    /// because something is not known of all of them, are alone.
    pub fn free_hosts(&self) -> Vec<Vec<String>> {
        let free = |class: usize| self.among(class).is_some_and(ArmEdge::is_free);
        let hosts = |group: &Vec<usize>| match group[..] {
            [class] if !free(class) => self.classes[class].iter().map(|host| vec![host.clone()]).collect(),
            _ => vec![group.iter().flat_map(|&class| self.classes[class].clone()).collect()],
        };
        self.groups.iter().flat_map(hosts).collect()
    }

    /// The way among the hosts of a class: what is not known of them, and what is doubtful in itself.
    pub fn among(&self, class: usize) -> Option<&ArmEdge> {
        self.edges.iter().find(|edge| (edge.from, edge.to) == (class, class))
    }
}

/// Compares all hosts with one another, class by class. The order of `hosts` does not matter.
pub fn arm_groups(hosts: &[ArmHost<'_>]) -> ArmGroups {
    let mut hosts = hosts.to_vec();
    hosts.sort_by_key(|host| host.name);
    let mut classes: Vec<(&Platform, Vec<String>)> = Vec::new();
    for host in hosts {
        match classes.iter_mut().find(|(platform, _)| *platform == host.platform) {
            Some((_, names)) => names.push(host.name.to_owned()),
            None => classes.push((host.platform, vec![host.name.to_owned()])),
        }
    }
    let pairs = (0..classes.len()).flat_map(|from| (0..classes.len()).map(move |to| (from, to)));
    let edges: Vec<_> = pairs.map(|(from, to)| edge((from, classes[from].0), (to, classes[to].0))).collect();
    let groups = groups(classes.len(), &edges);
    ArmGroups { classes: classes.into_iter().map(|(_, names)| names).collect(), edges, groups }
}

fn edge((from, source): (usize, &Platform), (to, destination): (usize, &Platform)) -> ArmEdge {
    let differences = passthrough_differences(source, destination, &Given::EVERYTHING);
    let bearing = differences.iter().map(|difference| difference.bearing).max().unwrap_or(Bearing::Agrees);
    ArmEdge { from, to, bearing, differences }
}

/// Each class joins the first group of whose members none objects, in either direction.
fn groups(classes: usize, edges: &[ArmEdge]) -> Vec<Vec<usize>> {
    let barred: BTreeSet<_> =
        edges.iter().filter(|edge| !edge.is_free()).map(|edge| (edge.from, edge.to)).collect();
    let free = |one: usize, other: usize| !barred.contains(&(one, other)) && !barred.contains(&(other, one));
    let mut groups: Vec<Vec<usize>> = Vec::new();
    for class in 0..classes {
        // Hosts of one class that are not free among themselves are free with no others.
        let fits = |group: &&mut Vec<usize>| {
            group.iter().chain([&class]).all(|&other| free(class, other) && free(other, other))
        };
        match groups.iter_mut().find(fits) {
            Some(group) => group.push(class),
            None => groups.push(vec![class]),
        }
    }
    groups
}

//! Memory and NUMA nodes (`virDomainDefMemoryCheckABIStability`, `virDomainNumaCheckABIStability`, libvirt 9.0).

use std::collections::{BTreeMap, BTreeSet};

use super::order::all;
use super::read::number;
use super::vcpus::most;
use super::{AbiSaid, AbiSide, Found};
use crate::knowledge::AbiProperty;
use crate::model::Memory;
use crate::text::Span;
use crate::text::xml::{Document, Element};

/// What libvirt takes the distance of a node to itself and to another for.
const DISTANCES: (u64, u64) = (10, 20);

/// All memory: as the document says, or, where it does not, that of its nodes and its memory devices.
pub(super) fn total(property: &AbiProperty, documents: (&Document<'_>, &Document<'_>), found: &mut Found) {
    let side = |document: &Document<'_>| {
        let root = document.root();
        let written = root.child("memory");
        let said = written.and_then(amount).filter(|amount| *amount > Memory::default());
        let nodes = all(root, "cpu/numa/cell").into_iter().filter_map(cell_memory);
        let devices = all(root, "devices/memory/target/size").into_iter().filter_map(amount);
        let sum: Memory = nodes.chain(devices).sum();
        let said = said.unwrap_or(sum).as_kib().to_string();
        AbiSide { said: AbiSaid::Value(said), span: written.map_or(root.start_tag(), Element::span) }
    };
    found.compare(property.property, side(documents.0), side(documents.1));
}

fn amount(element: Element<'_>) -> Option<Memory> {
    Memory::parse(&element.text(), &element.value("unit").unwrap_or_default())
}

fn cell_memory(cell: Element<'_>) -> Option<Memory> {
    Memory::parse(&cell.value("memory")?, &cell.value("unit").unwrap_or_default())
}

/// One NUMA node of the guest.
struct Node {
    memory: u64,
    cpus: BTreeSet<u64>,
    distances: BTreeMap<usize, (u64, Span)>,
    span: Span,
}

/// Compares the NUMA nodes: how many, their memory, their vCPUs, how far they are apart.
pub(super) fn nodes(documents: (&Document<'_>, &Document<'_>), found: &mut Found) {
    let (sources, targets) = (read(documents.0), read(documents.1));
    let anchor = |document: &Document<'_>| {
        let root = document.root();
        root.at("cpu/numa").unwrap_or(root).start_tag()
    };
    let say = |said: String, span| AbiSide { said: AbiSaid::Value(said), span };
    if sources.len() != targets.len() {
        let side = |nodes: &[Node], document| say(nodes.len().to_string(), anchor(document));
        return found.compare("NUMA node count", side(&sources, documents.0), side(&targets, documents.1));
    }
    for (at, (one, two)) in sources.iter().zip(&targets).enumerate() {
        let memory = |node: &Node| say(node.memory.to_string(), node.span);
        found.compare(&format!("Size of target NUMA node {at}"), memory(one), memory(two));
        let mask = |node: &Node| say(ranges(&node.cpus), node.span);
        found.compare(&format!("Processor mask of target NUMA node {at}"), mask(one), mask(two));
        for other in 0..sources.len() {
            let side = |nodes: &[Node]| {
                let (far, span) = distance(nodes, at, other);
                say(far.to_string(), span)
            };
            let property = format!("NUMA distance from {at} to {other}");
            found.compare(&property, side(&sources), side(&targets));
        }
    }
}

fn read(document: &Document<'_>) -> Vec<Node> {
    let mut nodes: Vec<(u64, Node)> = Vec::new();
    for (at, cell) in all(document.root(), "cpu/numa/cell").into_iter().enumerate() {
        let id = cell.value("id").as_deref().and_then(number).unwrap_or(at as u64);
        let distance = |sibling: Element<'_>| {
            let id = usize::try_from(number(&sibling.value("id")?)?).ok()?;
            Some((id, (number(&sibling.value("value")?)?, sibling.start_tag())))
        };
        let node = Node {
            memory: cell_memory(cell).unwrap_or_default().as_kib(),
            cpus: set(&cell.value("cpus").unwrap_or_default()),
            distances: all(cell, "distances/sibling").into_iter().filter_map(distance).collect(),
            span: cell.start_tag(),
        };
        nodes.push((id, node));
    }
    nodes.sort_by_key(|(id, _)| *id);
    let mut nodes: Vec<Node> = nodes.into_iter().map(|(_, node)| node).collect();
    // vCPUs of no node are the first one's (qemuDomainDefNumaCPUsRectify).
    let taken: BTreeSet<u64> = nodes.iter().flat_map(|node| node.cpus.iter().copied()).collect();
    if let Some(first) = nodes.first_mut() {
        first.cpus.extend((0..most(document)).filter(|cpu| !taken.contains(cpu)));
    }
    nodes
}

/// A distance that is told for one direction holds for both.
fn distance(nodes: &[Node], from: usize, to: usize) -> (u64, Span) {
    let told = |from: usize, to: usize| nodes.get(from).and_then(|node| node.distances.get(&to).copied());
    let assumed = if from == to { DISTANCES.0 } else { DISTANCES.1 };
    let span = nodes.get(from).map_or(Span { start: 0, end: 0 }, |node| node.span);
    told(from, to).or_else(|| told(to, from)).unwrap_or((assumed, span))
}

/// A set of vCPUs as libvirt writes it: `0-3,^2,6`.
fn set(text: &str) -> BTreeSet<u64> {
    let mut set = BTreeSet::new();
    for part in text.split(',').map(str::trim) {
        let (part, taken) = match part.strip_prefix('^') {
            Some(part) => (part, true),
            None => (part, false),
        };
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        let (Some(first), Some(last)) = (number(first.trim()), number(last.trim())) else { continue };
        for cpu in first..=last.min(super::vcpus::MOST) {
            if taken {
                set.remove(&cpu)
            } else {
                set.insert(cpu)
            };
        }
    }
    set
}

fn ranges(set: &BTreeSet<u64>) -> String {
    let mut parts: Vec<(u64, u64)> = Vec::new();
    for &cpu in set {
        match parts.last_mut() {
            Some((_, last)) if *last + 1 == cpu => *last = cpu,
            _ => parts.push((cpu, cpu)),
        }
    }
    let part = |(first, last): (u64, u64)| {
        if first == last { first.to_string() } else { format!("{first}-{last}") }
    };
    parts.into_iter().map(part).collect::<Vec<_>>().join(",")
}

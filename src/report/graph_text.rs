//! `graph` for people: who can go where, in words.

use std::fmt::Write as _;

use super::graph_json::{EdgeRecord, GraphDocument};

/// The graph in words.
pub fn graph_text(graph: &GraphDocument) -> String {
    let mut out = format!("{}: {} classes of hosts\n\n", graph.cluster, graph.host_classes.len());
    let name =
        |class: usize| graph.host_classes.get(class).map_or_else(String::new, |hosts| hosts.join(", "));
    for edge in &graph.edges {
        let _ = writeln!(out, "{} -> {}: {}", name(edge.from), name(edge.to), counts(edge));
    }
    for group in graph.live_groups.iter().filter(|group| group.len() > 1) {
        let hosts: Vec<_> = group.iter().map(|&class| name(class)).collect();
        let _ = writeln!(out, "\nlive to and fro: {}", hosts.join(", "));
    }
    for &(from, to) in &graph.one_way {
        let _ = writeln!(out, "\nlive one way only: {} -> {}", name(from), name(to));
    }
    for (what, guests) in [("no other host", &graph.islands), ("one other host only", &graph.single_target)] {
        if !guests.is_empty() {
            let _ = writeln!(out, "\n{what}: {}", guests.join(", "));
        }
    }
    out
}

fn counts(edge: &EdgeRecord) -> String {
    let counts = [
        (edge.live, "live"),
        (edge.cold, "cold"),
        (edge.rebuild, "rebuild"),
        (edge.unknown, "unknown"),
        (edge.impossible, "impossible"),
    ];
    let some =
        counts.iter().filter(|(count, _)| *count > 0).map(|(count, verdict)| format!("{count} {verdict}"));
    some.collect::<Vec<_>>().join(", ")
}

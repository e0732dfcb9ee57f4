//! `graph.dot`: the compatibility graph for Graphviz.

use std::fmt::Write as _;

use crate::compat::{Chart, HostEdge, Reach, Verdict};

/// The graph of host classes, with an edge where guests can go, and of guests that can go nowhere.
pub fn dot(chart: &Chart<'_>, reach: &Reach) -> String {
    let mut out = format!(
        "digraph {} {{\n  rankdir=LR;\n  node [shape=box, style=rounded];\n",
        quoted(&chart.cluster.name)
    );
    for (at, class) in chart.host_classes.iter().enumerate() {
        let names: Vec<_> = class.hosts.iter().map(|&host| chart.cluster.hosts[host].name.as_str()).collect();
        let _ = writeln!(out, "  h{at} [label={}];", quoted(&names.join("\n")));
    }
    for edge in reach.host_edges() {
        out.push_str(&edge_lines(&edge));
    }
    for guest in (0..chart.cluster.guests.len()).filter(|&guest| chart.targets(guest).is_empty()) {
        let name = &chart.cluster.guests[guest].name;
        let _ = writeln!(out, "  g{guest} [label={}, shape=ellipse, color=red];", quoted(name));
        if let Some(home) = chart.home(guest) {
            let _ = writeln!(out, "  h{} -> g{guest} [style=dotted, dir=none];", chart.class_of_host(home));
        }
    }
    out.push_str("}\n");
    out
}

fn edge_lines(edge: &HostEdge) -> String {
    const DRAWN: [(Verdict, &str); 3] =
        [(Verdict::Live, "solid"), (Verdict::Cold, "dashed"), (Verdict::Rebuild, "dotted")];
    let mut out = String::new();
    for (verdict, style) in DRAWN {
        let guests = edge.count(verdict);
        if guests > 0 {
            let label = quoted(&format!("{verdict} {guests}"));
            let _ = writeln!(out, "  h{} -> h{} [label={label}, style={style}];", edge.from, edge.to);
        }
    }
    out
}

/// A DOT string: quotes and backslashes escaped, line ends as `\n`.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n"))
}

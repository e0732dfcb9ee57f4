//! The compatibility graph: where guests are on the left, where they can go on the right.

use super::drawing::{Drawing, first_of, times};
use crate::compat::{Chart, HostEdge, Reach, Verdict};
use crate::report::islands::islands;
use crate::report::words::counted;

const WIDTH: i64 = 960;
const LEFT: i64 = 20;
const NODE: i64 = 240;
const RIGHT: i64 = WIDTH - 20 - NODE;
const TOP: i64 = 40;
/// The least height of a box.
const LEAST: i64 = 42;
/// The height that each line takes of a box.
const PORT: i64 = 16;
const GAP: i64 = 14;
/// The width of what is said of a line, where it begins.
const SAID: i64 = 112;
/// Lines that are drawn at most; beyond it nobody follows one.
const LINES: usize = 200;
/// Guests that are named.
const ISLANDS: usize = 12;

/// One line: guests of one class of hosts with one verdict for another.
struct Line {
    from: usize,
    to: usize,
    words: String,
    class: &'static str,
    head: &'static str,
}

/// Where the boxes of one side stand, by class of hosts.
struct Side {
    tops: Vec<i64>,
    heights: Vec<i64>,
    /// How many lines each box has so far.
    taken: Vec<usize>,
    bottom: i64,
}

/// The graph as a file of its own.
pub fn graph_svg(chart: &Chart<'_>, reach: &Reach) -> String {
    graph(chart, reach).alone()
}

/// The graph.
pub(in crate::report) fn graph(chart: &Chart<'_>, reach: &Reach) -> Drawing {
    let groups = reach.live_groups();
    let members =
        |(at, group): (usize, &Vec<usize>)| group.iter().map(move |&class| (at, class)).collect::<Vec<_>>();
    let order: Vec<(usize, usize)> = groups.iter().enumerate().flat_map(members).collect();
    let title = format!("Between which hosts of {} guests can move", chart.cluster.name);
    let description = format!(
        "{} of hosts in {} among which guests move live to and fro; {} in which guests move live and not back.",
        counted(chart.host_classes.len(), "kind"),
        counted(groups.len(), "group"),
        counted(reach.one_way().len(), "direction")
    );
    let mut out = Drawing::new("graph", title, description, WIDTH);
    out.text((LEFT, 24), "head", "guests are on");
    out.text((RIGHT, 24), "head", "and can go to");
    let mut lines = lines(reach, &order);
    let cut = lines.len().saturating_sub(LINES);
    lines.truncate(LINES);
    let mut left = Side::new(&order, lines.iter().map(|line| line.from));
    let mut right = Side::new(&order, lines.iter().map(|line| line.to));
    for line in &lines {
        draw(&mut out, line, (left.port(line.from), right.port(line.to)));
    }
    for &(group, class) in &order {
        boxes(&mut out, chart, (group, class), (&left, &right));
    }
    let height = below(&mut out, chart, left.bottom.max(right.bottom), cut);
    out.height(height)
}

/// The lines from the top to the bottom of the left side, each box's in the order of the right side.
fn lines(reach: &Reach, order: &[(usize, usize)]) -> Vec<Line> {
    const DRAWN: [(Verdict, &str, &str); 4] = [
        (Verdict::Live, "live", "head-live"),
        (Verdict::Cold, "cold", "head-cold"),
        (Verdict::Rebuild, "rebuild", "head-rebuild"),
        (Verdict::Unknown, "unknown", "head-unknown"),
    ];
    let mut place = vec![0; order.len()];
    for (at, &(_, class)) in order.iter().enumerate() {
        place[class] = at;
    }
    let mut edges = reach.host_edges();
    edges.sort_by_key(|edge| (place[edge.from], place[edge.to]));
    let one_way = reach.one_way();
    let mut lines = Vec::new();
    for (edge, (verdict, class, head)) in edges.iter().flat_map(|edge| DRAWN.map(|drawn| (edge, drawn))) {
        let guests = edge.count(verdict);
        let only = verdict == Verdict::Live && one_way.contains(edge);
        let (class, head) = if only { ("one-way", "head-one-way") } else { (class, head) };
        let words = format!("{verdict} {guests}{}", if only { ", one way" } else { "" });
        let HostEdge { from, to, .. } = *edge;
        lines.extend((guests > 0).then_some(Line { from, to, words, class, head }));
    }
    lines
}

impl Side {
    fn new(order: &[(usize, usize)], ends: impl Iterator<Item = usize>) -> Self {
        let mut ports = vec![0; order.len()];
        ends.for_each(|class| ports[class] += 1);
        let heights: Vec<i64> = ports.iter().map(|&count| LEAST.max(times(count, PORT) + 6)).collect();
        let mut tops = vec![TOP; order.len()];
        let mut y = TOP;
        for &(_, class) in order {
            tops[class] = y;
            y += heights[class] + GAP;
        }
        Self { tops, heights, taken: vec![0; order.len()], bottom: y }
    }

    /// Where the next line of a class ends.
    fn port(&mut self, class: usize) -> i64 {
        let at = self.taken[class];
        self.taken[class] += 1;
        self.tops[class] + 12 + times(at, PORT)
    }
}

fn draw(out: &mut Drawing, line: &Line, (start, end): (i64, i64)) {
    let (left, right) = (LEFT + NODE + SAID, RIGHT - 8);
    let (near, far) = (left + (right - left) / 3, right - (right - left) / 3);
    let d = format!("M{left} {start}C{near} {start} {far} {end} {right} {end}");
    out.path(d, line.class, line.words.clone());
    out.path(format!("M{right} {}l8 5l-8 5z", end - 5), line.head, "");
    out.text((LEFT + NODE + 8, start + 4), "small", line.words.clone());
}

fn boxes(
    out: &mut Drawing,
    chart: &Chart<'_>,
    (group, class): (usize, usize),
    (left, right): (&Side, &Side),
) {
    let cluster = chart.cluster;
    let names: Vec<String> =
        chart.host_classes[class].hosts.iter().map(|&host| cluster.hosts[host].name.clone()).collect();
    let on = chart.guest_classes.iter().filter(|one| one.source == Some(class));
    let guests = counted(on.map(|one| one.guests.len()).sum(), "guest");
    let group = format!("group {}", group + 1);
    for (x, side, about) in [(LEFT, left, format!("{guests}, {group}")), (RIGHT, right, group.clone())] {
        let y = side.tops[class];
        out.rect((x, y), (NODE, side.heights[class]), "node", names.join(", "));
        out.text((x + 10, y + 17), "name", first_of(&names));
        out.text((x + 10, y + 33), "faint", about);
    }
}

/// What is not drawn, and the guests that can go nowhere; how high the picture is.
fn below(out: &mut Drawing, chart: &Chart<'_>, foot: i64, cut: usize) -> i64 {
    let nowhere = islands(chart);
    let nowhere: Vec<&str> = nowhere.iter().map(|&guest| chart.cluster.guests[guest].name.as_str()).collect();
    let mut y = foot + 10;
    out.text(
        (LEFT, y),
        "faint",
        "solid: live · thick: live, one way · dashed: cold · dotted: rebuild · grey: unknown",
    );
    if cut > 0 {
        y += 18;
        out.text((LEFT, y), "faint", format!("{cut} lines more are not drawn"));
    }
    if !nowhere.is_empty() {
        y += 22;
        out.text((LEFT, y), "warn", format!("{} can reach no other host:", counted(nowhere.len(), "guest")));
        for names in nowhere.chunks(4).take(ISLANDS / 4) {
            y += 16;
            out.text((LEFT + 14, y), "name", names.join(", "));
        }
        if nowhere.len() > ISLANDS {
            y += 16;
            out.text((LEFT + 14, y), "faint", format!("and {} more", nowhere.len() - ISLANDS));
        }
    }
    y + 18
}

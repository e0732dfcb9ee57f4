//! The chart: guests by hosts, the verdict in each cell.

use super::drawing::{Drawing, first_of, times};
use crate::compat::Verdict;
use crate::report::heatmap::{Answers, Cell, Grid, MENDED, MENDS, Row, sign};

const LEFT: i64 = 250;
const TOP: i64 = 150;
const SIDE: i64 = 22;
/// The space that the last rising name needs.
const RIGHT: i64 = 110;
/// Cells that are drawn at most.
const CELLS: usize = 4_000;
/// How far the first line under the rows stands from them, how far the next from it, and what is left free below the last.
const FOOT: (i64, i64, i64) = (22, 16, 8);

/// The chart.
pub(in crate::report) fn chart(grid: &Grid, answers: &Answers<'_>) -> Drawing {
    let width = (LEFT + times(grid.columns.len(), SIDE) + RIGHT).max(640);
    let title = format!("Which hosts each guest of {} can reach", grid.cluster);
    let (rows, cut) = grid.rows.split_at(drawn(grid));
    let mends = answers.mends_any(rows);
    let mut out = Drawing::new("chart", title, description(grid, mends), width);
    for (at, column) in grid.columns.iter().enumerate() {
        out.turned((LEFT + times(at, SIDE) + 14, TOP - 8), first_of(&column.hosts));
    }
    for (at, row) in rows.iter().enumerate() {
        line(&mut out, row, TOP + times(at, SIDE), answers);
    }
    let mut foot = TOP + times(rows.len(), SIDE) + FOOT.0;
    for told in under(grid, mends, cut) {
        out.text((12, foot), "faint", told);
        foot += FOOT.1;
    }
    out.height(foot + FOOT.2)
}

/// How many rows are drawn.
fn drawn(grid: &Grid) -> usize {
    grid.rows.len().min((CELLS / grid.columns.len().max(1)).max(20))
}

/// For those who do not see it; `mends` where a guest could be started somewhere once it is rewritten.
fn description(grid: &Grid, mends: bool) -> String {
    let mended = if mends { format!(", {MENDED} {MENDS}") } else { String::new() };
    format!(
        "{} rows of guests by {} columns of hosts. L is live, C cold, R rebuild, ? unknown, × impossible{mended}; a dot is where the guest \
         is; guests that are shut off are marked as off.",
        grid.rows.len(),
        grid.columns.len()
    )
}

/// The lines under the rows, of which some are `cut`.
fn under(grid: &Grid, mends: bool, cut: &[Row]) -> Vec<String> {
    let mut lines = vec!["L live · C cold · R rebuild · ? unknown · × impossible · • is there".to_owned()];
    if mends {
        lines.push(format!("{MENDED} {MENDS}"));
    }
    let guests = grid.cut.1 + cut.iter().map(|row| row.guests.len()).sum::<usize>();
    if guests > 0 {
        lines.push(format!("{} rows more, of {guests} guests, are not drawn", grid.cut.0 + cut.len()));
    }
    lines
}

fn line(out: &mut Drawing, row: &Row, y: i64, answers: &Answers<'_>) {
    let off = row.off().map_or_else(String::new, |off| format!(" ({off})"));
    out.text((LEFT - 8, y + 15), "end", first_of(&row.guests) + &off);
    for (column, cell) in row.cells.iter().enumerate() {
        square(out, (LEFT + times(column, SIDE), y), *cell, answers.mends(cell.answer()));
    }
}

fn square(out: &mut Drawing, (x, y): (i64, i64), cell: Cell, mends: bool) {
    let (class, text, ink) = match cell {
        Cell::Here => ("here", "•", "sign-here"),
        Cell::Answer(Verdict::Impossible, _) => {
            let text = if mends { MENDED } else { sign(Verdict::Impossible) };
            (Verdict::Impossible.as_str(), text, "sign-impossible")
        }
        Cell::Answer(verdict, _) => (verdict.as_str(), sign(verdict), "sign"),
    };
    out.rect((x + 1, y + 1), (SIDE - 2, SIDE - 2), class, if mends { MENDS } else { "" });
    out.text((x + SIDE / 2, y + 15), ink, text);
}

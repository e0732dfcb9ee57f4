//! The chart: guests by hosts, the verdict in each cell.

use super::drawing::{Drawing, first_of, times};
use crate::report::heatmap::{Cell, Grid, sign};

const LEFT: i64 = 250;
const TOP: i64 = 150;
const SIDE: i64 = 22;
/// The space that the last rising name needs.
const RIGHT: i64 = 110;
/// Cells that are drawn at most.
const CELLS: usize = 4_000;
/// How low the words under the rows stand.
const FOOT: i64 = 46;

/// The chart.
pub(in crate::report) fn chart(grid: &Grid) -> Drawing {
    let width = (LEFT + times(grid.columns.len(), SIDE) + RIGHT).max(640);
    let title = format!("Which hosts each guest of {} can reach", grid.cluster);
    let description = format!(
        "{} rows of guests by {} columns of hosts. L is live, C cold, R rebuild, ? unknown, × impossible; a dot is where the guest is; \
         guests that are shut off are marked as off.",
        grid.rows.len(),
        grid.columns.len()
    );
    let mut out = Drawing::new("chart", title, description, width);
    for (at, column) in grid.columns.iter().enumerate() {
        out.turned((LEFT + times(at, SIDE) + 14, TOP - 8), first_of(&column.hosts));
    }
    let rows = &grid.rows[..grid.rows.len().min((CELLS / grid.columns.len().max(1)).max(20))];
    for (at, row) in rows.iter().enumerate() {
        let y = TOP + times(at, SIDE);
        let off = row.off().map_or_else(String::new, |off| format!(" ({off})"));
        out.text((LEFT - 8, y + 15), "end", first_of(&row.guests) + &off);
        for (column, cell) in row.cells.iter().enumerate() {
            square(&mut out, (LEFT + times(column, SIDE), y), *cell);
        }
    }
    let foot = TOP + times(rows.len(), SIDE) + 22;
    out.text((12, foot), "faint", "L live · C cold · R rebuild · ? unknown · × impossible · • is there");
    let cut = &grid.rows[rows.len()..];
    let guests = grid.cut.1 + cut.iter().map(|row| row.guests.len()).sum::<usize>();
    if guests > 0 {
        out.text(
            (12, foot + 16),
            "faint",
            format!("{} rows more, of {guests} guests, are not drawn", grid.cut.0 + cut.len()),
        );
    }
    out.height(foot + FOOT - 22)
}

fn square(out: &mut Drawing, (x, y): (i64, i64), cell: Cell) {
    let (class, text, ink) = match cell {
        Cell::Here => ("here", "•", "sign-here"),
        Cell::Answer(verdict, _) => {
            let ink = if verdict == crate::compat::Verdict::Impossible { "sign-impossible" } else { "sign" };
            (verdict.as_str(), sign(verdict), ink)
        }
    };
    out.rect((x + 1, y + 1), (SIDE - 2, SIDE - 2), class, "");
    out.text((x + SIDE / 2, y + 15), ink, text);
}

//! The chart: a verdict in each cell, which opens its reasons.

use askama::Template;

use super::links::{Linked, Links};
use super::names::Names;
use crate::compat::Verdict;
use crate::report::heatmap::{Answers, Cell, Exception, Grid, MENDED, MENDS, sign};

#[derive(Template)]
#[template(path = "html/chart.html")]
pub(super) struct ChartSection {
    guests: usize,
    hosts: usize,
    alone: bool,
    few: bool,
    legend: Vec<(&'static str, &'static str, &'static str)>,
    rules: Vec<String>,
    columns: Vec<Names>,
    /// Of the columns with guests and with hosts, in letters: the browser need not look through all rows for them.
    widths: (usize, usize),
    rows: Vec<Line>,
    /// Whether a guest is off.
    off: bool,
    cut: (usize, usize),
    /// The guest, the host, and what becomes of it there.
    exceptions: Vec<(Linked, Linked, Verdict)>,
    more_exceptions: usize,
}

struct Line {
    names: Names,
    every: String,
    /// That they are off, or how many of them.
    off: Option<String>,
    on: Names,
    cells: Vec<Square>,
}

/// A cell: its class, its sign, and the number of its answer.
struct Square {
    class: &'static str,
    sign: &'static str,
    answer: Option<usize>,
}

/// Short, for there are many cells.
fn class(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Live => "l",
        Verdict::Cold => "c",
        Verdict::Rebuild => "r",
        Verdict::Unknown => "u",
        Verdict::Impossible => "i",
    }
}

impl ChartSection {
    /// Rows that the browser draws together, once they come into view.
    const TOGETHER: usize = 25;

    pub(super) fn new(grid: &Grid, answers: &Answers<'_>, links: &Links) -> Self {
        let exception = |one: &Exception| (links.guest(&one.guest), links.host(&one.host), one.verdict);
        let mut rules: Vec<String> = answers.reasons().iter().map(|reason| reason.rule.clone()).collect();
        rules.sort_unstable();
        rules.dedup();
        let rows: Vec<Line> = grid.rows.iter().map(|row| line(row, answers)).collect();
        Self {
            guests: grid.guests,
            hosts: grid.hosts,
            alone: grid.alone(),
            few: grid.few,
            legend: legend(grid, answers),
            rules,
            columns: grid.columns.iter().map(|column| Names::of(&column.hosts, 1)).collect(),
            widths: (width(&rows, letters_of_names), width(&rows, |row| letters(&row.on.shown))),
            off: rows.iter().any(|row| row.off.is_some()),
            rows,
            cut: grid.cut,
            exceptions: grid.exceptions.iter().map(exception).collect(),
            more_exceptions: grid.more_exceptions,
        }
    }
}

/// The signs of the chart, each with its class and what it means.
fn legend(grid: &Grid, answers: &Answers<'_>) -> Vec<(&'static str, &'static str, &'static str)> {
    let mended = answers.mends_any(&grid.rows).then_some((class(Verdict::Impossible), MENDED, MENDS));
    Verdict::ALL.iter().map(|&one| (class(one), sign(one), meaning(one))).chain(mended).collect()
}

/// As wide as the longest, within reason.
fn width(rows: &[Line], of: fn(&Line) -> usize) -> usize {
    rows.iter().map(of).max().unwrap_or_default().clamp(8, 28)
}

fn letters(text: &str) -> usize {
    text.chars().count()
}

fn letters_of_names(row: &Line) -> usize {
    letters(&row.names.shown) + row.off.as_deref().map_or(0, |off| 1 + letters(off))
}

fn line(row: &crate::report::heatmap::Row, answers: &Answers<'_>) -> Line {
    let cell = |cell: &Cell| match *cell {
        Cell::Answer(verdict, answer) if answers.mends(Some(answer)) => {
            Square { class: class(verdict), sign: MENDED, answer: Some(answer) }
        }
        Cell::Here => Square { class: "h", sign: "•", answer: None },
        Cell::Answer(verdict, answer) => {
            Square { class: class(verdict), sign: sign(verdict), answer: Some(answer) }
        }
    };
    Line {
        names: Names::of(&row.guests, 1),
        every: row.guests.join(" "),
        off: row.off(),
        on: Names::of(&row.on, 1),
        cells: row.cells.iter().map(cell).collect(),
    }
}

fn meaning(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Live => "live: it moves while it runs (one that is off would, if it ran)",
        Verdict::Cold => "cold: shut down here, started there",
        Verdict::Rebuild => "rebuild: defined anew for another architecture",
        Verdict::Unknown => "unknown: a document is missing",
        Verdict::Impossible => "impossible",
    }
}

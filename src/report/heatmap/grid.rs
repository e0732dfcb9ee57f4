//! The grid: rows of guests, columns of hosts, an answer in each cell.

use super::after::{Rewriting, judged};
use super::alike::{Alike, alike, elsewhere};
use super::answers::Answers;
use crate::compat::{Chart, GuestIndex, HostIndex, Reasons, Verdict};

/// Cells that are drawn at most.
const CELLS: usize = 18_000;
/// Guests and hosts that are told of by themselves, at most.
const EXCEPTIONS: usize = 40;

/// Hosts that stand in one column.
pub(in crate::report) struct Column {
    /// Their names, the first one that of which reasons are said.
    pub(in crate::report) hosts: Vec<String>,
}

/// Guests that stand in one row.
pub(in crate::report) struct Row {
    /// Their names, the first one that of which reasons are said.
    pub(in crate::report) guests: Vec<String>,
    /// How many of them are known to be shut off.
    off: usize,
    /// Where they are, each host once.
    pub(in crate::report) on: Vec<String>,
    /// By column.
    pub(in crate::report) cells: Vec<Cell>,
}

impl Row {
    /// That its guests are off, or how many of them; nothing where that is known of none.
    pub(in crate::report) fn off(&self) -> Option<String> {
        match self.off {
            0 => None,
            all if all == self.guests.len() => Some("off".to_owned()),
            some => Some(format!("{some} off")),
        }
    }
}

/// One cell.
#[derive(Clone, Copy)]
pub(in crate::report) enum Cell {
    /// The guests are there.
    Here,
    /// The verdict, and the answer's number.
    Answer(Verdict, usize),
}

impl Cell {
    /// The answer's number; none where the guests are there.
    pub(in crate::report) fn answer(self) -> Option<usize> {
        match self {
            Self::Here => None,
            Self::Answer(_, answer) => Some(answer),
        }
    }
}

/// A guest that meets a name, a UUID or a port of its own on a host.
pub(in crate::report) struct Exception {
    /// The guest.
    pub(in crate::report) guest: String,
    /// The host.
    pub(in crate::report) host: String,
    /// What becomes of it there.
    pub(in crate::report) verdict: Verdict,
}

/// The chart as it is drawn.
pub(in crate::report) struct Grid {
    /// The cluster.
    pub(in crate::report) cluster: String,
    /// How many guests there are.
    pub(in crate::report) guests: usize,
    /// How many hosts there are.
    pub(in crate::report) hosts: usize,
    /// Whether each cell has lines of its own.
    pub(in crate::report) few: bool,
    /// The columns.
    pub(in crate::report) columns: Vec<Column>,
    /// The rows that are drawn.
    pub(in crate::report) rows: Vec<Row>,
    /// How many rows more there are, and how many guests are in them.
    pub(in crate::report) cut: (usize, usize),
    /// Where single guests are worse off than their row says.
    pub(in crate::report) exceptions: Vec<Exception>,
    /// How many more of these there are.
    pub(in crate::report) more_exceptions: usize,
}

impl Grid {
    /// The grid of a chart; what is said in its cells goes to `answers`.
    pub(in crate::report) fn new(chart: &Chart<'_>, answers: &mut Answers<'_>) -> Self {
        let Alike { rows, columns, few } = alike(chart);
        if !few {
            answers.by_example();
        }
        let alone = rows.iter().chain(&columns).all(|one| one.len() == 1);
        // Hosts of which the same is true share the lines of the first: one asked by itself has its own.
        let together = if few && alone { 1 } else { columns.len().max(1) };
        let row = |guests: &Vec<GuestIndex>| row(chart, guests, (&columns, together), answers);
        let most = (CELLS / columns.len().max(1)).clamp(20, rows.len().max(20));
        let cut = rows.iter().skip(most);
        let cut = (cut.len(), cut.map(Vec::len).sum());
        let cluster = chart.cluster;
        let name = |&host: &HostIndex| cluster.hosts[host].name.clone();
        let (exceptions, more_exceptions) = exceptions(chart);
        Self {
            cluster: cluster.name.clone(),
            guests: cluster.guests.len(),
            hosts: cluster.hosts.len(),
            few,
            rows: rows.iter().take(most).map(row).collect(),
            columns: columns.iter().map(|hosts| Column { hosts: hosts.iter().map(name).collect() }).collect(),
            cut,
            exceptions,
            more_exceptions,
        }
    }

    /// Whether every guest and every host stands by itself.
    pub(in crate::report) fn alone(&self) -> bool {
        self.rows.iter().all(|row| row.guests.len() == 1)
            && self.columns.iter().all(|column| column.hosts.len() == 1)
    }
}

/// A row; so many hosts are asked `together`.
fn row(
    chart: &Chart<'_>,
    guests: &[GuestIndex],
    (columns, together): (&[Vec<HostIndex>], usize),
    answers: &mut Answers<'_>,
) -> Row {
    let first = guests[0];
    let firsts: Vec<_> = columns.iter().map(|hosts| elsewhere(chart, first, hosts)).collect();
    let asked: Vec<HostIndex> = firsts.iter().copied().flatten().collect();
    let said: Vec<Reasons> = asked.chunks(together).flat_map(|hosts| chart.reasons(first, hosts)).collect();
    let mut cell = |host: &Option<HostIndex>| {
        let answer = host.and_then(|host| answer(chart, (first, host), &said, answers));
        answer.unwrap_or(Cell::Here)
    };
    let cluster = chart.cluster;
    let mut on: Vec<String> = guests.iter().filter_map(|&guest| cluster.guests[guest].host.clone()).collect();
    on.sort_unstable();
    on.dedup();
    Row {
        guests: guests.iter().map(|&guest| cluster.guests[guest].name.clone()).collect(),
        off: guests.iter().filter(|&&guest| cluster.is_off(&cluster.guests[guest])).count(),
        on,
        cells: firsts.iter().map(&mut cell).collect(),
    }
}

/// What is said of a guest on a host; nothing where it is there.
fn answer(
    chart: &Chart<'_>,
    (guest, host): (GuestIndex, HostIndex),
    said: &[Reasons],
    answers: &mut Answers<'_>,
) -> Option<Cell> {
    let Reasons { assessment, findings, .. } = said.iter().find(|reasons| reasons.hosts.contains(&host))?;
    let judge = || judged(chart, guest, host);
    let rewriting = Rewriting { rebuilds: chart.rebuilds(guest, host), judge: &judge };
    Some(Cell::Answer(assessment.verdict(), answers.of(*assessment, findings, &rewriting)))
}

/// Guests that are worse off somewhere than others of their kind, and how many more there are.
fn exceptions(chart: &Chart<'_>) -> (Vec<Exception>, usize) {
    let mut all = Vec::new();
    let mut more = 0;
    for guest in 0..chart.cluster.guests.len() {
        for host in chart.meets(guest).filter(|&host| chart.home(guest) != Some(host)) {
            let verdict = chart.verdict(guest, host);
            if verdict == chart.assess_kind(guest, host).verdict() {
                continue;
            }
            if all.len() == EXCEPTIONS {
                more += 1;
                continue;
            }
            let (guest, host) = (&chart.cluster.guests[guest].name, &chart.cluster.hosts[host].name);
            all.push(Exception { guest: guest.clone(), host: host.clone(), verdict });
        }
    }
    (all, more)
}

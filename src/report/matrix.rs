//! The matrix of `check`: guests by hosts, with the verdict in each cell.

use std::fmt::Write as _;

use comfy_table::{ContentArrangement, Table, presets};

use super::check_findings::style_of;
use super::selection::Selection;
use crate::compat::{Chart, Verdict};

/// The verdicts of a guest on the other hosts of the selection.
pub(super) fn verdicts<'s>(
    chart: &'s Chart<'_>,
    guest: usize,
    selection: &'s Selection,
) -> impl Iterator<Item = Verdict> + 's {
    let home = chart.home(guest);
    let others = selection.hosts.iter().filter(move |&&host| Some(host) != home);
    others.map(move |&host| selection.verdict(chart, guest, host))
}

/// Hosts with the same verdict for every guest of the selection, a guest's own host apart.
fn columns(chart: &Chart<'_>, selection: &Selection) -> Vec<Vec<usize>> {
    let verdict =
        |guest, host| (Some(host) != chart.home(guest)).then(|| selection.verdict(chart, guest, host));
    let mut columns: Vec<(Vec<Option<Verdict>>, Vec<usize>)> = Vec::new();
    for &host in &selection.hosts {
        let own: Vec<_> = selection.guests.iter().map(|&guest| verdict(guest, host)).collect();
        let fits =
            |one: &[Option<Verdict>]| one.iter().zip(&own).all(|(a, b)| a.is_none() || b.is_none() || a == b);
        match columns.iter_mut().find(|(verdicts, _)| fits(verdicts)) {
            Some((verdicts, hosts)) => {
                verdicts.iter_mut().zip(&own).for_each(|(one, other)| *one = one.or(*other));
                hosts.push(host);
            }
            None => columns.push((own, vec![host])),
        }
    }
    columns.into_iter().map(|(_, hosts)| hosts).collect()
}

/// The narrowest that a column of verdicts reads well.
const COLUMN: usize = 12;

/// Guests by hosts, with the verdict in each cell; hosts that take the same guests share a column.
/// Where even those do not fit, how many hosts give which verdict.
pub(super) fn matrix(chart: &Chart<'_>, selection: &Selection, width: u16) -> String {
    let columns = columns(chart, selection);
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table.set_content_arrangement(ContentArrangement::Dynamic).set_width(width);
    let fits = (columns.len() + 2) * COLUMN <= usize::from(width);
    let titles: Vec<String> = if fits {
        columns.iter().map(|hosts| title(chart, hosts)).collect()
    } else {
        Verdict::ALL.iter().map(Verdict::to_string).collect()
    };
    table.set_header(["guest".to_owned(), "on".to_owned()].into_iter().chain(titles));
    for &guest in &selection.guests {
        let one = &chart.cluster.guests[guest];
        let on = one.host.clone().unwrap_or_else(|| "-".to_owned());
        let cells: Vec<String> = if fits {
            columns.iter().map(|hosts| in_column(chart, guest, hosts, selection)).collect()
        } else {
            Verdict::ALL.iter().map(|&verdict| count(chart, guest, selection, verdict)).collect()
        };
        table.add_row([one.name.clone(), on].into_iter().chain(cells));
    }
    lines_of(&table, fits)
}

/// The table's lines, without what is empty at their ends, and with verdicts in their colours below the titles.
fn lines_of(table: &Table, coloured: bool) -> String {
    let text = table.to_string();
    let mut lines = text.lines().map(str::trim_end);
    let titles = lines.next().unwrap_or_default();
    let third = titles.char_indices().filter(|&(at, c)| c != ' ' && titles[..at].ends_with(' ')).nth(2);
    let from = third.map_or(0, |(at, _)| at);
    let mut out = titles.to_owned();
    for line in lines {
        let (names, cells) = line.split_at_checked(from).filter(|_| coloured).unwrap_or((line, ""));
        let _ = write!(out, "\n{names}{}", cells_coloured(cells));
    }
    out
}

fn cells_coloured(cells: &str) -> String {
    let word = |word: &str| match Verdict::ALL.into_iter().find(|verdict| verdict.as_str() == word) {
        Some(verdict) => format!("{0}{word}{0:#}", style_of(verdict)),
        None => word.to_owned(),
    };
    cells.split(' ').map(word).collect::<Vec<_>>().join(" ")
}

/// The names of a column's hosts: all of two or three, else the first and how many more.
fn title(chart: &Chart<'_>, hosts: &[usize]) -> String {
    let name = |&host: &usize| chart.cluster.hosts[host].name.as_str();
    match hosts {
        [first, _, _, rest @ ..] if !rest.is_empty() => {
            format!("{}\n+ {} more", name(first), hosts.len() - 1)
        }
        _ => hosts.iter().map(name).collect::<Vec<_>>().join("\n"),
    }
}

fn in_column(chart: &Chart<'_>, guest: usize, hosts: &[usize], selection: &Selection) -> String {
    let home = chart.home(guest);
    let other = hosts.iter().find(|&&host| Some(host) != home);
    other.map_or_else(|| "here".to_owned(), |&host| selection.verdict(chart, guest, host).to_string())
}

fn count(chart: &Chart<'_>, guest: usize, selection: &Selection, verdict: Verdict) -> String {
    verdicts(chart, guest, selection).filter(|one| *one == verdict).count().to_string()
}

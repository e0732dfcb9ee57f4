//! Lost hosts for people.

use std::fmt::Write as _;

use super::document::{BarredRecord, HostLossRecord, PairsRecord, ReviewDocument};
use super::tables::{heading, lines, table};
use super::why::why;
use crate::report::words::counted;

/// How many guests of a loss are listed, and how many pairs; the document has all.
const GUESTS: usize = 6;
const PAIRS: usize = 20;

/// What becomes of the guests of lost hosts.
pub(super) fn losses(review: &ReviewDocument, width: u16) -> String {
    let mut out = heading("The loss of a host: guests that ran there start again on others", width);
    out.push_str(&told(review.losses.iter(), &review.barred, width));
    if let Some(pairs) = &review.pairs {
        out.push_str(&of_pairs(pairs, review, width));
    }
    out
}

fn told<'l>(losses: impl Iterator<Item = &'l HostLossRecord>, barred: &[BarredRecord], width: u16) -> String {
    let titles = ["lost", "", "guests"].map(str::to_owned);
    let mut table = table(titles.into(), 3, width);
    for loss in losses {
        table.add_row([loss.hosts.join("\n"), loss.outcome.to_owned(), guests(loss, barred)]);
    }
    lines(&table)
}

/// Where the guests start again, or why they do not.
fn guests(loss: &HostLossRecord, barred: &[BarredRecord]) -> String {
    if loss.left.is_empty() {
        let all = loss.restarts.iter().map(|restart| format!("{} on {}", restart.guest, restart.to));
        let all = shortened(all.collect(), ", ");
        return if all.is_empty() { "none runs there".to_owned() } else { all };
    }
    let left = loss.left.iter().map(|left| format!("{}: {}", left.guest, why(left, loss, barred))).collect();
    let found = if loss.outcome == "stranded" && !loss.proven {
        "\n(no packing was found; there may be one)"
    } else {
        ""
    };
    let again = match loss.restarts.len() {
        0 => String::new(),
        1 => "\n(1 other starts again)".to_owned(),
        count => format!("\n({count} others start again)"),
    };
    shortened(left, "\n") + &again + found
}

fn shortened(mut all: Vec<String>, between: &str) -> String {
    let more = all.len().saturating_sub(GUESTS);
    if more > 1 {
        all.truncate(GUESTS);
        all.push(format!("and {more} more"));
    }
    all.join(between)
}

/// The pairs of which each host by itself is absorbed, and the pair is not.
fn of_pairs(pairs: &PairsRecord, review: &ReviewDocument, width: u16) -> String {
    let mut out = format!(
        "\nThe loss of two hosts: of {}, {} absorbed, {} not, {} not known\n",
        counted(pairs.tried, "pair"),
        pairs.absorbed,
        pairs.stranded,
        pairs.unknown
    );
    let absorbed = |host: &String| {
        review.losses.iter().any(|loss| loss.hosts.contains(host) && loss.outcome == "absorbed")
    };
    let new: Vec<&HostLossRecord> =
        pairs.losses.iter().filter(|loss| loss.hosts.iter().all(absorbed)).collect();
    if !new.is_empty() {
        out.push_str(&heading("Pairs of hosts of which either alone is absorbed", width));
        out.push_str(&told(new.iter().take(PAIRS).copied(), &[], width));
    }
    if new.len() > PAIRS {
        let _ = writeln!(out, " {} more: see --format json", counted(new.len() - PAIRS, "pair"));
    }
    out
}

//! Lost hosts for people.

use std::fmt::Write as _;

use super::document::{BarredRecord, HostLossRecord, LeftRecord, PairsRecord, ReviewDocument};
use super::tables::{heading, lines, table};
use crate::model::Memory;
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

fn why(left: &LeftRecord, loss: &HostLossRecord, barred: &[BarredRecord]) -> String {
    let lacking = || {
        let of = |amount: Option<u64>, unit: &str| {
            amount.filter(|&amount| amount > 0).map(|amount| format!("{amount} {unit}"))
        };
        let both = [of(left.lacking_mib, "MiB"), of(left.lacking_vcpus, "vCPUs")];
        both.into_iter().flatten().collect::<Vec<_>>().join(" and ")
    };
    match left.why {
        "no-room" => format!("no room; least is lacking on {}: {}", left.hosts.join(", "), lacking()),
        "no-huge-pages" => format!(
            "too few huge pages of {}; least is lacking on {}: {}",
            Memory::kib(left.page_kib.unwrap_or_default()),
            left.hosts.join(", "),
            lacking()
        ),
        "no-room-of-a-kind" => format!(
            "too little {}; least is lacking on {}: {}",
            left.kind.as_deref().unwrap_or_default(),
            left.hosts.join(", "),
            left.lacking.unwrap_or_default()
        ),
        "keep-apart" => {
            format!(
                "{} keeps it apart from guests on every host that may run it",
                left.apart.as_deref().unwrap_or_default()
            )
        }
        "unknown" => unknown(left, loss, barred),
        _ => {
            let rules = rules(left, loss, barred, "no");
            let colon = if rules.is_empty() { "" } else { ": " };
            format!("no other host may run it{colon}{}", rules.join("; "))
        }
    }
}

/// What is not known, of room and else.
fn unknown(left: &LeftRecord, loss: &HostLossRecord, barred: &[BarredRecord]) -> String {
    let mut all = left.unknown.clone();
    all.extend(rules(left, loss, barred, "unknown"));
    let colon = if all.is_empty() { "" } else { ": " };
    format!("not known on {}{colon}{}", left.hosts.join(", "), all.join("; "))
}

/// The rules that keep the guest from hosts that are not lost.
fn rules(left: &LeftRecord, loss: &HostLossRecord, barred: &[BarredRecord], answer: &str) -> Vec<String> {
    let own = barred.iter().filter(|one| one.guest == left.guest && one.answer == answer);
    let mut told: Vec<(&BarredRecord, Vec<&str>)> = Vec::new();
    for one in own {
        let hosts = one.hosts.iter().filter(|host| !loss.hosts.contains(host)).map(String::as_str);
        told.push((one, hosts.collect()));
    }
    let line = |(one, hosts): (&BarredRecord, Vec<&str>)| {
        let rules: Vec<String> = match answer {
            "no" => one.rules.iter().map(|rule| rule.rule.clone()).collect(),
            _ => one.rules.iter().map(|rule| format!("{}: {}", rule.rule, rule.remedy)).collect(),
        };
        // Where a reason holds for all hosts that are asked of, they are named already.
        let named = answer == "unknown" && hosts == left.hosts;
        let on = if named { String::new() } else { format!(" on {}", hosts.join(", ")) };
        (!hosts.is_empty() && !rules.is_empty()).then(|| format!("{}{on}", rules.join(", ")))
    };
    told.into_iter().filter_map(line).collect()
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

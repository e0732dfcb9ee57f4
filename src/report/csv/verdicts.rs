//! `verdicts.csv`: what becomes of each guest on each host.

use super::table::Csv;
use crate::compat::{Assessment, Chart, Finding, Severity};
use crate::report::places::Places;
use crate::report::standings::{Grain, Standing, Standings};

const TITLES: [&str; 16] = [
    "guest", "from", "host", "guests", "hosts", "verdict", "live", "cold", "rebuild", "blockers", "unknown",
    "warnings", "reason", "document", "line", "column",
];

/// A row for each guest and host; where guests of a class are told of together, one for each class of guests and the hosts where
/// the same is true of it, with how many there are of both.
pub fn verdicts_csv(chart: &Chart<'_>, standings: &Standings, places: &Places<'_>) -> String {
    let mut csv = Csv::new(TITLES);
    if standings.grain() == Grain::Class {
        standings.list().iter().for_each(|standing| csv.row(&of_class(chart, standing, places)));
        return csv.into_text();
    }
    for of_guest in standings.by_guests() {
        let mut rows = Vec::new();
        for standing in of_guest {
            let said = said(standing.assessment, &standing.findings, places);
            rows.extend(standing.hosts.iter().map(|&host| (host, standing.guest, said.clone())));
        }
        rows.sort_by_key(|(host, ..)| *host);
        for (host, guest, said) in &rows {
            csv.row(&row(chart, (*guest, 1), (*host, 1), said));
        }
    }
    csv.into_text()
}

fn of_class(chart: &Chart<'_>, standing: &Standing, places: &Places<'_>) -> [String; 16] {
    let said = said(standing.assessment, &standing.findings, places);
    let host = standing.hosts.first().copied().unwrap_or_default();
    row(chart, (standing.guest, standing.guests.len()), (host, standing.hosts.len()), &said)
}

fn row(
    chart: &Chart<'_>,
    (guest, guests): (usize, usize),
    (host, hosts): (usize, usize),
    said: &[String; 11],
) -> [String; 16] {
    let cluster = chart.cluster;
    let one = &cluster.guests[guest];
    let from = one.host.clone().unwrap_or_default();
    let names =
        [one.name.clone(), from, cluster.hosts[host].name.clone(), guests.to_string(), hosts.to_string()];
    let mut cells = names.into_iter().chain(said.iter().cloned());
    std::array::from_fn(|_| cells.next().unwrap_or_default())
}

/// The verdict and its reasons: all rules, and the worst reason with its place.
fn said(assessment: Assessment, findings: &[Finding], places: &Places<'_>) -> [String; 11] {
    let rules = |severity| {
        let mut ids: Vec<&str> = Vec::new();
        for finding in findings.iter().filter(|finding| finding.severity == severity) {
            if !ids.contains(&finding.rule.as_ref()) {
                ids.push(&finding.rule);
            }
        }
        ids.join(" ")
    };
    let worst = findings.first();
    let at = worst.and_then(|worst| worst.evidence.first()).map(|evidence| places.locate(evidence.place));
    let (document, line, column) =
        at.map_or_else(Default::default, |at| (at.file.clone(), at.line.to_string(), at.column.to_string()));
    [
        assessment.verdict().to_string(),
        assessment.live.as_str().to_owned(),
        assessment.cold.as_str().to_owned(),
        assessment.rebuild.as_str().to_owned(),
        rules(Severity::Blocker),
        rules(Severity::Unknown),
        rules(Severity::Warning),
        worst.map_or_else(String::new, |worst| worst.message.clone()),
        document,
        line,
        column,
    ]
}

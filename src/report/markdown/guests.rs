//! What becomes of guests, as tables and lists.

use std::fmt::Write as _;

use super::{Told, cell};
use crate::compat::{Finding, Severity, Verdict};
use crate::report::places::Places;
use crate::report::standings::{Grain, Standing};
use crate::report::way_back::one_way;

pub(super) fn chart_table(out: &mut String, told: &Told<'_>) {
    match told.standings.grain() {
        Grain::Guest => matrix(out, told),
        Grain::Class => counts(out, told),
    }
}

/// Guests by hosts, the verdict in each cell.
fn matrix(out: &mut String, told: &Told<'_>) {
    let cluster = told.chart.cluster;
    let hosts: Vec<_> = cluster.hosts.iter().map(|host| cell(&host.name)).collect();
    let _ = writeln!(out, "| guest | on | {} |", hosts.join(" | "));
    let _ = writeln!(out, "| --- | --- |{}", " --- |".repeat(hosts.len()));
    for (at, guest) in cluster.guests.iter().enumerate() {
        let home = told.chart.home(at);
        let verdict = |host| if Some(host) == home { "here" } else { told.chart.verdict(at, host).as_str() };
        let row: Vec<_> = (0..cluster.hosts.len()).map(verdict).collect();
        let on = guest.host.as_deref().unwrap_or("-");
        let _ = writeln!(out, "| {} | {} | {} |", cell(&guest.name), cell(on), row.join(" | "));
    }
}

/// Classes in the table, at most: beyond that nobody reads on.
const ROWS: usize = 100;
/// Classes whose reasons are told, at most.
const SECTIONS: usize = 40;

/// Classes of guests, and on how many hosts each verdict holds.
fn counts(out: &mut String, told: &Told<'_>) {
    let titles: Vec<_> = Verdict::ALL.iter().map(|verdict| verdict.as_str()).collect();
    let _ = writeln!(out, "| guests | how many | {} |", titles.join(" | "));
    let _ = writeln!(out, "| --- | ---: |{}", " ---: |".repeat(titles.len()));
    for of_class in told.standings.by_guests().take(ROWS) {
        let of = |verdict: &Verdict| {
            let all = of_class.iter().filter(|one| one.assessment.verdict() == *verdict);
            all.map(|one| one.hosts.len()).sum::<usize>().to_string()
        };
        let row: Vec<_> = Verdict::ALL.iter().map(of).collect();
        let names = of_class[0].title(told.chart).0;
        let _ = writeln!(out, "| {} | {} | {} |", cell(&names), of_class[0].guests.len(), row.join(" | "));
    }
    let more = told.standings.by_guests().skip(ROWS);
    let (classes, guests) =
        more.fold((0, 0), |(classes, guests), one| (classes + 1, guests + one[0].guests.len()));
    if classes > 0 {
        let _ = writeln!(
            out,
            "\n{classes} classes more, of {guests} guests, are in `verdicts.csv`, and in `report.html` by rows."
        );
    }
}

/// Every guest; by classes only those with a guest that the plan moves or leaves out.
pub(super) fn guests(out: &mut String, told: &Told<'_>) {
    if told.standings.grain() == Grain::Guest {
        told.standings.by_guests().for_each(|of_guest| guest_section(out, told, of_guest));
        return;
    }
    let named = told.plan.guests();
    let is_named = |of_class: &&[Standing]| {
        of_class[0].guests.iter().any(|&guest| named.contains(told.chart.cluster.guests[guest].name.as_str()))
    };
    let touched: Vec<_> = told.standings.by_guests().filter(is_named).collect();
    touched.iter().take(SECTIONS).for_each(|of_class| guest_section(out, told, of_class));
    let more = touched.len().saturating_sub(SECTIONS);
    let _ = writeln!(
        out,
        "Told are {} classes with guests that the plan moves or leaves out{}. `portolan check INVENTORY --guest GUEST` tells of each guest.\n",
        touched.len() - more,
        if more > 0 { format!(", of {}", touched.len()) } else { String::new() }
    );
}

fn guest_section(out: &mut String, told: &Told<'_>, of_guests: &[Standing]) {
    let Some(first) = of_guests.first() else { return };
    let (name, on) = first.title(told.chart);
    let _ = writeln!(out, "### {} ({on})\n", cell(&name));
    for standing in of_guests {
        let hosts = standing.host_names(told.chart);
        let _ = writeln!(out, "**{}** to {hosts}\n", standing.assessment.verdict());
        for finding in &standing.findings {
            finding_line(out, finding, told.places);
        }
        let one_way = one_way(told.chart, standing);
        for said in &one_way {
            let _ = writeln!(out, "- one way: {said}");
        }
        if !standing.findings.is_empty() || !one_way.is_empty() {
            out.push('\n');
        }
    }
}

fn finding_line(out: &mut String, finding: &Finding, places: &Places<'_>) {
    let at = finding.evidence.first().map(|evidence| places.locate(evidence.place));
    let at = at.map_or_else(String::new, |at| format!(" — `{}:{}`", at.file, at.line));
    let rewritten =
        if finding.rewritten && finding.severity == Severity::Blocker { ", mended by rewriting" } else { "" };
    let _ = writeln!(
        out,
        "- {} ({}{rewritten}) `{}`: {}{at}",
        finding.severity,
        finding.modes,
        finding.rule,
        cell(&finding.message)
    );
}

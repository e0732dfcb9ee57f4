//! `check` for people: the matrix, and under it every reason.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use anstyle::Style;

use super::check_findings::{alike, finding_lines, inventory_lines, problem_lines, style_of};
use super::check_rules::rule_lines;
use super::detail::Detail;
use super::folded::folded;
use super::matrix::{matrix, verdicts};
use super::places::Places;
use super::quote::quote;
use super::selection::Selection;
use super::standings::{Standing, Standings};
use super::way_back::one_way;
use super::words::counted;
use crate::compat::{Chart, Finding, Verdict};

/// How a check is shown.
#[derive(Clone, Copy, Debug)]
pub struct Shown {
    /// Columns to fill.
    pub width: u16,
    /// How much is said.
    pub detail: Detail,
}

/// The verdicts of what is selected and the reasons, where they are wanted, `shown.width` columns wide. ANSI colours are in
/// it; whoever prints it takes them out where they are not wanted.
pub fn check(
    chart: &Chart<'_>,
    (selection, reasons): (&Selection, Option<&Standings>),
    places: &Places<'_>,
    shown: Shown,
) -> String {
    let cluster = chart.cluster;
    let counted = (counted(cluster.guests.len(), "guest"), counted(cluster.hosts.len(), "host"));
    let mut out = format!("{}: {} on {}\n", cluster.name, counted.0, counted.1);
    for problem in chart.problems() {
        out.push_str(&problem_lines(problem, places));
    }
    for finding in selection.inventory_findings(chart) {
        out.push_str(&inventory_lines(finding, places));
    }
    if selection.guests.is_empty() {
        out.push_str(NO_GUEST);
        return folded(&out, shown.width);
    }
    let _ = writeln!(out, "\n{}", matrix(chart, selection, shown.width));
    out.push_str(&legend(chart, selection));
    if let Some(standings) = reasons {
        out.push('\n');
        let usual = shown.detail == Detail::Usual && selection.filter.is_empty();
        if usual && !standings.tell_of_each() {
            out.push_str(&rule_lines(standings));
        } else {
            for of_guests in standings.by_guests() {
                out.push_str(&guest_section(chart, of_guests, selection, (places, shown.detail)));
            }
        }
        out.push_str(&summary(chart, selection));
    }
    folded(&out, shown.width)
}

/// What is said where there is nothing to judge.
const NO_GUEST: &str = "\nThere is no guest yet: put what `virsh dumpxml --inactive GUEST` prints into hosts/HOST/guests/GUEST.xml.\n";

/// What the verdicts that are given mean.
fn legend(chart: &Chart<'_>, selection: &Selection) -> String {
    let given: BTreeSet<Verdict> =
        selection.guests.iter().flat_map(|&guest| verdicts(chart, guest, selection)).collect();
    let mut out = "\n".to_owned();
    for &verdict in &given {
        let style = style_of(verdict);
        let _ = writeln!(out, "{style}{verdict:<10}{style:#}  {}", meaning(verdict));
    }
    if given.is_empty() { String::new() } else { out }
}

fn meaning(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Live => "moves while it runs",
        Verdict::Cold => "moves shut down: it starts there from the same definition",
        Verdict::Rebuild => "is defined anew for another architecture, with a disk image built for it",
        Verdict::Unknown => "cannot be told for want of a document, which is named with the reason",
        Verdict::Impossible => "cannot move there",
    }
}

/// The best that each guest can hope for, counted; and where to read on.
fn summary(chart: &Chart<'_>, selection: &Selection) -> String {
    let best = |&guest: &usize| {
        verdicts(chart, guest, selection)
            .min_by_key(|verdict| Verdict::ALL.iter().position(|one| one == verdict))
    };
    let best: Vec<_> = selection.guests.iter().filter_map(best).collect();
    let count = |verdict: &Verdict| best.iter().filter(|one| *one == verdict).count();
    let counts = Verdict::ALL.iter().map(|verdict| (verdict, count(verdict))).filter(|(_, count)| *count > 0);
    let counts: Vec<_> = counts.map(|(verdict, count)| format!("{count} {verdict}")).collect();
    if counts.is_empty() {
        return String::new();
    }
    format!(
        "At best, on another host: {}\n`portolan explain INVENTORY GUEST HOST` quotes the lines of one move.\n",
        counts.join(", ")
    )
}

/// What is said of a guest, or of the guests of a class.
fn guest_section(
    chart: &Chart<'_>,
    of_guests: &[Standing],
    selection: &Selection,
    (places, detail): (&Places<'_>, Detail),
) -> String {
    let (filter, bold) = (&selection.filter, Style::new().bold());
    let Some(first) = of_guests.first() else { return String::new() };
    let (name, on) = first.title(chart);
    let mut out = format!("{bold}{name}{bold:#} ({on})\n");
    let mut told = false;
    for standing in of_guests {
        if filter.is_empty() || !standing.findings.is_empty() {
            told = true;
            out.push_str(&standing_lines(chart, standing, (places, detail)));
            // What is left out by rule or severity cannot be told apart from what there is not.
            if filter.rules.is_empty() && filter.severities.is_empty() {
                for said in one_way(chart, standing) {
                    let _ = writeln!(out, "    {:<8} {said}", "one way");
                }
            }
        }
    }
    out.push('\n');
    if told || filter.is_empty() { out } else { String::new() }
}

fn standing_lines(chart: &Chart<'_>, standing: &Standing, (places, detail): (&Places<'_>, Detail)) -> String {
    let verdict = standing.assessment.verdict();
    let style = style_of(verdict);
    let mut out = format!("  {style}{verdict:<10}{style:#} {}\n", standing.host_names(chart));
    for alike in alike(&standing.findings) {
        out.push_str(&finding_lines(&alike, verdict, (places, detail)));
    }
    out
}

/// The whole story of one guest on one host, with quoted lines.
pub(super) fn cell(
    chart: &Chart<'_>,
    (guest, host): (usize, usize),
    findings: &[Finding],
    places: &Places<'_>,
) -> String {
    let assessment = chart.assess(guest, host);
    let (guest_name, host_name) = (&chart.cluster.guests[guest].name, &chart.cluster.hosts[host].name);
    let style = style_of(assessment.verdict());
    let mut out = format!(
        "{guest_name} to {host_name}: {style}{}{style:#} (live {}, cold {}, rebuild {})\n\n",
        assessment.verdict(),
        assessment.live.as_str(),
        assessment.cold.as_str(),
        assessment.rebuild.as_str()
    );
    for finding in findings {
        out.push_str(&quote(finding, places));
        out.push_str("\n\n");
    }
    out
}

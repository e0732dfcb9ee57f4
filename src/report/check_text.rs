//! `check` for people: the matrix, and under it every reason.

use std::fmt::Write as _;

use anstyle::{AnsiColor, Style};
use comfy_table::{ContentArrangement, Table, presets};

use super::places::Places;
use super::quote::quote;
use super::selection::Selection;
use super::way_back::one_way;
use crate::compat::{Chart, Finding, Reasons, Severity, Verdict};
use crate::model::Problem;

/// The verdicts of what is selected and all reasons, `width` columns wide. ANSI colours are in
/// it; whoever prints it takes them out where they are not wanted.
pub fn check(chart: &Chart<'_>, selection: &Selection, places: &Places<'_>, width: u16) -> String {
    let cluster = chart.cluster;
    let mut out =
        format!("{}: {} guests on {} hosts\n", cluster.name, cluster.guests.len(), cluster.hosts.len());
    for problem in chart.problems() {
        out.push_str(&problem_lines(problem));
    }
    for finding in selection.inventory_findings(chart) {
        out.push_str(&inventory_lines(finding, places));
    }
    let _ = writeln!(out, "\n{}\n", matrix(chart, selection, width));
    for &guest in &selection.guests {
        out.push_str(&guest_section(chart, guest, selection, places));
    }
    out
}

fn problem_lines(problem: &Problem) -> String {
    let at = problem.position.map_or_else(String::new, |p| format!(":{}:{}", p.line, p.column));
    format!("problem: {}{at}: {}\n    {}\n", problem.path, problem.message, problem.remedy)
}

/// A reason about the inventory as a whole.
fn inventory_lines(finding: &Finding, places: &Places<'_>) -> String {
    let at = finding.evidence.first().map(|evidence| places.locate(evidence.place));
    let at = at.map_or_else(String::new, |at| format!("{}:{}:{}: ", at.file, at.line, at.column));
    format!("{}: {at}{} ({})\n    {}\n", finding.severity, finding.message, finding.rule, finding.remedy)
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
fn matrix(chart: &Chart<'_>, selection: &Selection, width: u16) -> Table {
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
    table
}

/// The names of a column's hosts: all of two or three, else the first and how many more.
fn title(chart: &Chart<'_>, hosts: &[usize]) -> String {
    let name = |&host: &usize| chart.cluster.hosts[host].name.as_str();
    match hosts {
        [first, _, _, rest @ ..] if !rest.is_empty() => format!("{} +{}", name(first), hosts.len() - 1),
        _ => hosts.iter().map(name).collect::<Vec<_>>().join("\n"),
    }
}

fn in_column(chart: &Chart<'_>, guest: usize, hosts: &[usize], selection: &Selection) -> String {
    let home = chart.home(guest);
    let other = hosts.iter().find(|&&host| Some(host) != home);
    other.map_or_else(|| "here".to_owned(), |&host| selection.verdict(chart, guest, host).to_string())
}

fn count(chart: &Chart<'_>, guest: usize, selection: &Selection, verdict: Verdict) -> String {
    let home = chart.home(guest);
    let others = selection.hosts.iter().filter(|&&host| Some(host) != home);
    others.filter(|&&host| selection.verdict(chart, guest, host) == verdict).count().to_string()
}

fn guest_section(chart: &Chart<'_>, guest: usize, selection: &Selection, places: &Places<'_>) -> String {
    let filter = &selection.filter;
    let bold = Style::new().bold();
    let one = &chart.cluster.guests[guest];
    let on = one.host.as_ref().map_or_else(|| "placed on no host".to_owned(), |host| format!("on {host}"));
    let mut out = format!("{bold}{}{bold:#} ({on})\n", one.name);
    let mut told = false;
    for mut reasons in chart.reasons(guest, &selection.hosts) {
        reasons.findings.retain(|finding| filter.has(finding));
        reasons.assessment = filter.assess(reasons.assessment);
        if filter.is_empty() || !reasons.findings.is_empty() {
            told = true;
            out.push_str(&reasons_lines(chart, &reasons, places));
            // What is left out by rule or severity cannot be told apart from what there is not.
            if filter.rules.is_empty() && filter.severities.is_empty() {
                for said in one_way(chart, guest, &reasons) {
                    let _ = writeln!(out, "    {:<8} {said}", "one way");
                }
            }
        }
    }
    out.push('\n');
    if told || filter.is_empty() { out } else { String::new() }
}

fn reasons_lines(chart: &Chart<'_>, reasons: &Reasons, places: &Places<'_>) -> String {
    let hosts: Vec<_> = reasons.hosts.iter().map(|&host| chart.cluster.hosts[host].name.as_str()).collect();
    let verdict = reasons.assessment.verdict();
    let style = style_of(verdict);
    let mut out = format!("  {style}{verdict:<10}{style:#} {}\n", hosts.join(", "));
    for finding in &reasons.findings {
        out.push_str(&finding_lines(finding, places));
    }
    out
}

fn finding_lines(finding: &Finding, places: &Places<'_>) -> String {
    let mut out = format!("    {:<8} {} ({})\n", finding.severity, finding.message, finding.rule);
    for evidence in finding.evidence.iter().take(1) {
        let at = places.locate(evidence.place);
        let _ = writeln!(out, "             {}:{}:{}", at.file, at.line, at.column);
    }
    if finding.severity == Severity::Unknown {
        let _ = writeln!(out, "             {}", finding.remedy);
    }
    out
}

fn style_of(verdict: Verdict) -> Style {
    let colour = match verdict {
        Verdict::Live => AnsiColor::Green,
        Verdict::Cold => AnsiColor::Cyan,
        Verdict::Rebuild => AnsiColor::Blue,
        Verdict::Unknown => AnsiColor::Yellow,
        Verdict::Impossible => AnsiColor::Red,
    };
    Style::new().bold().fg_color(Some(colour.into()))
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

//! `report.md`: the answer, the chart, the baselines, the plan and every guest, for reading.

use std::fmt::Write as _;

use super::baseline::{BaselineDocument, baseline_text};
use super::check_json::FindingsDocument;
use super::edits::edits_counted;
use super::hosts::{HostsDocument, hosts_markdown};
use super::motives::motives_markdown;
use super::noticed::noticed_markdown;
use super::places::Places;
use super::plan_text::plan_text;
use super::rewritten::RewriteDocument;
use super::way_back::one_way;
use crate::compat::{Chart, Finding, Severity};
use crate::plan::PlanDocument;

/// All that the report tells of.
pub struct Told<'t> {
    /// The verdicts with their reasons.
    pub chart: &'t Chart<'t>,
    /// The same for programs.
    pub findings: &'t FindingsDocument,
    /// What is known of the hosts.
    pub hosts: &'t HostsDocument,
    /// The baselines.
    pub baseline: &'t BaselineDocument,
    /// The plan.
    pub plan: &'t PlanDocument,
    /// The rewritten guests, each with the sum of its ports in words.
    pub rewritten: &'t [(RewriteDocument, String)],
    /// Where things stand.
    pub places: &'t Places<'t>,
}

/// The whole report.
pub fn markdown(told: &Told<'_>) -> String {
    let mut out = format!("# {}\n\n", told.findings.cluster);
    let _ = writeln!(
        out,
        "{} guests, {} hosts.\n",
        told.chart.cluster.guests.len(),
        told.chart.cluster.hosts.len()
    );
    problems(&mut out, told);
    inventory(&mut out, told);
    out.push_str("## Plan\n\n```text\n");
    out.push_str(&plan_text(told.plan));
    out.push_str("```\n\n");
    if !told.plan.waves.is_empty() {
        let _ = writeln!(out, "### Why\n\n{}", motives_markdown(told.plan));
    }
    out.push_str("## Chart\n\n");
    matrix(&mut out, told);
    out.push_str("\n## CPU baselines\n\n```text\n");
    out.push_str(baseline_text(told.baseline).trim_end());
    out.push_str("\n```\n\n## Guests\n\n");
    for guest in 0..told.chart.cluster.guests.len() {
        guest_section(&mut out, told, guest);
    }
    rewritten(&mut out, told);
    out.push_str("## Hosts\n\n");
    out.push_str(&hosts_markdown(told.hosts));
    out
}

fn problems(out: &mut String, told: &Told<'_>) {
    if told.findings.problems.is_empty() {
        return;
    }
    out.push_str("## Documents with problems\n\n");
    for problem in &told.findings.problems {
        let at = problem.line.map_or_else(String::new, |line| format!(":{line}"));
        let _ =
            writeln!(out, "- `{}{at}`: {} ({})", problem.file, cell(&problem.message), cell(&problem.remedy));
    }
    out.push('\n');
}

fn inventory(out: &mut String, told: &Told<'_>) {
    let findings = &told.findings.inventory_findings;
    if findings.is_empty() {
        return;
    }
    out.push_str("## Policy\n\n");
    for finding in findings {
        let at = finding.evidence.first().map(|one| format!(" — `{}:{}`", one.at.file, one.at.line));
        let at = at.unwrap_or_default();
        let _ = writeln!(out, "- {} `{}`: {}{at}", finding.severity, finding.rule, cell(&finding.message));
    }
    out.push('\n');
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

fn guest_section(out: &mut String, told: &Told<'_>, guest: usize) {
    let cluster = told.chart.cluster;
    let one = &cluster.guests[guest];
    let on = one.host.as_ref().map_or_else(|| "on no host".to_owned(), |host| format!("on {host}"));
    let _ = writeln!(out, "### {} ({on})\n", cell(&one.name));
    let all: Vec<_> = (0..cluster.hosts.len()).collect();
    for reasons in told.chart.reasons(guest, &all) {
        let hosts: Vec<_> = reasons.hosts.iter().map(|&host| cluster.hosts[host].name.as_str()).collect();
        let _ = writeln!(out, "**{}** to {}\n", reasons.assessment.verdict(), hosts.join(", "));
        for finding in &reasons.findings {
            finding_line(out, finding, told.places);
        }
        let one_way = one_way(told.chart, guest, &reasons);
        for said in &one_way {
            let _ = writeln!(out, "- one way: {said}");
        }
        if !reasons.findings.is_empty() || !one_way.is_empty() {
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

fn rewritten(out: &mut String, told: &Told<'_>) {
    if told.rewritten.is_empty() {
        return;
    }
    out.push_str("## Rewritten guests\n\n");
    for (document, ports) in told.rewritten {
        let _ = writeln!(out, "### {} for {}\n", cell(&document.guest), cell(&document.profile));
        let _ = writeln!(out, "`guests/{0}.xml`, `guests/{0}.diff`\n", document.guest);
        let _ = writeln!(out, "{}:\n", edits_counted(&document.edits));
        for edit in &document.edits {
            let mark = if edit.safe { "" } else { " **unsafe**" };
            let (line, reason) = (edit.span.start.line, cell(&edit.reason));
            let _ = writeln!(out, "- line {line} `{}`{mark}: {reason}", edit.rule);
        }
        out.push_str(&noticed_markdown(&document.noticed));
        let _ = writeln!(out, "\n```text\n{}\n```\n", ports.trim_end());
    }
}

/// Text that stays in its cell and is no markup.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('<', "&lt;").replace('\n', " ")
}

//! `report.md`: the answer, the chart, the baselines, the plan and every guest, for reading.

mod guests;

use std::fmt::Write as _;

use guests::{chart_table, guests};

use crate::compat::Chart;
use crate::plan::PlanDocument;
use crate::report::baseline::{BaselineDocument, baseline_text};
use crate::report::check_json::FindingsDocument;
use crate::report::detail::Detail;
use crate::report::edits::edits_counted;
use crate::report::hosts::{HostsDocument, hosts_markdown};
use crate::report::motives::motives_markdown;
use crate::report::noticed::noticed_markdown;
use crate::report::places::Places;
use crate::report::plan_text::plan_text;
use crate::report::rewritten::RewriteDocument;
use crate::report::standings::Standings;

/// All that the report tells of.
pub struct Told<'t> {
    /// The verdicts.
    pub chart: &'t Chart<'t>,
    /// What becomes of each guest, with every reason.
    pub standings: &'t Standings,
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
    out.push_str(&plan_text(told.plan, Detail::All));
    out.push_str("```\n\n");
    if !told.plan.waves.is_empty() {
        let _ = writeln!(out, "### Why\n\n{}", motives_markdown(told.plan));
    }
    out.push_str("## Chart\n\n");
    chart_table(&mut out, told);
    out.push_str("\n## CPU baselines\n\n```text\n");
    out.push_str(baseline_text(told.baseline).trim_end());
    out.push_str("\n```\n\n## Guests\n\n");
    guests(&mut out, told);
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

/// Rewritten guests that are told of, at most; the files of all are there.
const REWRITTEN: usize = 40;

fn rewritten(out: &mut String, told: &Told<'_>) {
    if told.rewritten.is_empty() {
        return;
    }
    out.push_str("## Rewritten guests\n\n");
    for one in told.rewritten.iter().take(REWRITTEN) {
        rewritten_guest(out, one);
    }
    let more = told.rewritten.len().saturating_sub(REWRITTEN);
    if more > 0 {
        let _ = writeln!(out, "{more} guests more are in `guests/`.\n");
    }
}

fn rewritten_guest(out: &mut String, (document, ports): &(RewriteDocument, String)) {
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

/// Text that stays in its cell and is no markup.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('<', "&lt;").replace('\n', " ")
}

//! `JUnit`'s XML, as most CI systems read it: a suite for each class of guests, a case for each of the hosts' answers.

use std::fmt::{self, Write as _};

use super::places::Places;
use super::selection::Selection;
use super::standings::{Standing, Standings};
use super::words::some;
use crate::compat::{Chart, Finding, Severity, Verdict};
use crate::text::xml::{escape_attribute, escape_text};

/// What is selected. Where nothing is certain the case is an error, where nothing is possible a failure.
pub fn junit(chart: &Chart<'_>, selection: &Selection, places: &Places<'_>) -> String {
    let all = Standings::of_classes(chart, selection);
    let inventory = selection.inventory_findings(chart);
    let counted = Counts::of(all.list()).plus(&Counts::of_inventory(&inventory));
    let mut out = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"portolan {}\"{counted}>\n",
        attribute(&chart.cluster.name),
    );
    out.push_str(&inventory_suite(&inventory, places));
    for suite in all.by_guests() {
        let names = suite[0].guests.iter().map(|&guest| chart.cluster.guests[guest].name.as_str());
        let name = attribute(&some(names));
        let _ = writeln!(out, "  <testsuite name=\"{name}\"{}>", Counts::of(suite));
        for standing in suite {
            out.push_str(&case(chart, standing, &name, places));
        }
        out.push_str("  </testsuite>\n");
    }
    out.push_str("</testsuites>\n");
    out
}

/// How many cases there are, and how they end.
struct Counts {
    tests: usize,
    failures: usize,
    errors: usize,
}

impl Counts {
    fn of(standings: &[Standing]) -> Self {
        let count = |verdict| standings.iter().filter(|one| one.assessment.verdict() == verdict).count();
        Self { tests: standings.len(), failures: count(Verdict::Impossible), errors: count(Verdict::Unknown) }
    }

    fn of_inventory(findings: &[&Finding]) -> Self {
        let blockers = findings.iter().filter(|finding| finding.severity == Severity::Blocker);
        Self { tests: findings.len(), failures: blockers.count(), errors: 0 }
    }

    fn plus(&self, other: &Self) -> Self {
        Self {
            tests: self.tests + other.tests,
            failures: self.failures + other.failures,
            errors: self.errors + other.errors,
        }
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { tests, failures, errors } = self;
        write!(f, " tests=\"{tests}\" failures=\"{failures}\" errors=\"{errors}\"")
    }
}

/// What is to be said of the inventory as a whole: a suite of its own, where there is anything.
fn inventory_suite(findings: &[&Finding], places: &Places<'_>) -> String {
    if findings.is_empty() {
        return String::new();
    }
    let mut out = format!("  <testsuite name=\"inventory\"{}>\n", Counts::of_inventory(findings));
    for finding in findings {
        let at = finding.evidence.first().map(|evidence| places.locate(evidence.place));
        let at = at.map_or_else(String::new, |at| format!(" {}:{}:{}", at.file, at.line, at.column));
        let name = attribute(&format!("{}{at}", finding.rule));
        let text = escape_text(&legal(&line(finding, places))).into_owned();
        let body = match finding.severity {
            Severity::Blocker => format!("<failure message=\"blocker\">{text}</failure>"),
            Severity::Unknown | Severity::Warning | Severity::Note => {
                format!("<system-out>{text}</system-out>")
            }
        };
        let _ = writeln!(out, "    <testcase classname=\"inventory\" name=\"{name}\">{body}</testcase>");
    }
    out + "  </testsuite>\n"
}

fn case(chart: &Chart<'_>, standing: &Standing, suite: &str, places: &Places<'_>) -> String {
    let verdict = standing.assessment.verdict();
    let hosts = some(standing.hosts.iter().map(|&host| chart.cluster.hosts[host].name.as_str()));
    let name = format!("to {}", attribute(&hosts));
    let reasons = escape_text(&legal(&reasons(standing, places))).into_owned();
    let body = match verdict {
        Verdict::Impossible => format!("<failure message=\"impossible\">{reasons}</failure>"),
        Verdict::Unknown => format!("<error message=\"unknown\">{reasons}</error>"),
        Verdict::Live | Verdict::Cold | Verdict::Rebuild => {
            format!("<system-out>{verdict}\n{reasons}</system-out>")
        }
    };
    format!("    <testcase classname=\"{suite}\" name=\"{name}\">{body}</testcase>\n")
}

fn reasons(standing: &Standing, places: &Places<'_>) -> String {
    standing.findings.iter().map(|finding| line(finding, places)).collect()
}

fn line(finding: &Finding, places: &Places<'_>) -> String {
    let mut out = format!("{} [{}] {} ({})", finding.severity, finding.modes, finding.message, finding.rule);
    if let Some(first) = finding.evidence.first() {
        let at = places.locate(first.place);
        let _ = write!(out, " {}:{}:{}", at.file, at.line, at.column);
    }
    out.push('\n');
    out
}

fn attribute(text: &str) -> String {
    escape_attribute(&legal(text)).into_owned()
}

/// Characters that XML has no way to write become question marks.
fn legal(text: &str) -> String {
    let legal = |c: char| !c.is_control() || "\t\n\r".contains(c);
    text.chars().map(|c| if legal(c) { c } else { '?' }).collect()
}

//! `JUnit`'s XML, as most CI systems read it: a suite for each class of guests, a case for each of the hosts' answers.

use std::fmt::Write as _;

use super::alike::{Standing, some, standings};
use super::places::Places;
use super::selection::Selection;
use crate::compat::{Chart, Verdict};
use crate::text::xml::{escape_attribute, escape_text};

/// What is selected. Where nothing is certain the case is an error, where nothing is possible a failure.
pub fn junit(chart: &Chart<'_>, selection: &Selection, places: &Places<'_>) -> String {
    let all = standings(chart, selection);
    let suites: Vec<&[Standing]> = all.chunk_by(|one, other| one.guests[0] == other.guests[0]).collect();
    let mut out = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"portolan {}\"{}>\n",
        attribute(&chart.cluster.name),
        counts(&all)
    );
    for suite in suites {
        let names = suite[0].guests.iter().map(|&guest| chart.cluster.guests[guest].name.as_str());
        let name = attribute(&some(names));
        let _ = writeln!(out, "  <testsuite name=\"{name}\"{}>", counts(suite));
        for standing in suite {
            out.push_str(&case(chart, standing, &name, places));
        }
        out.push_str("  </testsuite>\n");
    }
    out.push_str("</testsuites>\n");
    out
}

fn counts(standings: &[Standing]) -> String {
    let count = |verdict| standings.iter().filter(|one| one.assessment.verdict() == verdict).count();
    format!(
        " tests=\"{}\" failures=\"{}\" errors=\"{}\"",
        standings.len(),
        count(Verdict::Impossible),
        count(Verdict::Unknown)
    )
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
    let mut out = String::new();
    for finding in &standing.findings {
        let _ =
            write!(out, "{} [{}] {} ({})", finding.severity, finding.modes, finding.message, finding.rule);
        if let Some(first) = finding.evidence.first() {
            let at = places.locate(first.place);
            let _ = write!(out, " {}:{}:{}", at.file, at.line, at.column);
        }
        out.push('\n');
    }
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

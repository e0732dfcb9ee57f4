//! Whether a guest may come back from where it went, in words and for programs.

use std::fmt::Write as _;

use schemars::JsonSchema;
use serde::Serialize;

use super::evidence::{EvidenceRecord, evidence};
use super::places::Places;
use super::quote::quote;
use super::standings::Standing;
use crate::compat::{Answer, Chart, Finding, Mode, Modes, Return, Severity, WayBack};

/// Hosts from which a guest comes back the same way.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ReturnRecord {
    /// The hosts it would come back from, by their number in `hosts` of the document.
    pub hosts: usize,
    /// How it went there: the gentlest way that is certain.
    #[schemars(with = "Mode")]
    pub after: &'static str,
    /// Whether it comes back while it runs.
    #[schemars(with = "Answer")]
    pub live: &'static str,
    /// Whether it comes back shut down.
    #[schemars(with = "Answer")]
    pub cold: &'static str,
    /// The ids of the rules that stand in its way, or may, in the mode in which it went.
    pub rules: Vec<String>,
}

/// How a guest comes back from one host, with every reason.
#[derive(Debug, Serialize, JsonSchema)]
pub struct WayBackRecord {
    /// How it went there.
    #[schemars(with = "Mode")]
    pub after: &'static str,
    /// Whether it comes back while it runs.
    #[schemars(with = "Answer")]
    pub live: &'static str,
    /// Whether it comes back shut down.
    #[schemars(with = "Answer")]
    pub cold: &'static str,
    /// What stands in its way, or may.
    pub findings: Vec<WayBackFindingRecord>,
}

/// One reason against the way back.
#[derive(Debug, Serialize, JsonSchema)]
pub struct WayBackFindingRecord {
    /// The id of the rule.
    pub rule: String,
    /// How bad it is: a blocker, or unknown.
    #[schemars(with = "Severity")]
    pub severity: &'static str,
    /// The modes it bears on.
    #[schemars(with = "Vec<Mode>")]
    pub modes: Vec<&'static str>,
    /// What is the matter.
    pub message: String,
    /// What would change it.
    pub remedy: String,
    /// Where it is written, the cause first.
    pub evidence: Vec<EvidenceRecord>,
}

/// The ways back for the first of the guests that go as gently as they certainly can.
pub(super) fn ways_back(chart: &Chart<'_>, standing: &Standing) -> Vec<WayBack> {
    let went = standing.assessment.best();
    went.map(|went| chart.ways_back(standing.guest, &standing.hosts, went)).unwrap_or_default()
}

/// The same for programs, the hosts by their number.
pub(super) fn return_record(way: &WayBack, hosts: usize) -> ReturnRecord {
    ReturnRecord {
        hosts,
        after: way.went.as_str(),
        live: way.assessment.live.as_str(),
        cold: way.assessment.cold.as_str(),
        rules: way.rules.iter().map(ToString::to_string).collect(),
    }
}

fn names(chart: &Chart<'_>, hosts: &[usize]) -> Vec<String> {
    hosts.iter().map(|&host| chart.cluster.hosts[host].name.clone()).collect()
}

/// What is to be said of the ways back that are not certain in the mode of the way there, one each; hosts are named where
/// it is not true of all of the hosts.
pub(super) fn one_way(chart: &Chart<'_>, standing: &Standing) -> Vec<String> {
    let doubtful = |way: &WayBack| way.answer() != Answer::Yes;
    let said = |way: WayBack| {
        let from = if way.hosts.len() == standing.hosts.len() {
            String::new()
        } else {
            format!(" from {}", names(chart, &way.hosts).join(", "))
        };
        let sure = if way.answer() == Answer::No { "cannot" } else { "may not" };
        let rules: Vec<&str> = way.rules.iter().map(AsRef::as_ref).collect();
        format!("{sure} come back {}{from} ({})", how(way.went), rules.join(", "))
    };
    ways_back(chart, standing).into_iter().filter(doubtful).map(said).collect()
}

fn how(mode: Mode) -> &'static str {
    if mode == Mode::Live { "live" } else { "even shut down" }
}

/// The ways back from one host for programs.
pub(super) fn way_back_record(way: &Return, places: &Places<'_>) -> WayBackRecord {
    let record = |found: &Finding| WayBackFindingRecord {
        rule: found.rule.to_string(),
        severity: found.severity.as_str(),
        modes: as_it_is(found.modes).iter().map(Mode::as_str).collect(),
        message: found.message.clone(),
        remedy: found.remedy.to_string(),
        evidence: evidence(found, places),
    };
    WayBackRecord {
        after: way.went.as_str(),
        live: way.assessment.live.as_str(),
        cold: way.assessment.cold.as_str(),
        findings: way.findings.iter().map(record).collect(),
    }
}

/// Nothing is rebuilt on the way back.
fn as_it_is(modes: Modes) -> Modes {
    modes.and(Modes::AS_IT_IS)
}

/// The section for people.
pub(super) fn way_back_lines(ways: &[Return], places: &Places<'_>) -> String {
    let mut out = String::new();
    for way in ways {
        let Return { went, assessment, findings } = way;
        let (live, cold) = (assessment.live.as_str(), assessment.cold.as_str());
        let _ = writeln!(out, "  after a {went} move: live {live}, cold {cold}");
        for finding in findings {
            let finding = Finding { modes: as_it_is(finding.modes), ..finding.clone() };
            let _ = write!(out, "\n{}\n\n", quote(&finding, places));
        }
    }
    out
}

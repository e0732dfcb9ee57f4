//! `findings.json`: verdicts and findings for programs.

use schemars::JsonSchema;
use serde::Serialize;

use super::evidence::{EvidenceRecord, evidence};
use super::places::Places;
use super::selection::Selection;
use super::way_back::{ReturnRecord, return_record, ways_back};
use crate::compat::{Answer, Chart, Finding, Mode, Modes, Reasons, Severity, Verdict};
use crate::model::Problem;

/// The version of the form that is written.
pub(super) const VERSION: u32 = 1;

/// Verdicts and findings.
#[derive(Debug, Serialize, JsonSchema)]
pub struct FindingsDocument {
    /// What the document is: `portolan-findings`.
    pub format: &'static str,
    /// The version of its form; a program refuses one that it does not know.
    pub version: u32,
    /// The name of the cluster.
    pub cluster: String,
    /// Documents of the inventory that could not be read, or not in full.
    pub problems: Vec<ProblemRecord>,
    /// What is to be said of the inventory as a whole; absent where there is nothing.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub inventory_findings: Vec<InventoryFindingRecord>,
    /// What becomes of each guest on each host that was asked for: one entry for all hosts of which the same is true.
    pub verdicts: Vec<VerdictRecord>,
    /// Every reason: one entry for a guest and all hosts of which the same is true.
    pub findings: Vec<FindingRecord>,
}

/// A document that could not be read.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ProblemRecord {
    /// Its path inside the inventory.
    pub file: String,
    /// The line, from 1; `null` where it is not known.
    pub line: Option<u32>,
    /// The column, from 1, in characters; `null` where it is not known.
    pub column: Option<u32>,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub remedy: String,
}

/// One reason about no guest and no host.
#[derive(Debug, Serialize, JsonSchema)]
pub struct InventoryFindingRecord {
    /// The id of the rule, as `portolan explain` lists it.
    pub rule: String,
    /// How bad it is.
    #[schemars(with = "Severity")]
    pub severity: &'static str,
    /// What is the matter.
    pub message: String,
    /// What would change it.
    pub remedy: String,
    /// Where it is written, the cause first.
    pub evidence: Vec<EvidenceRecord>,
}

/// A guest on hosts of which the same is true.
#[derive(Debug, Serialize, JsonSchema)]
pub struct VerdictRecord {
    /// The guest.
    pub guest: String,
    /// The host it is on; `null` where it is on none.
    pub from: Option<String>,
    /// The hosts it would go to, of all of which this is true.
    pub hosts: Vec<String>,
    /// The gentlest mode that is certain, or that none is.
    #[schemars(with = "Verdict")]
    pub verdict: &'static str,
    /// Whether it can go there while it runs.
    #[schemars(with = "Answer")]
    pub live: &'static str,
    /// Whether it can go there shut down, with the same definition.
    #[schemars(with = "Answer")]
    pub cold: &'static str,
    /// Whether it can be defined anew there, for another architecture.
    #[schemars(with = "Answer")]
    pub rebuild: &'static str,
    /// Whether it comes back: for each host, after it went as gently as it certainly can; absent where it goes to none of them for
    /// certain, and where it has no host to come back to.
    #[serde(rename = "return", skip_serializing_if = "Vec::is_empty")]
    pub returns: Vec<ReturnRecord>,
}

/// One reason.
#[derive(Debug, Serialize, JsonSchema)]
pub struct FindingRecord {
    /// The id of the rule, as `portolan explain` lists it.
    pub rule: String,
    /// How bad it is.
    #[schemars(with = "Severity")]
    pub severity: &'static str,
    /// The modes it bears on.
    #[schemars(with = "Vec<Mode>")]
    pub modes: Vec<&'static str>,
    /// The guest.
    pub guest: String,
    /// The first of the hosts; `null` where there are none.
    pub host: Option<String>,
    /// All hosts of which it is true.
    pub hosts: Vec<String>,
    /// What is the matter.
    pub message: String,
    /// What would change it.
    pub remedy: String,
    /// Whether rewriting the guest remedies it.
    pub rewritten: bool,
    /// Where it is written, the cause first.
    pub evidence: Vec<EvidenceRecord>,
}

/// The verdicts and findings of what is selected.
pub fn findings(chart: &Chart<'_>, selection: &Selection, places: &Places<'_>) -> FindingsDocument {
    let cluster = chart.cluster;
    let mut document = FindingsDocument {
        format: "portolan-findings",
        version: VERSION,
        cluster: cluster.name.clone(),
        problems: chart.problems().into_iter().map(problem).collect(),
        inventory_findings: selection
            .inventory_findings(chart)
            .into_iter()
            .map(|found| inventory_record(found, places))
            .collect(),
        verdicts: Vec::new(),
        findings: Vec::new(),
    };
    for &guest in &selection.guests {
        for mut reasons in chart.reasons(guest, &selection.hosts) {
            reasons.findings.retain(|finding| selection.filter.has(finding));
            reasons.assessment = selection.filter.assess(reasons.assessment);
            document.verdicts.push(verdict(chart, guest, &reasons));
            let records = reasons.findings.iter().map(|found| record(chart, guest, &reasons, found, places));
            document.findings.extend(records);
        }
    }
    document
}

fn problem(problem: &Problem) -> ProblemRecord {
    ProblemRecord {
        file: problem.path.clone(),
        line: problem.position.map(|position| position.line),
        column: problem.position.map(|position| position.column),
        message: problem.message.clone(),
        remedy: problem.remedy.clone(),
    }
}

fn host_names(chart: &Chart<'_>, reasons: &Reasons) -> Vec<String> {
    reasons.hosts.iter().map(|&host| chart.cluster.hosts[host].name.clone()).collect()
}

fn verdict(chart: &Chart<'_>, guest: usize, reasons: &Reasons) -> VerdictRecord {
    let assessment = reasons.assessment;
    VerdictRecord {
        guest: chart.cluster.guests[guest].name.clone(),
        from: chart.cluster.guests[guest].host.clone(),
        hosts: host_names(chart, reasons),
        verdict: assessment.verdict().as_str(),
        live: assessment.live.as_str(),
        cold: assessment.cold.as_str(),
        rebuild: assessment.rebuild.as_str(),
        returns: ways_back(chart, guest, reasons).iter().map(|way| return_record(chart, way)).collect(),
    }
}

fn record(
    chart: &Chart<'_>,
    guest: usize,
    reasons: &Reasons,
    found: &Finding,
    places: &Places<'_>,
) -> FindingRecord {
    let hosts = host_names(chart, reasons);
    FindingRecord {
        rule: found.rule.to_string(),
        severity: found.severity.as_str(),
        modes: words(found.modes),
        guest: chart.cluster.guests[guest].name.clone(),
        host: hosts.first().cloned(),
        hosts,
        message: found.message.clone(),
        remedy: found.remedy.to_string(),
        rewritten: found.rewritten,
        evidence: evidence(found, places),
    }
}

fn inventory_record(found: &Finding, places: &Places<'_>) -> InventoryFindingRecord {
    InventoryFindingRecord {
        rule: found.rule.to_string(),
        severity: found.severity.as_str(),
        message: found.message.clone(),
        remedy: found.remedy.to_string(),
        evidence: evidence(found, places),
    }
}

fn words(modes: Modes) -> Vec<&'static str> {
    modes.iter().map(Mode::as_str).collect()
}

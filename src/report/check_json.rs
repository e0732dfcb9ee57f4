//! `findings.json`: verdicts and findings for programs.

use schemars::JsonSchema;
use serde::Serialize;

use super::evidence::{EvidenceRecord, evidence};
use super::numbered::Numbered;
use super::places::Places;
use super::selection::Selection;
use super::standings::{Standing, Standings};
use super::way_back::{ReturnRecord, return_record, ways_back};
use crate::compat::{
    Answer, Assessment, Chart, Finding, GuestIndex, HostIndex, Mode, Modes, Severity, Verdict,
};
use crate::model::Problem;

/// The version of the form that is written.
pub(super) const VERSION: u32 = 2;

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
    /// Hosts of which the same is true of some guest: lists of names, to which verdicts refer by number, from 0.
    pub hosts: Vec<Vec<String>>,
    /// What becomes of each guest on each host that was asked for. Each guest stands by itself; where that would be more than
    /// 200,000 guests times hosts, guests of which the same is true stand together, and what is said names one of them and one
    /// of the hosts, and points at their documents. A guest of them that a name, a UUID or a port keeps from a host stands by
    /// itself as well, and what is said there holds for it.
    pub guests: Vec<GuestsRecord>,
    /// Every reason once; verdicts refer to them by number, from 0.
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

/// Guests, and what becomes of them.
#[derive(Debug, Serialize, JsonSchema)]
pub struct GuestsRecord {
    /// The guests.
    pub guests: Vec<PlacedRecord>,
    /// What becomes of them: one entry for all hosts of which the same is true.
    pub verdicts: Vec<VerdictRecord>,
}

/// A guest and where it is.
#[derive(Debug, Serialize, JsonSchema)]
pub struct PlacedRecord {
    /// The guest.
    pub guest: String,
    /// The host it is on; `null` where it is on none.
    pub on: Option<String>,
}

/// What becomes of guests on hosts of which the same is true.
#[derive(Debug, Serialize, JsonSchema)]
pub struct VerdictRecord {
    /// The hosts they would go to, by their number in `hosts` of the document. A guest that is on one of them stays there.
    pub hosts: usize,
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
    /// The reasons, by their number in `findings` of the document, the worst first.
    pub findings: Vec<usize>,
    /// Whether it comes back: for each host, after it went as gently as it certainly can; absent where it goes to none of them for
    /// certain, and where it has no host to come back to.
    #[serde(rename = "return", skip_serializing_if = "Vec::is_empty")]
    pub returns: Vec<ReturnRecord>,
}

/// One reason.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
pub struct FindingRecord {
    /// The id of the rule, as `portolan explain` lists it.
    pub rule: String,
    /// How bad it is.
    #[schemars(with = "Severity")]
    pub severity: &'static str,
    /// The modes it bears on.
    #[schemars(with = "Vec<Mode>")]
    pub modes: Vec<&'static str>,
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
pub fn findings(
    chart: &Chart<'_>,
    (selection, standings): (&Selection, &Standings),
    places: &Places<'_>,
) -> FindingsDocument {
    let mut once = Once::default();
    let guests = standings.by_guests().map(|of_guests| once.guests(chart, of_guests, places)).collect();
    let inventory = selection.inventory_findings(chart).into_iter();
    FindingsDocument {
        format: "portolan-findings",
        version: VERSION,
        cluster: chart.cluster.name.clone(),
        problems: chart.problems().into_iter().map(problem).collect(),
        inventory_findings: inventory.map(|found| inventory_record(found, places)).collect(),
        hosts: once.hosts.list().iter().map(|hosts| names(chart, hosts)).collect(),
        guests,
        findings: once.findings.into_list(),
    }
}

/// What is written once and referred to by number.
#[derive(Default)]
struct Once {
    hosts: Numbered<Vec<HostIndex>>,
    findings: Numbered<FindingRecord>,
}

impl Once {
    fn guests(&mut self, chart: &Chart<'_>, of_guests: &[Standing], places: &Places<'_>) -> GuestsRecord {
        let guests = of_guests.first().map(|first| first.guests.as_slice()).unwrap_or_default();
        let placed = |&guest: &GuestIndex| {
            let one = &chart.cluster.guests[guest];
            PlacedRecord { guest: one.name.clone(), on: one.host.clone() }
        };
        GuestsRecord {
            guests: guests.iter().map(placed).collect(),
            verdicts: of_guests.iter().map(|standing| self.verdict(chart, standing, places)).collect(),
        }
    }

    fn verdict(&mut self, chart: &Chart<'_>, standing: &Standing, places: &Places<'_>) -> VerdictRecord {
        let Assessment { live, cold, rebuild } = standing.assessment;
        let back = ways_back(chart, standing);
        let findings = standing.findings.iter();
        VerdictRecord {
            hosts: self.hosts.number(standing.hosts.clone()),
            verdict: standing.assessment.verdict().as_str(),
            live: live.as_str(),
            cold: cold.as_str(),
            rebuild: rebuild.as_str(),
            findings: findings.map(|found| self.findings.number(record(found, places))).collect(),
            returns: back
                .iter()
                .map(|way| return_record(way, self.hosts.number(way.hosts.clone())))
                .collect(),
        }
    }
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

fn names(chart: &Chart<'_>, hosts: &[HostIndex]) -> Vec<String> {
    hosts.iter().map(|&host| chart.cluster.hosts[host].name.clone()).collect()
}

fn record(found: &Finding, places: &Places<'_>) -> FindingRecord {
    FindingRecord {
        rule: found.rule.to_string(),
        severity: found.severity.as_str(),
        modes: words(found.modes),
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

//! `explain INVENTORY GUEST HOST`: the whole story of one cell of the chart.

use std::fmt::Write as _;

use schemars::JsonSchema;
use serde::Serialize;

use super::check_json::{FindingsDocument, findings};
use super::check_text::cell;
use super::places::Places;
use super::reboot::{RebootRecord, reboot_lines, reboot_record};
use super::selection::{Filter, Selection};
use super::standings::Standings;
use super::way_back::{WayBackRecord, way_back_lines, way_back_record};
use crate::compat::{Answer, Chart};

/// Why the verdict of `guest` on `host` (indices) is what it is, what would change it, whether the guest may come back,
/// and what a reboot there changes.
pub fn explain(chart: &Chart<'_>, guest: usize, host: usize, places: &Places<'_>) -> String {
    let findings = chart.findings(guest, host);
    let mut out = cell(chart, (guest, host), &findings, places);
    if findings.is_empty() {
        out.push_str("No rule objects, and nothing that a rule needs is unknown.\n\n");
    }
    let ways = chart.returns(guest, host);
    if !ways.is_empty() {
        let name = |host: usize| chart.cluster.hosts[host].name.as_str();
        let home = chart.home(guest).map_or_else(String::new, |home| format!(" to {}", name(home)));
        let _ = write!(out, "The way back from {}{home}\n\n", name(host));
        out.push_str(&way_back_lines(&ways, places));
        out.push('\n');
    }
    out.push_str(&after_a_reboot(chart, guest, host));
    format!("{}\n", out.trim_end())
}

/// The section about a reboot; nothing for a guest that does not get there, or is there already.
fn after_a_reboot(chart: &Chart<'_>, guest: usize, host: usize) -> String {
    let assessment = chart.assess(guest, host);
    let words = match (assessment.live, assessment.cold) {
        _ if chart.home(guest) == Some(host) => None,
        (Answer::No, Answer::No) => None,
        (_, Answer::No) => {
            Some("  it does not start again, for what is said above of a cold move\n".to_owned())
        }
        _ => chart.reboot(guest, host).as_ref().map(reboot_lines),
    };
    words.map_or_else(String::new, |words| format!("After a reboot there\n\n{words}\n"))
}

/// Verdicts and findings of guests on hosts.
#[derive(Debug, Serialize, JsonSchema)]
pub struct CellDocument {
    /// The verdict and the findings.
    #[serde(flatten)]
    pub findings: FindingsDocument,
    /// How the guest comes back, for each mode in which it may get there; only of `explain` of one guest and one
    /// host.
    #[schemars(skip_serializing_if = "Vec::is_empty")]
    pub way_back: Vec<WayBackRecord>,
    /// What the guest finds after a reboot there; `null` where it does not start there as it is, and only of
    /// `explain` of one guest and one host.
    #[schemars(skip_serializing_if = "Option::is_none")]
    pub reboot: Option<RebootRecord>,
}

/// The same for programs.
pub fn cell_document(chart: &Chart<'_>, guest: usize, host: usize, places: &Places<'_>) -> CellDocument {
    let selection = Selection { guests: vec![guest], hosts: vec![host], filter: Filter::default() };
    let standings = Standings::new(chart, &selection, Standings::PAIRS);
    let starts = chart.home(guest) != Some(host) && chart.assess(guest, host).cold != Answer::No;
    CellDocument {
        findings: findings(chart, (&selection, &standings), places),
        way_back: chart.returns(guest, host).iter().map(|way| way_back_record(way, places)).collect(),
        reboot: chart.reboot(guest, host).filter(|_| starts).as_ref().map(reboot_record),
    }
}

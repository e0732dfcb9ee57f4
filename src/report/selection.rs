//! What a report is about.

use crate::compat::{Assessment, Chart, Finding, Mode, Severity, Verdict};
use crate::model::Cluster;

/// Guests and hosts, as indices into the cluster's, and which reasons about them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Selection {
    /// The guests.
    pub guests: Vec<usize>,
    /// The hosts they would go to.
    pub hosts: Vec<usize>,
    /// The reasons.
    pub filter: Filter,
}

/// Which reasons are told. What is empty leaves nothing out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Those that bear on one of these modes.
    pub modes: Vec<Mode>,
    /// Those of one of these severities.
    pub severities: Vec<Severity>,
    /// Those of one of these rules.
    pub rules: Vec<String>,
}

impl Selection {
    /// All guests and hosts.
    pub fn all(cluster: &Cluster) -> Self {
        Self {
            guests: (0..cluster.guests.len()).collect(),
            hosts: (0..cluster.hosts.len()).collect(),
            filter: Filter::default(),
        }
    }
}

impl Selection {
    /// The verdict in the modes that are asked for.
    pub fn verdict(&self, chart: &Chart<'_>, guest: usize, host: usize) -> Verdict {
        self.filter.assess(chart.assess(guest, host)).verdict()
    }
}

impl Selection {
    /// What is to be said of the inventory as a whole, as far as it is asked for.
    pub fn inventory_findings<'f>(&self, chart: &'f Chart<'_>) -> Vec<&'f Finding> {
        chart.inventory_findings().iter().filter(|finding| self.filter.has(finding)).collect()
    }
}

impl Filter {
    /// What is possible in the modes that are asked for.
    pub fn assess(&self, assessment: Assessment) -> Assessment {
        if self.modes.is_empty() { assessment } else { assessment.only(&self.modes) }
    }

    /// Whether nothing is left out.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Whether the finding is told.
    pub fn has(&self, finding: &Finding) -> bool {
        let mode = self.modes.is_empty() || self.modes.iter().any(|&mode| finding.modes.has(mode));
        let severity = self.severities.is_empty() || self.severities.contains(&finding.severity);
        // A rule that lacks a fact speaks as missing-fact.
        let named = |rule: &String| *rule == finding.rule || *rule == finding.asked;
        mode && severity && (self.rules.is_empty() || self.rules.iter().any(named))
    }
}

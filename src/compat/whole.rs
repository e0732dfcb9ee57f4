//! What is to be said of an inventory as a whole: of several guests or hosts at once, or of documents side by side.

use super::chart::Chart;
use super::finding::Finding;
use super::rules::rules;
use crate::model::Cluster;

/// A whole inventory.
pub struct Whole<'p> {
    /// Its hosts and guests.
    pub cluster: &'p Cluster,
}

impl Chart<'_> {
    /// What is to be said of the inventory as a whole, of no guest on a host: first what rules say, in the order of their
    /// table, then what is to be said of the policy.
    pub fn inventory_findings(&self) -> &[Finding] {
        self.of_inventory.get_or_init(|| {
            let whole = Whole { cluster: self.cluster };
            let said = rules().flat_map(|rule| rule.of_inventory(&whole));
            said.filter_map(|finding| self.policy.level(finding)).chain(self.look_at_policy()).collect()
        })
    }
}

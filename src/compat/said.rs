//! Asks all rules, the table's and the user's own. What they say is not judged by the policy yet.

use super::aspect::Aspect;
use super::chart::Chart;
use super::class::{GuestIndex, HostIndex};
use super::definition::Documents;
use super::finding::Finding;
use super::pair::{Individual, Pair, Placement, Subject, offer};
use super::policy;
use super::rule::{Check, Rule};
use super::rules::{lost_with_home, rules};
use super::verdict::Answer;
use super::whole::Whole;
use crate::knowledge;
use crate::model::{DiskSource, Guest, Host, UserRule};

/// Rules to ask: of the table, and of the user's own.
pub(super) struct Asked<'c> {
    rules: Vec<&'static Rule>,
    own: Vec<&'c UserRule>,
}

impl Asked<'_> {
    /// What they say about a pair of classes.
    pub(super) fn of_pair(&self, pair: &Pair<'_>) -> Vec<Finding> {
        let own = self.own.iter().flat_map(|rule| policy::of_pair(rule, pair));
        self.rules.iter().flat_map(|rule| rule.of_pairs(pair)).chain(own).collect()
    }

    /// What they say of one guest on one host.
    fn of_placement(&self, placement: &Placement<'_>) -> Vec<Finding> {
        let own = self.own.iter().flat_map(|rule| policy::of_placement(rule, placement));
        self.rules.iter().flat_map(|rule| rule.of_placement(placement)).chain(own).collect()
    }
}

impl<'c> Chart<'c> {
    /// What rules say about a class of guests, wherever they would go.
    pub(super) fn guests_said(&self, subject: &Subject<'_>) -> Vec<Finding> {
        let own = self.policy.rules().flat_map(|rule| policy::of_guests(rule, subject));
        rules().flat_map(|rule| rule.of_guests(subject)).chain(own).collect()
    }

    /// The rules by which verdicts may change.
    fn deciding(&self) -> impl Iterator<Item = &'static Rule> {
        rules().filter(|rule| !rule.only_warns || self.policy.levels(rule.id))
    }

    /// The rules that look at pairs of classes, of those by which verdicts may change.
    pub(super) fn rules_about_pairs(&self) -> Asked<'c> {
        let looks = |rule: &&Rule| matches!(rule.check, Check::Pair(_));
        Asked { rules: self.deciding().filter(looks).collect(), own: self.policy.rules().collect() }
    }

    pub(super) fn pair<'p>(
        &'p self,
        guest: &'p Guest,
        documents: &'p Documents<'_>,
        host: &'p Host,
    ) -> Pair<'p> {
        Pair {
            guest: &guest.requirements,
            source: self.source(guest).map(|source| &source.platform),
            target: &host.platform,
            map: knowledge::x86::map_of(host),
            source_map: self.source(guest).map(knowledge::x86::map_of),
            stored: documents.stored(),
            running: documents.running(),
            thresholds: &self.cluster.policy.thresholds,
            cpus: &self.cpus,
            offer: offer(&guest.requirements, &host.platform),
            at_home: self.same_platform(guest, host),
        }
    }

    pub(super) fn documents(&self, guest: GuestIndex) -> Documents<'c> {
        Documents::of(self.cluster, &self.cluster.guests[guest])
    }

    /// What rules say of the classes, in the order of the rule table.
    pub(super) fn class_said(
        &self,
        guest: GuestIndex,
        documents: &Documents<'_>,
        host: HostIndex,
    ) -> Vec<Finding> {
        let pair = self.pair(&self.cluster.guests[guest], documents, &self.cluster.hosts[host]);
        let subject = pair.subject();
        let both = rules().flat_map(|rule| [rule.of_guests(&subject), rule.of_pairs(&pair)]).flatten();
        let own = self.policy.rules();
        let own = own.flat_map(|rule| [policy::of_guests(rule, &subject), policy::of_pair(rule, &pair)]);
        both.chain(own.flatten()).collect()
    }

    /// What rules say of one guest wherever it goes, beyond its class.
    pub(super) fn guest_said(&self, guest: GuestIndex) -> Vec<Finding> {
        self.individual_said(rules(), &self.individual(guest))
    }

    /// The same, as far as verdicts may change by it.
    pub(super) fn guest_decides(&self, guest: GuestIndex) -> Vec<Finding> {
        self.individual_decides(&self.individual(guest))
    }

    /// What rules say of one guest, as far as verdicts may change by it.
    pub(super) fn individual_decides(&self, individual: &Individual<'_>) -> Vec<Finding> {
        self.individual_said(self.deciding(), individual)
    }

    /// What these rules and the user's own say of one guest.
    fn individual_said(
        &self,
        rules: impl Iterator<Item = &'static Rule>,
        individual: &Individual<'_>,
    ) -> Vec<Finding> {
        let own = self.policy.rules().flat_map(|rule| policy::of_guest(rule, individual));
        rules.flat_map(|rule| rule.of_guest(individual)).chain(own).collect()
    }

    fn individual(&self, guest: GuestIndex) -> Individual<'_> {
        let guest = &self.cluster.guests[guest];
        Individual::new(self.cluster, guest, self.source(guest))
    }

    /// What rules say of one guest on one host, beyond their classes.
    pub(super) fn placement_said(&self, guest: GuestIndex, host: HostIndex) -> Vec<Finding> {
        self.placed_said(&self.placement(guest, host))
    }

    /// What rules say of one guest that is on one host and would go to another.
    pub(super) fn placed_said(&self, placement: &Placement<'_>) -> Vec<Finding> {
        let own = self.policy.rules().flat_map(|rule| policy::of_placement(rule, placement));
        rules().flat_map(|rule| rule.of_placement(placement)).chain(own).collect()
    }

    /// The rules that look at these aspects of one guest and one host, of those by which verdicts may change.
    pub(super) fn rules_about(&self, aspects: &[Aspect]) -> Asked<'c> {
        let looks = |rule: &&Rule| matches!(rule.check, Check::Placement(of, _) if aspects.contains(&of));
        let own = if aspects.contains(&Aspect::Host) { self.policy.rules().collect() } else { Vec::new() };
        Asked { rules: self.deciding().filter(looks).collect(), own }
    }

    /// What they say of one guest on one host.
    pub(super) fn asked_said(&self, asked: &Asked<'_>, guest: GuestIndex, host: HostIndex) -> Vec<Finding> {
        asked.of_placement(&self.placement(guest, host))
    }

    /// The first disk that a host does not have for certain once the guest's own host is lost, and whether that is known: where it is, the
    /// guest does not start there; where it is not, nobody can tell. `None` where the host has them all.
    pub fn lost_with_home(&self, guest: GuestIndex, host: HostIndex) -> Option<(&DiskSource, Answer)> {
        lost_with_home(&self.placement(guest, host))
    }

    fn placement(&self, guest: GuestIndex, host: HostIndex) -> Placement<'_> {
        let guest = &self.cluster.guests[guest];
        self.placed(guest, self.source(guest), &self.cluster.hosts[host])
    }

    /// A guest that is on `source` and would go to `target`.
    pub(super) fn placed<'p>(
        &'p self,
        guest: &'p Guest,
        source: Option<&'p Host>,
        target: &'p Host,
    ) -> Placement<'p> {
        let (settings, thresholds) = (&self.cluster.settings, &self.cluster.policy.thresholds);
        Placement { guest, source, target, settings, thresholds }
    }

    /// What rules say about a guest on a host, before the policy.
    pub(super) fn said(&self, guest: GuestIndex, host: HostIndex) -> Vec<Finding> {
        let mut found = self.class_said(guest, &self.documents(guest), host);
        found.extend(self.guest_said(guest));
        found.extend(self.placement_said(guest, host));
        found
    }

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

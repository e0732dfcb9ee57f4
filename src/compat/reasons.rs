//! Why: what is said of a guest on many hosts, hosts of the same reasons together.

use std::collections::BTreeMap;

use super::chart::Chart;
use super::class::{GuestIndex, HostIndex};
use super::finding::Finding;
use super::said::Asked;
use super::severity::Severity;
use super::verdict::{Answer, Assessment};

/// What is to be said about one guest on hosts of which the same is true.
pub struct Reasons {
    /// The hosts, ascending.
    pub hosts: Vec<HostIndex>,
    /// What is possible there.
    pub assessment: Assessment,
    /// Every reason; its evidence is of the first host.
    pub findings: Vec<Finding>,
}

impl Reasons {
    /// Whether the same is said here as in these two lists together.
    fn says(&self, common: &[Finding], own: &[Finding]) -> bool {
        fn said(finding: &Finding) -> (Severity, &str, &str) {
            (finding.severity, &finding.rule, &finding.message)
        }
        let here = self.findings.iter().map(said);
        let mut there: Vec<_> = common.iter().chain(own).collect();
        there.sort_by_key(|finding| finding.severity);
        self.findings.len() == there.len() && here.eq(there.into_iter().map(said))
    }
}

impl Chart<'_> {
    /// Every reason about a guest on a host, the worst first, else in the order of the rule table.
    pub fn findings(&self, guest: GuestIndex, host: HostIndex) -> Vec<Finding> {
        let common = self.class_findings(guest, &self.documents(guest), host);
        ordered(common, self.personal_findings(&self.guest_said(guest), guest, host))
    }

    /// The reasons about a guest on each of `hosts` but its own, hosts with the same reasons
    /// together, in the order of their first hosts. What the classes decide is looked at once for
    /// each class of hosts.
    pub fn reasons(&self, guest: GuestIndex, hosts: &[HostIndex]) -> Vec<Reasons> {
        let anywhere = self.guest_said(guest);
        self.reasons_by(guest, hosts, |host| self.personal_findings(&anywhere, guest, host))
    }

    /// As [`Chart::reasons`], but what is said of a guest and a host themselves and stands in the way of no mode may be left out:
    /// rules whose answers are known to be of that kind are not asked again.
    pub fn objections(&self, guest: GuestIndex, hosts: &[HostIndex]) -> Vec<Reasons> {
        let anywhere = self.guest_decides(guest);
        let mut asked: BTreeMap<u32, Asked<'_>> = BTreeMap::new();
        self.reasons_by(guest, hosts, |host| {
            let which = self.objecting(guest, host);
            let rules = asked.entry(which).or_insert_with(|| self.rules_about(&self.aspects(which)));
            let here = self.asked_said(rules, guest, host);
            let found = anywhere.iter().cloned().chain(here).collect();
            self.policy.judge(found, self.fittings_of(guest, host))
        })
    }

    /// The same with what `personal` finds of the guest on a host beyond their classes.
    fn reasons_by(
        &self,
        guest: GuestIndex,
        hosts: &[HostIndex],
        mut personal: impl FnMut(HostIndex) -> Vec<Finding>,
    ) -> Vec<Reasons> {
        let (home, documents) = (self.home(guest), self.documents(guest));
        let mut by_class: BTreeMap<usize, Vec<Finding>> = BTreeMap::new();
        let mut all: Vec<Reasons> = Vec::new();
        for &host in hosts.iter().filter(|&&host| Some(host) != home) {
            let class = self.class_of_host(host);
            let common =
                by_class.entry(class).or_insert_with(|| self.class_findings(guest, &documents, host));
            let own = personal(host);
            let cell = self.assess_classes(self.class_of_guest(guest), class);
            let assessment = cell.and(Assessment::of(&own, Answer::Yes));
            let same = |other: &&mut Reasons| other.assessment == assessment && other.says(common, &own);
            match all.iter_mut().find(same) {
                Some(other) => other.hosts.push(host),
                None => all.push(Reasons {
                    hosts: vec![host],
                    assessment,
                    findings: ordered(common.clone(), own),
                }),
            }
        }
        all
    }

    /// What is said of the guest `anywhere`, and on this host, as the policy has it.
    fn personal_findings(&self, anywhere: &[Finding], guest: GuestIndex, host: HostIndex) -> Vec<Finding> {
        let here = self.placement_said(guest, host);
        let found = anywhere.iter().cloned().chain(here).collect();
        self.policy.judge(found, self.fittings_of(guest, host))
    }
}

/// Both lists as one, the worst first.
fn ordered(mut common: Vec<Finding>, own: Vec<Finding>) -> Vec<Finding> {
    common.extend(own);
    common.sort_by_key(|finding| finding.severity);
    common
}

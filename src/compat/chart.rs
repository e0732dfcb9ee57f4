//! The chart: the verdict of every guest on every host, with all reasons.

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::class::{self, GuestClass, HostClass};
use super::definition::Documents;
use super::finding::Finding;
use super::pair::{Individual, Pair, Placement};
use super::rule::Rule;
use super::rules::rules;
use super::verdict::{Answer, Assessment, Verdict};
use crate::knowledge;
use crate::model::{Cluster, Guest, Host};

/// A guest, as an index into [`Cluster::guests`].
pub type GuestIndex = usize;
/// A host, as an index into [`Cluster::hosts`].
pub type HostIndex = usize;

/// Which hosts each guest can reach.
pub struct Chart<'c> {
    /// What it was computed from.
    pub cluster: &'c Cluster,
    /// The classes of hosts.
    pub host_classes: Vec<HostClass>,
    /// The classes of guests.
    pub guest_classes: Vec<GuestClass>,
    host_class: Vec<usize>,
    guest_class: Vec<usize>,
    by_name: BTreeMap<&'c str, HostIndex>,
    /// Row by row: a guest class on every host class.
    cells: Vec<Assessment>,
    /// For each guest: what it leaves possible wherever it goes, beyond its class.
    own: Vec<Assessment>,
}

impl<'c> Chart<'c> {
    /// Computes the verdicts, pairs of classes in parallel.
    pub fn new(cluster: &'c Cluster) -> Self {
        let by_name: BTreeMap<_, _> =
            cluster.hosts.iter().enumerate().map(|(at, h)| (h.name.as_str(), at)).collect();
        let host_classes = class::host_classes(cluster);
        let host_class = class_of(cluster.hosts.len(), host_classes.iter().map(|class| &class.hosts));
        let class_by_name = |name: &str| by_name.get(name).map(|&host| host_class[host]);
        let guest_classes = class::guest_classes(cluster, &class_by_name);
        let guest_class = class_of(cluster.guests.len(), guest_classes.iter().map(|class| &class.guests));
        let mut chart = Self {
            cluster,
            host_classes,
            guest_classes,
            host_class,
            guest_class,
            by_name,
            cells: Vec::new(),
            own: Vec::new(),
        };
        let rows = (0..chart.guest_classes.len()).into_par_iter();
        chart.cells = rows.flat_map_iter(|guest_class| chart.row(guest_class)).collect();
        let guests = (0..cluster.guests.len()).into_par_iter();
        let own = guests.map(|guest| Assessment::of(&chart.guest_findings(guest), Answer::Yes));
        chart.own = own.collect();
        chart
    }

    /// What is possible for a class of guests on each class of hosts.
    fn row(&self, guest_class: usize) -> Vec<Assessment> {
        let guest = &self.cluster.guests[self.guest_classes[guest_class].guests[0]];
        let documents = Documents::of(self.cluster, guest);
        let hosts = self.host_classes.iter().map(|class| &self.cluster.hosts[class.hosts[0]]);
        let pairs: Vec<_> = hosts.map(|host| self.pair(guest, &documents, host)).collect();
        let Some(subject) = pairs.first().map(Pair::subject) else { return Vec::new() };
        let own: Vec<_> = rules().flat_map(|rule| rule.of_guests(&subject)).collect();
        let own = Assessment::of(&own, Answer::Yes);
        let cell = |pair: &Pair<'_>| {
            let found: Vec<_> = rules().flat_map(|rule| rule.of_pairs(pair)).collect();
            own.and(Assessment::of(&found, asks_rebuild(pair)))
        };
        pairs.iter().map(cell).collect()
    }

    fn pair<'p>(&'p self, guest: &'p Guest, documents: &'p Documents<'_>, host: &'p Host) -> Pair<'p> {
        Pair {
            guest: &guest.requirements,
            source: self.source(guest).map(|source| &source.platform),
            target: &host.platform,
            map: knowledge::x86::map_of(host),
            source_map: self.source(guest).map(knowledge::x86::map_of),
            stored: documents.stored(),
            running: documents.running(),
        }
    }

    fn source(&self, guest: &Guest) -> Option<&'c Host> {
        let host = self.by_name.get(guest.host.as_deref()?)?;
        self.cluster.hosts.get(*host)
    }

    /// The host a guest is on.
    pub fn home(&self, guest: GuestIndex) -> Option<HostIndex> {
        self.by_name.get(self.cluster.guests[guest].host.as_deref()?).copied()
    }

    /// The class of a host, as an index into [`Chart::host_classes`].
    pub fn class_of_host(&self, host: HostIndex) -> usize {
        self.host_class[host]
    }

    /// The class of a guest, as an index into [`Chart::guest_classes`].
    pub fn class_of_guest(&self, guest: GuestIndex) -> usize {
        self.guest_class[guest]
    }

    /// What is possible for a class of guests on a class of hosts, room and disks apart.
    pub fn assess_classes(&self, guest_class: usize, host_class: usize) -> Assessment {
        self.cells[guest_class * self.host_classes.len() + host_class]
    }

    /// What is possible for a guest on a host.
    pub fn assess(&self, guest: GuestIndex, host: HostIndex) -> Assessment {
        let cell = self.assess_classes(self.guest_class[guest], self.host_class[host]);
        let here = Assessment::of(&self.placement_findings(guest, host), Answer::Yes);
        cell.and(self.own[guest]).and(here)
    }

    /// The verdict for a guest on a host.
    pub fn verdict(&self, guest: GuestIndex, host: HostIndex) -> Verdict {
        self.assess(guest, host).verdict()
    }

    /// Every reason about a guest on a host, the worst first, else in the order of the rule table.
    pub fn findings(&self, guest: GuestIndex, host: HostIndex) -> Vec<Finding> {
        let common = self.class_findings(guest, &self.documents(guest), host);
        ordered(common, self.personal_findings(&self.guest_findings(guest), guest, host))
    }

    /// The reasons about a guest on each of `hosts` but its own, hosts with the same reasons
    /// together, in the order of their first hosts. What the classes decide is looked at once for
    /// each class of hosts.
    pub fn reasons(&self, guest: GuestIndex, hosts: &[HostIndex]) -> Vec<Reasons> {
        let (home, documents) = (self.home(guest), self.documents(guest));
        let anywhere = self.guest_findings(guest);
        let mut by_class: BTreeMap<usize, Vec<Finding>> = BTreeMap::new();
        let mut all: Vec<Reasons> = Vec::new();
        for &host in hosts.iter().filter(|&&host| Some(host) != home) {
            let class = self.host_class[host];
            let common =
                by_class.entry(class).or_insert_with(|| self.class_findings(guest, &documents, host));
            let own = self.personal_findings(&anywhere, guest, host);
            let cell = self.assess_classes(self.guest_class[guest], class);
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

    fn documents(&self, guest: GuestIndex) -> Documents<'c> {
        Documents::of(self.cluster, &self.cluster.guests[guest])
    }

    fn class_findings(&self, guest: GuestIndex, documents: &Documents<'_>, host: HostIndex) -> Vec<Finding> {
        let pair = self.pair(&self.cluster.guests[guest], documents, &self.cluster.hosts[host]);
        let subject = pair.subject();
        let both = |rule: &Rule| [rule.of_guests(&subject), rule.of_pairs(&pair)];
        rules().flat_map(both).flatten().collect()
    }

    /// What is to be said of one guest wherever it goes, beyond its class.
    fn guest_findings(&self, guest: GuestIndex) -> Vec<Finding> {
        let documents = self.documents(guest);
        let individual = Individual {
            guest: &self.cluster.guests[guest],
            home: self.source(&self.cluster.guests[guest]),
            stored: documents.stored(),
            running: documents.running(),
        };
        rules().flat_map(|rule| rule.of_guest(&individual)).collect()
    }

    fn placement_findings(&self, guest: GuestIndex, host: HostIndex) -> Vec<Finding> {
        let guest = &self.cluster.guests[guest];
        let (source, settings) = (self.source(guest), &self.cluster.settings);
        let placement = Placement { guest, source, target: &self.cluster.hosts[host], settings };
        rules().flat_map(|rule| rule.of_placement(&placement)).collect()
    }

    /// What is said of the guest `anywhere`, and on this host.
    fn personal_findings(&self, anywhere: &[Finding], guest: GuestIndex, host: HostIndex) -> Vec<Finding> {
        let here = self.placement_findings(guest, host);
        anywhere.iter().cloned().chain(here).collect()
    }
}

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
        let said = |finding: &Finding| (finding.severity, finding.rule, finding.message.clone());
        let here = self.findings.iter().map(said);
        let mut there: Vec<_> = common.iter().chain(own).collect();
        there.sort_by_key(|finding| finding.severity);
        self.findings.len() == there.len() && here.eq(there.into_iter().map(said))
    }
}

/// Both lists as one, the worst first.
fn ordered(mut common: Vec<Finding>, own: Vec<Finding>) -> Vec<Finding> {
    common.extend(own);
    common.sort_by_key(|finding| finding.severity);
    common
}

/// Rebuilding is for another architecture: elsewhere the answer is no, whatever the rules say.
fn asks_rebuild(pair: &Pair<'_>) -> Answer {
    match pair.foreign() {
        Some(true) => Answer::Yes,
        Some(false) => Answer::No,
        None => Answer::Unknown,
    }
}

fn class_of<'m>(count: usize, members: impl Iterator<Item = &'m Vec<usize>>) -> Vec<usize> {
    let mut classes = vec![0; count];
    for (class, members) in members.enumerate() {
        for &member in members {
            classes[member] = class;
        }
    }
    classes
}

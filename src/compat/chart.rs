//! The chart: the verdict of every guest on every host, with all reasons.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use rayon::prelude::*;

use super::aspect::Aspect;
use super::class::{self, GuestClass, GuestIndex, HostClass, HostIndex};
use super::cpu_answers::CpuAnswers;
use super::definition::Documents;
use super::finding::Finding;
use super::groups::{class_of, numbered};
use super::identity::Meetings;
use super::pair::{Pair, foreign};
use super::policy::{Fitting, Policy};
use super::table::Table;
use super::verdict::{Answer, Assessment, Packed, Verdict};
use super::ways::ClassWays;
use crate::model::{Cluster, Guest, Host, Problem, UserRule};

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
    /// The platform of each class of hosts, by number: waivers alone may tell classes apart.
    platforms: Vec<usize>,
    pub(super) cpus: CpuAnswers,
    pub(super) policy: Policy<'c>,
    /// The waivers that fit the guests of each class.
    guest_fitting: Vec<Fitting>,
    /// The waivers that fit the hosts of a class: all that differ, and which of them each class has.
    host_fittings: Vec<Fitting>,
    host_fitting: Vec<usize>,
    /// Row by row: a guest class on every host class.
    cells: Vec<Assessment>,
    /// For each guest, by the waivers that fit the hosts: what it leaves possible beyond its class.
    own: Vec<Assessment>,
    /// What rules about one guest and one host leave possible, by what they look at.
    tables: Vec<Table>,
    meetings: Option<Meetings>,
    /// What is to be said of the inventory, once it was asked.
    pub(super) of_inventory: OnceLock<Vec<Finding>>,
    /// Row by row: how a guest class comes back from every host class, once it was asked.
    pub(super) ways_back: Vec<OnceLock<Vec<ClassWays>>>,
}

impl<'c> Chart<'c> {
    /// Computes the verdicts, pairs of classes in parallel.
    pub fn new(cluster: &'c Cluster) -> Self {
        let by_name: BTreeMap<_, _> =
            cluster.hosts.iter().enumerate().map(|(at, h)| (h.name.as_str(), at)).collect();
        let policy = Policy::of(cluster);
        let host_classes = class::host_classes(cluster, &policy);
        let host_class = class_of(cluster.hosts.len(), host_classes.iter().map(|class| &class.hosts));
        let platform = |class: &HostClass| &cluster.hosts[class.hosts[0]].platform;
        let (_, platforms) = numbered(&host_classes.iter().map(platform).collect::<Vec<_>>());
        let class_by_name = |name: &str| by_name.get(name).map(|&host| host_class[host]);
        let guest_classes = class::guest_classes(cluster, &policy, &class_by_name);
        let guest_class = class_of(cluster.guests.len(), guest_classes.iter().map(|class| &class.guests));
        let guest_name = |class: &GuestClass| policy.fitting_guest(&cluster.guests[class.guests[0]].name);
        let guest_fitting = guest_classes.iter().map(guest_name).collect();
        let host_name = |class: &HostClass| policy.fitting_host(&cluster.hosts[class.hosts[0]].name);
        let (host_fittings, host_fitting) = distinct(host_classes.iter().map(host_name));
        let mut chart = Self {
            cluster,
            host_classes,
            guest_classes,
            host_class,
            guest_class,
            by_name,
            platforms,
            cpus: CpuAnswers::default(),
            policy,
            guest_fitting,
            host_fittings,
            host_fitting,
            cells: Vec::new(),
            own: Vec::new(),
            tables: Vec::new(),
            meetings: None,
            of_inventory: OnceLock::new(),
            ways_back: Vec::new(),
        };
        chart.ways_back.resize_with(chart.guest_classes.len(), OnceLock::new);
        let rows = (0..chart.guest_classes.len()).into_par_iter();
        chart.cells = rows.flat_map_iter(|guest_class| chart.row(guest_class)).collect();
        let guests = (0..cluster.guests.len()).into_par_iter();
        chart.own = guests.flat_map_iter(|guest| chart.own_of(guest)).collect();
        chart.tables = chart.tables();
        chart.meetings = Some(chart.meetings());
        chart
    }

    /// What is possible for a class of guests on each class of hosts.
    fn row(&self, guest_class: usize) -> Vec<Assessment> {
        let guest = &self.cluster.guests[self.guest_classes[guest_class].guests[0]];
        let documents = Documents::of(self.cluster, guest);
        let hosts = self.host_classes.iter().map(|class| &self.cluster.hosts[class.hosts[0]]);
        let pairs: Vec<_> = hosts.map(|host| self.pair(guest, &documents, host)).collect();
        let Some(subject) = pairs.first().map(Pair::subject) else { return Vec::new() };
        let (own, asked) =
            (self.for_each_fitting(guest_class, &self.guests_said(&subject)), self.rules_about_pairs());
        let cell = |(host_class, pair): (usize, &Pair<'_>)| {
            let judged = self.policy.judge(asked.of_pair(pair), self.fittings(guest_class, host_class));
            own[self.host_fitting[host_class]].and(Assessment::of(&judged, asks_rebuild(pair)))
        };
        pairs.iter().enumerate().map(cell).collect()
    }

    /// What one guest's own findings leave possible, by the waivers that fit the hosts.
    fn own_of(&self, guest: GuestIndex) -> Vec<Assessment> {
        self.for_each_fitting(self.guest_class[guest], &self.guest_decides(guest))
    }

    /// What the findings leave possible, by the waivers that fit the hosts.
    fn for_each_fitting(&self, guest_class: usize, found: &[Finding]) -> Vec<Assessment> {
        let guest = &self.guest_fitting[guest_class];
        let judged = |host| Assessment::of(&self.policy.judged(found, (guest, host)), Answer::Yes);
        self.host_fittings.iter().map(judged).collect()
    }

    /// The waivers that fit the guests and the hosts of two classes.
    pub(super) fn fittings(&self, guest_class: usize, host_class: usize) -> (&Fitting, &Fitting) {
        (&self.guest_fitting[guest_class], &self.host_fittings[self.host_fitting[host_class]])
    }

    pub(super) fn fittings_of(&self, guest: GuestIndex, host: HostIndex) -> (&Fitting, &Fitting) {
        self.fittings(self.guest_class[guest], self.host_class[host])
    }

    /// The waivers that fit a guest.
    pub(super) fn fitting_of_guest(&self, guest: GuestIndex) -> &Fitting {
        &self.guest_fitting[self.guest_class[guest]]
    }

    /// Which of the waivers that fit hosts fit this one, as a number.
    pub(super) fn fitting_of_host(&self, host: HostIndex) -> usize {
        self.host_fitting[self.host_class[host]]
    }

    pub(super) fn source(&self, guest: &Guest) -> Option<&'c Host> {
        let host = self.by_name.get(guest.host.as_deref()?)?;
        self.cluster.hosts.get(*host)
    }

    /// Whether a guest is on a platform that is no other than the host's.
    pub(super) fn same_platform(&self, guest: &Guest, host: &Host) -> bool {
        let number = |name: &str| Some(self.platforms[self.host_class[*self.by_name.get(name)?]]);
        let here = guest.host.as_deref().and_then(number);
        here.is_some() && here == number(&host.name)
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

    /// Guests and hosts by kind.
    pub fn kinds(&self) -> Kinds {
        let host = |host: HostIndex| {
            let columns: Vec<usize> = self.tables.iter().map(|table| table.column(host)).collect();
            (self.host_class[host], columns)
        };
        let guest = |guest: GuestIndex| {
            let rows: Vec<usize> = self.tables.iter().map(|table| table.row(guest)).collect();
            let width = self.host_fittings.len();
            (self.guest_class[guest], &self.own[guest * width..][..width], rows)
        };
        let (hosts, kind_of_host) = numbered(&(0..self.cluster.hosts.len()).map(host).collect::<Vec<_>>());
        let (guests, kind_of_guest) =
            numbered(&(0..self.cluster.guests.len()).map(guest).collect::<Vec<_>>());
        Kinds { hosts, guests, kind_of_host, kind_of_guest }
    }

    /// What is said of a class of guests on each class of hosts, as the policy has it, said of the first guest of the class and the
    /// first host.
    pub fn class_reasons(&self, guest_class: usize) -> Vec<Vec<Finding>> {
        let guest = self.guest_classes[guest_class].guests[0];
        let documents = self.documents(guest);
        let hosts = self.host_classes.iter().map(|class| class.hosts[0]);
        hosts.map(|host| self.class_findings(guest, &documents, host)).collect()
    }

    /// Whether no rule about a guest and a host themselves, whatever their classes, stands in the way of any mode.
    pub fn only_classes_decide(&self, guest: GuestIndex, host: HostIndex) -> bool {
        let own = guest * self.host_fittings.len() + self.fitting_of_host(host);
        let tables = self.tables.iter().map(|table| table.at(guest, host));
        let meetings = self.meetings.iter().map(|meetings| meetings.at(guest, host));
        let all = tables.chain(meetings).fold(self.own[own].packed(), Packed::and);
        all == Assessment::POSSIBLE.packed()
    }

    /// The hosts where a guest meets a name, a UUID or a port of its own; there it may be worse off than others of its kind.
    pub fn meets(&self, guest: GuestIndex) -> impl Iterator<Item = HostIndex> {
        self.meetings.iter().flat_map(move |meetings| meetings.hosts(guest))
    }

    /// What is possible for a guest on hosts of the same kind as `host`, names, UUIDs and ports aside.
    pub fn assess_kind(&self, guest: GuestIndex, host: HostIndex) -> Assessment {
        Assessment::from(self.packed(guest, host))
    }

    /// What is possible for a guest on a host.
    pub fn assess(&self, guest: GuestIndex, host: HostIndex) -> Assessment {
        let meetings = self.meetings.iter().map(|meetings| meetings.at(guest, host));
        Assessment::from(meetings.fold(self.packed(guest, host), Packed::and))
    }

    fn packed(&self, guest: GuestIndex, host: HostIndex) -> Packed {
        let cell = self.assess_classes(self.guest_class[guest], self.host_class[host]);
        let own = guest * self.host_fittings.len() + self.fitting_of_host(host);
        let tables = self.tables.iter().map(|table| table.at(guest, host));
        tables.fold(cell.and(self.own[own]).packed(), Packed::and)
    }

    /// The verdict for a guest on a host.
    pub fn verdict(&self, guest: GuestIndex, host: HostIndex) -> Verdict {
        self.assess(guest, host).verdict()
    }

    /// Whether a guest would have to be rebuilt to run on a host; `None` where that is not known.
    pub fn rebuilds(&self, guest: GuestIndex, host: HostIndex) -> Option<bool> {
        foreign(&self.cluster.guests[guest].requirements, &self.cluster.hosts[host].platform)
    }

    /// The tables that do not leave all possible for a guest on a host, a bit for each, and one more for what it meets there.
    pub(super) fn objecting(&self, guest: GuestIndex, host: HostIndex) -> u32 {
        let tables = self.tables.iter().map(|table| table.at(guest, host));
        let all = tables.chain(self.meetings.iter().map(|meetings| meetings.at(guest, host)));
        let bit = |(at, answer): (usize, Packed)| u32::from(answer != Assessment::POSSIBLE.packed()) << at;
        all.enumerate().map(bit).sum()
    }

    /// What the rules look at that answered in these tables.
    pub(super) fn aspects(&self, which: u32) -> Vec<Aspect> {
        let tables = self.tables.iter().map(|table| &table.aspects[..]).chain([&[Aspect::Identity][..]]);
        tables
            .enumerate()
            .filter(|(at, _)| which >> at & 1 == 1)
            .flat_map(|(_, aspects)| aspects)
            .copied()
            .collect()
    }

    /// What the classes have in common, as the policy has it.
    pub(super) fn class_findings(
        &self,
        guest: GuestIndex,
        documents: &Documents<'_>,
        host: HostIndex,
    ) -> Vec<Finding> {
        let found = self.class_said(guest, documents, host);
        self.policy.judge(found, self.fittings_of(guest, host))
    }

    /// What cannot be used of the inventory, its policy included, by path.
    pub fn problems(&self) -> Vec<&Problem> {
        let mut all: Vec<&Problem> = self.cluster.problems.iter().chain(self.policy.problems()).collect();
        all.sort();
        all
    }

    /// The rules of the user's own.
    pub fn user_rules(&self) -> impl Iterator<Item = &'c UserRule> {
        self.policy.rules()
    }
}

/// Guests and hosts by kind: a guest of a kind may do what the others of the kind may, on each host of a kind, names, UUIDs and
/// ports aside ([`Chart::meets`]).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Kinds {
    /// The first host of each kind.
    pub hosts: Vec<HostIndex>,
    /// The first guest of each kind.
    pub guests: Vec<GuestIndex>,
    /// By host: its kind.
    pub kind_of_host: Vec<usize>,
    /// By guest: its kind.
    pub kind_of_guest: Vec<usize>,
}

/// Rebuilding is for another architecture: elsewhere the answer is no, whatever the rules say.
fn asks_rebuild(pair: &Pair<'_>) -> Answer {
    match pair.foreign() {
        Some(true) => Answer::Yes,
        Some(false) => Answer::No,
        None => Answer::Unknown,
    }
}

/// All that differ, and which of them each is.
fn distinct(all: impl Iterator<Item = Fitting>) -> (Vec<Fitting>, Vec<usize>) {
    let mut found: Vec<Fitting> = Vec::new();
    let which = |one: Fitting| {
        found.iter().position(|other| *other == one).unwrap_or_else(|| {
            found.push(one);
            found.len() - 1
        })
    };
    let which = all.map(which).collect();
    (found, which)
}

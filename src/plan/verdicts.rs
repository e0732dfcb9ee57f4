//! What is possible: what plans are made from.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use crate::compat::{Answer, Assessment, Chart, Finding, GuestIndex, HostIndex, Kinds, Mode, Reasons};
use crate::model::Requirements;

/// What is possible for the guests of a cluster on its hosts. A chart says so by its rules; who plans for things that are no guests
/// of libvirt says it otherwise.
pub trait Verdicts: Sync {
    /// For a guest on a host, from where it is.
    fn assess(&self, guest: GuestIndex, host: HostIndex) -> Assessment;

    /// For a guest that went live to the first host, and is to go on to the second.
    fn onward(&self, guest: GuestIndex, via: HostIndex, to: HostIndex) -> Assessment;

    /// Guests and hosts that are alike.
    fn kinds(&self) -> &Kinds;

    /// For a guest on hosts of the same kind, where it meets nothing of its own.
    fn assess_kind(&self, guest: GuestIndex, host: HostIndex) -> Assessment;

    /// The hosts where it does.
    fn meets(&self, guest: GuestIndex) -> Vec<HostIndex>;

    /// What stands in the way of a guest on each of several hosts but its own; hosts of the same reasons may be together.
    fn reasons(&self, guest: GuestIndex, hosts: &[HostIndex]) -> Vec<Reasons>;

    /// Why, for a guest on one host.
    fn findings(&self, guest: GuestIndex, host: HostIndex) -> Vec<Finding>;

    /// Whether the guest may start on a host once its own is lost.
    fn restart(&self, guest: GuestIndex, host: HostIndex) -> Answer {
        self.assess(guest, host).cold
    }

    /// What the guest needs of hosts once it went live to that one; `None` where that is what it needed before.
    fn arrived(&self, _guest: GuestIndex, _to: HostIndex) -> Option<Requirements> {
        None
    }
}

/// Those of a chart.
pub struct Charted<'a, 'c> {
    chart: &'a Chart<'c>,
    kinds: Kinds,
    /// By class of guests: what is said of it on each class of hosts, once that was asked.
    of_classes: Vec<OnceLock<Vec<Vec<Finding>>>>,
}

impl<'a, 'c> Charted<'a, 'c> {
    /// What the chart says.
    pub fn new(chart: &'a Chart<'c>) -> Self {
        let mut of_classes = Vec::new();
        of_classes.resize_with(chart.guest_classes.len(), OnceLock::new);
        Self { chart, kinds: chart.kinds(), of_classes }
    }

    /// What stands in the way of a guest by its class, on hosts where nothing else does.
    fn of_class(&self, guest: GuestIndex, hosts: Vec<HostIndex>) -> Vec<Reasons> {
        let class = self.chart.class_of_guest(guest);
        let said = self.of_classes[class].get_or_init(|| self.chart.class_reasons(class));
        let mut by_class: BTreeMap<usize, Vec<HostIndex>> = BTreeMap::new();
        for host in hosts {
            by_class.entry(self.chart.class_of_host(host)).or_default().push(host);
        }
        let reasons = |(host_class, hosts)| Reasons {
            hosts,
            assessment: self.chart.assess_classes(class, host_class),
            findings: said[host_class].clone(),
        };
        by_class.into_iter().map(reasons).collect()
    }
}

impl Verdicts for Charted<'_, '_> {
    fn assess(&self, guest: GuestIndex, host: HostIndex) -> Assessment {
        self.chart.assess(guest, host)
    }

    fn restart(&self, guest: GuestIndex, host: HostIndex) -> Answer {
        let lost = self.chart.lost_with_home(guest, host);
        self.assess(guest, host).cold.max(lost.map_or(Answer::Yes, |(_, answer)| answer))
    }

    fn onward(&self, guest: GuestIndex, via: HostIndex, to: HostIndex) -> Assessment {
        self.chart.onward(guest, via, to)
    }

    fn kinds(&self) -> &Kinds {
        &self.kinds
    }

    fn assess_kind(&self, guest: GuestIndex, host: HostIndex) -> Assessment {
        self.chart.assess_kind(guest, host)
    }

    fn meets(&self, guest: GuestIndex) -> Vec<HostIndex> {
        self.chart.meets(guest).collect()
    }

    fn reasons(&self, guest: GuestIndex, hosts: &[HostIndex]) -> Vec<Reasons> {
        let others = hosts.iter().copied().filter(|&host| Some(host) != self.chart.home(guest));
        let (of_class, own): (Vec<HostIndex>, Vec<HostIndex>) =
            others.partition(|&host| self.chart.only_classes_decide(guest, host));
        let mut all = self.chart.objections(guest, &own);
        all.extend(self.of_class(guest, of_class));
        all
    }

    fn findings(&self, guest: GuestIndex, host: HostIndex) -> Vec<Finding> {
        self.chart.findings(guest, host)
    }

    fn arrived(&self, guest: GuestIndex, to: HostIndex) -> Option<Requirements> {
        self.chart.arrived(guest, to, Mode::Live)
    }
}

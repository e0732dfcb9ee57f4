//! Clusters made in memory.

use std::collections::BTreeSet;

use proptest::prelude::*;

use crate::compat::{Answer, Assessment, Chart, Finding, GuestIndex, HostIndex, Kinds, Reasons};
use crate::model::{
    Apart, Area, CellPages, Cluster, Device, DevicePool, DocumentKind, Fact, FreePages, Group, GroupPolicy,
    Guest, Host, Intent, Known, Memory, Name,
};
use crate::plan::planner::{Asked, planned};
use crate::plan::timetable::Effort;
use crate::plan::{MoveMode, Plan, PlanDocument, PlanError, Preparation, Violation, to_document};
use crate::plan::{Since, Verdicts, verify_by};
use crate::text::{Place, Span};

pub(super) const NO: Assessment = Assessment { live: Answer::No, cold: Answer::No, rebuild: Answer::No };
pub(super) const LIVE: Assessment = Assessment { live: Answer::Yes, cold: Answer::Yes, rebuild: Answer::No };
pub(super) const COLD: Assessment = Assessment { live: Answer::No, cold: Answer::Yes, rebuild: Answer::No };
pub(super) const REBUILD: Assessment =
    Assessment { live: Answer::No, cold: Answer::No, rebuild: Answer::Yes };
pub(super) const UNKNOWN: Assessment =
    Assessment { live: Answer::Unknown, cold: Answer::Unknown, rebuild: Answer::No };

/// Enough for clusters of this size.
const EFFORT: Effort = Effort { jobs: 20_000, passes: 16 };

/// What holds for a group: one of each kind.
pub(super) fn policies() -> impl Strategy<Value = GroupPolicy> {
    let areas = prop_oneof![Just(Area::Host), Just(Area::Rack)];
    let apart = (areas, 1_usize..3).prop_map(|(per, at_most)| GroupPolicy::Apart(Apart { per, at_most }));
    prop_oneof![1 => Just(GroupPolicy::Together), 2 => apart]
}

/// A cluster and the verdicts on it: live wherever nothing else is said.
#[derive(Clone, Debug)]
pub(super) struct World {
    pub(super) cluster: Cluster,
    pub(super) said: Vec<(GuestIndex, HostIndex, Assessment)>,
    place: Place,
}

impl World {
    pub(super) fn new() -> Self {
        let mut cluster = Cluster { name: "made".into(), ..Cluster::default() };
        let source = cluster.sources.add("made", "");
        Self { cluster, said: Vec::new(), place: Place { source, span: Span::new(0, 0) } }
    }

    /// A host of so many GiB and so many processors; none where that is not known.
    pub(super) fn host(&mut self, name: &str, gib: Option<u64>, processors: u32) -> HostIndex {
        let mut host = Host::unknown(name);
        if let Some(gib) = gib {
            host.memory = Fact::known(Memory::gib(gib), self.place);
        }
        host.processors = Fact::known(processors, self.place);
        self.cluster.hosts.push(host);
        self.cluster.hosts.len() - 1
    }

    /// All pages of a host, and those that are free of them where that is told: by cell, and by size in MiB. What is left of its
    /// memory is in pages of 4 KiB, the same in every cell.
    pub(super) fn pages(
        &mut self,
        host: HostIndex,
        all: &[(u32, u64, u64)],
        free: Option<&[(u32, u64, u64)]>,
    ) {
        let small = Memory::kib(4);
        let cells: BTreeSet<u32> = all.iter().map(|one| one.0).collect();
        let whole = self.cluster.hosts[host].memory.value().map_or(0, |memory| memory.as_kib());
        let huge: u64 = all.iter().map(|one| Memory::mib(one.1).as_kib() * one.2).sum();
        let each = whole.saturating_sub(huge) / 4 / (cells.len() as u64).max(1);
        let rest = cells.into_iter().map(|cell| (cell, small, each));
        let sized = |&(cell, mib, count): &(u32, u64, u64)| (cell, Memory::mib(mib), count);
        let pages = rest.chain(all.iter().map(sized));
        let pages = pages.map(|(cell, size, count)| CellPages { cell, size, count }).collect();
        self.cluster.hosts[host].cell_pages = Fact::known(pages, self.place);
        if let Some(free) = free {
            let base = FreePages { cell: Some(0), size: small, count: 1 };
            let free =
                free.iter().map(sized).map(|(cell, size, count)| FreePages { cell: Some(cell), size, count });
            let free = std::iter::once(base).chain(free).collect();
            self.cluster.hosts[host].free_pages = Fact::known(free, self.place);
        }
    }

    /// The sizes of pages that a host has, in KiB.
    pub(super) fn sizes(&mut self, host: HostIndex, kib: &[u64]) {
        let sizes = kib.iter().copied().map(Memory::kib).collect();
        self.cluster.hosts[host].platform.cpu.page_sizes = Fact::known(sizes, self.place);
    }

    /// The memory of the guest is in huge pages of so many MiB; of the host's default size where none is said.
    pub(super) fn huge(&mut self, guest: GuestIndex, mib: Option<u64>) {
        let size = Known::new(mib.map(Memory::mib), self.place);
        self.cluster.guests[guest].requirements.hugepages.push(size);
    }

    /// The memory of the guest comes from these cells of its host.
    pub(super) fn bind(&mut self, guest: GuestIndex, cells: &[u32]) {
        self.cluster.guests[guest].cells = Some(Known::new(cells.iter().copied().collect(), self.place));
    }

    /// The guest has a card on a network.
    pub(super) fn card(&mut self, guest: GuestIndex, network: &str) {
        let name = |text: &str| Known::new(Name::new(text), self.place);
        let (element, kind) = (name("interface"), Some(name("network")));
        let card = Device { element, kind, model: None, bus: None, network: Some(name(network)) };
        self.cluster.guests[guest].requirements.devices.push(card);
    }

    /// The network gives out so many devices on a host; none where that is not known.
    pub(super) fn gives(&mut self, host: HostIndex, network: &str, devices: Option<u64>) {
        let unknown = Fact::Unknown(DocumentKind::Network);
        let devices = devices.map_or(unknown, |devices| Fact::known(devices, self.place));
        self.cluster.hosts[host].device_pools.push(DevicePool { network: network.into(), devices });
    }

    /// A guest of so many MiB and vCPUs.
    pub(super) fn guest(&mut self, name: &str, host: Option<&str>, mib: u64, vcpus: u32) -> GuestIndex {
        self.cluster.guests.push(Guest {
            host: host.map(str::to_owned),
            running: host.is_some(),
            memory: Fact::known(Memory::mib(mib), self.place),
            vcpus: Fact::known(vcpus, self.place),
            ..Guest::unknown(name, self.place.source)
        });
        self.cluster.guests.len() - 1
    }

    pub(super) fn group(&mut self, name: &str, guests: &[&str], policy: GroupPolicy) {
        let guests = guests.iter().map(|&name| name.to_owned()).collect();
        self.cluster.settings.groups.push(Group { name: name.into(), guests, policy });
    }

    /// Hosts of one number below 3 are in one rack, the others in none.
    pub(super) fn racks(&mut self, numbers: &[usize]) {
        for (host, number) in self.cluster.hosts.iter().zip(numbers).filter(|(_, number)| **number < 3) {
            let rack = Known::new(format!("r{number}"), self.place);
            self.cluster.settings.racks.insert(host.name.clone(), rack);
        }
    }

    /// What the rack of a host is called here.
    pub(super) fn rack(&self, host: HostIndex) -> &str {
        let name = &self.cluster.hosts[host].name;
        self.cluster.settings.racks.get(name).map_or(name, |rack| &rack.value)
    }

    pub(super) fn say(&mut self, guest: GuestIndex, host: HostIndex, assessment: Assessment) {
        self.said.push((guest, host, assessment));
    }

    pub(super) fn assess(&self, guest: GuestIndex, host: HostIndex) -> Assessment {
        let said = self.said.iter().rev().find(|(g, h, _)| (*g, *h) == (guest, host));
        said.map_or(LIVE, |(.., assessment)| *assessment)
    }

    pub(super) fn plan(&self, intents: &[&str]) -> Result<Plan, PlanError> {
        self.planned(intents, None)
    }

    /// The plan from what became of an older one.
    pub(super) fn document_since(&self, intents: &[&str], older: &PlanDocument) -> PlanDocument {
        let plan = self.planned(intents, Some(&Since::of(&self.cluster, older))).unwrap();
        to_document(&plan, &self.cluster)
    }

    fn planned(&self, intents: &[&str], since: Option<&Since>) -> Result<Plan, PlanError> {
        let intents: Vec<Intent> = intents.iter().map(|text| text.parse().unwrap()).collect();
        let chart = Chart::new(&self.cluster);
        let prepare = |_, _, mode| {
            if mode == MoveMode::Rebuild {
                vec![Preparation::new("disk", "build the image")]
            } else {
                Vec::new()
            }
        };
        planned(
            &self.cluster,
            &Said::of(self, &chart),
            &Asked { since, ..Asked::new(&intents, EFFORT) },
            &prepare,
        )
    }

    pub(super) fn document(&self, intents: &[&str]) -> PlanDocument {
        to_document(&self.plan(intents).unwrap(), &self.cluster)
    }

    pub(super) fn verify(&self, document: &PlanDocument) -> Vec<Violation> {
        let (assess, onward) =
            (|guest, host| self.assess(guest, host), |guest, _, host| self.assess(guest, host));
        verify_by(&self.cluster, (&assess, &onward), document)
    }

    /// The moves as text, a wave a line; fails where the verifier objects.
    pub(super) fn waves(&self, intents: &[&str]) -> Vec<String> {
        let document = self.document(intents);
        assert_eq!(self.verify(&document), [], "{document:#?}");
        let text = |one: &crate::plan::MoveRecord| format!("{} {} {}", one.guest, one.mode, one.to);
        document.waves.iter().map(|wave| wave.iter().map(text).collect::<Vec<_>>().join(", ")).collect()
    }

    /// The ids of the reasons for which a guest is left out.
    pub(super) fn reasons(&self, intents: &[&str], guest: &str) -> Vec<String> {
        let document = self.document(intents);
        assert_eq!(self.verify(&document), []);
        let left = document.left_out.iter().filter(|left| left.guest == guest);
        left.flat_map(|left| left.reasons.iter().map(|reason| reason.rule.clone())).collect()
    }
}

/// What a world says; each of its guests and hosts is of a kind of its own.
pub(super) struct Said<'w> {
    world: &'w World,
    chart: &'w Chart<'w>,
    kinds: Kinds,
}

impl<'w> Said<'w> {
    pub(super) fn of(world: &'w World, chart: &'w Chart<'w>) -> Self {
        let hosts: Vec<HostIndex> = (0..world.cluster.hosts.len()).collect();
        let guests: Vec<GuestIndex> = (0..world.cluster.guests.len()).collect();
        let (kind_of_host, kind_of_guest) = (hosts.clone(), guests.clone());
        Self { world, chart, kinds: Kinds { hosts, guests, kind_of_host, kind_of_guest } }
    }
}

impl Verdicts for Said<'_> {
    fn assess(&self, guest: GuestIndex, host: HostIndex) -> Assessment {
        self.world.assess(guest, host)
    }

    fn onward(&self, guest: GuestIndex, _: HostIndex, to: HostIndex) -> Assessment {
        self.world.assess(guest, to)
    }

    fn kinds(&self) -> &Kinds {
        &self.kinds
    }

    fn assess_kind(&self, guest: GuestIndex, host: HostIndex) -> Assessment {
        self.world.assess(guest, host)
    }

    fn meets(&self, _: GuestIndex) -> Vec<HostIndex> {
        Vec::new()
    }

    fn reasons(&self, guest: GuestIndex, hosts: &[HostIndex]) -> Vec<Reasons> {
        self.chart.reasons(guest, hosts)
    }

    fn findings(&self, guest: GuestIndex, host: HostIndex) -> Vec<Finding> {
        self.chart.findings(guest, host)
    }
}

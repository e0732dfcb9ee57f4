//! Things that are no guests of libvirt as a cluster: what they take is known, and they may go live wherever their fence allows.

use portolan::compat::{Answer, Assessment, Finding, GuestIndex, HostIndex, Kinds, Reasons};
use portolan::model::{Cluster, Fact, Guest, Host, Memory, Settings};
use portolan::plan::{Prepare, Stages, Verdicts};
use portolan::text::{Place, Span};

const YES: Assessment = Assessment { live: Answer::Yes, cold: Answer::Yes, rebuild: Answer::No };
const NO: Assessment = Assessment { live: Answer::No, cold: Answer::No, rebuild: Answer::No };

/// A cluster, and who may go where.
pub(super) struct World {
    pub(super) cluster: Cluster,
    place: Place,
    /// By host: the part of the cluster it belongs to.
    pub(super) parts: Vec<usize>,
    /// By guest: the only part it may be in.
    pub(super) fences: Vec<Option<usize>>,
}

impl World {
    pub(super) fn new(settings: Settings) -> Self {
        let mut cluster = Cluster { name: "made".into(), settings, ..Cluster::default() };
        let source = cluster.sources.add("made", "");
        let place = Place { source, span: Span::new(0, 0) };
        Self { cluster, place, parts: Vec::new(), fences: Vec::new() }
    }

    pub(super) fn host(&mut self, name: &str, memory: Memory, processors: u32) -> HostIndex {
        let mut host = Host::unknown(name);
        host.memory = Fact::known(memory, self.place);
        host.processors = Fact::known(processors, self.place);
        self.cluster.hosts.push(host);
        self.parts.push(0);
        self.parts.len() - 1
    }

    /// A guest that takes so much of its host, overhead and all.
    pub(super) fn guest(&mut self, name: &str, host: Option<&str>, takes: Memory, vcpus: u32) -> GuestIndex {
        let memory = Memory::kib(takes.as_kib().saturating_sub(200 << 10) * 50 / 51);
        self.cluster.guests.push(Guest {
            host: host.map(str::to_owned),
            running: host.is_some(),
            memory: Fact::known(memory, self.place),
            vcpus: Fact::known(vcpus, self.place),
            ..Guest::unknown(name, self.place.source)
        });
        self.fences.push(None);
        self.fences.len() - 1
    }

    /// Guests and hosts that are alike, once all are there.
    pub(super) fn verdicts(&self) -> Given<'_> {
        let (hosts, kind_of_host) = numbered(&self.parts);
        let (guests, kind_of_guest) = numbered(&self.fences);
        Given { world: self, kinds: Kinds { hosts, guests, kind_of_host, kind_of_guest } }
    }

    pub(super) fn assess(&self, guest: GuestIndex, host: HostIndex) -> Assessment {
        if self.fences[guest].is_none_or(|part| part == self.parts[host]) { YES } else { NO }
    }
}

/// The first of each that differ, and which of them each is.
fn numbered<K: Ord + Copy>(keys: &[K]) -> (Vec<usize>, Vec<usize>) {
    let mut known = std::collections::BTreeMap::new();
    let mut first = Vec::new();
    let number = |(at, key): (usize, &K)| {
        *known.entry(*key).or_insert_with(|| {
            first.push(at);
            first.len() - 1
        })
    };
    let numbers = keys.iter().enumerate().map(number).collect();
    (first, numbers)
}

/// What a world says, whatever stage it is in.
impl Stages for World {
    fn at(&self, _: &Cluster, then: &mut dyn FnMut(&dyn Verdicts, &Prepare<'_>)) {
        then(&self.verdicts(), &|_, _, _| Vec::new());
    }
}

/// What a world says is possible.
pub(super) struct Given<'w> {
    world: &'w World,
    kinds: Kinds,
}

impl Verdicts for Given<'_> {
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

    fn reasons(&self, _: GuestIndex, hosts: &[HostIndex]) -> Vec<Reasons> {
        vec![Reasons { hosts: hosts.to_vec(), assessment: NO, findings: Vec::new() }]
    }

    fn findings(&self, _: GuestIndex, _: HostIndex) -> Vec<Finding> {
        Vec::new()
    }
}

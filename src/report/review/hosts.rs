//! The room of hosts, and sums of it.

use std::collections::BTreeMap;

use super::document::{HostRoomRecord, HugePagesRecord, SumRecord};
use super::values::offered;
use crate::model::{Cluster, Memory};
use crate::plan::review::{HostRoom, HugePages, Room};
use crate::report::Places;

pub(super) fn host_record(cluster: &Cluster, room: &HostRoom, places: &Places<'_>) -> HostRoomRecord {
    let host = &cluster.hosts[room.host];
    let rounded = Rounded::of(room);
    let (capacity, used) = (room.capacity.as_ref().ok(), room.used.as_ref().ok());
    let at = |place: Option<crate::text::Place>| place.map(|place| places.locate(place));
    let processors = host.processors.value().copied();
    let cores = room.cores.as_ref().ok();
    HostRoomRecord {
        host: host.name.clone(),
        group: room.group + 1,
        memory_mib: host.memory.value().map(|memory| offered(*memory)),
        memory_at: at(host.memory.place()),
        processors,
        processors_at: at(host.processors.place()),
        cores: cores.map(|cores| cores.cores),
        threads_per_core: cores.map(|cores| cores.threads_per_core),
        topology_at: at(host.topology.place()),
        usable_mib: rounded.usable,
        used_mib: rounded.used,
        free_mib: rounded.free(),
        usable_vcpus: capacity.map(|room| room.vcpus),
        used_vcpus: used.map(|room| room.vcpus),
        free_vcpus: room.free().ok().map(|room| room.vcpus),
        vcpus_per_thread_percent: processors.and_then(|threads| room.vcpus_for_each_of(u64::from(threads))),
        vcpus_per_core_percent: cores.and_then(|cores| room.vcpus_for_each_of(cores.cores)),
        overfull: room.is_overfull(),
        huge_pages: room.pages.iter().map(pages_record).collect(),
        huge_pages_at: at(host.free_pages.place()),
        unknown: unknown(cluster, room),
    }
}

/// Memory in whole MiB, as it is shown: so that columns and sums add up.
#[derive(Clone, Copy)]
struct Rounded {
    usable: Option<u64>,
    used: Option<u64>,
}

impl Rounded {
    fn of(room: &HostRoom) -> Self {
        let used = room.used.as_ref().ok().map(|room| room.memory.as_mib());
        Self { usable: room.capacity.as_ref().ok().map(|room| offered(room.memory)), used }
    }

    fn free(self) -> Option<u64> {
        Some(self.usable?.saturating_sub(self.used?))
    }
}

/// What is not known of the host, each with what would tell.
fn unknown(cluster: &Cluster, room: &HostRoom) -> Vec<String> {
    let facts = [room.capacity.as_ref().err(), room.used.as_ref().err(), room.cores.as_ref().err()];
    let pages = cluster.hosts[room.host].free_pages.ask().err().map(|document| {
        format!("its free huge pages are not known; collect {}: `{}`", document.path(), document.command())
    });
    facts.into_iter().flatten().cloned().chain(pages).collect()
}

fn pages_record(pages: &HugePages) -> HugePagesRecord {
    HugePagesRecord {
        size_kib: pages.size.map(Memory::as_kib),
        used_mib: pages.used.map(Memory::as_mib),
        free_mib: pages.free.map(offered),
    }
}

/// The sum of these hosts, without those whose room is not known.
pub(super) fn sum_record<'r>(cluster: &Cluster, rooms: impl Iterator<Item = &'r HostRoom>) -> SumRecord {
    let (known, without): (Vec<_>, Vec<_>) = rooms.partition(|room| room.free().is_ok());
    let sum = |of: &dyn Fn(&HostRoom) -> Option<Room>| {
        known.iter().filter_map(|room| of(room)).fold(Room::default(), Room::plus)
    };
    let usable = sum(&|room| room.capacity.as_ref().ok().copied());
    let used = sum(&|room| room.used.as_ref().ok().copied());
    let free = sum(&|room| room.free().ok());
    let mib = |of: fn(Rounded) -> Option<u64>| known.iter().filter_map(|room| of(Rounded::of(room))).sum();
    let threads: u64 = known.iter().map(|room| threads(cluster, room)).sum();
    let cores: Option<u64> = known.iter().map(|room| Some(room.cores.as_ref().ok()?.cores)).sum();
    let for_each_of = |parts: u64| used.vcpus.saturating_mul(100).checked_div(parts);
    SumRecord {
        usable_mib: mib(|room| room.usable),
        used_mib: mib(|room| room.used),
        free_mib: mib(Rounded::free),
        usable_vcpus: usable.vcpus,
        used_vcpus: used.vcpus,
        free_vcpus: free.vcpus,
        vcpus_per_thread_percent: for_each_of(threads),
        vcpus_per_core_percent: cores.and_then(for_each_of),
        huge_pages: pages_sum(&known),
        without: without.iter().map(|room| cluster.hosts[room.host].name.clone()).collect(),
    }
}

fn threads(cluster: &Cluster, room: &HostRoom) -> u64 {
    cluster.hosts[room.host].processors.value().map_or(0, |threads| u64::from(*threads))
}

/// By size; where it is not known of one of the hosts, it is not of the sum.
fn pages_sum(rooms: &[&HostRoom]) -> Vec<HugePagesRecord> {
    let mut sums: BTreeMap<Option<Memory>, HugePages> = BTreeMap::new();
    let both =
        |one: Option<Memory>, other: Option<Memory>| one.zip(other).map(|(one, other)| one.plus(other));
    for pages in rooms.iter().flat_map(|room| &room.pages) {
        let add = |sum: &mut HugePages| {
            (sum.used, sum.free) = (both(sum.used, pages.used), both(sum.free, pages.free));
        };
        sums.entry(pages.size).and_modify(add).or_insert_with(|| pages.clone());
    }
    sums.values().map(pages_record).collect()
}

//! The document of a review, version 1. What a host offers is rounded down to whole MiB, what is taken or lacking up.

use serde::Serialize;

use crate::report::Located;

/// What a cluster can take.
#[derive(Debug, Serialize)]
pub struct ReviewDocument {
    /// `portolan-review`
    pub format: &'static str,
    /// 1
    pub version: u32,
    /// The cluster's name.
    pub cluster: String,
    /// Whether every loss of one host is absorbed and no host is overfull.
    pub clear: bool,
    /// How many guests there are.
    pub guests: usize,
    /// What stays free on every host.
    pub memory_reserve_mib: u64,
    /// Where the policy says so.
    pub memory_reserve_at: Option<Located>,
    /// vCPUs for each processor, in hundredths.
    pub cpu_overcommit_percent: u64,
    /// Where the policy says so.
    pub cpu_overcommit_at: Option<Located>,
    /// The hosts.
    pub hosts: Vec<HostRoomRecord>,
    /// The groups of hosts among which guests move live.
    pub groups: Vec<RoomGroupRecord>,
    /// All hosts together.
    pub all: SumRecord,
    /// How many guests more of each size that occurs have room, each size by itself.
    pub sizes: Vec<SizeRecord>,
    /// Guests whose size is not known.
    pub sizes_unknown: Vec<UnknownGuestRecord>,
    /// The loss of each host.
    pub losses: Vec<HostLossRecord>,
    /// The loss of each pair of hosts, where that was asked.
    pub pairs: Option<PairsRecord>,
    /// What keeps guests that `losses` leave out from hosts, room aside.
    pub barred: Vec<BarredRecord>,
    /// The guests on PCI Express, those with the fewest free root ports first.
    pub ports: Vec<GuestPortsRecord>,
    /// What the x86 guests that may be rebuilt would take of the ARM hosts; `None` where there are none.
    pub arm: Option<ArmSizingRecord>,
}

/// The room of one host.
#[derive(Debug, Serialize)]
pub struct HostRoomRecord {
    /// Its name.
    pub host: String,
    /// The number of its group.
    pub group: usize,
    /// All its memory.
    pub memory_mib: Option<u64>,
    /// Where that is written.
    pub memory_at: Option<Located>,
    /// Its processors, as Linux sees them: threads, where it has SMT.
    pub processors: Option<u32>,
    /// Where that is written.
    pub processors_at: Option<Located>,
    /// Its cores.
    pub cores: Option<u64>,
    /// The threads of each core; more than one is SMT.
    pub threads_per_core: Option<u64>,
    /// Where that is written.
    pub topology_at: Option<Located>,
    /// Memory without the reserve.
    pub usable_mib: Option<u64>,
    /// What its guests take of it, with overhead.
    pub used_mib: Option<u64>,
    /// What is left.
    pub free_mib: Option<u64>,
    /// Processors times overcommitment.
    pub usable_vcpus: Option<u64>,
    /// The vCPUs of its guests.
    pub used_vcpus: Option<u64>,
    /// What is left.
    pub free_vcpus: Option<u64>,
    /// vCPUs of its guests for each thread, in hundredths.
    pub vcpus_per_thread_percent: Option<u64>,
    /// vCPUs of its guests for each core, in hundredths.
    pub vcpus_per_core_percent: Option<u64>,
    /// Whether its guests take more than is usable.
    pub overfull: Option<bool>,
    /// Huge pages that are free or in use.
    pub huge_pages: Vec<HugePagesRecord>,
    /// Where it is written which are free.
    pub huge_pages_at: Option<Located>,
    /// What is not known, and what would tell.
    pub unknown: Vec<String>,
}

/// Huge pages of one size.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct HugePagesRecord {
    /// The size of a page; `None` of guests that name none or several.
    pub size_kib: Option<u64>,
    /// What guests that run have in them.
    pub used_mib: Option<u64>,
    /// What is free in them.
    pub free_mib: Option<u64>,
}

/// Hosts among which guests move live.
#[derive(Debug, Serialize)]
pub struct RoomGroupRecord {
    /// Its number, from 1.
    pub group: usize,
    /// Its hosts.
    pub hosts: Vec<String>,
    /// Their sum.
    pub sum: SumRecord,
}

/// The sum of hosts.
#[derive(Debug, Serialize)]
pub struct SumRecord {
    /// Memory without the reserve.
    pub usable_mib: u64,
    /// What guests take of it.
    pub used_mib: u64,
    /// What is left on all of them.
    pub free_mib: u64,
    /// Processors times overcommitment.
    pub usable_vcpus: u64,
    /// The vCPUs of guests.
    pub used_vcpus: u64,
    /// What is left on all of them.
    pub free_vcpus: u64,
    /// vCPUs for each thread, in hundredths.
    pub vcpus_per_thread_percent: Option<u64>,
    /// vCPUs for each core, in hundredths; `None` where the cores of one of them are not known.
    pub vcpus_per_core_percent: Option<u64>,
    /// Their huge pages.
    pub huge_pages: Vec<HugePagesRecord>,
    /// The hosts that are not in this sum, for their room is not known.
    pub without: Vec<String>,
}

/// How many guests more of one size have room.
#[derive(Debug, Serialize)]
pub struct SizeRecord {
    /// Memory, without overhead.
    pub memory_mib: u64,
    /// vCPUs.
    pub vcpus: u32,
    /// How many guests have it.
    pub guests: usize,
    /// On all hosts whose room is known.
    pub fit: u64,
    /// The same by group.
    pub fit_by_group: Vec<u64>,
    /// The same by host.
    pub fit_by_host: Vec<FitRecord>,
}

/// How many guests more have room on one host.
#[derive(Debug, Serialize)]
pub struct FitRecord {
    /// The host.
    pub host: String,
    /// How many; `None` where its room is not known.
    pub fit: Option<u64>,
}

/// A guest of which something is not known.
#[derive(Debug, Serialize)]
pub struct UnknownGuestRecord {
    /// The guest.
    pub guest: String,
    /// What is not known, and what would tell.
    pub unknown: String,
}

/// The loss of hosts.
#[derive(Debug, Serialize)]
pub struct HostLossRecord {
    /// The hosts.
    pub hosts: Vec<String>,
    /// `absorbed`, `stranded` or `unknown`
    pub outcome: &'static str,
    /// Whether it is certain that not all guests find a host; else none was found in so many trials.
    pub proven: bool,
    /// Where guests start again; of pairs it is left out.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub restarts: Vec<RestartRecord>,
    /// The guests that do not.
    pub left: Vec<LeftRecord>,
}

/// A guest that starts again.
#[derive(Debug, Serialize)]
pub struct RestartRecord {
    /// The guest.
    pub guest: String,
    /// The host.
    pub to: String,
}

/// A guest that does not start again.
#[derive(Debug, Serialize)]
pub struct LeftRecord {
    /// The guest.
    pub guest: String,
    /// `no-host`, `no-room`, `no-huge-pages`, `no-room-of-a-kind`, `keep-apart` or `unknown`
    pub why: &'static str,
    /// `no-room`, `no-huge-pages`, `no-room-of-a-kind`: the host that lacks least. `unknown`: the hosts on which it may start.
    pub hosts: Vec<String>,
    /// `no-room`, `no-huge-pages`: what is lacking there.
    pub lacking_mib: Option<u64>,
    /// `no-room`: what is lacking there.
    pub lacking_vcpus: Option<u64>,
    /// `no-huge-pages`: the size of a page.
    pub page_kib: Option<u64>,
    /// `no-room-of-a-kind`: the kind of room, such as `memory in NUMA cell 0`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// `no-room-of-a-kind`: what is lacking there, memory in KiB, all else by number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lacking: Option<u64>,
    /// `keep-apart`: the group.
    pub apart: Option<String>,
    /// `unknown`: what is not known of room, and what would tell; for what else see `barred`.
    pub unknown: Vec<String>,
}

/// The loss of pairs of hosts.
#[derive(Debug, Serialize)]
pub struct PairsRecord {
    /// How many pairs there are.
    pub tried: usize,
    /// How many are absorbed.
    pub absorbed: usize,
    /// Of how many that is not known.
    pub unknown: usize,
    /// How many are not.
    pub stranded: usize,
    /// Those that are not absorbed, or not known to be.
    pub losses: Vec<HostLossRecord>,
}

/// What keeps a guest from starting on hosts.
#[derive(Debug, Serialize)]
pub struct BarredRecord {
    /// The guest.
    pub guest: String,
    /// The hosts.
    pub hosts: Vec<String>,
    /// `no` or `unknown`
    pub answer: &'static str,
    /// The rules that say so.
    pub rules: Vec<BarringRecord>,
}

/// A rule that keeps a guest from hosts.
#[derive(Debug, Serialize)]
pub struct BarringRecord {
    /// Its id.
    pub rule: String,
    /// What would change it, or tell.
    pub remedy: String,
}

/// The root ports of a guest.
#[derive(Debug, Serialize)]
pub struct GuestPortsRecord {
    /// The guest.
    pub guest: String,
    /// The host it is on.
    pub host: Option<String>,
    /// Its machine type.
    pub machine: String,
    /// The document they were counted in.
    pub document: String,
    /// How many ports are taken.
    pub used: u32,
    /// How many are free: devices that can be plugged in while it runs. Where the document names no ports, as many as libvirt
    /// leaves free: one.
    pub free: u32,
    /// How many the machine can have.
    pub possible: u32,
    /// Its SCSI controllers of virtio.
    pub scsi: Vec<ScsiRecord>,
}

/// The places of a SCSI controller.
#[derive(Debug, Serialize)]
pub struct ScsiRecord {
    /// Its index.
    pub controller: u32,
    /// How many disks it has.
    pub taken: u32,
    /// How many more it takes that UEFI looks at.
    pub left: u32,
}

/// x86 guests on ARM hosts, in sums. Cores are in thousandths.
#[derive(Debug, Serialize)]
pub struct ArmSizingRecord {
    /// What is taken to be so.
    pub assumption: String,
    /// What a thread with SMT is taken for, in thousandths of an ARM core.
    pub core_per_thread_milli: u32,
    /// The guests that may be rebuilt.
    pub guests: Vec<String>,
    /// Their vCPUs.
    pub vcpus: u64,
    /// How many of these are threads of cores with SMT.
    pub smt_vcpus: u64,
    /// Their memory, with overhead.
    pub memory_mib: u64,
    /// ARM cores that they take without overcommitment.
    pub cores_milli: u64,
    /// The same with 0.6 and with 0.7 of a core for a thread.
    pub cores_milli_between: (u64, u64),
    /// ARM cores that they take with the cluster's overcommitment.
    pub cores_overcommitted_milli: u64,
    /// What the ARM hosts offer.
    pub offers: Vec<ArmOfferRecord>,
    /// Their cores.
    pub offered_cores: u64,
    /// vCPUs of a core each that are free on them, with overcommitment.
    pub offered_vcpus: u64,
    /// Memory that is free on them.
    pub offered_mib: u64,
    /// Whether the sums fit; `None` where what is not known decides it.
    pub fits: Option<bool>,
    /// Guests of which something is not known. `fits` takes a core for each vCPU of theirs.
    pub unknown: Vec<UnknownGuestRecord>,
}

/// What one ARM host offers.
#[derive(Debug, Serialize)]
pub struct ArmOfferRecord {
    /// The host.
    pub host: String,
    /// Its cores.
    pub cores: Option<u64>,
    /// vCPUs of a core each that are free on it, with overcommitment.
    pub free_vcpus: Option<u64>,
    /// Memory that is free on it.
    pub free_mib: Option<u64>,
    /// What is not known, and what would tell.
    pub unknown: Option<String>,
}

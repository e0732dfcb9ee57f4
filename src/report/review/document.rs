//! The document of a review, version 1. What a host offers is rounded down to whole MiB, what is taken or lacking up.

use schemars::JsonSchema;
use serde::Serialize;

use crate::compat::Answer;
use crate::plan::review::Outcome;
use crate::report::Located;

/// The version of the form that is written.
pub(in crate::report) const VERSION: u32 = 1;

/// What a cluster can take. What a host offers is rounded down to whole MiB, what is taken or lacking up.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ReviewDocument {
    /// What the document is: `portolan-review`.
    pub format: &'static str,
    /// The version of its form; a program refuses one that it does not know.
    pub version: u32,
    /// The name of the cluster.
    pub cluster: String,
    /// Whether every loss of one host is absorbed and no host is overfull.
    pub clear: bool,
    /// How many guests there are.
    pub guests: usize,
    /// Memory that stays free on every host, in MiB.
    pub memory_reserve_mib: u64,
    /// Where the policy (`portolan.toml`) says so; `null` where `cluster.toml` does, or nothing.
    pub memory_reserve_at: Option<Located>,
    /// vCPUs for each processor, in hundredths.
    pub cpu_overcommit_percent: u64,
    /// Where the policy (`portolan.toml`) says so; `null` where `cluster.toml` does, or nothing.
    pub cpu_overcommit_at: Option<Located>,
    /// The hosts.
    pub hosts: Vec<HostRoomRecord>,
    /// The groups of hosts among which guests move live, as `graph` has them.
    pub groups: Vec<RoomGroupRecord>,
    /// All hosts together.
    pub all: SumRecord,
    /// How many guests more of each size have room, for each size that occurs by itself.
    pub sizes: Vec<SizeRecord>,
    /// Guests whose size is not known.
    pub sizes_unknown: Vec<UnknownGuestRecord>,
    /// What becomes of the guests if a host is lost, for each host.
    pub losses: Vec<HostLossRecord>,
    /// What becomes of the guests if two hosts are lost, for each pair; `null` unless it is asked for (`--losses 2`).
    pub pairs: Option<PairsRecord>,
    /// What keeps guests that `losses` leave out from hosts, room aside.
    pub barred: Vec<BarredRecord>,
    /// The guests on PCI Express, those with the fewest free root ports first.
    pub ports: Vec<GuestPortsRecord>,
    /// What the x86 guests that may be rebuilt would take of the ARM hosts; `null` where there are no ARM hosts.
    pub arm: Option<ArmSizingRecord>,
}

/// The room of one host.
#[derive(Debug, Serialize, JsonSchema)]
pub struct HostRoomRecord {
    /// The host.
    pub host: String,
    /// The number of its group in `groups`, from 1.
    pub group: usize,
    /// All its memory, in MiB; `null` where it is not known.
    pub memory_mib: Option<u64>,
    /// Where that is written; `null` where it is not known.
    pub memory_at: Option<Located>,
    /// Its processors, as Linux sees them: threads, where it has SMT; `null` where they are not known.
    pub processors: Option<u32>,
    /// Where that is written; `null` where it is not known.
    pub processors_at: Option<Located>,
    /// Its cores; `null` where they are not known.
    pub cores: Option<u64>,
    /// The threads of each core; more than one is SMT; `null` where they are not known.
    pub threads_per_core: Option<u64>,
    /// Where cores and threads are written; `null` where they are not known.
    pub topology_at: Option<Located>,
    /// Its memory without the reserve and without huge pages, in MiB; `null` where it is not known.
    pub usable_mib: Option<u64>,
    /// What its guests take of it, with overhead, in MiB; `null` where it is not known.
    pub used_mib: Option<u64>,
    /// What is left of it, in MiB; `null` where it is not known.
    pub free_mib: Option<u64>,
    /// Its processors times overcommitment; `null` where they are not known.
    pub usable_vcpus: Option<u64>,
    /// The vCPUs that its guests may have; `null` where they are not known.
    pub used_vcpus: Option<u64>,
    /// The vCPUs that are left; `null` where they are not known.
    pub free_vcpus: Option<u64>,
    /// vCPUs of its guests for each thread, in hundredths; `null` where they are not known.
    pub vcpus_per_thread_percent: Option<u64>,
    /// vCPUs of its guests for each core, in hundredths; `null` where they are not known.
    pub vcpus_per_core_percent: Option<u64>,
    /// Whether its guests take more than is usable; `null` where it is not known.
    pub overfull: Option<bool>,
    /// Its huge pages that are free or in use, by size.
    pub huge_pages: Vec<HugePagesRecord>,
    /// Where it is written which are free (`freepages.txt`); `null` where it is not known.
    pub huge_pages_at: Option<Located>,
    /// What is not known, and what would tell, for people.
    pub unknown: Vec<String>,
}

/// Huge pages of one size.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct HugePagesRecord {
    /// The size of a page, in KiB; `null` of guests that name several, or none where the host's default is not known.
    pub size_kib: Option<u64>,
    /// What guests that run have in them, in MiB; `null` where it is not known.
    pub used_mib: Option<u64>,
    /// What is free in them, in MiB; `null` where it is not known.
    pub free_mib: Option<u64>,
}

/// Hosts among which guests move live.
#[derive(Debug, Serialize, JsonSchema)]
pub struct RoomGroupRecord {
    /// Its number, from 1.
    pub group: usize,
    /// Its hosts.
    pub hosts: Vec<String>,
    /// Their sum.
    pub sum: SumRecord,
}

/// The sum of hosts.
#[derive(Debug, Serialize, JsonSchema)]
pub struct SumRecord {
    /// Memory without the reserve and without huge pages, in MiB.
    pub usable_mib: u64,
    /// What guests take of it, with overhead, in MiB.
    pub used_mib: u64,
    /// What is left of it, on all of them together, in MiB.
    pub free_mib: u64,
    /// Processors times overcommitment.
    pub usable_vcpus: u64,
    /// The vCPUs that guests may have.
    pub used_vcpus: u64,
    /// The vCPUs that are left, on all of them together.
    pub free_vcpus: u64,
    /// vCPUs for each thread, in hundredths; `null` where no threads are known.
    pub vcpus_per_thread_percent: Option<u64>,
    /// vCPUs for each core, in hundredths; `null` where the cores of one of them are not known.
    pub vcpus_per_core_percent: Option<u64>,
    /// Their huge pages, by size.
    pub huge_pages: Vec<HugePagesRecord>,
    /// The hosts that are not in this sum, for their room is not known.
    pub without: Vec<String>,
}

/// How many guests more of one size have room.
#[derive(Debug, Serialize, JsonSchema)]
pub struct SizeRecord {
    /// Memory, without overhead, in MiB.
    pub memory_mib: u64,
    /// vCPUs.
    pub vcpus: u32,
    /// How many guests have this size.
    pub guests: usize,
    /// How many guests more have room on all hosts whose room is known.
    pub fit: u64,
    /// How many have room on the hosts of each group, in the order of `groups`.
    pub fit_by_group: Vec<u64>,
    /// How many have room on each host.
    pub fit_by_host: Vec<FitRecord>,
}

/// How many guests more have room on one host.
#[derive(Debug, Serialize, JsonSchema)]
pub struct FitRecord {
    /// The host.
    pub host: String,
    /// How many; `null` where the room of the host is not known.
    pub fit: Option<u64>,
}

/// A guest of which something is not known.
#[derive(Debug, Serialize, JsonSchema)]
pub struct UnknownGuestRecord {
    /// The guest.
    pub guest: String,
    /// What is not known, and what would tell, for people.
    pub unknown: String,
}

/// The loss of hosts.
#[derive(Debug, Serialize, JsonSchema)]
pub struct HostLossRecord {
    /// The hosts that are lost at the same time.
    pub hosts: Vec<String>,
    /// What becomes of it.
    #[schemars(with = "Outcome")]
    pub outcome: &'static str,
    /// Whether it is certain that not all guests find a host; else no way was found in so many trials.
    pub proven: bool,
    /// Where guests start again; absent where none do, and of pairs.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub restarts: Vec<RestartRecord>,
    /// The guests that do not start again.
    pub left: Vec<LeftRecord>,
}

/// A guest that starts again.
#[derive(Debug, Serialize, JsonSchema)]
pub struct RestartRecord {
    /// The guest.
    pub guest: String,
    /// The host it starts on.
    pub to: String,
}

/// A guest that does not start again.
#[derive(Debug, Serialize, JsonSchema)]
pub struct LeftRecord {
    /// The guest.
    pub guest: String,
    /// No other host may run it as it is (`no-host`); each host that may has too little memory or too few vCPUs
    /// (`no-room`), huge pages (`no-huge-pages`) or room of another kind (`no-room-of-a-kind`), or guests that it is
    /// kept apart from (`keep-apart`); or that is not known (`unknown`).
    #[schemars(extend("enum" = ["no-host", "no-room", "no-huge-pages", "no-room-of-a-kind", "keep-apart", "unknown"]))]
    pub why: &'static str,
    /// `no-room`, `no-huge-pages`, `no-room-of-a-kind`: the host that lacks least. `unknown`: the hosts on which it
    /// may start. Else empty.
    pub hosts: Vec<String>,
    /// `no-room`, `no-huge-pages`: the memory that is lacking there, in MiB; else `null`.
    pub lacking_mib: Option<u64>,
    /// `no-room`: the vCPUs that are lacking there; else `null`.
    pub lacking_vcpus: Option<u64>,
    /// `no-huge-pages`: the size of a page, in KiB; else `null`.
    pub page_kib: Option<u64>,
    /// `no-room-of-a-kind`: the kind of room, such as `memory in NUMA cell 0`; else absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String")]
    pub kind: Option<String>,
    /// `no-room-of-a-kind`: what is lacking there, memory in KiB, all else by number; else absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "u64")]
    pub lacking: Option<u64>,
    /// `keep-apart`: the name of the group; else `null`.
    pub apart: Option<String>,
    /// `keep-apart`: the other guests of the group that are on hosts; else absent.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub apart_from: Vec<String>,
    /// `unknown`: what is not known of room, and what would tell, for people; for what else is not known see
    /// `barred`. Else empty.
    pub unknown: Vec<String>,
}

/// The loss of pairs of hosts.
#[derive(Debug, Serialize, JsonSchema)]
pub struct PairsRecord {
    /// How many pairs there are.
    pub tried: usize,
    /// Of how many all guests find a host.
    pub absorbed: usize,
    /// Of how many that is not known.
    pub unknown: usize,
    /// Of how many not all guests find a host.
    pub stranded: usize,
    /// The pairs of which not all guests find a host, or not for certain.
    pub losses: Vec<HostLossRecord>,
}

/// What keeps a guest from starting on hosts.
#[derive(Debug, Serialize, JsonSchema)]
pub struct BarredRecord {
    /// The guest.
    pub guest: String,
    /// The hosts.
    pub hosts: Vec<String>,
    /// Whether it may start there, in these hosts: it is `no` or `unknown`.
    #[schemars(with = "Answer")]
    pub answer: &'static str,
    /// The rules that say so.
    pub rules: Vec<BarringRecord>,
}

/// A rule that keeps a guest from hosts.
#[derive(Debug, Serialize, JsonSchema)]
pub struct BarringRecord {
    /// The id of the rule.
    pub rule: String,
    /// What would change it, or tell, for people.
    pub remedy: String,
}

/// The root ports of a guest.
#[derive(Debug, Serialize, JsonSchema)]
pub struct GuestPortsRecord {
    /// The guest.
    pub guest: String,
    /// The host it is on; `null` where it is on none.
    pub host: Option<String>,
    /// Its machine type.
    pub machine: String,
    /// The path of the document they were counted in, inside the inventory.
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

/// The places of one SCSI controller of virtio.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ScsiRecord {
    /// Its index.
    pub controller: u32,
    /// How many disks it has.
    pub taken: u32,
    /// How many more it takes that UEFI looks at.
    pub left: u32,
}

/// What x86 guests take of ARM hosts, in sums.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ArmSizingRecord {
    /// What is taken to be so, for people.
    pub assumption: String,
    /// What a thread of a core with SMT is taken for, in thousandths of an ARM core (`--arm-core-per-thread`).
    pub core_per_thread_milli: u32,
    /// The guests that may be rebuilt.
    pub guests: Vec<String>,
    /// Their vCPUs.
    pub vcpus: u64,
    /// How many of their vCPUs are threads of cores with SMT.
    pub smt_vcpus: u64,
    /// Their memory, with overhead, in MiB.
    pub memory_mib: u64,
    /// The ARM cores that they take without overcommitment, in thousandths.
    pub cores_milli: u64,
    /// The ARM cores that they take with 0.6 and with 0.7 of a core for a thread, in thousandths.
    pub cores_milli_between: (u64, u64),
    /// The ARM cores that they take with the cluster's overcommitment, in thousandths.
    pub cores_overcommitted_milli: u64,
    /// What each ARM host offers.
    pub offers: Vec<ArmOfferRecord>,
    /// The cores of the ARM hosts.
    pub offered_cores: u64,
    /// The vCPUs of a core each that are free on them, with overcommitment.
    pub offered_vcpus: u64,
    /// The memory that is free on them, in MiB.
    pub offered_mib: u64,
    /// Whether the sums fit; `null` where what is not known decides it.
    pub fits: Option<bool>,
    /// Guests of which something is not known. `fits` takes a core for each vCPU of theirs.
    pub unknown: Vec<UnknownGuestRecord>,
}

/// What one ARM host offers.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ArmOfferRecord {
    /// The host.
    pub host: String,
    /// Its cores; `null` where they are not known.
    pub cores: Option<u64>,
    /// The vCPUs of a core each that are free on it, with overcommitment; `null` where they are not known.
    pub free_vcpus: Option<u64>,
    /// The memory that is free on it, in MiB; `null` where it is not known.
    pub free_mib: Option<u64>,
    /// What is not known, and what would tell, for people; `null` where all is known.
    pub unknown: Option<String>,
}

//! What of a guest and of a host the rules about one guest and one host look at.
//!
//! Such rules are many times asked, once for each guest and host. But what each looks at is the same for many guests and
//! many hosts: the folders of disks, the pools, the networks, the size. So each names its aspect, guests and hosts that are
//! equal in it share an answer, and only those answers are computed. A test holds them against the rules themselves.

use std::collections::BTreeSet;

use super::chart::{Chart, GuestIndex, HostIndex};
use super::table::Table;
use crate::model::{
    Device, DiskSource, Fact, Guest, Host, Known, Memory, Pool, Reliance, SecretName, SourceKind,
};

/// What a rule about one guest and one host looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Aspect {
    /// The guest's memory and vCPUs, and all of the host.
    Room,
    /// The guest's class and vCPUs, and the host's class.
    Machine,
    /// The folders and pools of the guest's files, and the storage of the host it is on and of the other.
    Storage,
    /// The guest's interfaces and their filters, and the host's networks.
    Network,
    /// The guest's secrets, and the host's.
    Secrets,
    /// The addresses at which the guest's displays listen, and all of the host.
    Displays,
    /// The host alone: what rules of the user's own ask.
    Host,
    /// Names, UUIDs and ports, which no two guests of a host share, and the UUIDs of hosts.
    Identity,
}

impl Aspect {
    /// Those for which guests and hosts share answers.
    pub(super) const SHARED: [Self; 7] =
        [Self::Room, Self::Machine, Self::Storage, Self::Network, Self::Secrets, Self::Displays, Self::Host];

    /// The answers in this aspect.
    pub(super) fn table(self, chart: &Chart<'_>) -> Table {
        let cluster = chart.cluster;
        let guest = |at: GuestIndex| &cluster.guests[at];
        let host = |at: HostIndex| &cluster.hosts[at];
        match self {
            Self::Room => Table::new(chart, self, |at| room(guest(at)), |at| at),
            Self::Machine => {
                let key = |at| (chart.class_of_guest(at), &guest(at).vcpus);
                Table::new(chart, self, key, |at| chart.class_of_host(at))
            }
            Self::Storage => {
                let key = |at| (storage(guest(at)), chart.source(guest(at)).map(storage_of_host));
                Table::new(chart, self, key, |at| storage_of_host(host(at)))
            }
            Self::Network => Table::new(chart, self, |at| network(guest(at)), |at| network_of_host(host(at))),
            Self::Secrets => Table::new(chart, self, |at| secrets(guest(at)), |at| &host(at).secrets),
            Self::Displays => Table::new(chart, self, |at| addresses(guest(at)), |at| at),
            Self::Host => Table::new(chart, self, |_| (), |at| at),
            Self::Identity => Table::default(),
        }
    }
}

type Room<'c> = (&'c Fact<Memory>, &'c Fact<u32>, Option<&'c Known<BTreeSet<u32>>>);

fn room(guest: &Guest) -> Room<'_> {
    (&guest.memory, &guest.vcpus, guest.cells.as_ref())
}

/// A file, by its folder; a volume, by its pool; whether it is only read, and whether both definitions have it.
type Disk<'c> = (SourceKind, &'c str, bool, bool);
/// The disks the guest runs with and those of its definition, and the folders of its other files, likewise.
type Files<'c> = ([Vec<Disk<'c>>; 2], [Vec<&'c str>; 2]);

fn storage(guest: &Guest) -> Files<'_> {
    let (live, cold) = (guest.running_storage(), &guest.storage[..]);
    let files = [guest.running_reliance(), &guest.reliance].map(|reliance| {
        let Reliance { kernels, logs, backing, .. } = reliance;
        [kernels, logs, backing].into_iter().flatten().map(|file| folder(&file.value)).collect()
    });
    ([disks(live, cold), disks(cold, live)], files)
}

fn disks<'c>(disks: &'c [DiskSource], others: &[DiskSource]) -> Vec<Disk<'c>> {
    let key = |disk: &'c DiskSource| {
        let in_both = others.iter().any(|other| other.source == disk.source);
        (disk.kind, folder(&disk.source.value), disk.readonly, in_both)
    };
    disks.iter().map(key).collect()
}

/// All before the last `/`: the folder of a file, the pool of a volume.
fn folder(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

type HostStorage<'c> = (&'c Fact<Vec<Known<Pool>>>, &'c Fact<Vec<Known<String>>>);

fn storage_of_host(host: &Host) -> HostStorage<'_> {
    (&host.pools, &host.active_pools)
}

/// The interfaces, and the filters of the running guest and of its definition.
type Wires<'c> = (Vec<&'c Device>, [&'c [Known<String>]; 2]);

fn network(guest: &Guest) -> Wires<'_> {
    let filters = [guest.running_reliance(), &guest.reliance].map(|reliance| &reliance.filters[..]);
    (guest.requirements.devices_named("interface").collect(), filters)
}

type Networks<'c> = (&'c Fact<BTreeSet<String>>, [&'c Fact<Vec<Known<String>>>; 3]);

fn network_of_host(host: &Host) -> Networks<'_> {
    (&host.platform.networks, [&host.active_networks, &host.interfaces, &host.filters])
}

fn secrets(guest: &Guest) -> [&[Known<SecretName>]; 2] {
    [guest.running_reliance(), &guest.reliance].map(|reliance| &reliance.secrets[..])
}

fn addresses(guest: &Guest) -> [Vec<Option<&str>>; 2] {
    [guest.running_reliance(), &guest.reliance]
        .map(|reliance| reliance.displays.iter().map(|display| display.value.address.as_deref()).collect())
}

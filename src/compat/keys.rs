//! By what guests and hosts are equal in an aspect: what the rules that look at it may ask of them, and no more.

use std::collections::{BTreeMap, BTreeSet};

use super::class::HostIndex;
use crate::knowledge::{Lie, file_system};
use crate::model::{
    Cluster, Device, DiskSource, Fact, Guest, Host, Known, Memory, Mount, Pool, Reliance, SecretName,
    SourceKind,
};

type Pages<'c> = &'c [Known<Option<Memory>>];
pub(super) type Room<'c> = (&'c Fact<Memory>, &'c Fact<u32>, Option<&'c Known<BTreeSet<u32>>>, Pages<'c>);

pub(super) fn room(guest: &Guest) -> Room<'_> {
    (&guest.memory, &guest.vcpus, guest.cells.as_ref(), &guest.requirements.hugepages)
}

/// A file, by its folder; a volume, by its pool; whether it is only read, and whether both definitions have it; how it is
/// cached, where it is one guest's alone.
type Disk<'c> = (SourceKind, &'c str, bool, bool, Option<&'c str>);
/// The disks the guest runs with and those of its definition, and the folders of its other files, likewise.
pub(super) type Files<'c> = ([Vec<Disk<'c>>; 2], [Vec<&'c str>; 3]);

pub(super) fn storage(guest: &Guest) -> Files<'_> {
    let (live, cold) = (guest.running_storage(), &guest.storage[..]);
    let files = [guest.running_reliance(), &guest.reliance].map(|reliance| {
        let Reliance { kernels, logs, backing, .. } = reliance;
        [kernels, logs, backing].into_iter().flatten().map(|file| folder(&file.value)).collect()
    });
    let [running, stored] = files;
    let below = guest.moment.backing.iter().map(|file| folder(&file.value)).collect();
    ([disks(live, cold), disks(cold, live)], [running, stored, below])
}

fn disks<'c>(disks: &'c [DiskSource], others: &[DiskSource]) -> Vec<Disk<'c>> {
    let key = |disk: &'c DiskSource| {
        let in_both = others.iter().any(|other| other.source == disk.source);
        let cache = disk.cache.as_ref().filter(|_| !disk.shareable).map(|cache| cache.value.as_str());
        (disk.kind, folder(&disk.source.value), disk.readonly, in_both, cache)
    };
    disks.iter().map(key).collect()
}

/// All before the last `/`: the folder of a file, the pool of a volume.
fn folder(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// A mount: its folder, its type, and what is mounted where other hosts may mount it too.
type Mounted<'c> = (&'c str, &'c str, Option<&'c str>);
pub(super) type HostStorage<'c> =
    (&'c Fact<Vec<Known<Pool>>>, &'c Fact<Vec<Known<String>>>, Option<Vec<Mounted<'c>>>);

/// Which mounts may have a guest's file: a host has many more, and no two hosts have quite the same.
pub(super) struct Reached<'c> {
    /// The folders of files, and all that these lie in.
    folders: BTreeSet<&'c str>,
    /// The folders of pools.
    pools: BTreeSet<&'c str>,
}

impl<'c> Reached<'c> {
    pub(super) fn of(cluster: &'c Cluster) -> Self {
        let files = cluster.guests.iter().flat_map(|guest| {
            let (disks, files) = storage(guest);
            disks.into_iter().flatten().map(|disk| disk.1).chain(files.into_iter().flatten())
        });
        let pools = cluster.hosts.iter().filter_map(|host| host.pools.value()).flatten();
        let pools: BTreeSet<&str> = pools.filter_map(|pool| pool.value.target.as_deref()).collect();
        let all: BTreeSet<&str> = files.chain(pools.iter().copied()).collect();
        let over = |folder: &'c str| {
            let above = folder.match_indices('/').filter_map(move |(at, _)| folder.get(..at));
            above.chain([folder])
        };
        Self { folders: all.into_iter().flat_map(over).collect(), pools }
    }

    pub(super) fn storage<'h>(&self, host: &'h Host) -> HostStorage<'h> {
        let mounts = host.mounts.value().map(|all| {
            let mounts = all.iter().map(|mount| &mount.value);
            mounts.filter(|mount| self.reaches(mount)).map(mounted).collect()
        });
        (&host.pools, &host.active_pools, mounts)
    }

    fn reaches(&self, mount: &Mount) -> bool {
        let folder = mount.folder.trim_end_matches('/');
        self.folders.contains(folder) || self.pools.iter().any(|pool| folder.starts_with(pool))
    }
}

fn mounted(mount: &Mount) -> Mounted<'_> {
    let own = file_system(&mount.kind).is_some_and(|known| known.lie == Lie::Here);
    (&mount.folder, &mount.kind, (!own).then_some(&mount.source))
}

/// The hosts of whose UUIDs something is to be said: those that have none, or one that another has too.
pub(super) fn twins(cluster: &Cluster) -> Vec<Option<HostIndex>> {
    let uuid = |host: &Host| host.uuid.value().map(|uuid| uuid.to_ascii_lowercase());
    let mut count: BTreeMap<String, usize> = BTreeMap::new();
    for uuid in cluster.hosts.iter().filter_map(uuid) {
        *count.entry(uuid).or_default() += 1;
    }
    let alone = |host: &Host| uuid(host).is_some_and(|uuid| count.get(&uuid) == Some(&1));
    cluster.hosts.iter().enumerate().map(|(at, host)| (!alone(host)).then_some(at)).collect()
}

/// The interfaces, and the filters of the running guest and of its definition.
pub(super) type Wires<'c> = (Vec<&'c Device>, [&'c [Known<String>]; 2]);

pub(super) fn network(guest: &Guest) -> Wires<'_> {
    let filters = [guest.running_reliance(), &guest.reliance].map(|reliance| &reliance.filters[..]);
    (guest.requirements.devices_named("interface").collect(), filters)
}

pub(super) type Networks<'c> = (&'c Fact<BTreeSet<String>>, [&'c Fact<Vec<Known<String>>>; 3]);

pub(super) fn network_of_host(host: &Host) -> Networks<'_> {
    (&host.platform.networks, [&host.active_networks, &host.interfaces, &host.filters])
}

pub(super) fn secrets(guest: &Guest) -> [&[Known<SecretName>]; 2] {
    [guest.running_reliance(), &guest.reliance].map(|reliance| &reliance.secrets[..])
}

pub(super) fn addresses(guest: &Guest) -> [Vec<Option<&str>>; 2] {
    [guest.running_reliance(), &guest.reliance]
        .map(|reliance| reliance.displays.iter().map(|display| display.value.address.as_deref()).collect())
}

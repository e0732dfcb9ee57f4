//! Where a disk's bytes lie, and whether both hosts have them.

use super::mounted::{mount_of, same};
use crate::compat::mode::Mode;
use crate::compat::pair::Placement;
use crate::knowledge::{Lie, file_system};
use crate::model::{DiskSource, DocumentKind, Fact, Host, Known, Mount, Pool, SourceKind};
use crate::text::Place;

/// What libvirt takes a disk for when it asks whether a move is safe (virStorageSourceGetActualType).
pub(super) enum Lies {
    /// A file with this path.
    InFile(String),
    /// A block device, which libvirt takes for shared.
    OnDevice,
    /// Anything else that has no file: a network disk, no medium.
    Elsewhere,
    /// A volume of a pool that is not known.
    Unknown(DocumentKind),
}

/// What the disk is; a volume is what its pool on the guest's host makes of it.
pub(super) fn lies(placement: &Placement<'_>, disk: &DiskSource) -> Lies {
    match disk.kind {
        SourceKind::File => Lies::InFile(disk.source.value.clone()),
        SourceKind::Block => Lies::OnDevice,
        SourceKind::Volume => volume(placement.source.unwrap_or(placement.target), &disk.source.value),
        SourceKind::Empty | SourceKind::Network | SourceKind::Nvme | SourceKind::Other => Lies::Elsewhere,
    }
}

/// The kinds of pool as libvirt makes disks of their volumes (virDomainDiskTranslateSourcePool,
/// libvirt 11.3).
fn volume(host: &Host, name: &str) -> Lies {
    let Some((pool, volume)) = name.split_once('/') else { return Lies::Elsewhere };
    let pools = match host.pools.ask() {
        Ok(pools) => pools,
        Err(document) => return Lies::Unknown(document),
    };
    let Some(pool) = pools.value.iter().find(|one| one.value.name == pool) else {
        return Lies::Unknown(DocumentKind::Pool);
    };
    match (pool.value.kind.as_str(), &pool.value.target) {
        ("dir" | "fs" | "netfs" | "vstorage", Some(folder)) => {
            Lies::InFile(format!("{}/{volume}", folder.trim_end_matches('/')))
        }
        ("logical" | "disk" | "iscsi" | "scsi" | "mpath" | "zfs", _) => Lies::OnDevice,
        _ => Lies::Elsewhere,
    }
}

/// Whether both hosts have the file of a disk.
pub(in crate::compat::rules) enum Sharing {
    /// A pool of a network kind has it.
    Pool,
    /// cluster.toml says so.
    Declared,
    /// Both hosts mount it from the same server.
    Mounted,
    /// Only its own host has it.
    Local(Why),
    /// The pools of a host are not known.
    Unknown(DocumentKind),
}

/// By what it is known that only its own host has a file.
#[derive(Clone, Copy)]
pub(in crate::compat::rules) enum Why {
    /// No pool of both has it.
    Pools(Option<Place>),
    /// It lies on a file system of the host itself.
    Mount(Place),
}

impl Why {
    pub(super) fn place(self) -> Option<Place> {
        match self {
            Self::Pools(place) => place,
            Self::Mount(place) => Some(place),
        }
    }

    pub(super) fn label(self) -> &'static str {
        match self {
            Self::Pools(_) => "no pool of a network kind and of one source has it on both",
            Self::Mount(_) => "a file system of this host alone",
        }
    }
}

pub(in crate::compat::rules) fn sharing(placement: &Placement<'_>, path: &str) -> Sharing {
    if placement.settings.shared_folders.iter().any(|folder| lies_in(path, folder)) {
        return Sharing::Declared;
    }
    match (by_pools(placement, path), mounted(placement, path)) {
        (Sharing::Pool, _) => Sharing::Pool,
        (by_pools, None) => by_pools,
        (_, Some(by_mounts)) => by_mounts,
    }
}

fn by_pools(placement: &Placement<'_>, path: &str) -> Sharing {
    let unknown = Fact::Unknown(DocumentKind::Pool);
    let source = placement.source.map_or(&unknown, |host: &Host| &host.pools);
    match (source.ask(), placement.target.pools.ask()) {
        (Ok(here), Ok(there)) if one_pool(&here.value, &there.value, path) => Sharing::Pool,
        (Ok(_), Ok(_)) => Sharing::Local(Why::Pools(placement.target.pools.place())),
        // A guest that is placed nowhere brings no disk along: the target's pool decides.
        (Err(_), Ok(there)) if placement.source.is_none() && one_pool(&there.value, &there.value, path) => {
            Sharing::Pool
        }
        (Err(document), _) | (_, Err(document)) => Sharing::Unknown(document),
    }
}

/// What the mounts say of the file `path`; `None` where they are not known, or say nothing of it.
fn mounted(placement: &Placement<'_>, path: &str) -> Option<Sharing> {
    let there = mount_of(placement.target, path)?;
    // A guest that is placed nowhere brings no disk along: what the target mounts decides.
    let here = mount_of(placement.source.unwrap_or(placement.target), path)?;
    let lie = |mount: &Known<Mount>| file_system(&mount.value.kind).map(|known| known.lie);
    match (lie(here), lie(there)) {
        (Some(Lie::Here), _) => Some(Sharing::Local(Why::Mount(here.place))),
        (_, Some(Lie::Here)) => Some(Sharing::Local(Why::Mount(there.place))),
        (Some(Lie::There), Some(Lie::There)) if same(&here.value, &there.value, path) => {
            Some(Sharing::Mounted)
        }
        // One server may go by two names, and one device by one name may be two.
        _ => Some(Sharing::Unknown(DocumentKind::Cluster)),
    }
}

/// Whether both hosts have a pool of the same source over `path`.
fn one_pool(here: &[Known<Pool>], there: &[Known<Pool>], path: &str) -> bool {
    let over = |pool: &&Known<Pool>| pool.value.target.as_deref().is_some_and(|target| lies_in(path, target));
    let there: Vec<_> = there.iter().filter(over).collect();
    here.iter().filter(over).any(|one| there.iter().any(|other| one.value.shares_with(&other.value)))
}

/// Whether `path` is below `folder`, whole names compared.
pub(super) fn lies_in(path: &str, folder: &str) -> bool {
    let folder = folder.trim_end_matches('/');
    path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/')) && !path.contains("/../")
}

/// Whether the guest writes to a disk.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Media {
    Written,
    ReadOnly,
}

/// The disks that the guest has in a mode: live those it runs with, else those of its definition.
pub(super) fn disks<'p>(
    placement: &Placement<'p>,
    mode: Mode,
    media: Media,
) -> impl Iterator<Item = &'p DiskSource> {
    let all = match mode {
        Mode::Live => placement.guest.running_storage(),
        Mode::Cold | Mode::Rebuild => &placement.guest.storage,
    };
    all.iter().filter(move |disk| disk.readonly == (media == Media::ReadOnly))
}

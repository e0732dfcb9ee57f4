//! Disks and where they lie.

use crate::compat::finding::Findings;
use crate::compat::mode::Modes;
use crate::compat::pair::{Pair, Placement};
use crate::compat::rule::{Check, Family, Rule};
use crate::compat::severity::Severity;
use crate::model::{DiskSource, DocumentKind, Fact, Host, Known, Pool, SourceKind};

const RULE: Rule = Rule { family: Family::Storage, modes: Modes::LIVE, ..Rule::BLANK };

pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "local-disk",
        summary: "A disk of the guest lies in a folder of its own host",
        explanation: "A live move hands over memory, not disks. libvirt refuses where a file is not on a shared file \
                      system (\"Migration without shared storage is unsafe\"). Portolan takes a folder for shared \
                      where both hosts have a pool of one network kind (netfs, gluster, ...) and one source over it, or cluster.toml \
                      lists it under storage.shared.",
        remedy: "copy the disk along (virsh migrate --copy-storage-all), or move it to shared storage first",
        check: Check::Placement(local_disk),
        ..RULE
    },
    Rule {
        id: "disk-to-copy",
        severity: Severity::Warning,
        modes: Modes::COLD,
        summary: "A disk must be copied to the host before the guest starts there",
        explanation: "A cold move carries the definition only; the start fails where a disk's file is missing \
                      (\"Cannot access storage file\").",
        remedy: "copy the disk's file to the same path on the host while the guest is shut down",
        check: Check::Placement(disk_to_copy),
        ..RULE
    },
    Rule {
        id: "local-medium",
        modes: Modes::AS_IT_IS,
        summary: "The CD-ROM or floppy image in the guest's drive lies in a folder of its own host",
        explanation: "The image is opened where the guest arrives: without it the move fails (\"Cannot access storage \
                      file\"), live and cold.",
        remedy: "eject the image before the move, or copy it to the host",
        check: Check::Placement(local_medium),
        ..RULE
    },
    Rule {
        id: "shared-folder-unseen",
        severity: Severity::Note,
        summary: "libvirt may not see that a disk's folder is shared",
        explanation: "cluster.toml says that every host has the same folder. libvirt judges by the file system: on \
                      anything but a network or cluster file system it wants `--unsafe`, or the folder under \
                      shared_filesystems in qemu.conf (libvirt 10.10 and newer).",
        remedy: "add --unsafe to the command, knowing that the folder is the same",
        check: Check::Placement(shared_folder_unseen),
        ..RULE
    },
    Rule {
        id: "transient-disk",
        summary: "What the guest writes to a disk is thrown away when it stops",
        explanation: "libvirt refuses the live move: \"migration with transient disk is not supported\".",
        remedy: "shut the guest down and start it on the host, or make the disk lasting",
        check: Check::Pair(transient_disk),
        ..RULE
    },
    Rule {
        id: "pool-absent",
        modes: Modes::AS_IT_IS,
        summary: "A disk is a volume of a storage pool that the host does not have",
        explanation: "A disk of type='volume' names a pool of its host. libvirt looks the pool up where the guest starts, \
                      live or cold (\"Storage pool not found: no storage pool with matching name\").",
        remedy: "define the pool on the host under the same name",
        check: Check::Placement(pool_absent),
        ..RULE
    },
    Rule {
        id: "block-device-unseen",
        modes: Modes::AS_IT_IS,
        summary: "Whether the host sees the same block device is not known",
        explanation: "libvirt takes block devices for shared and does not ask. Whether a LUN is mapped to the other host, \
                      and a name under /dev means the same there, no document tells; a logical volume of the host's own \
                      is not there at all.",
        remedy: "list the device's folder in cluster.toml (storage.shared) where all hosts see the same devices",
        check: Check::Placement(block_device_unseen),
        ..RULE
    },
    Rule {
        id: "local-nvme",
        modes: Modes::AS_IT_IS,
        summary: "A disk of the guest is an NVMe drive of its host",
        explanation: "libvirt calls a live move of disk type='nvme' unsafe, and no other host has the drive.",
        remedy: "move the disk to shared storage first",
        check: Check::Placement(local_nvme),
        ..RULE
    },
];

/// Whether both hosts have the file of a disk.
enum Sharing<'p> {
    /// A pool of a network kind has it.
    Pool,
    /// cluster.toml says so.
    Declared,
    /// Only its own host has it.
    Local(Option<&'p Known<Vec<Known<Pool>>>>),
    /// The pools of a host are not known.
    Unknown(DocumentKind),
}

fn sharing<'p>(placement: &Placement<'p>, path: &str) -> Sharing<'p> {
    if placement.settings.shared_folders.iter().any(|folder| lies_in(path, folder)) {
        return Sharing::Declared;
    }
    let unknown = Fact::Unknown(DocumentKind::Pool);
    let source = placement.source.map_or(&unknown, |host: &Host| &host.pools);
    match (source.ask(), placement.target.pools.ask()) {
        (Ok(here), Ok(there)) if one_pool(&here.value, &there.value, path) => Sharing::Pool,
        (Ok(_), Ok(_)) => Sharing::Local(placement.target.pools.get()),
        // A guest that is placed nowhere brings no disk along: the target's pool decides.
        (Err(_), Ok(there)) if placement.source.is_none() && one_pool(&there.value, &there.value, path) => {
            Sharing::Pool
        }
        (Err(document), _) | (_, Err(document)) => Sharing::Unknown(document),
    }
}

/// Whether both hosts have a pool of the same source over `path`.
fn one_pool(here: &[Known<Pool>], there: &[Known<Pool>], path: &str) -> bool {
    let over = |pool: &&Known<Pool>| pool.value.target.as_deref().is_some_and(|target| lies_in(path, target));
    let there: Vec<_> = there.iter().filter(over).collect();
    here.iter().filter(over).any(|one| there.iter().any(|other| one.value.shares_with(&other.value)))
}

/// Whether `path` is below `folder`, whole names compared.
fn lies_in(path: &str, folder: &str) -> bool {
    let folder = folder.trim_end_matches('/');
    path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/')) && !path.contains("/../")
}

/// The files that are disks (or, with `media`, removable media) of a guest.
fn files<'p>(placement: &Placement<'p>, media: Media) -> impl Iterator<Item = &'p DiskSource> {
    let files = placement.guest.storage.iter().filter(|disk| disk.kind == SourceKind::File);
    files
        .filter(move |disk| matches!(disk.device.as_str(), "cdrom" | "floppy") == (media == Media::Removable))
}

#[derive(Clone, Copy, PartialEq)]
enum Media {
    Fixed,
    Removable,
}

fn local(placement: &Placement<'_>, findings: &mut Findings, media: Media, what: &str) {
    for disk in files(placement, media) {
        let place = Some(disk.source.place);
        match sharing(placement, &disk.source.value) {
            Sharing::Pool | Sharing::Declared => {}
            Sharing::Local(pools) => {
                let message =
                    format!("{what} {} is no file that both hosts share: {}", disk.target, disk.source.value);
                let firing = findings.fire(message, place, "its file");
                firing.and(
                    pools.map(|pools| pools.place),
                    "no pool of a network kind and of one source has it on both",
                );
            }
            Sharing::Unknown(document) => {
                let known = format!("whether both hosts share the file of {}", disk.target);
                findings.missing(document, &known, place);
            }
        }
    }
}

fn local_disk(placement: &Placement<'_>, findings: &mut Findings) {
    local(placement, findings, Media::Fixed, "the disk");
}

fn local_medium(placement: &Placement<'_>, findings: &mut Findings) {
    local(placement, findings, Media::Removable, "the medium of");
}

fn disk_to_copy(placement: &Placement<'_>, findings: &mut Findings) {
    for disk in files(placement, Media::Fixed) {
        if matches!(sharing(placement, &disk.source.value), Sharing::Local(_)) {
            let message = format!("the disk {} must be copied: {}", disk.target, disk.source.value);
            findings.fire(message, Some(disk.source.place), "its file");
        }
    }
}

fn shared_folder_unseen(placement: &Placement<'_>, findings: &mut Findings) {
    for disk in files(placement, Media::Fixed).filter(|disk| !disk.readonly) {
        if matches!(sharing(placement, &disk.source.value), Sharing::Declared) {
            let message = format!("libvirt may not see that the folder of {} is shared", disk.target);
            findings.fire(message, Some(disk.source.place), "its file");
        }
    }
}

fn transient_disk(pair: &Pair<'_>, findings: &mut Findings) {
    for transient in pair.guest.disks.iter().filter_map(|disk| disk.transient.as_ref()) {
        findings.fire("a disk is transient", Some(transient.place), "thrown away when the guest stops");
    }
}

fn pool_absent(placement: &Placement<'_>, findings: &mut Findings) {
    for disk in placement.guest.storage.iter().filter(|disk| disk.kind == SourceKind::Volume) {
        let pool = disk.source.value.split('/').next().unwrap_or_default();
        match placement.target.pools.ask() {
            Ok(pools) if pools.value.iter().any(|one| one.value.name == pool) => {}
            Ok(pools) => {
                let message = format!(
                    "the host has no storage pool '{pool}', of which the disk {} is a volume",
                    disk.target
                );
                findings
                    .fire(message, Some(disk.source.place), "the volume")
                    .and(Some(pools.place), "a pool it has");
            }
            Err(document) => {
                findings.missing(
                    document,
                    &format!("whether the host has the storage pool '{pool}'"),
                    Some(disk.source.place),
                );
            }
        }
    }
}

fn block_device_unseen(placement: &Placement<'_>, findings: &mut Findings) {
    let seen = |path: &str| placement.settings.shared_folders.iter().any(|folder| lies_in(path, folder));
    let blocks = placement.guest.storage.iter().filter(|disk| disk.kind == SourceKind::Block);
    for disk in blocks.filter(|disk| !seen(&disk.source.value)) {
        let what = format!("whether the host sees the block device of {}", disk.target);
        findings.missing(DocumentKind::HostDevices, &what, Some(disk.source.place));
    }
}

fn local_nvme(placement: &Placement<'_>, findings: &mut Findings) {
    for disk in placement.guest.storage.iter().filter(|disk| disk.kind == SourceKind::Nvme) {
        findings.fire(
            format!("the disk {} is an NVMe drive of the host", disk.target),
            Some(disk.source.place),
            "the drive",
        );
    }
}

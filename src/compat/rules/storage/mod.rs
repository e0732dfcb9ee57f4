//! Disks and where they lie.

pub(super) mod backing;
pub(super) mod definition;
mod lost;
mod mounted;
mod sharing;

pub(in crate::compat) use self::lost::lost_with_home;
pub(super) use self::sharing::{Sharing, sharing};

use self::mounted::{Seen, seen_as_shared};
use self::sharing::{Lies, Media, disks, lies, lies_in};
use crate::compat::aspect::Aspect;
use crate::compat::excerpt::Excerpt;
use crate::compat::finding::{Findings, Firing};
use crate::compat::holds::Side;
use crate::compat::mode::{Mode, Modes};
use crate::compat::pair::{Placement, Subject, foreign};
use crate::compat::rule::{Check, Family, Rule};
use crate::compat::severity::Severity;
use crate::model::{DiskSource, DocumentKind, Host, Known, Pool, SourceKind};
use crate::text::Place;

const RULE: Rule = Rule { family: Family::Storage, modes: Modes::LIVE, ..Rule::BLANK };

/// A pool of a network kind.
const IMAGES: &str = "<pool type='netfs'>\n  \
    <name>images</name>\n  \
    <source><host name='nas'/><dir path='/export'/></source>\n  \
    <target><path>/images</path></target>\n\
    </pool>";

/// Both hosts have it.
const SAME_POOL: &[Excerpt] =
    &[Excerpt::here(DocumentKind::Pool, IMAGES), Excerpt::there(DocumentKind::Pool, IMAGES)];

/// What tells that hosts have the same files.
const SHARE: &str =
    "list the file's folder in cluster.toml (storage.shared), once every host has the same files in it";

pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "local-disk",
        summary: "A disk of the guest lies in a folder of its own host",
        explanation: "A live move hands over memory, not disks. libvirt refuses where a file is not on a shared file \
                      system (\"Migration without shared storage is unsafe\"). Portolan takes a folder for shared \
                      where both hosts have a pool of one network kind (netfs, gluster, ...) and one source over it, where both mount \
                      it from one server and export, or where cluster.toml lists it under storage.shared.",
        remedy: "copy the disk along (virsh migrate --copy-storage-all), or move it to shared storage first",
        example: "<disk type='file'><source file='/srv/db.raw'/><target dev='vda' bus='virtio'/></disk>",
        near_miss: "<disk type='file'><source file='/images/db.raw'/><target dev='vda' bus='virtio'/></disk>",
        beside: SAME_POOL,
        references: &["libvirt 9.0, qemuMigrationSrcIsSafe", "formatstorage, Storage pool XML"],
        needs: &[DocumentKind::Domain, DocumentKind::Pool],
        check: Check::Placement(Aspect::Storage, local_disk),
        ..RULE
    },
    Rule {
        id: "disk-to-copy",
        severity: Severity::Warning,
        modes: Modes::SHUT_DOWN,
        summary: "A disk must be copied to the host before the guest starts there",
        explanation: "A cold move carries the definition only, and `virsh migrate --offline` copies no storage. The \
                      start fails where a disk's file is missing (\"Cannot access storage file\"). A guest that is rebuilt \
                      for another architecture gets another disk to start from, and keeps the others. Where the guest's host \
                      is lost, so is the disk: the guest starts nowhere else then.",
        remedy: "copy the disk's file to the same path on the host while the guest is shut down",
        example: "<disk type='file'><source file='/srv/db.raw'/><target dev='vda' bus='virtio'/></disk>",
        near_miss: "<disk type='file'><source file='/images/db.raw'/><target dev='vda' bus='virtio'/></disk>",
        beside: SAME_POOL,
        references: &[
            "observed: libvirt 9.0, \"Cannot access storage file\"",
            "virsh(1), migrate: --offline",
        ],
        needs: &[DocumentKind::Domain, DocumentKind::Pool],
        check: Check::Placement(Aspect::Storage, disk_to_copy),
        ..RULE
    },
    Rule {
        id: "local-medium",
        modes: Modes::AS_IT_IS,
        summary: "A file that the guest only reads lies in a folder of its own host",
        explanation: "libvirt does not ask whether both hosts share a read-only disk, a CD-ROM among them (qemuMigrationSrcIsSafe \
                      passes over it), but the file is opened where the guest arrives: without it the move fails \
                      (\"Cannot access storage file\"), live and cold. The same holds for backing files. Whether the host \
                      has such a file of its own, with the same in it, no document tells.",
        remedy: "eject the medium before the move, or copy the file to the host and list its folder in cluster.toml \
                 (storage.shared)",
        example: "<disk type='file' device='cdrom'>\n  \
                  <source file='/srv/install.iso'/><target dev='sda' bus='sata'/><readonly/>\n\
                  </disk>",
        near_miss: "<disk type='file' device='cdrom'>\n  \
                    <source file='/images/install.iso'/><target dev='sda' bus='sata'/><readonly/>\n\
                    </disk>",
        beside: SAME_POOL,
        references: &[
            "libvirt 9.0, qemuMigrationSrcIsSafe",
            "observed: libvirt 9.0, \"Cannot access storage file\"",
        ],
        needs: &[DocumentKind::Domain, DocumentKind::Pool, DocumentKind::Cluster],
        check: Check::Placement(Aspect::Storage, local_medium),
        ..RULE
    },
    Rule {
        id: "shared-folder-unseen",
        severity: Severity::Note,
        summary: "libvirt may not see that a disk's folder is shared",
        explanation: "cluster.toml, a pool or the mounts say that both hosts have the same folder. libvirt judges by the \
                      type of the file system on the guest's own host: on anything but NFS, Ceph, GFS2, OCFS2, AFS, GPFS, \
                      ACFS, GlusterFS, Quobyte and, in 11.3, BeeGFS it wants `--unsafe`, or the folder under \
                      shared_filesystems in qemu.conf (libvirt 10.10 and newer).",
        remedy: "add --unsafe to the command, knowing that the folder is the same",
        example: "<disk type='file'><source file='/srv/images/db.raw'/><target dev='vda' bus='virtio'/></disk>",
        near_miss: "<disk type='file'><source file='/images/db.raw'/><target dev='vda' bus='virtio'/></disk>",
        beside: &[
            Excerpt::here(DocumentKind::Pool, IMAGES),
            Excerpt::there(DocumentKind::Pool, IMAGES),
            Excerpt::here(
                DocumentKind::Cluster,
                "[storage]\n\
                 shared = [\"/srv/images\"]",
            ),
        ],
        references: &["libvirt 9.0, qemuMigrationSrcIsSafe", "libvirt 11.3, qemu.conf: shared_filesystems"],
        needs: &[DocumentKind::Domain, DocumentKind::Pool, DocumentKind::Cluster],
        check: Check::Placement(Aspect::Storage, shared_folder_unseen),
        ..RULE
    },
    Rule {
        id: "transient-disk",
        summary: "What the guest writes to a disk is thrown away when it stops",
        explanation: "A transient disk keeps what the guest writes in an overlay that goes when the guest stops. The \
                      overlay is its host's alone, so libvirt refuses the live move: \"migration with transient disk \
                      is not supported\" (qemuMigrationSrcIsAllowed, libvirt 9.0). Started anew elsewhere the guest \
                      finds the disk as it was before.",
        remedy: "shut the guest down and start it on the host, or make the disk lasting",
        example: "<disk type='file'><target dev='vda' bus='virtio'/><transient/></disk>",
        near_miss: "<disk type='file'><target dev='vda' bus='virtio'/><readonly/></disk>",
        references: &[
            "libvirt 9.0, qemuMigrationSrcIsAllowed",
            "formatdomain, Hard drives, floppy disks, CDROMs: transient",
        ],
        needs: &[DocumentKind::Domain],
        check: Check::Guests(transient_disk),
        ..RULE
    },
    Rule {
        id: "pool-absent",
        modes: Modes::AS_IT_IS,
        summary: "A disk is a volume of a storage pool that the host does not have",
        explanation: "A disk of type='volume' names a pool of its host. libvirt looks the pool up where the guest starts, \
                      live or cold (\"Storage pool not found: no storage pool with matching name\").",
        remedy: "define the pool on the host under the same name",
        example: "<disk type='volume'><source pool='other' volume='db.raw'/><target dev='vda' bus='virtio'/></disk>",
        near_miss: "<disk type='volume'><source pool='images' volume='db.raw'/><target dev='vda' \
                    bus='virtio'/></disk>",
        beside: &[Excerpt::there(DocumentKind::Pool, IMAGES)],
        references: &[
            "libvirt 11.3, virDomainDiskTranslateSourcePool",
            "formatdomain, Hard drives, floppy disks, CDROMs: volume",
        ],
        needs: &[DocumentKind::Domain, DocumentKind::Pool],
        check: Check::Placement(Aspect::Storage, pool_absent),
        ..RULE
    },
    Rule {
        id: "pool-not-started",
        modes: Modes::AS_IT_IS,
        summary: "A disk is a volume of a storage pool that the host has, but has not started",
        explanation: "libvirt starts no pool for a guest that comes: \"storage pool 'NAME' containing volume 'VOLUME' is not \
                      active\". `virsh pool-dumpxml` does not tell whether a pool is started.",
        remedy: "start the pool on the host (virsh pool-start NAME) and see that it starts with the host (pool-autostart)",
        example: " Name      State    Autostart\n\
                  -------------------------------\n \
                  default   active   yes",
        near_miss: " Name      State    Autostart\n\
                    -------------------------------\n \
                    default   active   yes\n \
                    images    active   yes",
        shown_in: (Side::Target, DocumentKind::ActivePools),
        beside: &[
            Excerpt::here(
                DocumentKind::Domain,
                "<disk type='volume'><source pool='images' volume='db.raw'/><target dev='vda' bus='virtio'/></disk>",
            ),
            Excerpt::there(DocumentKind::Pool, IMAGES),
        ],
        references: &["observed: libvirt 9.0"],
        needs: &[DocumentKind::Domain, DocumentKind::Pool, DocumentKind::ActivePools],
        check: Check::Placement(Aspect::Storage, pool_not_started),
        ..RULE
    },
    Rule {
        id: "pool-differs",
        modes: Modes::AS_IT_IS,
        summary: "A disk is a volume of a pool that means another folder on the host",
        explanation: "A volume is looked up in the pool of that name where the guest arrives. A pool of another kind, source \
                      or folder does not have it (\"Storage volume not found\"), or has another of that name, and the guest \
                      goes on with the wrong disk.",
        remedy: "give the pool the same source on both hosts",
        example: "<pool type='netfs'>\n  \
                  <name>images</name>\n  \
                  <source><host name='other-nas'/><dir path='/export'/></source>\n  \
                  <target><path>/images</path></target>\n\
                  </pool>",
        near_miss: IMAGES,
        shown_in: (Side::Target, DocumentKind::Pool),
        beside: &[
            Excerpt::here(
                DocumentKind::Domain,
                "<disk type='volume'><source pool='images' volume='db.raw'/><target dev='vda' bus='virtio'/></disk>",
            ),
            Excerpt::here(DocumentKind::Pool, IMAGES),
        ],
        references: &["observed: libvirt 9.0"],
        needs: &[DocumentKind::Domain, DocumentKind::Pool],
        check: Check::Placement(Aspect::Storage, pool_differs),
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
        example: "<disk type='block'><source dev='/dev/sdb'/><target dev='vda' bus='virtio'/></disk>",
        near_miss: "<disk type='network'><source protocol='nbd' name='db'><host name='nas'/></source><target \
                    dev='vda' bus='virtio'/></disk>",
        references: &[
            "libvirt 9.0, qemuMigrationSrcIsSafe",
            "formatdomain, Hard drives, floppy disks, CDROMs: block",
        ],
        needs: &[DocumentKind::Domain, DocumentKind::Pool, DocumentKind::Cluster],
        check: Check::Placement(Aspect::Storage, block_device_unseen),
        ..RULE
    },
    Rule {
        id: "local-nvme",
        modes: Modes::AS_IT_IS,
        summary: "A disk of the guest is an NVMe drive of its host",
        explanation: "With type='nvme' (libvirt 6.0 and newer) QEMU drives the NVMe controller itself, past the \
                      host's kernel. The drive is in one host: libvirt calls a live move unsafe, and cold the guest \
                      does not find its disk anywhere else.",
        remedy: "move the disk to shared storage first",
        example: "<disk type='nvme'>\n  \
                  <source type='pci' namespace='1'><address domain='0x0000' bus='0x01' slot='0x00' \
                  function='0x0'/></source>\n  \
                  <target dev='vda' bus='virtio'/>\n\
                  </disk>",
        near_miss: "<disk type='network'><source protocol='nbd' name='db'><host name='nas'/></source><target \
                    dev='vda' bus='virtio'/></disk>",
        references: &[
            "libvirt 9.0, qemuMigrationSrcIsSafe",
            "formatdomain, Hard drives, floppy disks, CDROMs: nvme",
        ],
        needs: &[DocumentKind::Domain],
        check: Check::Placement(Aspect::Storage, local_nvme),
        ..RULE
    },
];

fn local_disk(placement: &Placement<'_>, findings: &mut Findings) {
    for disk in disks(placement, Mode::Live, Media::Written) {
        let (Lies::InFile(path), place) = (lies(placement, disk), Some(disk.source.place)) else { continue };
        match sharing(placement, &path) {
            Sharing::Pool | Sharing::Declared | Sharing::Mounted => {}
            Sharing::Local(why) => {
                let message = format!("the disk {} is no file that both hosts share: {path}", disk.target);
                findings.fire(message, place, "its file").and(why.place(), why.label());
            }
            Sharing::Unknown(document) => {
                let known = format!("whether both hosts share the file of {}", disk.target);
                untold(findings, document, &known, place);
            }
        }
    }
    for disk in disks(placement, Mode::Live, Media::Written) {
        if let Lies::Unknown(document) = lies(placement, disk) {
            let what = format!("of what kind the pool of {} is", disk.target);
            findings.missing(document, &what, Some(disk.source.place));
        }
    }
}

fn local_medium(placement: &Placement<'_>, findings: &mut Findings) {
    for (mode, modes) in [(Mode::Live, Modes::LIVE), (Mode::Cold, Modes::COLD)] {
        for disk in disks(placement, mode, Media::ReadOnly) {
            let (Lies::InFile(path), place) = (lies(placement, disk), disk.source.place) else { continue };
            let document = match sharing(placement, &path) {
                Sharing::Pool | Sharing::Declared | Sharing::Mounted => continue,
                Sharing::Local(_) => DocumentKind::Cluster,
                Sharing::Unknown(document) => document,
            };
            let what = format!("whether the host has the file that {} reads, {path},", disk.target);
            untold(findings, document, &what, Some(place)).only(modes);
        }
    }
    for backing in &placement.guest.running_reliance().backing {
        let document = match sharing(placement, &backing.value) {
            Sharing::Pool | Sharing::Declared | Sharing::Mounted => continue,
            Sharing::Local(_) => DocumentKind::Cluster,
            Sharing::Unknown(document) => document,
        };
        let what = format!("whether the host has the file below a disk, {},", backing.value);
        untold(findings, document, &what, Some(backing.place)).only(Modes::AS_IT_IS);
    }
}

/// It is not known of a file whether both hosts have it. No command prints `cluster.toml`: a person says it there.
fn untold<'f>(
    findings: &'f mut Findings,
    document: DocumentKind,
    what: &str,
    place: Option<Place>,
) -> Firing<'f> {
    let firing = findings.missing(document, what, place);
    if document == DocumentKind::Cluster { firing.remedy(SHARE) } else { firing }
}

fn disk_to_copy(placement: &Placement<'_>, findings: &mut Findings) {
    for disk in disks(placement, Mode::Cold, Media::Written) {
        let Lies::InFile(path) = lies(placement, disk) else { continue };
        if matches!(sharing(placement, &path), Sharing::Local(_)) {
            let message = format!("the disk {} must be copied: {path}", disk.target);
            findings.fire(message, Some(disk.source.place), "its file").only(modes(placement, disk));
        }
    }
}

/// In which modes a disk that others lack has to be brought along. An image for the other architecture takes the place of the one that a
/// rebuilt guest starts from.
fn modes(placement: &Placement<'_>, disk: &DiskSource) -> Modes {
    let system = placement.guest.system_disk().is_some_and(|system| std::ptr::eq(system, disk));
    match foreign(&placement.guest.requirements, &placement.target.platform) {
        Some(true) if !system => Modes::REBUILD,
        _ => Modes::COLD,
    }
}

fn shared_folder_unseen(placement: &Placement<'_>, findings: &mut Findings) {
    for disk in disks(placement, Mode::Live, Media::Written) {
        let Lies::InFile(path) = lies(placement, disk) else { continue };
        let place = Some(disk.source.place);
        match (sharing(placement, &path), seen_as_shared(placement, &path)) {
            (Sharing::Declared, Seen::Unknown) => {
                let message = format!("libvirt may not see that the folder of {} is shared", disk.target);
                findings.fire(message, place, "its file");
            }
            (Sharing::Declared | Sharing::Mounted | Sharing::Pool, Seen::No(mount)) => {
                let kind = &mount.value.kind;
                let message =
                    format!("libvirt does not take {kind}, on which {} lies, for shared", disk.target);
                findings.fire(message, place, "its file").and(Some(mount.place), "the file system");
            }
            _ => {}
        }
    }
}

fn transient_disk(subject: &Subject<'_>, findings: &mut Findings) {
    for transient in subject.running.all("devices/disk/transient") {
        let place = subject.running.place(transient);
        findings.fire("a disk is transient", place, "thrown away when the guest stops");
    }
}

/// The disks of either definition, with the modes that they count for.
fn all_disks<'p>(placement: &Placement<'p>) -> impl Iterator<Item = (&'p DiskSource, Modes)> {
    let (live, cold) = (placement.guest.running_storage(), &placement.guest.storage);
    let in_both = |disk: &DiskSource, other: &[DiskSource]| other.iter().any(|one| one.source == disk.source);
    let both =
        live.iter().map(move |disk| (disk, if in_both(disk, cold) { Modes::AS_IT_IS } else { Modes::LIVE }));
    let cold = cold.iter().filter(move |disk| !in_both(disk, live)).map(|disk| (disk, Modes::COLD));
    both.chain(cold)
}

fn pool_absent(placement: &Placement<'_>, findings: &mut Findings) {
    for (disk, modes) in all_disks(placement).filter(|(disk, _)| disk.kind == SourceKind::Volume) {
        let pool = disk.source.value.split('/').next().unwrap_or_default();
        let place: Option<Place> = Some(disk.source.place);
        match placement.target.pools.ask() {
            Ok(pools) if pools.value.iter().any(|one| one.value.name == pool) => {}
            Ok(pools) => {
                let message = format!(
                    "the host has no storage pool '{pool}', of which the disk {} is a volume",
                    disk.target
                );
                findings
                    .fire(message, place, "the volume")
                    .and(Some(pools.place), "a pool it has")
                    .only(modes);
            }
            Err(document) => {
                let what = format!("whether the host has the storage pool '{pool}'");
                findings.missing(document, &what, place).only(modes);
            }
        }
    }
}

/// The volumes among the disks, each with its pool's name and its pool on a host.
fn volumes<'p>(
    placement: &Placement<'p>,
    host: Option<&'p Host>,
) -> impl Iterator<Item = (&'p DiskSource, Modes, &'p Known<Pool>)> {
    let pools = host.and_then(|host| host.pools.value()).map_or(&[][..], Vec::as_slice);
    let volumes = all_disks(placement).filter(|(disk, _)| disk.kind == SourceKind::Volume);
    volumes.filter_map(move |(disk, modes)| {
        let name = disk.source.value.split('/').next().unwrap_or_default();
        pools.iter().find(|pool| pool.value.name == name).map(|pool| (disk, modes, pool))
    })
}

fn pool_not_started(placement: &Placement<'_>, findings: &mut Findings) {
    for (disk, modes, pool) in volumes(placement, Some(placement.target)) {
        let (name, place) = (&pool.value.name, Some(disk.source.place));
        match placement.target.active_pools.ask() {
            Ok(active) if active.value.iter().any(|one| one.value == *name) => {}
            Ok(active) => {
                let message = format!("the host has not started the storage pool '{name}'");
                let firing = findings.fire(message, place, "the volume").only(modes);
                firing.and(Some(active.place), "those it has started");
            }
            Err(document) => {
                let what = format!("whether the host has started the storage pool '{name}'");
                findings.missing(document, &what, place).only(modes);
            }
        }
    }
}

fn pool_differs(placement: &Placement<'_>, findings: &mut Findings) {
    let there: Vec<_> = volumes(placement, Some(placement.target)).collect();
    for (disk, modes, here) in volumes(placement, placement.source) {
        let of_disk = |other: &&(&DiskSource, Modes, &Known<Pool>)| std::ptr::eq(other.0, disk);
        let Some((_, _, other)) = there.iter().find(of_disk) else { continue };
        if !here.value.same_volumes(&other.value) {
            let message = format!("the storage pool '{}' is another on the host", here.value.name);
            let firing = findings.fire(message, Some(disk.source.place), "the volume").only(modes);
            firing.and(Some(here.place), "where the guest is").and(Some(other.place), "on the host");
        }
    }
}

fn block_device_unseen(placement: &Placement<'_>, findings: &mut Findings) {
    let seen = |path: &str| placement.settings.shared_folders.iter().any(|folder| lies_in(path, folder));
    for (disk, modes) in all_disks(placement) {
        let is_block = matches!(lies(placement, disk), Lies::OnDevice) && disk.kind == SourceKind::Block;
        if is_block && !seen(&disk.source.value) {
            let what = format!("whether the host sees the block device of {}", disk.target);
            findings.missing(DocumentKind::HostDevices, &what, Some(disk.source.place)).only(modes);
        }
    }
}

fn local_nvme(placement: &Placement<'_>, findings: &mut Findings) {
    for (disk, modes) in all_disks(placement).filter(|(disk, _)| disk.kind == SourceKind::Nvme) {
        let message = format!("the disk {} is an NVMe drive of the host", disk.target);
        findings.fire(message, Some(disk.source.place), "the drive").only(modes);
    }
}

//! The file systems that files lie on, by the hosts' mounts, and whether libvirt takes them for shared.

use crate::compat::pair::Placement;
use crate::knowledge::{FileSystem, file_system};
use crate::model::{Host, Known, Mount};

/// Whether both mounts have the file from the same place of the same server.
pub(super) fn same(here: &Mount, there: &Mount, path: &str) -> bool {
    let origin = |mount: &Mount| {
        let below = mount.below(path)?;
        Some(format!("{}{below}", mount.source.trim_end_matches('/')))
    };
    here.kind.trim_end_matches('4') == there.kind.trim_end_matches('4')
        && !is_own(&here.source)
        && origin(here).is_some_and(|one| origin(there) == Some(one))
}

/// Whether a source means another machine on every host.
fn is_own(source: &str) -> bool {
    ["localhost", "127.", "[::1]", "//localhost", "//127."].iter().any(|own| source.starts_with(own))
}

/// The file system that a path lies on: the one mounted last on the longest folder that it is below.
pub(super) fn mount_of<'p>(host: &'p Host, path: &str) -> Option<&'p Known<Mount>> {
    let over = |mount: &&Known<Mount>| mount.value.below(path).is_some();
    let mounts = host.mounts.value()?.iter().filter(over);
    mounts.max_by_key(|mount| mount.value.folder.trim_end_matches('/').len())
}

/// The file system that a path lies on, where it is known of what kind it is.
pub(super) fn file_system_of(host: &Host, path: &str) -> Option<&'static FileSystem> {
    file_system(&mount_of(host, path)?.value.kind)
}

/// Whether libvirt takes the folder of a file for shared.
pub(super) enum Seen<'p> {
    /// It does.
    Yes,
    /// It does not, for the sake of this file system.
    No(&'p Known<Mount>),
    /// The mounts, the file system or the version of libvirt are not known.
    Unknown,
}

/// libvirt looks at the file system on the guest's own host alone (virFileIsSharedFS, libvirt 11.3).
pub(super) fn seen_as_shared<'p>(placement: &Placement<'p>, path: &str) -> Seen<'p> {
    let Some(source) = placement.source else { return Seen::Unknown };
    let Some(mount) = mount_of(source, path) else { return Seen::Unknown };
    let Some(known) = file_system(&mount.value.kind) else { return Seen::Unknown };
    match (known.seen_from, source.platform.libvirt.value()) {
        (None, _) => Seen::No(mount),
        (Some(from), Some(&version)) if version >= from => Seen::Yes,
        _ => Seen::Unknown,
    }
}

//! File systems: where their files lie, and whether libvirt takes them for shared.

use std::sync::LazyLock;

use super::data::rows;
use crate::model::Version;

/// Where the files of a file system lie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lie {
    /// On the host itself.
    Here,
    /// With a server that the mount's source names.
    There,
    /// On a device, or a set of servers, that the mount's source does not name for all hosts alike.
    Device,
}

/// One type of file system.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FileSystem {
    /// The type that Linux mounts it as.
    pub kind: &'static str,
    /// Where its files lie.
    pub lie: Lie,
    /// The first version of libvirt known to take it for shared; `None` where none is known to.
    pub seen_from: Option<Version>,
    /// Whether libvirt trusts the caches of all hosts to agree.
    pub coherent: bool,
    /// Who says so.
    pub source: &'static str,
}

static FILE_SYSTEMS: LazyLock<Vec<FileSystem>> = LazyLock::new(|| {
    let lines = rows::<5>(include_str!("data/file-systems.txt"));
    let lie = |word| match word {
        "here" => Lie::Here,
        "there" => Lie::There,
        _ => Lie::Device,
    };
    let row = |[kind, place, seen, coherent, source]: [&'static str; 5]| FileSystem {
        kind,
        lie: lie(place),
        seen_from: Version::parse(seen),
        coherent: coherent == "yes",
        source,
    };
    lines.map(row).collect()
});

/// The file system of this type; one that is not in the table is not known.
pub fn file_system(kind: &str) -> Option<&'static FileSystem> {
    FILE_SYSTEMS.iter().find(|one| one.kind == kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_whole() {
        crate::knowledge::data::assert_rows::<5>(include_str!("data/file-systems.txt"));
        let beegfs = file_system("beegfs").expect("known");
        assert_eq!((beegfs.lie, beegfs.seen_from), (Lie::Device, Some(Version::new(11, 3, 0))));
        assert!(file_system("gfs2").is_some_and(|one| one.coherent));
        assert!(file_system("nfs4").is_some_and(|one| !one.coherent && one.lie == Lie::There));
        assert_eq!(file_system("fuse.sshfs"), None);
    }
}

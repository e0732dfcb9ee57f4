//! File systems of a host.

/// One line of a host's table of mounts.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Mount {
    /// What is mounted: a device, `server:/export`, a name.
    pub source: String,
    /// Where.
    pub folder: String,
    /// The type of file system, as the kernel calls it: `ext4`, `nfs4`, `fuse.glusterfs`.
    pub kind: String,
}

impl Mount {
    /// What of `path` is below the folder, beginning with `/`; `None` where it is elsewhere.
    pub fn below<'p>(&self, path: &'p str) -> Option<&'p str> {
        let rest = path.strip_prefix(self.folder.trim_end_matches('/'))?;
        rest.starts_with('/').then_some(rest)
    }
}

//! How busy a guest is, as far as it was measured.

use super::{Known, Memory};

/// What was measured of a running guest's memory.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Activity {
    /// What QEMU holds of it in the host's memory (`balloon.rss` of `virsh domstats --balloon`): never more is sent at once.
    pub resident: Option<Known<Memory>>,
    /// How much it dirtied in windows of time (`virsh domdirtyrate-calc`, `virsh domstats --dirtyrate`), the shortest first.
    pub windows: Vec<Known<DirtyWindow>>,
    /// Its memory without pages of nothing but zeros, as its last migration found it (`virsh domjobinfo --completed`).
    pub filled: Option<Known<Memory>>,
}

/// What a guest dirtied in a window of time, pages that it wrote to several times counted once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct DirtyWindow {
    /// How long it was watched, in milliseconds.
    pub ms: u64,
    /// What was dirty at the end.
    pub dirtied: Memory,
}

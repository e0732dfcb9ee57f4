//! What the managers of clusters do with a migration that takes long: they break it off.

use crate::model::Memory;

/// A manager, and how long it lets a live migration run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stack {
    /// Its name.
    pub name: &'static str,
    /// Its setting.
    pub setting: &'static str,
    /// Seconds for each GiB of the guest's memory, as it is when nobody set another.
    pub seconds_per_gib: u64,
}

/// Nova (`nova.conf`, 2024), `KubeVirt` (`MigrationConfiguration`, 1.x) and oVirt's vdsm (`vdsm.conf`, 4.5), by their documentation;
/// none of them was tried.
pub const STACKS: [Stack; 3] = [
    Stack { name: "Nova", setting: "live_migration_completion_timeout", seconds_per_gib: 800 },
    Stack { name: "KubeVirt", setting: "completionTimeoutPerGiB", seconds_per_gib: 150 },
    Stack { name: "oVirt", setting: "migration_max_time_per_gib_mem", seconds_per_gib: 64 },
];

impl Stack {
    /// After how many milliseconds it breaks off the migration of a guest of so much memory; parts of a GiB count as one.
    pub fn limit_ms(&self, memory: Memory) -> u64 {
        let gib = memory.as_kib().div_ceil(1 << 20).max(1);
        gib.saturating_mul(self.seconds_per_gib).saturating_mul(1_000)
    }
}

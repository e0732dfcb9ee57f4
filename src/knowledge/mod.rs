//! What is true of the world.

/// x86.
pub mod x86 {
    use crate::model::{CpuMap, Version};
    /// The map.
    pub fn map(_: Version) -> &'static CpuMap {
        static MAP: std::sync::LazyLock<CpuMap> = std::sync::LazyLock::new(CpuMap::default);
        &MAP
    }
}

pub mod ports;

//! x86: libvirt's CPU models and features, the x86-64 levels, and what groups features fall into.

mod groups;
mod offers;
mod table;

use std::sync::LazyLock;

pub use groups::{FeatureGroup, Level, group, level, levels};
pub use offers::{
    depends_on, is_given, modelled, needed_for, qemu_models, qemu_versions, shown_as, withdrawn,
};
pub use table::{TableError, read_table, write_table};

use crate::model::{CpuMap, Host, Version};

/// The maps, oldest first.
static MAPS: LazyLock<Vec<(Version, CpuMap)>> = LazyLock::new(|| {
    let texts = [
        (Version::new(9, 0, 0), include_str!("../data/x86-9.0.0.txt")),
        (Version::new(11, 3, 0), include_str!("../data/x86-11.3.0.txt")),
    ];
    // A table that cannot be read would be an empty map; the tests read them all.
    texts.map(|(version, text)| (version, read_table(text).unwrap_or_default())).into()
});

/// The map that stands for libvirt of version `libvirt`: the newest not newer than it, else the
/// oldest.
pub fn map(libvirt: Version) -> &'static CpuMap {
    let not_newer = MAPS.iter().rev().find(|(version, _)| *version <= libvirt);
    not_newer.or(MAPS.first()).map_or_else(nothing, |(_, map)| map)
}

/// The map of libvirt of this very release; `None` where none is built in.
pub fn map_of_release(libvirt: Version) -> Option<&'static CpuMap> {
    let exact = MAPS.iter().find(|(version, _)| version.release() == libvirt.release());
    exact.map(|(_, map)| map)
}

/// The releases of libvirt whose map is built in, oldest first.
pub fn map_releases() -> impl Iterator<Item = Version> {
    MAPS.iter().map(|(version, _)| version.release())
}

/// The map that a host's libvirt has: the one collected with it, else the built-in one of its
/// version, else the oldest.
pub fn map_of(host: &Host) -> &CpuMap {
    let version = host.platform.libvirt.value().copied().unwrap_or(Version::new(0, 0, 0));
    host.cpu_map.as_deref().unwrap_or_else(|| map(version))
}

/// Whether the map is one of those built in, and not one collected with a host.
pub fn is_built_in(map: &CpuMap) -> bool {
    MAPS.iter().any(|(_, own)| std::ptr::eq(own, map))
}

/// The newest map.
pub fn latest() -> &'static CpuMap {
    MAPS.last().map_or_else(nothing, |(_, map)| map)
}

fn nothing() -> &'static CpuMap {
    static NOTHING: LazyLock<CpuMap> = LazyLock::new(CpuMap::default);
    &NOTHING
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_hold_what_libvirts_maps_hold() {
        let counts = |map: &CpuMap| (map.models.len(), map.features.len());
        assert_eq!(counts(map(Version::new(9, 0, 0))), (58, 212));
        assert_eq!(counts(map(Version::new(11, 3, 0))), (150, 364));
        assert_eq!(latest().models.iter().filter(|m| m.alias_of.is_some()).count(), 59);
        let stuck = latest().features.iter().filter(|f| !f.migratable).map(|f| f.name.as_str());
        assert_eq!(stuck.collect::<Vec<_>>(), ["xsaves", "invtsc"]);
        assert_eq!(latest().models.iter().filter(|m| m.compat).count(), 62);
    }

    #[test]
    fn a_version_finds_the_newest_table_not_newer() {
        assert_eq!(map(Version::new(8, 0, 0)).origin, "libvirt 9.0.0");
        assert_eq!(map(Version::new(10, 10, 0)).origin, "libvirt 9.0.0");
        assert_eq!(map(Version::new(12, 0, 0)).origin, "libvirt 11.3.0");
    }

    #[test]
    fn tables_survive_a_round_trip() {
        for (_, map) in MAPS.iter() {
            assert_eq!(read_table(&write_table(map)).as_ref(), Ok(map));
        }
    }

    #[test]
    fn no_two_features_share_a_bit() {
        for (_, map) in MAPS.iter() {
            let bits: std::collections::BTreeSet<_> = map.features.iter().map(|f| f.bit).collect();
            assert_eq!(bits.len(), map.features.len());
        }
    }
}

//! Between which cores their vendors support live moves.

use std::sync::LazyLock;

use crate::knowledge::data::{number, rows};
use crate::model::{Midr, Version};

/// What of a host's software decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Software {
    /// Linux.
    Kernel,
    /// QEMU.
    Qemu,
    /// libvirt.
    Libvirt,
}

impl Software {
    /// Its name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Kernel => "kernel",
            Self::Qemu => "QEMU",
            Self::Libvirt => "libvirt",
        }
    }

    fn named(name: &str) -> Option<Self> {
        match name {
            "kernel" => Some(Self::Kernel),
            "qemu" => Some(Self::Qemu),
            "libvirt" => Some(Self::Libvirt),
            _ => None,
        }
    }
}

/// A way between different cores that their vendor supports.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VendorPath {
    /// Implementer and part of the source's cores.
    pub from: (u8, u16),
    /// Implementer and part of the destination's cores.
    pub to: (u8, u16),
    /// The oldest versions, on both hosts.
    pub needs: Vec<(Software, Version)>,
    /// Who says so.
    pub source: &'static str,
}

static PATHS: LazyLock<Vec<VendorPath>> =
    LazyLock::new(|| rows::<6>(include_str!("../data/arm-paths.txt")).filter_map(read).collect());

fn read([from, from_part, to, to_part, needs, source]: [&'static str; 6]) -> Option<VendorPath> {
    let core = |implementer, part| {
        Some((u8::try_from(number(implementer)?).ok()?, u16::try_from(number(part)?).ok()?))
    };
    let need = |text: &str| {
        let (software, version) = text.trim().split_once(' ')?;
        Some((Software::named(software)?, Version::parse(version)?))
    };
    let needs = needs.split(',').map(need).collect::<Option<Vec<_>>>()?;
    Some(VendorPath { from: core(from, from_part)?, to: core(to, to_part)?, needs, source })
}

/// The way that a vendor supports from the cores of `from` to those of `to`.
pub fn vendor_path(from: Midr, to: Midr) -> Option<&'static VendorPath> {
    let ends = ((from.implementer(), from.part()), (to.implementer(), to.part()));
    PATHS.iter().find(|path| (path.from, path.to) == ends)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::knowledge::data::assert_rows;

    #[test]
    fn every_line_is_a_path() {
        let text = include_str!("../data/arm-paths.txt");
        assert_rows::<6>(text);
        assert_eq!(PATHS.len(), rows::<6>(text).count());
    }

    #[test]
    fn a_vendors_path_has_one_direction() {
        let (old, new) = (Midr::new(0x48, 1, 0xd01, 0), Midr::new(0x48, 0, 0xd02, 0));
        let path = vendor_path(old, new).expect("a path");
        assert!(path.needs.contains(&(Software::Kernel, Version::new(6, 6, 0))));
        assert!(vendor_path(new, old).is_none());
    }

    #[test]
    fn several_versions_may_be_needed_and_no_word_is_passed_over() {
        let row = |needs| read(["0x41", "0xd0c", "0x41", "0xd49", needs, "made up"]);
        let path = row("kernel 6.6, qemu 8.2, libvirt 10.0").expect("a path");
        assert_eq!(path.needs.len(), 3);
        assert_eq!(row("kernel 6.6, firmware 2"), None);
    }
}

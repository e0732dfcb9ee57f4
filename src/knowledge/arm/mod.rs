//! ARM: which core a MIDR names, which models QEMU has, what guests have of their host, and between which cores
//! vendors support live moves.

mod hwcaps;
mod models;
mod paths;

pub use hwcaps::{Giver, giver};
pub use models::{ArmModel, model, models};
pub use paths::{Software, VendorPath, vendor_path};

use std::collections::BTreeMap;
use std::sync::LazyLock;

use crate::knowledge::data::{number, rows};
use crate::model::Midr;

/// Where a core runs 32-bit ARM code, by its technical reference manual.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Aarch32 {
    /// Guests of 32 bits can run.
    El1,
    /// Only programs of 32 bits, under a system of 64.
    El0,
    /// Nowhere.
    None,
}

/// A core that a MIDR names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Core {
    /// Its name; the numbers, where the core is not in the table.
    pub name: String,
    /// Its implementer's name; the number, where that is not in the table.
    pub vendor: String,
    /// Whether the core is in the table.
    pub known: bool,
    /// Where it runs 32-bit code, where that is known.
    pub aarch32: Option<Aarch32>,
    /// Where the name is from.
    pub source: Option<&'static str>,
}

type Entry = (&'static str, &'static str, Option<Aarch32>, &'static str);

static CORES: LazyLock<BTreeMap<(u32, u32), Entry>> = LazyLock::new(|| {
    let lines = rows::<6>(include_str!("../data/arm-cores.txt"));
    let entry = |[implementer, part, name, vendor, aarch32, source]: [&'static str; 6]| {
        let aarch32 = match aarch32 {
            "el1" => Some(Aarch32::El1),
            "el0" => Some(Aarch32::El0),
            "none" => Some(Aarch32::None),
            _ => None,
        };
        Some(((number(implementer)?, number(part)?), (name, vendor, aarch32, source)))
    };
    lines.filter_map(entry).collect()
});

static IMPLEMENTERS: LazyLock<BTreeMap<u32, &str>> = LazyLock::new(|| {
    let lines = rows::<2>(include_str!("../data/arm-implementers.txt"));
    lines.filter_map(|[implementer, vendor]| Some((number(implementer)?, vendor))).collect()
});

/// The core that `midr` names. The product's name is never asked: Graviton is also a brand of
/// x86 boards.
pub fn core(midr: Midr) -> Core {
    let (implementer, part) = (u32::from(midr.implementer()), u32::from(midr.part()));
    if let Some(&(name, vendor, aarch32, source)) = CORES.get(&(implementer, part)) {
        let (name, vendor) = (name.to_owned(), vendor.to_owned());
        return Core { name, vendor, known: true, aarch32, source: Some(source) };
    }
    let vendor = IMPLEMENTERS.get(&implementer);
    let vendor = vendor.map_or_else(|| format!("implementer {implementer:#x}"), |name| (*name).to_owned());
    let name = format!("unknown core {part:#x} of {vendor}");
    Core { name, vendor, known: false, aarch32: None, source: None }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::knowledge::data::assert_rows;

    #[test]
    fn every_line_has_its_columns() {
        assert_rows::<6>(include_str!("../data/arm-cores.txt"));
        assert_rows::<2>(include_str!("../data/arm-implementers.txt"));
        assert_eq!(CORES.len(), rows::<6>(include_str!("../data/arm-cores.txt")).count());
    }

    #[test]
    fn cores_are_named() {
        let kunpeng = core(Midr(0x481f_d010));
        assert_eq!((kunpeng.name.as_str(), kunpeng.vendor.as_str()), ("Kunpeng-920", "HiSilicon"));
        assert_eq!(core(Midr(0x413f_d0c1)).name, "Neoverse-N1");
        assert_eq!(core(Midr(0x410f_d034)).aarch32, Some(Aarch32::El1));
    }

    #[test]
    fn an_unknown_core_is_named_by_its_numbers() {
        let odd = core(Midr::new(0x48, 0, 0xfff, 0));
        assert_eq!((odd.name.as_str(), odd.known), ("unknown core 0xfff of HiSilicon", false));
        assert_eq!(core(Midr(0)).vendor, "implementer 0x0");
    }
}

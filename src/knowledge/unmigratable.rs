//! Devices whose state QEMU does not migrate.

use std::sync::LazyLock;

use super::data::rows;

/// One such device, as a domain XML spells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unmigratable {
    /// The path of its element below `<domain>`.
    pub path: &'static str,
    /// The attribute that tells it.
    pub attribute: &'static str,
    /// The attribute's value.
    pub value: &'static str,
    /// QEMU's name of it.
    pub device: &'static str,
    /// Who says so.
    pub source: &'static str,
}

static ALL: LazyLock<Vec<Unmigratable>> = LazyLock::new(|| {
    let lines = rows::<5>(include_str!("data/unmigratable.txt"));
    let read = |[path, attribute, value, device, source]: [&'static str; 5]| Unmigratable {
        path,
        attribute,
        value,
        device,
        source,
    };
    lines.map(read).collect()
});

/// All that are known.
pub fn unmigratable() -> &'static [Unmigratable] {
    &ALL
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_read() {
        crate::knowledge::data::assert_rows::<5>(include_str!("data/unmigratable.txt"));
        assert!(unmigratable().iter().any(|one| one.device == "usb-audio"));
    }
}

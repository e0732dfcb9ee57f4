//! Which version of libvirt or QEMU changed what.

use std::sync::LazyLock;

use super::data::rows;
use crate::model::Version;

/// A program whose version decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Component {
    /// libvirt
    Libvirt,
    /// QEMU
    Qemu,
}

/// One change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The program that changed.
    pub component: Component,
    /// The first version that has the change.
    pub version: Version,
    /// The word the code asks by.
    pub id: &'static str,
    /// What changed, in one line.
    pub text: &'static str,
    /// Where that is from.
    pub source: &'static str,
}

static CHANGES: LazyLock<Vec<Change>> =
    LazyLock::new(|| rows::<5>(include_str!("data/versions.txt")).filter_map(read).collect());

fn read([component, version, id, text, source]: [&'static str; 5]) -> Option<Change> {
    let component = match component {
        "libvirt" => Component::Libvirt,
        "qemu" => Component::Qemu,
        _ => return None,
    };
    Some(Change { component, version: Version::parse(version)?, id, text, source })
}

/// All changes, by component and version.
pub fn changes() -> &'static [Change] {
    &CHANGES
}

/// The first version of `component` that has the change `id`; `None` where no such change is
/// written down.
pub fn since(component: Component, id: &str) -> Option<Version> {
    let mut all = changes().iter();
    all.find(|change| change.component == component && change.id == id).map(|change| change.version)
}

/// Whether `version` of `component` has the change `id`; an `id` that is not written down is had
/// by none.
pub fn has(component: Component, version: Version, id: &str) -> bool {
    since(component, id).is_some_and(|since| version >= since)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::super::data::assert_rows;
    use super::*;

    #[test]
    fn every_line_is_read_and_in_order() {
        let text = include_str!("data/versions.txt");
        assert_rows::<5>(text);
        assert_eq!(changes().len(), rows::<5>(text).count());
        assert!(changes().is_sorted_by_key(|change| (change.component, change.version)));
        let ids: BTreeSet<_> = changes().iter().map(|change| (change.component, change.id)).collect();
        assert_eq!(ids.len(), changes().len());
    }

    #[test]
    fn a_version_has_what_came_before_it() {
        assert_eq!(since(Component::Libvirt, "domcaps-blockers"), Some(Version::new(10, 9, 0)));
        assert!(has(Component::Libvirt, Version::new(10, 10, 0), "domcaps-blockers"));
        assert!(!has(Component::Libvirt, Version::new(9, 0, 0), "domcaps-blockers"));
        assert!(!has(Component::Qemu, Version::new(99, 0, 0), "no such change"));
    }
}

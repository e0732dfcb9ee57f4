//! What features are for, and the levels of x86-64.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use crate::knowledge::data::rows;

/// A level of x86-64, such as `x86-64-v3`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Level {
    /// Its name.
    pub name: &'static str,
    /// libvirt's names of all the features it needs, those of the lower levels included.
    pub features: Vec<&'static str>,
}

/// What a feature is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct FeatureGroup {
    /// The group, one word: `vector`, `crypto`, `virtualisation`, `mitigation` and others.
    pub name: &'static str,
    /// What the feature gives, in plain words; for a mitigation, what its loss means.
    pub words: &'static str,
}

static LEVELS: LazyLock<Vec<Level>> = LazyLock::new(|| {
    let mut all = Vec::new();
    rows::<2>(include_str!("../data/x86-levels.txt"))
        .map(|[name, features]| {
            all.extend(features.split_whitespace());
            Level { name, features: all.clone() }
        })
        .collect()
});

static GROUPS: LazyLock<BTreeMap<&str, FeatureGroup>> = LazyLock::new(|| {
    let lines = rows::<3>(include_str!("../data/x86-groups.txt"));
    let each = |[name, words, features]: [&'static str; 3]| {
        features.split_whitespace().map(move |feature| (feature, FeatureGroup { name, words }))
    };
    lines.flat_map(each).collect()
});

/// The levels of x86-64, lowest first.
pub fn levels() -> &'static [Level] {
    &LEVELS
}

/// The highest level of which `has` knows every feature.
pub fn level(has: impl Fn(&str) -> bool) -> Option<&'static Level> {
    levels().iter().rev().find(|level| level.features.iter().all(|feature| has(feature)))
}

/// What a feature is for, where it is written down.
pub fn group(feature: &str) -> Option<FeatureGroup> {
    let by_prefix = || {
        let prefix = feature.split_inclusive('-').next()?;
        GROUPS.get(format!("{prefix}*").as_str())
    };
    GROUPS.get(feature).or_else(by_prefix).copied()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::knowledge::{data, x86};

    #[test]
    fn every_line_has_its_columns() {
        data::assert_rows::<2>(include_str!("../data/x86-levels.txt"));
        data::assert_rows::<3>(include_str!("../data/x86-groups.txt"));
    }

    #[test]
    fn features_that_keep_off_different_things_have_words_of_their_own() {
        let words = |feature: &str| group(feature).unwrap().words;
        for (feature, about) in [("smep", "executing"), ("smap", "reading and writing"), ("umip", "SGDT")] {
            assert!(words(feature).contains(about), "{feature}: {}", words(feature));
        }
        // A flaw that is told of is no immunity.
        assert!(!words("rsba").contains("immune"), "{}", words("rsba"));
    }

    #[test]
    fn levels_name_features_that_libvirt_knows() {
        let known = |name: &str| x86::latest().features.iter().any(|f| f.name == name);
        assert_eq!(levels().len(), 4);
        let last = levels().last().unwrap();
        assert!(last.features.iter().all(|f| known(f)));
    }

    #[test]
    fn groups_name_features_that_libvirt_knows() {
        let known =
            |name: &&&str| x86::latest().features.iter().any(|f| f.name == **name) || name.ends_with('*');
        let unknown: Vec<_> = GROUPS.keys().filter(|name| !known(name)).collect();
        assert!(unknown.is_empty(), "{unknown:?}");
        assert_eq!(group("vmx-ept").unwrap().name, "virtualisation");
        assert_eq!(group("spec-ctrl").unwrap().name, "mitigation");
    }

    #[test]
    fn a_level_needs_all_below_it() {
        assert_eq!(level(|f| f != "avx").unwrap().name, "x86-64-v2");
        assert_eq!(level(|_| true).unwrap().name, "x86-64-v4");
        assert!(level(|_| false).is_none());
    }
}

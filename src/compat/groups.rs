//! Groups of equal things.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use rayon::prelude::*;

/// A number that equal things have in common.
pub(super) fn digest(value: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

/// Groups equal items: the hash only finds candidates, `same` decides.
pub(super) fn divide<T: Sync>(
    items: &[T],
    hash: impl Fn(&T) -> u64 + Sync,
    same: impl Fn(&T, &T) -> bool,
) -> Vec<Vec<usize>> {
    let mut classes: Vec<Vec<usize>> = Vec::new();
    let mut by_hash: BTreeMap<u64, Vec<usize>> = BTreeMap::new();
    let hashes: Vec<u64> = items.par_iter().map(&hash).collect();
    for ((at, item), hash) in items.iter().enumerate().zip(hashes) {
        let candidates = by_hash.entry(hash).or_default();
        let equal = candidates.iter().find(|&&class| same(&items[classes[class][0]], item));
        if let Some(&class) = equal {
            classes[class].push(at);
        } else {
            candidates.push(classes.len());
            classes.push(vec![at]);
        }
    }
    classes
}

/// The class of each of `count` things.
pub(super) fn class_of<'m>(count: usize, members: impl Iterator<Item = &'m Vec<usize>>) -> Vec<usize> {
    let mut classes = vec![0; count];
    for (class, members) in members.enumerate() {
        for &member in members {
            classes[member] = class;
        }
    }
    classes
}

/// The first of each group of equal keys, and the group of each.
pub(super) fn numbered<K: Hash + Eq + Sync>(keys: &[K]) -> (Vec<usize>, Vec<usize>) {
    let groups = divide(keys, digest, |one, other| one == other);
    let group = class_of(keys.len(), groups.iter());
    (groups.into_iter().map(|members| members[0]).collect(), group)
}

//! What classes of hosts have in common, quickly: the features of a baseline without choosing its model.
//!
//! A baseline has every feature that all its hosts have: what the named model lacks of them is
//! required beside it, what it has beyond them is disabled. So the features of any subset are an
//! intersection. Where a model passes on all hosts it passes on some of them too.

use std::collections::BTreeSet;

use fixedbitset::FixedBitSet;

use super::class::Class;
use super::cluster::of_classes;

/// Classes of one vendor.
pub(super) struct Common<'a, 'c> {
    pub(super) vendor: &'a str,
    pub(super) classes: &'a [Class<'c>],
    names: Vec<&'c str>,
    sets: Vec<FixedBitSet>,
    /// Whether there is a baseline for all of them.
    whole: bool,
}

impl<'a, 'c> Common<'a, 'c> {
    pub(super) fn new(vendor: &'a str, classes: &'a [Class<'c>]) -> Self {
        let names: BTreeSet<&str> = classes.iter().flat_map(|class| &class.has).copied().collect();
        let names: Vec<&str> = names.into_iter().collect();
        let places =
            |class: &Class<'_>| names.iter().map(|name| class.has.contains(name)).collect::<Vec<_>>();
        let set =
            |has: Vec<bool>| has.iter().enumerate().filter(|(_, has)| **has).map(|(at, _)| at).collect();
        let sets = classes.iter().map(|class| set(places(class))).collect();
        let whole = of_classes(vendor, classes).is_ok();
        Self { vendor, classes, names, sets, whole }
    }

    /// The classes at these places.
    pub(super) fn members(&self, of: &[usize]) -> Vec<Class<'c>> {
        of.iter().filter_map(|&at| self.classes.get(at).cloned()).collect()
    }

    /// How many hosts these classes have.
    pub(super) fn hosts(&self, of: &[usize]) -> usize {
        of.iter().filter_map(|&at| self.classes.get(at)).map(|class| class.names.len()).sum()
    }

    fn set(&self, of: &[usize]) -> FixedBitSet {
        let mut sets = of.iter().filter_map(|&at| self.sets.get(at));
        let first = sets.next().cloned().unwrap_or_default();
        let all = sets.fold(first, |mut all, set| {
            all.intersect_with(set);
            all
        });
        let passes = self.whole || of.len() < 2 || of_classes(self.vendor, &self.members(of)).is_ok();
        if passes { all } else { FixedBitSet::new() }
    }

    /// The features of the baseline of these classes; none where they have no baseline.
    pub(super) fn features(&self, of: &[usize]) -> BTreeSet<&'c str> {
        self.set(of).ones().filter_map(|at| self.names.get(at).copied()).collect()
    }

    /// The features that the hosts of these classes keep under their baseline, over all hosts.
    pub(super) fn kept(&self, of: &[usize]) -> usize {
        self.set(of).count_ones(..) * self.hosts(of)
    }
}

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
    pub(super) whole: bool,
}

impl<'a, 'c> Common<'a, 'c> {
    pub(super) fn new(vendor: &'a str, classes: &'a [Class<'c>]) -> Self {
        let names: BTreeSet<&str> = classes.iter().flat_map(|class| &class.has).copied().collect();
        let names: Vec<&str> = names.into_iter().collect();
        let set = |class: &Class<'_>| {
            let mut set = FixedBitSet::with_capacity(names.len());
            set.extend((0..names.len()).filter(|&at| class.has.contains(names[at])));
            set
        };
        let sets = classes.iter().map(set).collect();
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

    /// The words of the set of what these classes have in common.
    fn words(&self, of: &[usize]) -> impl Iterator<Item = usize> {
        let sets = || of.iter().filter_map(|&at| self.sets.get(at)).map(FixedBitSet::as_slice);
        let words = sets().next().map_or(0, <[usize]>::len);
        (0..words)
            .map(move |word| sets().filter_map(|set| set.get(word)).fold(usize::MAX, |all, one| all & one))
    }

    /// Whether there is a baseline of these classes.
    fn passes(&self, of: &[usize]) -> bool {
        self.whole || of.len() < 2 || of_classes(self.vendor, &self.members(of)).is_ok()
    }

    /// The features of the baseline of these classes; none where they have no baseline.
    pub(super) fn features(&self, of: &[usize]) -> BTreeSet<&'c str> {
        if !self.passes(of) {
            return BTreeSet::new();
        }
        let common = FixedBitSet::with_capacity_and_blocks(self.names.len(), self.words(of));
        common.ones().filter_map(|at| self.names.get(at).copied()).collect()
    }

    /// The features that the hosts of these classes keep under their baseline, over all hosts.
    pub(super) fn kept(&self, of: &[usize]) -> usize {
        let common: usize = self.words(of).map(|word| word.count_ones() as usize).sum();
        if self.passes(of) { common * self.hosts(of) } else { 0 }
    }
}

//! Sets of features over one map.

use fixedbitset::FixedBitSet;

use crate::model::{CpuMap, MapModel};

/// A set of the features of one [`CpuMap`], by their place in it. Sets of different maps have
/// nothing to say to each other; go by [`FeatureSet::names`] there.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FeatureSet(FixedBitSet);

impl FeatureSet {
    /// No feature of `map`.
    pub fn none(map: &CpuMap) -> Self {
        Self(FixedBitSet::with_capacity(map.features.len()))
    }

    /// The features that `model` has in `map`.
    pub fn of_model(map: &CpuMap, model: &MapModel) -> Self {
        Self::of(map, &model.features)
    }

    /// The features at these places of `map`; places past its end are left out.
    pub fn of(map: &CpuMap, features: &[u32]) -> Self {
        let mut set = Self::none(map);
        for &feature in features {
            set.insert(feature);
        }
        set
    }

    /// The features of `map` that have one of these names; names it does not know are left out.
    pub fn named<'n>(map: &CpuMap, names: impl IntoIterator<Item = &'n str>) -> Self {
        let mut set = Self::none(map);
        names.into_iter().filter_map(|name| map.feature(name)).for_each(|f| set.insert(f));
        set
    }

    /// Adds the feature at this place.
    pub fn insert(&mut self, feature: u32) {
        let at = feature as usize;
        if at < self.0.len() {
            self.0.insert(at);
        }
    }

    /// Takes the feature at this place away.
    pub fn remove(&mut self, feature: u32) {
        let at = feature as usize;
        if at < self.0.len() {
            self.0.set(at, false);
        }
    }

    /// Whether it has the feature at this place.
    pub fn contains(&self, feature: u32) -> bool {
        self.0.contains(feature as usize)
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.0.is_clear()
    }

    /// How many it has.
    pub fn len(&self) -> usize {
        self.0.count_ones(..)
    }

    /// Whether `other` has them all.
    pub fn is_subset(&self, other: &Self) -> bool {
        self.0.is_subset(&other.0)
    }

    /// Whether `other` has none of them.
    pub fn is_disjoint(&self, other: &Self) -> bool {
        self.0.is_disjoint(&other.0)
    }

    /// Those of either.
    #[must_use]
    pub fn or(&self, other: &Self) -> Self {
        Self(&self.0 | &other.0)
    }

    /// Those of both.
    #[must_use]
    pub fn and(&self, other: &Self) -> Self {
        Self(&self.0 & &other.0)
    }

    /// Those that `other` lacks.
    #[must_use]
    pub fn minus(&self, other: &Self) -> Self {
        let mut left = self.0.clone();
        left.difference_with(&other.0);
        Self(left)
    }

    /// The places in the map, ascending.
    pub fn iter(&self) -> impl Iterator<Item = u32> {
        self.0.ones().filter_map(|at| u32::try_from(at).ok())
    }

    /// The names, in the order of `map`.
    pub fn names<'m>(&self, map: &'m CpuMap) -> Vec<&'m str> {
        self.0.ones().filter_map(|at| map.features.get(at)).map(|f| f.name.as_str()).collect()
    }
}

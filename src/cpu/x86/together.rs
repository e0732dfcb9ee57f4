//! What all of several classes of hosts say of a model, as bits over the features of all their maps.

use std::collections::{BTreeMap, BTreeSet};

use fixedbitset::FixedBitSet;

use super::class::Class;
use super::decode::Candidate;
use crate::model::{CpuMap, CustomModel, MapModel, Usable};

/// Classes of one vendor.
pub(super) struct Together<'a, 'c> {
    vendor: &'a str,
    /// The features that the map knowing least does not know, by name, and then its own in its order.
    names: Vec<&'c str>,
    places: BTreeMap<&'c str, usize>,
    maps: Vec<Known<'c>>,
    members: Vec<Member<'c>>,
    /// What all of them have.
    given: FixedBitSet,
    /// What one of them knows and has not.
    lacking: FixedBitSet,
    /// What all of them know.
    known: FixedBitSet,
}

/// What one map knows.
struct Known<'c> {
    map: &'c CpuMap,
    features: FixedBitSet,
}

/// One class.
struct Member<'c> {
    /// The place of its map.
    map: usize,
    has: FixedBitSet,
    /// The models that its QEMU offers.
    offers: BTreeMap<&'c str, &'c CustomModel>,
    /// What libvirt's cache says of the blockers, where the offers do not.
    probed: Option<&'c BTreeMap<String, Vec<String>>>,
}

impl<'a, 'c> Together<'a, 'c> {
    /// `map` is the one of `classes` that knows least.
    pub(super) fn new(vendor: &'a str, classes: &[Class<'c>], map: &'c CpuMap) -> Self {
        let mut maps: Vec<&CpuMap> = Vec::new();
        for class in classes {
            if !maps.iter().any(|map| std::ptr::eq(*map, class.map)) {
                maps.push(class.map);
            }
        }
        let all: BTreeSet<&str> = maps.iter().flat_map(|map| names_of(map)).collect();
        let beyond = all.into_iter().filter(|name| map.feature(name).is_none());
        let names: Vec<&str> = beyond.chain(names_of(map)).collect();
        let places = names.iter().enumerate().map(|(at, name)| (*name, at)).collect();
        let none = FixedBitSet::with_capacity(names.len());
        let mut every = none.clone();
        every.insert_range(..);
        let (given, known, lacking) = (every.clone(), every, none);
        let (maps_known, members) = (Vec::new(), Vec::new());
        let mut all = Self { vendor, names, places, maps: maps_known, members, given, lacking, known };
        for map in maps {
            all.add_map(map);
        }
        for class in classes {
            all.add(class);
        }
        all
    }

    fn add_map(&mut self, map: &'c CpuMap) {
        let features = self.set(names_of(map));
        self.known.intersect_with(&features);
        self.maps.push(Known { map, features });
    }

    fn add(&mut self, class: &Class<'c>) {
        let has = self.set(class.has.iter().copied());
        self.given.intersect_with(&has);
        let map = self.maps.iter().position(|known| std::ptr::eq(known.map, class.map)).unwrap_or_default();
        self.lacking.extend(self.maps[map].features.difference(&has));
        let listed = class.capability.models.value().into_iter().flatten();
        // Of several of one name the first counts.
        let offers = listed.rev().map(|model| (model.value.name.as_str(), &model.value)).collect();
        let probed = class.capability.probed.as_ref().map(|probed| &probed.value);
        self.members.push(Member { map, has, offers, probed });
    }

    fn set<'n>(&self, names: impl IntoIterator<Item = &'n str>) -> FixedBitSet {
        let mut set = FixedBitSet::with_capacity(self.names.len());
        set.extend(names.into_iter().filter_map(|name| self.places.get(name)).copied());
        set
    }

    /// The model called `name` with what differs from what all hosts give; `None` where a host's
    /// libvirt does not know it, or would not know a feature that must be disabled.
    pub(super) fn candidate(&self, name: &str) -> Option<Candidate> {
        let models = self.models(name)?;
        let sets: Vec<FixedBitSet> = self
            .maps
            .iter()
            .zip(&models)
            .map(|(known, model)| self.set(features(known.map, model)))
            .collect();
        if is_versioned(name) || self.members.iter().any(|member| member.refuses(name, &sets[member.map])) {
            return None;
        }
        let (mut require, mut disable) = (self.given.clone(), self.lacking.clone());
        let (mut in_all, mut in_any) = (self.known.clone(), FixedBitSet::with_capacity(self.names.len()));
        for set in &sets {
            in_all.intersect_with(set);
            in_any.union_with(set);
        }
        require.difference_with(&in_all);
        disable.intersect_with(&in_any);
        for blocker in self.blockers(name) {
            let place = *self.places.get(blocker)?;
            disable.set(place, disable[place] || !require[place]);
        }
        if !disable.is_subset(&self.known) {
            return None;
        }
        let removed = self.removed(&models, &require, &disable);
        let owned = |places: &mut dyn Iterator<Item = usize>| {
            places.filter_map(|at| self.names.get(at)).map(|&name| name.to_owned()).collect()
        };
        Some(Candidate {
            model: name.to_owned(),
            require: owned(&mut require.ones()),
            disable: owned(&mut disable.ones().chain(removed)),
            signed: false,
        })
    }

    /// The model in each map, where all know it as one that a guest of this vendor may have.
    fn models(&self, name: &str) -> Option<Vec<&'c MapModel>> {
        let fits = |model: &&MapModel| {
            let other = |vendor: &String| !self.vendor.is_empty() && vendor != self.vendor;
            model.decode_guest && !model.vendor.as_ref().is_some_and(other)
        };
        self.maps.iter().map(|known| known.map.model(name).filter(fits)).collect()
    }

    fn blockers(&self, name: &str) -> impl Iterator<Item = &'c str> {
        self.members.iter().filter_map(move |member| member.blockers(name)).flatten().map(String::as_str)
    }

    /// What the model once had, where all know it and it is not listed yet.
    fn removed(&self, models: &[&MapModel], require: &FixedBitSet, disable: &FixedBitSet) -> Vec<usize> {
        let mut found = Vec::new();
        for (known, model) in self.maps.iter().zip(models) {
            let names = model.removed.iter().filter_map(|&at| known.map.features.get(at as usize));
            for place in names.filter_map(|feature| self.places.get(feature.name.as_str()).copied()) {
                if self.known[place] && !require[place] && !disable[place] && !found.contains(&place) {
                    found.push(place);
                }
            }
        }
        found
    }
}

impl<'c> Member<'c> {
    /// The features that the host lacks for the model, where it offers that and anything tells.
    fn blockers(&self, name: &str) -> Option<&'c [String]> {
        let own = self.offers.get(name)?.blockers.as_ref();
        own.or_else(|| self.probed?.get(name)).map(Vec::as_slice)
    }

    /// Whether the host's QEMU does not offer the model, or says no and nothing tells why.
    fn refuses(&self, name: &str, features: &FixedBitSet) -> bool {
        let Some(offer) = self.offers.get(name) else { return true };
        let told = self.blockers(name).is_some_and(|blockers| !blockers.is_empty());
        offer.usable == Usable::No && !told && features.is_subset(&self.has)
    }
}

fn names_of(map: &CpuMap) -> impl Iterator<Item = &str> {
    map.features.iter().map(|feature| feature.name.as_str())
}

fn features<'m>(map: &'m CpuMap, model: &MapModel) -> impl Iterator<Item = &'m str> {
    model.features.iter().filter_map(|&at| map.features.get(at as usize)).map(|f| f.name.as_str())
}

/// Whether the name ends in `-v` and a number.
pub(super) fn is_versioned(name: &str) -> bool {
    let version = name.rsplit_once("-v").map_or("", |(_, version)| version);
    !version.is_empty() && version.bytes().all(|byte| byte.is_ascii_digit())
}

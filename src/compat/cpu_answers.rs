//! What hosts say to the CPUs of guests, each asked once.
//!
//! Classes of guests share CPUs, classes of hosts what they give of them, and several rules ask the same. That is what
//! makes a large cluster's chart quick.

use std::collections::BTreeMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use super::groups::digest;
use crate::cpu::x86::{CannotTell, Definition, Incompatibility, fitting_map, missing_on};
use crate::model::{Capability, CpuDefinition, CpuMap, CustomModel, DocumentKind, Fact, Known};

/// The names that a host's libvirt knows.
#[derive(Clone, Copy)]
pub(super) enum Names<'m> {
    /// Those of this map.
    Of(&'m CpuMap),
    /// Those of this map, of an older libvirt, or, where it does not have them all, of the newest built-in one.
    OfOlder(&'m CpuMap),
}

impl<'m> Names<'m> {
    /// The map by which the CPU is read.
    pub(super) fn map(self, cpu: &Definition) -> &'m CpuMap {
        match self {
            Self::Of(map) => map,
            Self::OfOlder(map) => fitting_map(map, cpu),
        }
    }

    fn key(self) -> (bool, usize) {
        match self {
            Self::Of(map) => (true, address(map)),
            Self::OfOlder(map) => (false, address(map)),
        }
    }
}

/// What a host says to a CPU.
pub(super) struct CpuAnswer {
    /// The CPU, as libvirt takes it.
    pub definition: Definition,
    /// Everything against giving it.
    pub reasons: Result<Vec<Incompatibility>, CannotTell>,
    /// The first feature in it of which the host's libvirt does not know the name.
    pub unknown_feature: Option<String>,
}

impl CpuAnswer {
    fn new(names: Names<'_>, offer: Result<&Capability, DocumentKind>, cpu: &CpuDefinition) -> Self {
        let definition = Definition::from(cpu);
        let map = names.map(&definition);
        let reasons =
            offer.map_err(CannotTell::Unknown).and_then(|offer| missing_on(map, offer, &definition));
        let mut named = definition.features.iter().map(|feature| &feature.name);
        let unknown_feature = named.find(|name| map.feature(name).is_none()).map(|&name| name.into());
        Self { definition, reasons, unknown_feature }
    }
}

/// What of `domcapabilities` decides about CPUs.
#[derive(PartialEq, Eq, Hash)]
struct Offer {
    host_model: Fact<Option<CpuDefinition>>,
    models: Fact<Vec<Known<CustomModel>>>,
    probed: Option<Known<BTreeMap<String, Vec<String>>>>,
}

/// The CPU, the offer or the document that lacks, and the names.
type Key = (usize, Result<usize, DocumentKind>, (bool, usize));

/// The answers so far.
#[derive(Default)]
pub struct CpuAnswers {
    cpus: Numbers<CpuDefinition>,
    offers: Numbers<Offer>,
    said: RwLock<BTreeMap<Key, Arc<CpuAnswer>>>,
}

impl CpuAnswers {
    /// What a host that gives `offer` says to `cpu`. All are the cluster's own: they are known by where they are.
    pub(super) fn of(
        &self,
        names: Names<'_>,
        offer: Result<&Capability, DocumentKind>,
        cpu: &CpuDefinition,
    ) -> Arc<CpuAnswer> {
        let number = offer.map(|offer| self.offers.of(address(offer), || Offer::of(offer)));
        let key = (self.cpus.of(address(cpu), || cpu.clone()), number, names.key());
        if let Some(known) = self.said.read().unwrap_or_else(PoisonError::into_inner).get(&key) {
            return Arc::clone(known);
        }
        let answer = Arc::new(CpuAnswer::new(names, offer, cpu));
        self.said.write().unwrap_or_else(PoisonError::into_inner).insert(key, Arc::clone(&answer));
        answer
    }
}

impl Offer {
    fn of(capability: &Capability) -> Self {
        let Capability { host_model, models, probed, .. } = capability.clone();
        Self { host_model, models, probed }
    }
}

fn address<T>(thing: &T) -> usize {
    std::ptr::from_ref(thing).addr()
}

/// Numbers for things, the same for equal ones.
struct Numbers<T> {
    by_address: RwLock<BTreeMap<usize, usize>>,
    seen: Mutex<Seen<T>>,
}

/// Things in the order of their numbers, and their numbers by digest.
struct Seen<T> {
    things: Vec<T>,
    by_digest: BTreeMap<u64, Vec<usize>>,
}

impl<T> Default for Numbers<T> {
    fn default() -> Self {
        Self {
            by_address: RwLock::default(),
            seen: Mutex::new(Seen { things: Vec::new(), by_digest: BTreeMap::new() }),
        }
    }
}

impl<T: Eq + Hash> Numbers<T> {
    /// The number of what is at `address`, which `value` copies when it is seen for the first time.
    fn of(&self, address: usize, value: impl FnOnce() -> T) -> usize {
        if let Some(&number) = self.by_address.read().unwrap_or_else(PoisonError::into_inner).get(&address) {
            return number;
        }
        let number = self.of_value(value());
        self.by_address.write().unwrap_or_else(PoisonError::into_inner).insert(address, number);
        number
    }

    fn of_value(&self, value: T) -> usize {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let Seen { things, by_digest } = &mut *seen;
        let alike = by_digest.entry(digest(&value)).or_default();
        if let Some(&number) = alike.iter().find(|&&number| things[number] == value) {
            return number;
        }
        alike.push(things.len());
        things.push(value);
        things.len() - 1
    }
}

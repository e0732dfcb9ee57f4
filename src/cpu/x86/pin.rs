//! Guests pinned to a baseline: whose CPU it becomes, and what they notice of it.

use std::collections::BTreeSet;

use super::class::{Class, ClusterInput, by_vendor, fitting_map};
use super::expand::expand;
use super::gate::{behind, shut};
use super::guests::{GuestInput, features};
use super::{CannotTell, CpuError, Definition, missing_on};
use crate::model::{CpuDefinition, CpuMap, CpuMode, DocumentKind, Policy};

/// What pinning a guest to a baseline means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pinning {
    /// Every host can give its CPU as it is.
    Within,
    /// It gets another CPU.
    Pinned(Pinned),
}

/// The CPU that a pinned guest gets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pinned {
    /// The baseline, without what the guest itself keeps away.
    pub definition: Definition,
    /// What the guest notices at its next cold start, where it is known what it has now.
    pub noticed: Result<Noticed, CannotTell>,
}

/// The features that a guest has now and then.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Noticed {
    /// Those it has now and not then.
    pub lost: Vec<String>,
    /// Those it has then and not now.
    pub gained: Vec<String>,
}

/// Why a guest cannot be pinned.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PinError {
    /// Its model is another vendor's.
    #[error("its CPU model {model} is {vendor}'s, the baseline {baseline}'s")]
    Vendor {
        /// The guest's model.
        model: String,
        /// The model's vendor.
        vendor: String,
        /// The baseline's vendor.
        baseline: String,
    },
    /// Its host is not among those of the baseline, or is not known.
    #[error("its host '{0}' is none of the baseline's hosts")]
    NoHost(String),
    /// The baseline is none that the CPU map knows.
    #[error("the baseline: {0}")]
    Baseline(#[from] CpuError),
}

/// A baseline and the hosts that it is for.
#[derive(Clone)]
pub struct PinGroup<'c> {
    baseline: Definition,
    classes: Vec<Class<'c>>,
}

impl<'c> PinGroup<'c> {
    /// The baseline of these hosts.
    pub fn new(baseline: Definition, hosts: &[ClusterInput<'c>]) -> Self {
        Self { baseline, classes: by_vendor(hosts).0.into_values().flatten().collect() }
    }

    /// Whether the host is one of them.
    pub fn has(&self, host: &str) -> bool {
        self.classes.iter().any(|class| class.names.contains(&host))
    }

    /// Pins `guest` to the baseline.
    ///
    /// # Errors
    /// [`PinError`] where its host is none of them, or the baseline cannot be made sense of.
    pub fn pin(&self, guest: &GuestInput<'_>) -> Result<Pinning, PinError> {
        let own = self.classes.iter().find(|class| class.names.contains(&guest.host));
        let own = own.ok_or_else(|| PinError::NoHost(guest.host.to_owned()))?;
        let definition = own_wishes(guest.stored, &self.baseline, own.map)?;
        let noticed = noticed_on(own, guest.stored, &definition);
        let custom = guest.stored.filter(|cpu| cpu.mode() == CpuMode::Custom && cpu.model.is_some());
        let loses_nothing = matches!(&noticed, Ok(noticed) if noticed.lost.is_empty());
        if loses_nothing && custom.is_some_and(|cpu| self.runs_everywhere(cpu)) {
            return Ok(Pinning::Within);
        }
        Ok(Pinning::Pinned(Pinned { definition, noticed }))
    }

    fn runs_everywhere(&self, cpu: &CpuDefinition) -> bool {
        let cpu = Definition::from(cpu);
        let missing = |class: &Class<'_>| missing_on(class.map, class.capability, &cpu);
        self.classes.iter().all(|class| missing(class).is_ok_and(|missing| missing.is_empty()))
    }
}

/// Pins a guest of which no host is known: by what the map says of its model.
///
/// # Errors
/// [`PinError`] where its model is another vendor's, or the baseline cannot be made sense of.
pub fn pin_by_map(
    cpu: Option<&CpuDefinition>,
    baseline: &Definition,
    map: &CpuMap,
) -> Result<Pinning, PinError> {
    let map = fitting_map(map, baseline);
    let definition = own_wishes(cpu, baseline, map)?;
    let named = cpu.filter(|cpu| cpu.mode() == CpuMode::Custom && cpu.model.is_some());
    let Some(cpu) = named else {
        let unknown = CannotTell::Unknown(DocumentKind::DomainCapabilities);
        return Ok(Pinning::Pinned(Pinned { definition, noticed: Err(unknown) }));
    };
    let now = Definition::from(cpu);
    let map = fitting_map(map, &now);
    same_vendor(&now, baseline, map)?;
    let noticed = noticed(map, &now, &definition);
    // Whether every host offers another model than the baseline's is not known here.
    let same_model = now.model == baseline.model;
    if same_model && matches!(&noticed, Ok(noticed) if noticed.lost.is_empty()) {
        return Ok(Pinning::Within);
    }
    Ok(Pinning::Pinned(Pinned { definition, noticed }))
}

fn same_vendor(cpu: &Definition, baseline: &Definition, map: &CpuMap) -> Result<(), PinError> {
    let of = |cpu: &Definition| {
        let of_model = || map.model(cpu.model.as_deref()?)?.vendor.clone();
        cpu.vendor.clone().or_else(of_model)
    };
    match (of(cpu), of(baseline)) {
        (Some(vendor), Some(baseline)) if vendor != baseline => {
            Err(PinError::Vendor { model: cpu.model.clone().unwrap_or_default(), vendor, baseline })
        }
        _ => Ok(()),
    }
}

/// The baseline, with what the guest's own definition keeps away kept away still, and what QEMU takes away with it:
/// what it forbids is disabled, for a guest that starts nowhere is not pinned. A name that the map does not know is left
/// out.
fn own_wishes(
    cpu: Option<&CpuDefinition>,
    baseline: &Definition,
    map: &CpuMap,
) -> Result<Definition, CpuError> {
    let has = expand(map, baseline)?.names(map);
    let mut definition = baseline.clone();
    for feature in cpu.map(|cpu| Definition::from(cpu).features).unwrap_or_default() {
        let unwanted = matches!(feature.policy, Policy::Disable | Policy::Forbid);
        if unwanted && map.features.iter().any(|known| known.name == feature.name) {
            definition = without(definition, &feature.name);
            let behind = behind(map, &feature.name).filter(|name| has.contains(name));
            definition = behind.fold(definition, without);
        }
    }
    Ok(definition)
}

fn without(mut definition: Definition, name: &str) -> Definition {
    match definition.features.iter_mut().find(|one| one.name == name) {
        Some(one) => one.policy = Policy::Disable,
        None => definition = definition.with(Policy::Disable, name),
    }
    definition
}

fn noticed_on(
    class: &Class<'_>,
    now: Option<&CpuDefinition>,
    then: &Definition,
) -> Result<Noticed, CannotTell> {
    let kept = expand(class.map, then)?;
    let kept = kept.names(class.map).into_iter().map(str::to_owned).collect();
    Ok(between(&features(class, now)?, &kept))
}

fn noticed(map: &CpuMap, now: &Definition, then: &Definition) -> Result<Noticed, CannotTell> {
    let names = |cpu: &Definition| -> Result<BTreeSet<String>, CpuError> {
        let mut names = expand(map, cpu)?.names(map).into_iter().map(str::to_owned).collect();
        cpu.named(Policy::Disable).for_each(|name| shut(map, &mut names, name));
        Ok(names)
    };
    Ok(between(&names(now)?, &names(then)?))
}

fn between(now: &BTreeSet<String>, then: &BTreeSet<String>) -> Noticed {
    Noticed { lost: now.difference(then).cloned().collect(), gained: then.difference(now).cloned().collect() }
}

//! From features to a model and what differs from it (`x86Decode`).

use std::collections::BTreeSet;

use super::{Definition, FeatureSet, Side};
use crate::model::{CpuFeature, CpuMap, CpuSignature, MapModel, Policy};

/// A model that a hypervisor offers, and what it lacks for it.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct ModelOffer {
    /// libvirt's name.
    pub name: String,
    /// The features that the hypervisor cannot give.
    pub blockers: BTreeSet<String>,
}

/// What the choice of a model depends on, apart from the features.
#[derive(Default)]
pub(super) struct Choice<'c> {
    /// Whose CPU is looked for.
    pub(super) side: Side,
    /// What CPUID says the processor is, where it was asked.
    pub(super) signature: Option<CpuSignature>,
    /// The models that may be chosen; all, where `None`.
    pub(super) models: Option<&'c [ModelOffer]>,
    /// The vendor, where it is known.
    pub(super) vendor: Option<&'c str>,
    /// The models of the inputs, in order, none twice.
    pub(super) preferred: &'c [String],
    /// Whether features that cannot migrate are left out of the result.
    pub(super) migratable: bool,
}

/// A model with the features that differ.
#[derive(Clone, Debug)]
pub(super) struct Candidate {
    pub(super) model: String,
    pub(super) require: Vec<String>,
    pub(super) disable: Vec<String>,
    /// Whether the model stands for the processor by its signature.
    pub(super) signed: bool,
}

impl Candidate {
    pub(super) fn into_definition(self) -> Definition {
        let with = |policy| move |name: String| CpuFeature { name: name.into(), policy };
        let require = self.require.into_iter().map(with(Policy::Require));
        let features = require.chain(self.disable.into_iter().map(with(Policy::Disable))).collect();
        Definition { model: Some(self.model), features, ..Definition::default() }
    }

    /// `virCPUx86CompareCandidateFeatureList`. The loop that counts disabled features shortens its
    /// own bound while it counts, so only the first half of them is penalised; this is on purpose
    /// the same.
    fn score(&self) -> (usize, usize) {
        let disabled = self.disable.len();
        let counted = disabled.div_ceil(2);
        let penalty = counted * (counted + 3) / 2;
        (self.require.len() + disabled - counted + penalty, penalty)
    }
}

/// The CPU nearest to `base` (`x86Decode`, `x86DataToCPU`).
pub(super) fn decode(map: &CpuMap, base: &FeatureSet, choice: &Choice<'_>) -> Option<Definition> {
    let candidates = map.models.iter().rev().filter_map(|model| candidate(map, base, model, choice));
    let mut candidates: Vec<Candidate> = candidates.collect();
    let chosen = choose(&candidates, choice.preferred)?;
    Some(Definition { side: choice.side, ..candidates.swap_remove(chosen).into_definition() })
}

/// Which is the best of `candidates`, which come newest first (`x86DecodeUseCandidate`). One that the
/// signature speaks for goes before all that it does not; a baseline has none.
pub(super) fn choose(candidates: &[Candidate], preferred: &[String]) -> Option<usize> {
    let mut chosen: Option<(usize, &Candidate)> = None;
    for (at, candidate) in candidates.iter().enumerate() {
        let wanted = preferred.contains(&candidate.model);
        if wanted && preferred.len() == 1 {
            return Some(at);
        }
        let better = chosen.as_ref().is_none_or(|(_, current)| {
            if candidate.signed != current.signed {
                return candidate.signed;
            }
            let ((score, penalty), (old, old_penalty)) = (candidate.score(), current.score());
            (score, penalty) < (old, old_penalty) || wanted && penalty < old_penalty
        });
        if better {
            chosen = Some((at, candidate));
        }
    }
    chosen.map(|(at, _)| at)
}

fn candidate(map: &CpuMap, base: &FeatureSet, model: &MapModel, choice: &Choice<'_>) -> Option<Candidate> {
    let offer = match choice.models {
        None => None,
        Some(models) => Some(models.iter().find(|offer| offer.name == model.name)?),
    };
    if !choice.allows(model) {
        return None;
    }
    let has = FeatureSet::of_model(map, model);
    let require = base.minus(&has);
    let blockers = offer.into_iter().flat_map(|offer| &offer.blockers).map(String::as_str);
    let blockers = FeatureSet::named(map, blockers).minus(&require);
    let disable = has.minus(base).or(&blockers);
    // A host's features have no policies, so its CPU has all that its model has.
    if choice.side == Side::Host && !disable.is_empty() {
        return None;
    }
    let listed = require.or(&disable);
    let removed = model.removed.iter().copied().filter(|_| choice.side == Side::Guest);
    let removed = removed.filter(|&feature| !listed.contains(feature));
    Some(Candidate {
        model: model.name.clone(),
        require: choice.shown(map, require.iter()),
        disable: choice.shown(map, disable.iter().chain(removed)),
        signed: choice.signature.is_some_and(|signature| stands_for(model, signature)),
    })
}

/// `x86ModelHasSignature`
fn stands_for(model: &MapModel, signature: CpuSignature) -> bool {
    let steps = |range: Option<(u32, u32)>| {
        range.is_none_or(|(first, last)| (first..=last).contains(&signature.stepping))
    };
    model
        .signatures
        .iter()
        .any(|one| (one.family, one.model) == (signature.family, signature.model) && steps(one.stepping))
}

impl Choice<'_> {
    /// Whether the model may be the name of such a CPU at all.
    fn allows(&self, model: &MapModel) -> bool {
        let same_vendor = model.vendor.as_deref().zip(self.vendor).is_none_or(|(one, other)| one == other);
        same_vendor && if self.side == Side::Host { model.decode_host } else { model.decode_guest }
    }

    /// The names of the features that are listed.
    fn shown(&self, map: &CpuMap, features: impl Iterator<Item = u32>) -> Vec<String> {
        let listed = features.filter(|feature| self.stays(map, *feature));
        listed.filter_map(|at| map.features.get(at as usize)).map(|f| f.name.clone()).collect()
    }

    /// Whether a feature is listed: the filter of unmigratable ones works on the list alone, and
    /// only where no hypervisor names its models.
    fn stays(&self, map: &CpuMap, feature: u32) -> bool {
        let migrates = map.features.get(feature as usize).is_none_or(|f| f.migratable);
        migrates || !self.migratable || self.models.is_some()
    }
}

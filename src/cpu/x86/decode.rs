//! From features to a model and what differs from it (`x86Decode`).

use std::collections::BTreeSet;

use super::{Definition, FeatureSet};
use crate::model::{CpuFeature, CpuMap, MapModel, Policy};

/// A model that a hypervisor offers, and what it lacks for it.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct ModelOffer {
    /// libvirt's name.
    pub name: String,
    /// The features that the hypervisor cannot give.
    pub blockers: BTreeSet<String>,
}

/// What the choice of a model depends on, apart from the features.
pub(super) struct Choice<'c> {
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
}

impl Candidate {
    pub(super) fn into_definition(self) -> Definition {
        let with = |policy| move |name| CpuFeature { name, policy };
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

/// The guest CPU nearest to `base` (`x86Decode`, `x86DataToCPU` for a guest).
pub(super) fn decode(map: &CpuMap, base: &FeatureSet, choice: &Choice<'_>) -> Option<Definition> {
    let candidates = map.models.iter().rev().filter_map(|model| candidate(map, base, model, choice));
    let mut candidates: Vec<Candidate> = candidates.collect();
    let chosen = choose(&candidates, choice.preferred)?;
    Some(candidates.swap_remove(chosen).into_definition())
}

/// Which is the best of `candidates`, which come newest first (`x86DecodeUseCandidate`; a baseline has no
/// signature to go by).
pub(super) fn choose(candidates: &[Candidate], preferred: &[String]) -> Option<usize> {
    let mut chosen: Option<(usize, &Candidate)> = None;
    for (at, candidate) in candidates.iter().enumerate() {
        let wanted = preferred.contains(&candidate.model);
        if wanted && preferred.len() == 1 {
            return Some(at);
        }
        let better = chosen.as_ref().is_none_or(|(_, current)| {
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
    let same_vendor = model.vendor.as_deref().zip(choice.vendor).is_none_or(|(one, other)| one == other);
    if !same_vendor || !model.decode_guest {
        return None;
    }
    let has = FeatureSet::of_model(map, model);
    let require = base.minus(&has);
    let blockers = offer.into_iter().flat_map(|offer| &offer.blockers).map(String::as_str);
    let blockers = FeatureSet::named(map, blockers).minus(&require);
    let disable = has.minus(base).or(&blockers);
    let listed = require.or(&disable);
    let removed = model.removed.iter().filter(|&&feature| !listed.contains(feature));
    let shown = |feature: &u32| choice.stays(map, *feature);
    let names = |features: &mut dyn Iterator<Item = u32>| -> Vec<String> {
        features
            .filter(shown)
            .filter_map(|at| map.features.get(at as usize))
            .map(|f| f.name.clone())
            .collect()
    };
    Some(Candidate {
        model: model.name.clone(),
        require: names(&mut require.iter()),
        disable: names(&mut disable.iter().chain(removed.copied())),
    })
}

impl Choice<'_> {
    /// Whether a feature is listed: the filter of unmigratable ones works on the list alone, and
    /// only where no hypervisor names its models.
    fn stays(&self, map: &CpuMap, feature: u32) -> bool {
        let migrates = map.features.get(feature as usize).is_none_or(|f| f.migratable);
        migrates || !self.migratable || self.models.is_some()
    }
}

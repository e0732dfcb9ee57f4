//! What a guest's CPU becomes where it starts: on which host, under which QEMU, and once it runs.

use super::expand::{features_of, known_model};
use super::{BaselineError, CpuError, Definition, FeatureSet, ModelOffer, RawCpu, Side, decode_raw};
use crate::model::{CpuDefinition, CpuFeature, CpuMap, CpuMode, CpuSignature, Name, Policy};

/// The CPU of `guest` as it starts on a host that has `host` (`virCPUUpdate`): host-model and `match='minimum'` become the
/// host's model with the features that can migrate, and an optional feature is required where the host has it, else
/// disabled. What the model once had is disabled where nothing is said of it. `None` for host-passthrough and maximum: QEMU gives what there is, and libvirt computes nothing.
///
/// So this is what a reboot on another host changes. What libvirt does next where that QEMU does not know the model is
/// [`translate`].
///
/// # Errors
/// [`CpuError`] for a model, or an optional feature, that the map does not know.
pub fn update(
    map: &CpuMap,
    host: &Definition,
    guest: &CpuDefinition,
) -> Result<Option<Definition>, CpuError> {
    if matches!(guest.mode(), CpuMode::HostPassthrough | CpuMode::Maximum) {
        return Ok(None);
    }
    let has = features_of(map, host)?;
    let mut cpu = Definition::from(guest);
    for feature in cpu.features.iter_mut().filter(|feature| feature.policy == Policy::Optional) {
        let at = map.feature(&feature.name).ok_or_else(|| CpuError::UnknownFeature(feature.name.into()))?;
        feature.policy = if has.contains(at) { Policy::Require } else { Policy::Disable };
    }
    let of_host = guest.mode() == CpuMode::HostModel;
    let minimum = guest.match_.as_ref().is_some_and(|known| known.value == "minimum");
    let mut updated = match (of_host, minimum) {
        (false, false) => cpu,
        (true, _) => Definition { vendor: host.vendor.clone(), ..hosts(map, host, cpu) },
        // The vendor stays what the guest asks for.
        (false, true) => hosts(map, host, cpu),
    };
    if updated.model.is_some() {
        let removed = known_model(map, &updated)?.removed.iter();
        for feature in removed.filter_map(|&at| map.features.get(at as usize)) {
            if updated.features.iter().all(|listed| listed.name != feature.name) {
                updated = updated.with(Policy::Disable, feature.name.clone());
            }
        }
    }
    Ok(Some(updated))
}

/// `cpu` with the host's model and features (`virCPUx86UpdateHostModel`); what the guest says of a feature itself counts.
fn hosts(map: &CpuMap, host: &Definition, cpu: Definition) -> Definition {
    let migrates = |name: &str| map.features.iter().all(|feature| feature.migratable || feature.name != name);
    let given = host.features.iter().filter(|feature| migrates(&feature.name));
    let given = given.map(|each| CpuFeature { name: each.name, policy: host.policy(each) });
    let features = overlaid(given.collect(), &cpu.features);
    Definition { model: host.model.clone(), features, ..cpu }
}

/// Why a CPU is of no model that QEMU knows.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TranslateError {
    /// libvirt says the same; `fallback` forbids another model.
    #[error("CPU model {0} is not supported by hypervisor")]
    Fallback(String),
    /// The map cannot make sense of the definition.
    #[error(transparent)]
    Cpu(#[from] CpuError),
    /// None of the models is like it.
    #[error(transparent)]
    NoModel(#[from] BaselineError),
}

/// The same CPU by a model that QEMU offers, where it does not offer the one that `cpu` names (`virCPUTranslate`).
///
/// # Errors
/// [`TranslateError`] where another model is not allowed or there is none.
pub fn translate(
    map: &CpuMap,
    cpu: &Definition,
    offers: &[ModelOffer],
) -> Result<Definition, TranslateError> {
    let model = known_model(map, cpu)?;
    if offers.iter().any(|offer| offer.name == model.name) {
        return Ok(cpu.clone());
    }
    if cpu.fallback.as_deref().is_some_and(|fallback| fallback != "allow") {
        return Err(TranslateError::Fallback(model.name.clone()));
    }
    let signature = model.signatures.first().map(|one| CpuSignature {
        family: one.family,
        model: one.model,
        stepping: one.stepping.map_or(0, |(first, _)| first),
    });
    let raw = RawCpu { features: features_of(map, cpu)?, vendor: model.vendor.clone(), signature };
    let other = decode_raw(map, &raw, Side::Guest, Some(offers))?;
    let features = overlaid(other.features, &cpu.features);
    Ok(Definition { model: other.model, features, ..cpu.clone() })
}

/// The definition of a guest that runs, when QEMU has said which features it turned on and which it could not
/// (`virCPUx86UpdateLive`, where deviations are no error).
///
/// # Errors
/// [`CpuError`] for a model or feature that the map does not know.
pub fn update_live(
    map: &CpuMap,
    cpu: &Definition,
    enabled: &FeatureSet,
    disabled: &FeatureSet,
) -> Result<Definition, CpuError> {
    let expected = features_of(map, cpu)?;
    let changed = map.features.iter().zip(0..).filter_map(|(feature, at)| {
        let lost = disabled.contains(at) || expected.contains(at) && !enabled.contains(at);
        let gained = enabled.contains(at) && !expected.contains(at);
        let policy = if lost { Policy::Disable } else { Policy::Require };
        (lost || gained).then(|| CpuFeature { name: Name::new(&feature.name), policy })
    });
    let features = overlaid(cpu.features.clone(), &changed.collect::<Vec<_>>());
    Ok(Definition { features, ..cpu.clone() })
}

/// `features` with the policies of `over`; what is not among them comes after (`virCPUDefUpdateFeature`).
fn overlaid(mut features: Vec<CpuFeature>, over: &[CpuFeature]) -> Vec<CpuFeature> {
    for each in over {
        match features.iter_mut().find(|feature| feature.name == each.name) {
            Some(feature) => feature.policy = each.policy,
            None => features.push(each.clone()),
        }
    }
    features
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::knowledge::x86::latest;
    use crate::model::Known;
    use crate::text::{Place, Sources, Span};

    fn known<T>(value: T) -> Known<T> {
        let source = Sources::default().add("made up", "");
        Known::new(value, Place { source, span: Span::new(0, 0) })
    }

    fn host() -> Definition {
        let host = Definition { vendor: Some("Intel".to_owned()), ..Definition::of_model("Haswell-noTSX") };
        host.with(Policy::Require, "invtsc").with(Policy::Require, "ss").with(Policy::Disable, "pcid")
    }

    fn listed(cpu: &Definition) -> Vec<(&str, Policy)> {
        cpu.features.iter().map(|feature| (feature.name.as_str(), feature.policy)).collect()
    }

    #[test]
    fn host_model_becomes_what_of_the_host_can_migrate() {
        let asked = CpuFeature { name: "ss".into(), policy: Policy::Disable };
        let guest = CpuDefinition {
            mode: Some(known(CpuMode::HostModel)),
            features: vec![known(asked)],
            ..CpuDefinition::default()
        };
        let cpu = update(latest(), &host(), &guest).expect("known").expect("a model");
        assert_eq!((cpu.model.as_deref(), cpu.vendor.as_deref()), (Some("Haswell-noTSX"), Some("Intel")));
        assert_eq!(listed(&cpu), [("ss", Policy::Disable), ("pcid", Policy::Disable)]);
        let guest = CpuDefinition { mode: Some(known(CpuMode::Maximum)), ..guest };
        assert_eq!(update(latest(), &host(), &guest), Ok(None));
    }

    #[test]
    fn what_is_optional_depends_on_the_host_and_what_is_removed_on_the_model() {
        let optional = |name: &str| known(CpuFeature { name: name.into(), policy: Policy::Optional });
        let guest = CpuDefinition {
            model: Some(known("Skylake-Server".into())),
            features: vec![optional("ss"), optional("pcid")],
            ..CpuDefinition::default()
        };
        let cpu = update(latest(), &host(), &guest).expect("known").expect("a model");
        let expected = [("ss", Policy::Require), ("pcid", Policy::Disable), ("mpx", Policy::Disable)];
        assert_eq!((listed(&cpu).as_slice(), &cpu.vendor), (&expected[..], &None));
        let unknown = CpuDefinition { features: vec![optional("flux")], ..guest };
        assert_eq!(update(latest(), &host(), &unknown), Err(CpuError::UnknownFeature("flux".to_owned())));
    }

    #[test]
    fn a_model_that_qemu_lacks_becomes_another_where_that_is_allowed() {
        let offer = |name: &str| ModelOffer { name: name.to_owned(), ..ModelOffer::default() };
        let cpu = Definition::of_model("IvyBridge").with(Policy::Force, "ss");
        assert_eq!(translate(latest(), &cpu, &[offer("IvyBridge")]), Ok(cpu.clone()));
        let other = translate(latest(), &cpu, &[offer("SandyBridge")]).expect("near enough");
        assert_eq!(other.model.as_deref(), Some("SandyBridge"));
        assert!(listed(&other).contains(&("erms", Policy::Require)), "{other:?}");
        assert!(listed(&other).contains(&("ss", Policy::Force)), "{other:?}");
        let forbids = Definition { fallback: Some("forbid".to_owned()), ..cpu.clone() };
        let refused = TranslateError::Fallback("IvyBridge".to_owned());
        assert_eq!(translate(latest(), &forbids, &[offer("SandyBridge")]), Err(refused));
        assert_eq!(translate(latest(), &cpu, &[]), Err(BaselineError::NoModel.into()));
    }

    #[test]
    fn a_running_guest_has_what_qemu_says() {
        let cpu = Definition::of_model("Haswell-noTSX");
        let own = features_of(latest(), &cpu).expect("known");
        let (lost, gained) =
            (FeatureSet::named(latest(), ["pcid"]), FeatureSet::named(latest(), ["hypervisor"]));
        let live = update_live(latest(), &cpu, &own.minus(&lost).or(&gained), &lost).expect("known");
        assert_eq!(listed(&live), [("pcid", Policy::Disable), ("hypervisor", Policy::Require)]);
    }
}

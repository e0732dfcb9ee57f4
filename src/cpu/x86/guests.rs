//! Guests against the baseline: what they run on beyond it, and what they would lose by it.

use std::collections::{BTreeMap, BTreeSet};

use super::class::{Class, by_vendor};
use super::class::{ClusterInput, fitting_map};
use super::cluster::of_classes;
use super::expand::expand;
use super::gate::shut;
use super::{CannotTell, Definition};
use crate::model::{CpuDefinition, CpuFeature, CpuMode, Policy};

/// One x86 guest under KVM.
#[derive(Clone, Copy, Debug)]
pub struct GuestInput<'c> {
    /// Its name.
    pub name: &'c str,
    /// The host it is on.
    pub host: &'c str,
    /// `<cpu>` of its stored definition.
    pub stored: Option<&'c CpuDefinition>,
    /// Where it runs: the `<cpu>` that counts for it, the live one where it is known.
    pub running: Option<Option<&'c CpuDefinition>>,
}

/// How a guest stands to the baseline of its host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GuestStanding {
    /// Its name.
    pub name: String,
    /// The host it is on.
    pub host: String,
    /// The mode of its stored CPU.
    pub mode: CpuMode,
    /// Whether it runs.
    pub runs: bool,
    /// The features that it runs on and the baseline has not, or why that is not known. Nothing for a
    /// guest that does not run.
    pub outside: Result<Vec<String>, CannotTell>,
    /// The features that its stored definition gives it on its host and the baseline has not: what
    /// it would lose by starting with the baseline.
    pub loses: Result<Vec<String>, CannotTell>,
}

/// QEMU's CPU where the definition names none.
const QEMU_DEFAULT: &str = "qemu64";

/// How each guest stands to the baseline of its host; guests whose host has none are left out.
pub fn guest_standings(hosts: &[ClusterInput<'_>], guests: &[GuestInput<'_>]) -> Vec<GuestStanding> {
    let mut found = Vec::new();
    for (vendor, classes) in by_vendor(hosts).0 {
        let Ok(baseline) = of_classes(&vendor, &classes) else { continue };
        let class_of = class_of(&classes);
        for guest in guests {
            let class = class_of.get(guest.host);
            found.extend(class.map(|class| standing(class, guest, &baseline.definition)));
        }
    }
    found.sort_by(|one, other| (&one.name, &one.host).cmp(&(&other.name, &other.host)));
    found
}

/// The class of each host.
fn class_of<'a, 'c>(classes: &'a [Class<'c>]) -> BTreeMap<&'c str, &'a Class<'c>> {
    classes.iter().flat_map(|class| class.names.iter().map(move |name| (*name, class))).collect()
}

fn standing(class: &Class<'_>, guest: &GuestInput<'_>, baseline: &Definition) -> GuestStanding {
    let runs = guest.running;
    GuestStanding {
        name: guest.name.to_owned(),
        host: guest.host.to_owned(),
        mode: guest.stored.or(runs.flatten()).map_or(CpuMode::Custom, CpuDefinition::mode),
        runs: runs.is_some(),
        outside: runs.map_or(Ok(Vec::new()), |cpu| beyond(class, cpu, baseline)),
        loses: beyond(class, guest.stored, baseline),
    }
}

/// The names of `guests` that run, on hosts of `classes`, on features that `baseline` has not; all
/// that run there, where there is no baseline. One whose features are not known does not count.
pub(super) fn stranded(
    classes: &[Class<'_>],
    guests: &[GuestInput<'_>],
    baseline: Option<&Definition>,
) -> Vec<String> {
    let class_of = class_of(classes);
    let is_stranded = |guest: &&GuestInput<'_>| {
        let (Some(class), Some(cpu)) = (class_of.get(guest.host), guest.running) else { return false };
        baseline.is_none_or(|baseline| beyond(class, cpu, baseline).is_ok_and(|beyond| !beyond.is_empty()))
    };
    let mut names: Vec<String> =
        guests.iter().filter(is_stranded).map(|guest| guest.name.to_owned()).collect();
    names.sort();
    names
}

/// The features that `cpu` has on a host of `class` and the baseline has not.
fn beyond(
    class: &Class<'_>,
    cpu: Option<&CpuDefinition>,
    baseline: &Definition,
) -> Result<Vec<String>, CannotTell> {
    let kept = expand(class.map, baseline)?;
    let kept: BTreeSet<&str> = kept.names(class.map).into_iter().collect();
    let features = features(class, cpu)?;
    Ok(features.into_iter().filter(|name| !kept.contains(name.as_str())).collect())
}

/// The features that a guest with `cpu` sees on a host of `class`. Of a named model it sees what the
/// host has; what is asked for beside the model it has, or does not run.
pub(super) fn features(
    class: &Class<'_>,
    cpu: Option<&CpuDefinition>,
) -> Result<BTreeSet<String>, CannotTell> {
    let definition = cpu.map(Definition::from).unwrap_or_default();
    let mut features: BTreeSet<String> = match cpu.map(CpuDefinition::mode) {
        None | Some(CpuMode::Custom) => of_model(class, &definition)?,
        Some(_) => class.has.iter().map(|&name| name.to_owned()).collect(),
    };
    for CpuFeature { name, policy } in definition.features {
        match policy {
            Policy::Require | Policy::Force => {
                features.insert(name.into());
            }
            Policy::Disable | Policy::Forbid => shut(class.map, &mut features, &name),
            Policy::Optional => {}
        }
    }
    Ok(features)
}

fn of_model(class: &Class<'_>, definition: &Definition) -> Result<BTreeSet<String>, CannotTell> {
    let model = definition.model.clone().unwrap_or_else(|| QEMU_DEFAULT.to_owned());
    let definition = Definition { model: Some(model), ..definition.clone() };
    let map = fitting_map(class.map, &definition);
    let set = expand(map, &definition)?;
    let seen = set.names(map).into_iter().filter(|name| class.has.contains(name));
    Ok(seen.map(str::to_owned).collect())
}

//! With which CPU a guest starts on a host, by what the host's documents tell.

use std::collections::BTreeSet;

use super::check::reported;
use super::expand::features_of;
use super::hypervisor::{OFF_UNDER_KVM, offers};
use super::{CannotTell, Definition, FeatureSet, TranslateError, fitting_map, translate, update};
use crate::knowledge::x86::{depends_on, modelled};
use crate::model::{Capability, CpuDefinition, CpuMap, CpuMode, Policy, VirtType};

/// Why it cannot be told with which CPU a guest starts.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StartError {
    /// The host's document does not say enough, or the map does not know a name.
    #[error(transparent)]
    CannotTell(#[from] CannotTell),
    /// The guest does not start: there is no model for it.
    #[error(transparent)]
    Refused(#[from] TranslateError),
}

/// The CPU that a guest starts with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Started<'m> {
    /// As libvirt writes it; `None` for host-passthrough and maximum, where QEMU gives what there is.
    pub definition: Option<Definition>,
    /// Its features, by libvirt's names.
    pub features: BTreeSet<&'m str>,
    /// The model: of the definition, or the one that the host's own CPU is most like.
    pub model: Option<String>,
    /// The map by which it was read.
    pub map: &'m CpuMap,
}

impl<'m> Started<'m> {
    /// The CPU that a guest which asks for `cpu` starts with on `host`: what `update` makes of it, by a model that the
    /// host's QEMU has ([`translate`]). `map` is that of the host's libvirt.
    ///
    /// # Errors
    /// [`StartError`] where it cannot be told, or the guest does not start for want of a model.
    pub fn of(map: &'m CpuMap, host: &Capability, cpu: &CpuDefinition) -> Result<Self, StartError> {
        let own = reported(host)?;
        let map = fitting_map(map, &own);
        let Some(cpu) = defined(map, host, &own, cpu)? else { return Ok(Self::of_own(map, own, cpu)?) };
        let kvm = host.virt_type.value == VirtType::Kvm;
        let started = Self::of_definition(map, cpu, kvm).map_err(CannotTell::from)?;
        let given = features_of(map, &own).map_err(CannotTell::from)?;
        Ok(started.filtered(&given.names(map).into_iter().collect()))
    }

    /// What is left on a host that can give no more: what the definition names itself it insists on, of the model QEMU
    /// leaves out what there is not (libvirt's host-model lists no `xsaves`, which it takes for unmigratable).
    fn filtered(mut self, given: &BTreeSet<&'m str>) -> Self {
        let listed = self.listed();
        self.features.retain(|name| given.contains(name) || listed.contains(*name));
        let beyond =
            modelled(self.model.as_deref().unwrap_or_default()).filter_map(|name| self.map.feature(name));
        self.features.extend(FeatureSet::of(self.map, &beyond.collect::<Vec<_>>()).names(self.map));
        let disabled =
            |name: &str| self.definition.iter().any(|cpu| cpu.named(Policy::Disable).any(|one| one == name));
        let off: Vec<&str> = self.features.iter().copied().filter(|name| disabled(name)).collect();
        self.features.retain(|name| !off.contains(name));
        self
    }

    /// The features that the definition requires by name.
    fn listed(&self) -> BTreeSet<String> {
        let cpu = self.definition.iter();
        let required = cpu.flat_map(|cpu| cpu.named(Policy::Require).chain(cpu.named(Policy::Force)));
        required.map(str::to_owned).collect()
    }

    /// All that `host` can give of its CPU.
    ///
    /// # Errors
    /// [`CannotTell`] where its document does not say enough.
    pub fn of_host(map: &'m CpuMap, host: &Capability) -> Result<Self, CannotTell> {
        let own = reported(host)?;
        Self::of_own(fitting_map(map, &own), own, &CpuDefinition::default())
    }

    /// The host's own CPU, but for what `cpu` says of single features.
    fn of_own(map: &'m CpuMap, own: Definition, cpu: &CpuDefinition) -> Result<Self, CannotTell> {
        let asked = cpu.features.iter().map(|known| known.value.clone());
        let given = asked.fold(own, |own, each| own.with(each.policy, each.name));
        let features = features_of(map, &given)?.names(map).into_iter().collect();
        let mut own = Self { definition: None, features, model: given.model, map };
        own.drop_what_hangs();
        Ok(own)
    }

    /// The CPU that `cpu` describes, by `map`: without what QEMU turns off in models under KVM, and without what hangs
    /// on a feature that it has not.
    ///
    /// # Errors
    /// [`super::CpuError`] for a model or feature that the map does not know.
    pub fn of_definition(map: &'m CpuMap, cpu: Definition, kvm: bool) -> Result<Self, super::CpuError> {
        let features = features_of(map, &cpu)?.names(map).into_iter().collect();
        let mut started = Self { features, model: cpu.model.clone(), definition: Some(cpu), map };
        let listed = started.listed();
        started.features.retain(|name| !(kvm && OFF_UNDER_KVM.contains(name)) || listed.contains(*name));
        started.drop_what_hangs();
        Ok(started)
    }

    fn drop_what_hangs(&mut self) {
        let bits =
            self.map.features.iter().filter_map(|feature| Some((&feature.name, depends_on(feature.bit)?)));
        let gone: Vec<&str> =
            bits.filter(|(_, on)| !self.features.contains(on)).map(|(name, _)| name.as_str()).collect();
        self.features.retain(|name| !gone.contains(name));
    }

    /// Whether the map of its host's libvirt has a name for the feature.
    pub fn names(&self, feature: &str) -> bool {
        self.map.feature(feature).is_some()
    }
}

/// The definition that a guest which asks for `cpu` starts with on `host`; `None` for host-passthrough and maximum.
///
/// # Errors
/// As [`Started::of`].
pub fn started_definition(
    map: &CpuMap,
    host: &Capability,
    cpu: &CpuDefinition,
) -> Result<Option<Definition>, StartError> {
    let own = reported(host)?;
    defined(fitting_map(map, &own), host, &own, cpu)
}

fn defined(
    map: &CpuMap,
    host: &Capability,
    own: &Definition,
    cpu: &CpuDefinition,
) -> Result<Option<Definition>, StartError> {
    let Some(updated) = update(map, own, cpu).map_err(CannotTell::from)? else { return Ok(None) };
    let models = host.models.ask().map_err(CannotTell::Unknown)?;
    let offered = models.value.iter().any(|model| updated.model.as_deref() == Some(&*model.value.name));
    Ok(Some(if offered { updated } else { translate(map, &updated, &offers(map, host))? }))
}

/// Whether what a guest with this CPU starts with depends on its host. A named model is the same everywhere, but for what
/// is optional.
pub fn depends_on_host(cpu: &CpuDefinition) -> bool {
    let optional = || cpu.features.iter().any(|feature| feature.value.policy == Policy::Optional);
    let minimum = || cpu.match_.as_ref().is_some_and(|known| known.value == "minimum");
    cpu.mode() != CpuMode::Custom || cpu.model.is_some() && (minimum() || optional())
}

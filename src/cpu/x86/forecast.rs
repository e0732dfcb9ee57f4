//! What other versions of libvirt and QEMU on some hosts would do to them and to the baselines.

use std::collections::BTreeSet;

use super::CannotTell;
use super::bounds::{Bounds, Names, Versions, bounds};
use super::class::{Class, ClusterInput, by_vendor};
use super::supposed::Supposition;
use super::together::is_versioned;
use super::witness::{Witness, class_of_one, witness};
use crate::knowledge::x86::qemu_models;
use crate::model::{CpuMap, DocumentKind, Platform, Version};

/// A host that gets other versions.
#[derive(Clone, Copy, Debug)]
pub struct Upgrade<'c> {
    /// The host.
    pub host: ClusterInput<'c>,
    /// libvirt's version, where it is to be another.
    pub libvirt: Option<Version>,
    /// QEMU's version, where it is to be another.
    pub qemu: Option<Version>,
    /// The map of that libvirt.
    pub map: &'c CpuMap,
}

/// Why nothing can be said of a host with other versions.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ForecastError {
    /// What it gives now is not known.
    #[error(transparent)]
    Host(#[from] CannotTell),
    /// It is not known which models that QEMU offers.
    #[error(
        "which models QEMU {major}.{minor} offers is not known, and no host of the same processor has it"
    )]
    Qemu {
        /// Its version's first number.
        major: u32,
        /// Its version's second number.
        minor: u32,
    },
}

/// A host whose document tells what another will give.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evidence {
    /// Its name.
    pub host: String,
    /// What else differs between the two, that may count.
    pub differs: Vec<&'static str>,
}

/// What is known of a host with other versions.
#[derive(Clone, Debug)]
pub struct Forecast<'c> {
    /// Its name.
    pub name: &'c str,
    /// Its versions now.
    pub from: Versions,
    /// The versions it is to have.
    pub to: Versions,
    /// A host of the same processor that has these versions.
    pub evidence: Option<Evidence>,
    /// The features that it gains for certain.
    pub gains: Vec<String>,
    /// Those that it may gain beside them; `None` where nothing bounds them.
    pub may_gain: Option<Vec<String>>,
    /// The features that it loses for certain.
    pub loses: Vec<String>,
    /// Those that it may lose beside them; `None` where nothing bounds them.
    pub may_lose: Option<Vec<String>>,
    /// The models that it then offers and now does not.
    pub offers: Vec<String>,
    /// The models that it now offers and then does not.
    pub withdraws: Vec<String>,
    /// Whether it offers other models now than releases of its QEMU do, so that what it then offers is a guess.
    pub unusual: bool,
    pub(super) map: &'c CpuMap,
    pub(super) least: Option<Platform>,
    pub(super) most: Option<Platform>,
}

/// What is known of these hosts with other versions, or why nothing is.
pub fn forecasts<'c>(
    upgrades: &[Upgrade<'c>],
    hosts: &[ClusterInput<'c>],
) -> (Vec<Forecast<'c>>, Vec<(String, ForecastError)>) {
    let (mut known, mut unknown) = (Vec::new(), Vec::new());
    for upgrade in upgrades {
        match forecast(upgrade, hosts) {
            Ok(forecast) => known.push(forecast),
            Err(why) => unknown.push((upgrade.host.name.to_owned(), why)),
        }
    }
    (known, unknown)
}

fn forecast<'c>(upgrade: &Upgrade<'c>, hosts: &[ClusterInput<'c>]) -> Result<Forecast<'c>, ForecastError> {
    let host = &upgrade.host;
    let (_, left_out) = by_vendor(&[*host]);
    if let Some((_, why)) = left_out.into_iter().next() {
        return Err(why.into());
    }
    let unknown = CannotTell::Unknown(DocumentKind::DomainCapabilities);
    let class = class_of_one(host).ok_or(unknown)?;
    let from = Versions::of(host.platform).ok_or(CannotTell::Unknown(DocumentKind::Version))?;
    let to = Versions {
        libvirt: upgrade.libvirt.unwrap_or(from.libvirt),
        qemu: upgrade.qemu.unwrap_or(from.qemu),
    };
    match witness(host, to, hosts).filter(|_| !to.is_like(from)) {
        Some(witness) => Ok(by_evidence(host.name, &class, [from, to], &witness)),
        None => by_bounds(upgrade, &class, [from, to]),
    }
}

/// What another host of the same processor gives with these versions, this one will give.
fn by_evidence<'c>(
    name: &'c str,
    class: &Class<'c>,
    versions: [Versions; 2],
    witness: &Witness<'c>,
) -> Forecast<'c> {
    let has = owned(&witness.class.has);
    let seen = Bounds { least: Some(has.clone()), most: Some(has) };
    let then = models(&witness.class);
    let platform = || Some(witness.host.platform.clone());
    let evidence = Evidence { host: witness.host.name.to_owned(), differs: witness.differs.clone() };
    Forecast {
        evidence: Some(evidence),
        map: witness.class.map,
        least: platform(),
        most: platform(),
        ..between(name, class, versions, &seen, &then)
    }
}

/// What the versions themselves tell.
fn by_bounds<'c>(
    upgrade: &Upgrade<'c>,
    class: &Class<'c>,
    [from, to]: [Versions; 2],
) -> Result<Forecast<'c>, ForecastError> {
    let (name, platform, map) = (upgrade.host.name, upgrade.host.platform, upgrade.map);
    let has = owned(&class.has);
    let known = if to.is_like(from) {
        Bounds { least: Some(has.clone()), most: Some(has) }
    } else {
        bounds(class, platform, [from, to], map)
    };
    let now = models(class);
    let usual = offered(class.map, from.qemu);
    let new = offered(map, to.qemu);
    let then: BTreeSet<String> = match (&usual, new) {
        (Some(usual), Some(new)) => {
            let gone: BTreeSet<String> = usual.difference(&new).cloned().collect();
            now.difference(&gone).chain(new.difference(usual)).cloned().collect()
        }
        (None, Some(new)) => new,
        (_, None) if to.qemu.release() == from.qemu.release() => {
            now.iter().filter(|name| map.model(name).is_some()).cloned().collect()
        }
        (_, None) => return Err(ForecastError::Qemu { major: to.qemu.major, minor: to.qemu.minor }),
    };
    let supposition = Supposition { to, map, offered: &then };
    let with = |names: &Option<Names>| Some(supposition.platform(class, platform, names.as_ref()?));
    Ok(Forecast {
        unusual: usual != Some(now),
        map,
        least: with(&known.least),
        most: with(&known.most),
        ..between(name, class, [from, to], &known, &then)
    })
}

/// What lies between what a host has and what it will have.
fn between<'c>(
    name: &'c str,
    class: &Class<'c>,
    [from, to]: [Versions; 2],
    bounds: &Bounds,
    then: &BTreeSet<String>,
) -> Forecast<'c> {
    let (has, now) = (owned(&class.has), models(class));
    let minus = |one: &BTreeSet<String>, other: &BTreeSet<String>| -> BTreeSet<String> {
        one.difference(other).cloned().collect()
    };
    let (least, most) = (bounds.least.as_ref(), bounds.most.as_ref());
    let gains = least.map(|least| minus(least, &has)).unwrap_or_default();
    let loses = most.map(|most| minus(&has, most)).unwrap_or_default();
    let listed = |names: BTreeSet<String>| names.into_iter().collect::<Vec<_>>();
    Forecast {
        name,
        from,
        to,
        evidence: None,
        may_gain: most.map(|most| listed(minus(&minus(most, &has), &gains))),
        may_lose: least.map(|least| listed(minus(&minus(&has, least), &loses))),
        gains: listed(gains),
        loses: listed(loses),
        offers: listed(minus(then, &now)),
        withdraws: listed(minus(&now, then)),
        unusual: false,
        map: class.map,
        least: None,
        most: None,
    }
}

fn owned(names: &BTreeSet<&str>) -> Names {
    names.iter().map(|&name| name.to_owned()).collect()
}

/// The models that hosts of the class offer, without those that have a version in their name.
fn models(class: &Class<'_>) -> BTreeSet<String> {
    let models = class.capability.models.value().map_or(&[][..], Vec::as_slice);
    let names = models.iter().map(|known| &known.value.name).filter(|name| !is_versioned(name));
    names.map(|&name| name.into()).collect()
}

/// The models that libvirt with this map offers under a release of QEMU; `None` where that is not known.
fn offered(map: &CpuMap, qemu: Version) -> Option<BTreeSet<String>> {
    let known = qemu_models(qemu)?.iter().filter(|name| map.model(name).is_some());
    Some(known.map(|&name| name.to_owned()).collect())
}

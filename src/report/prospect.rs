//! What other versions of libvirt and QEMU would do: what is certain, what is possible, and what would tell.

use schemars::JsonSchema;
use serde::Serialize;

use crate::cpu::x86::{Change, ClusterBaseline, Forecast, ForecastError, Prospect, Versions};
use crate::knowledge::versions::{Component, changes};
use crate::model::{DocumentKind, Version};

/// What other versions of libvirt and QEMU would do.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ProspectsRecord {
    /// Each host that gets other versions.
    pub hosts: Vec<ForecastRecord>,
    /// Hosts of which nothing can be said: the host, and why.
    pub unknown: Vec<(String, String)>,
    /// The baselines of each vendor that has such a host.
    pub baselines: Vec<ProspectRecord>,
}

/// One host with other versions.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ForecastRecord {
    /// The host.
    pub host: String,
    /// The release of libvirt that it has now, such as `9.0`.
    pub libvirt_before: String,
    /// The release of libvirt that it would have.
    pub libvirt_after: String,
    /// The release of QEMU that it has now, such as `7.2`.
    pub qemu_before: String,
    /// The release of QEMU that it would have.
    pub qemu_after: String,
    /// A host with the same processor that has these versions, whose domain capabilities are the answer; `null` where
    /// there is none, and only bounds are known.
    pub evidence: Option<String>,
    /// What else differs between the two hosts, for people; empty where nothing does, and where there is no such
    /// host.
    pub evidence_differs: Vec<&'static str>,
    /// The features that it gains for certain, by name.
    pub gains: Vec<String>,
    /// The features that it may gain besides; `null` where nothing bounds them.
    pub may_gain: Option<Vec<String>>,
    /// The features that it loses for certain, by name.
    pub loses: Vec<String>,
    /// The features that it may lose besides; `null` where nothing bounds them.
    pub may_lose: Option<Vec<String>>,
    /// The models that it then offers and now does not, without versioned names.
    pub offers: Vec<String>,
    /// The models that it now offers and then does not.
    pub withdraws: Vec<String>,
    /// Whether the models are a guess, because its QEMU now offers others than releases of QEMU do.
    pub models_unusual: bool,
    /// What changed between the versions that bears on CPUs, for people.
    pub changes: Vec<String>,
    /// What would tell all of it; `null` where it is known.
    pub told_by: Option<String>,
}

/// The baseline of one vendor's hosts.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ProspectRecord {
    /// libvirt's name of the vendor, such as `Intel`; empty where it is not known.
    pub vendor: String,
    /// The model now; `null` where there is none.
    pub model_before: Option<String>,
    /// The baseline if the hosts give what they give at least; `null` where that is not known.
    pub least: Option<BoundRecord>,
    /// The baseline if the hosts give all that they may give; `null` where that is not known.
    pub most: Option<BoundRecord>,
    /// The features that the baseline gains for certain, by name.
    pub gains: Vec<String>,
    /// The features that it may gain besides; `null` where nothing bounds them.
    pub may_gain: Option<Vec<String>>,
    /// The features that it loses for certain, by name.
    pub loses: Vec<String>,
    /// The features that it may lose besides; `null` where nothing bounds them.
    pub may_lose: Option<Vec<String>>,
}

/// A baseline at one bound.
#[derive(Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct BoundRecord {
    /// The model; `null` where no model can be given by every host.
    pub model: Option<String>,
    /// The level of x86-64 that it reaches, such as `x86-64-v3`; `null` where it is below the first, or where there
    /// is no model.
    pub level: Option<&'static str>,
}

/// The whole answer, for programs.
pub fn prospects_record(
    forecasts: &[Forecast<'_>],
    unknown: &[(String, ForecastError)],
    prospects: &[Prospect],
) -> ProspectsRecord {
    ProspectsRecord {
        hosts: forecasts.iter().map(forecast_record).collect(),
        unknown: unknown.iter().map(|(host, why)| (host.clone(), why.to_string())).collect(),
        baselines: prospects.iter().map(prospect_record).collect(),
    }
}

fn release(version: Version) -> String {
    format!("{}.{}", version.major, version.minor)
}

fn forecast_record(forecast: &Forecast<'_>) -> ForecastRecord {
    let Versions { libvirt, qemu } = forecast.from;
    let evidence = forecast.evidence.as_ref();
    let stays = forecast.from.is_like(forecast.to);
    let told = format!("{} there, once it has them", DocumentKind::DomainCapabilities.command());
    ForecastRecord {
        host: forecast.name.to_owned(),
        libvirt_before: release(libvirt),
        libvirt_after: release(forecast.to.libvirt),
        qemu_before: release(qemu),
        qemu_after: release(forecast.to.qemu),
        evidence: evidence.map(|evidence| evidence.host.clone()),
        evidence_differs: evidence.map(|evidence| evidence.differs.clone()).unwrap_or_default(),
        gains: forecast.gains.clone(),
        may_gain: forecast.may_gain.clone(),
        loses: forecast.loses.clone(),
        may_lose: forecast.may_lose.clone(),
        offers: forecast.offers.clone(),
        withdraws: forecast.withdraws.clone(),
        models_unusual: forecast.unusual,
        changes: changes_between(forecast),
        told_by: (evidence.is_none() && !stays).then_some(told),
    }
}

/// The changes in which libvirt and QEMU treat CPUs otherwise, by the words the table has for them.
const OF_CPUS: [&str; 6] = [
    "arch-capabilities-amd",
    "baseline-physical-bits",
    "cpu-model-versions",
    "domcaps-blockers",
    "extra-ht",
    "ht-by-topology",
];

fn changes_between(forecast: &Forecast<'_>) -> Vec<String> {
    let of = |component: Component, versions: Versions| match component {
        Component::Libvirt => versions.libvirt.release(),
        Component::Qemu => versions.qemu.release(),
    };
    let told = changes().iter().filter(|change| OF_CPUS.contains(&change.id)).filter_map(|change| {
        let (before, after) = (of(change.component, forecast.from), of(change.component, forecast.to));
        let name = if change.component == Component::Libvirt { "libvirt" } else { "QEMU" };
        let since = release(change.version);
        match (before < change.version, after < change.version) {
            (true, false) => Some(format!("since {name} {since}: {}", change.text)),
            (false, true) => Some(format!("not before {name} {since}: {}", change.text)),
            _ => None,
        }
    });
    told.collect()
}

fn prospect_record(prospect: &Prospect) -> ProspectRecord {
    let (least, most) = (prospect.least.as_ref(), prospect.most.as_ref());
    let before = least.or(most).and_then(|change| change.before.as_ref());
    let gains = least.map(|least| least.gained.clone()).unwrap_or_default();
    let loses = most.map(|most| most.lost.clone()).unwrap_or_default();
    let beyond = |names: &[String], certain: &[String]| -> Vec<String> {
        names.iter().filter(|name| !certain.contains(name)).cloned().collect()
    };
    ProspectRecord {
        vendor: prospect.vendor.clone(),
        model_before: before.and_then(|before| before.definition.model.clone()),
        least: least.map(bound),
        most: most.map(bound),
        may_gain: most.map(|most| beyond(&most.gained, &gains)),
        may_lose: least.map(|least| beyond(&least.lost, &loses)),
        gains,
        loses,
    }
}

fn bound(change: &Change) -> BoundRecord {
    let after: Option<&ClusterBaseline> = change.after.as_ref();
    BoundRecord {
        model: after.and_then(|after| after.definition.model.clone()),
        level: after.and_then(|after| after.level).map(|level| level.name),
    }
}

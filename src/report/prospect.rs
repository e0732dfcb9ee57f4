//! What other versions of libvirt and QEMU would do: what is certain, what is possible, and what would tell.

use std::fmt::Write as _;

use serde::Serialize;

use super::baseline::level_name;
use super::ladder_text::{listed, vendor_name};
use crate::cpu::x86::{Change, ClusterBaseline, Forecast, ForecastError, Prospect, Versions};
use crate::knowledge::versions::{Component, changes};
use crate::model::{DocumentKind, Version};

/// The whole answer.
#[derive(Debug, Serialize)]
pub struct ProspectsRecord {
    /// Each host that gets other versions.
    pub hosts: Vec<ForecastRecord>,
    /// Hosts of which nothing can be said, and why.
    pub unknown: Vec<(String, String)>,
    /// The baselines of each vendor that has such a host.
    pub baselines: Vec<ProspectRecord>,
}

/// One host with other versions.
#[derive(Debug, Serialize)]
pub struct ForecastRecord {
    /// Its name.
    pub host: String,
    /// libvirt's release now.
    pub libvirt_before: String,
    /// libvirt's release then.
    pub libvirt_after: String,
    /// QEMU's release now.
    pub qemu_before: String,
    /// QEMU's release then.
    pub qemu_after: String,
    /// A host of the same processor that has these versions: its domain capabilities are the answer.
    pub evidence: Option<String>,
    /// What else differs between the two hosts.
    pub evidence_differs: Vec<&'static str>,
    /// The features that it gains for certain.
    pub gains: Vec<String>,
    /// Those that it may gain; `None` where nothing bounds them.
    pub may_gain: Option<Vec<String>>,
    /// The features that it loses for certain.
    pub loses: Vec<String>,
    /// Those that it may lose; `None` where nothing bounds them.
    pub may_lose: Option<Vec<String>>,
    /// The models that it then offers and now does not, without versioned names.
    pub offers: Vec<String>,
    /// The models that it now offers and then does not.
    pub withdraws: Vec<String>,
    /// Whether the models are a guess, because its QEMU now offers others than releases of QEMU do.
    pub models_unusual: bool,
    /// What changed between the versions that bears on CPUs.
    pub changes: Vec<String>,
    /// What would tell all of it.
    pub told_by: Option<String>,
}

/// The baseline of one vendor's hosts.
#[derive(Debug, Serialize)]
pub struct ProspectRecord {
    /// libvirt's name of the vendor.
    pub vendor: String,
    /// The model now.
    pub model_before: Option<String>,
    /// The baseline if the hosts give what they give at least; `None` where that is not known.
    pub least: Option<BoundRecord>,
    /// The baseline if the hosts give all that they may give; `None` where that is not known.
    pub most: Option<BoundRecord>,
    /// The features that the baseline gains for certain.
    pub gains: Vec<String>,
    /// Those that it may gain; `None` where nothing bounds them.
    pub may_gain: Option<Vec<String>>,
    /// The features that it loses for certain.
    pub loses: Vec<String>,
    /// Those that it may lose; `None` where nothing bounds them.
    pub may_lose: Option<Vec<String>>,
}

/// A baseline at one bound.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct BoundRecord {
    /// The model; `None` where no model passes.
    pub model: Option<String>,
    /// The level of x86-64.
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

/// The whole answer, for people.
pub(super) fn prospects_text(record: &ProspectsRecord) -> String {
    let mut out =
        "With other versions, as long as processor, microcode and kernel stay as they are\n".to_owned();
    let mut alike: Vec<(Vec<&str>, String)> = Vec::new();
    for host in &record.hosts {
        let lines = host_lines(host);
        match alike.iter_mut().find(|(_, other)| *other == lines) {
            Some((names, _)) => names.push(&host.host),
            None => alike.push((vec![&host.host], lines)),
        }
    }
    for (names, lines) in alike {
        let _ = write!(out, "  {}: {lines}", names.join(", "));
    }
    for (host, why) in &record.unknown {
        let _ = writeln!(out, "  {host}: nothing can be said: {why}");
    }
    for baseline in &record.baselines {
        out.push_str(&baseline_lines(baseline));
    }
    if record.hosts.is_empty() && record.unknown.is_empty() {
        out.push_str("  there is no x86 host\n");
    }
    out.push('\n');
    out
}

fn host_lines(host: &ForecastRecord) -> String {
    let change = |what, before: &str, after: &str| {
        if before == after { format!("{what} {after}") } else { format!("{what} {before} becomes {after}") }
    };
    let libvirt = change("libvirt", &host.libvirt_before, &host.libvirt_after);
    let mut out = format!("{libvirt}, {}\n", change("QEMU", &host.qemu_before, &host.qemu_after));
    if host.evidence.is_none() && host.told_by.is_none() {
        return out + "    (it has these versions; nothing changes)\n";
    }
    if let Some(evidence) = &host.evidence {
        let _ = writeln!(
            out,
            "    {evidence} has the same processor and these versions: what it says is the answer"
        );
        if !host.evidence_differs.is_empty() {
            let differs = host.evidence_differs.join(" and ");
            let _ = writeln!(out, "    (but another {differs}, on which it may depend too)");
        }
    }
    out.push_str(&features_lines(host));
    for (what, models) in [("offers the models", &host.offers), ("no longer offers", &host.withdraws)] {
        if !models.is_empty() {
            let _ = writeln!(out, "    {what} {}", models.join(", "));
        }
    }
    if host.models_unusual {
        out.push_str(
            "    (its QEMU offers other models than that release of QEMU, so it may then as well)\n",
        );
    }
    for change in &host.changes {
        let _ = writeln!(out, "    {change}");
    }
    if let Some(document) = &host.told_by {
        let _ = writeln!(out, "    what would tell: {document}");
    }
    out
}

fn features_lines(host: &ForecastRecord) -> String {
    let bounds = (&host.gains, &host.may_gain, &host.loses, &host.may_lose);
    bounds_lines(bounds, "its capabilities.xml would bound that, where it is missing")
}

type Bounds<'b> = (&'b Vec<String>, &'b Option<Vec<String>>, &'b Vec<String>, &'b Option<Vec<String>>);

fn bounds_lines((gains, may_gain, loses, may_lose): Bounds<'_>, unbounded: &str) -> String {
    let mut out = String::new();
    for (verb, certain, possible) in [("gain", gains, may_gain), ("lose", loses, may_lose)] {
        if !certain.is_empty() {
            let _ = writeln!(out, "    {verb}s {}", listed(certain));
        }
        let more = if certain.is_empty() { "" } else { " besides" };
        let nothing = certain.is_empty();
        match possible {
            None if verb == "lose" => {
                out.push_str("    may lose any feature: nothing tells what older versions leave\n");
            }
            None => {
                let _ = writeln!(out, "    may gain features that are not known; {unbounded}");
            }
            Some(possible) if possible.is_empty() => {
                if nothing {
                    let _ = writeln!(out, "    {verb}s nothing");
                }
            }
            Some(possible) => {
                let _ = writeln!(out, "    may {verb}{more}, at most, {}", listed(possible));
            }
        }
    }
    out
}

fn baseline_lines(baseline: &ProspectRecord) -> String {
    let named = |bound: &BoundRecord| {
        bound
            .model
            .as_ref()
            .map_or_else(|| "no model".to_owned(), |model| format!("{model}, {}", level_name(bound.level)))
    };
    let mut out = format!("  {}: baseline\n", vendor_name(&baseline.vendor));
    let now = baseline.model_before.as_deref().unwrap_or("none");
    let told = match (&baseline.least, &baseline.most) {
        (Some(least), Some(most)) if least == most => format!("{}; now {now}", named(least)),
        (Some(least), Some(most)) => {
            format!(
                "{}, if they give what they give at least; {}, if all that they may; now {now}",
                named(least),
                named(most)
            )
        }
        (Some(least), None) => format!("{}, if they give what they give at least; now {now}", named(least)),
        (None, Some(most)) => format!("{}, if they give all that they may; now {now}", named(most)),
        (None, None) => format!("not known; now {now}"),
    };
    let _ = writeln!(out, "    model: {told}");
    let bounds = (&baseline.gains, &baseline.may_gain, &baseline.loses, &baseline.may_lose);
    out.push_str(&bounds_lines(bounds, "what bounds its hosts would bound it"));
    out
}

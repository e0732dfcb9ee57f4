//! The CPU baselines of a cluster: for people, for programs, and as libvirt's XML.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::Serialize;

use super::arm::{ArmRecord, arm_record, arm_text};
use crate::cpu::arm::ArmGroups;
use crate::cpu::x86::{ClusterBaseline, ClusterBaselines, VendorGroup, to_xml};
use crate::knowledge::x86::group;

/// The document, version 1.
#[derive(Debug, Serialize)]
pub struct BaselineDocument {
    /// `portolan-baseline`
    pub format: &'static str,
    /// 1
    pub version: u32,
    /// The cluster's name.
    pub cluster: String,
    /// One baseline for each vendor.
    pub baselines: Vec<BaselineRecord>,
    /// The ARM hosts, which have no baseline; `None` where there is none.
    pub arm: Option<ArmRecord>,
    /// Hosts that no baseline is for, and why.
    pub left_out: Vec<(String, String)>,
}

/// The hosts of one vendor.
#[derive(Debug, Serialize)]
pub struct BaselineRecord {
    /// libvirt's name of the vendor.
    pub vendor: String,
    /// The hosts that can give it.
    pub hosts: Vec<String>,
    /// The model; `None` where no model can be given by every host.
    pub model: Option<String>,
    /// The features that differ from the model's: name and policy.
    pub features: Vec<(String, &'static str)>,
    /// The level of x86-64 that it reaches.
    pub level: Option<&'static str>,
    /// The CPU map it was made by.
    pub map: Option<String>,
    /// What each host loses under it.
    pub losses: Vec<LossRecord>,
    /// Why each model that was tried was refused: model, host, reasons.
    pub refused: Vec<(String, String, Vec<String>)>,
    /// The baseline as libvirt's XML.
    pub xml: Option<String>,
}

/// What one host loses.
#[derive(Debug, Serialize)]
pub struct LossRecord {
    /// The host.
    pub host: String,
    /// Its host-model's model.
    pub model: Option<String>,
    /// The features it has and the baseline has not.
    pub lost: Vec<String>,
    /// Whether what blocks a model was derived, because libvirt did not say.
    pub derived: bool,
}

/// The baselines for programs.
pub fn baseline_document(cluster: &str, baselines: &ClusterBaselines, arm: &ArmGroups) -> BaselineDocument {
    BaselineDocument {
        format: "portolan-baseline",
        version: 1,
        cluster: cluster.to_owned(),
        baselines: baselines.groups.iter().map(record).collect(),
        arm: (!arm.classes.is_empty()).then(|| arm_record(arm)),
        left_out: baselines.left_out.iter().map(|(host, why)| (host.clone(), why.to_string())).collect(),
    }
}

fn record(group: &VendorGroup) -> BaselineRecord {
    let empty = BaselineRecord {
        vendor: group.vendor.clone(),
        hosts: group.hosts.clone(),
        model: None,
        features: Vec::new(),
        level: None,
        map: None,
        losses: Vec::new(),
        refused: Vec::new(),
        xml: None,
    };
    match &group.baseline {
        Ok(baseline) => found(baseline, empty),
        Err(error) => {
            let why = |reasons: &[_]| reasons.iter().map(|reason| format!("{reason:?}")).collect();
            let refused = error.refused.iter();
            let refused = refused.map(|(model, (host, reasons))| (model.clone(), host.clone(), why(reasons)));
            BaselineRecord { refused: refused.collect(), ..empty }
        }
    }
}

fn found(baseline: &ClusterBaseline, empty: BaselineRecord) -> BaselineRecord {
    let features = baseline.definition.features.iter();
    let losses = baseline.hosts.iter().map(|host| LossRecord {
        host: host.name.clone(),
        model: host.model.clone(),
        lost: host.lost.clone(),
        derived: host.derived,
    });
    BaselineRecord {
        model: baseline.definition.model.clone(),
        features: features.map(|feature| (feature.name.clone(), feature.policy.as_str())).collect(),
        level: baseline.level.map(|level| level.name),
        map: Some(baseline.map.clone()),
        losses: losses.collect(),
        xml: Some(to_xml(&baseline.definition)),
        ..empty
    }
}

/// The baselines for people.
pub fn baseline_text(document: &BaselineDocument) -> String {
    let mut out = String::new();
    for baseline in &document.baselines {
        out.push_str(&baseline_lines(baseline));
    }
    if let Some(arm) = &document.arm {
        out.push_str(&arm_text(arm));
    }
    for (host, why) in &document.left_out {
        let _ = writeln!(out, "{host}: no baseline: {why}");
    }
    out
}

fn baseline_lines(baseline: &BaselineRecord) -> String {
    let vendor = if baseline.vendor.is_empty() { "unknown vendor" } else { &baseline.vendor };
    let mut out = format!("{vendor}: {}\n", baseline.hosts.join(", "));
    let Some(model) = &baseline.model else {
        out.push_str("  no CPU model can be given by every host\n");
        for (model, host, _) in &baseline.refused {
            let _ = writeln!(out, "    {model}: refused by {host}");
        }
        return out;
    };
    let _ = writeln!(out, "  {model}, {}", baseline.level.unwrap_or("below x86-64-v1"));
    for policy in ["require", "disable"] {
        let names: Vec<_> =
            baseline.features.iter().filter(|(_, p)| *p == policy).map(|(n, _)| n.as_str()).collect();
        if !names.is_empty() {
            let _ = writeln!(out, "  {policy}: {}", names.join(", "));
        }
    }
    for loss in &baseline.losses {
        out.push_str(&loss_lines(loss));
    }
    out.push('\n');
    out
}

/// What a host loses, by what the features are for.
fn loss_lines(loss: &LossRecord) -> String {
    let model = loss.model.as_deref().unwrap_or("unknown model");
    let derived =
        if loss.derived { " (what blocks a model is derived; its libvirt does not say)" } else { "" };
    let mut out = format!("  {} ({model}) loses {} features{derived}\n", loss.host, loss.lost.len());
    let mut by_group: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for feature in &loss.lost {
        by_group.entry(group(feature).map_or("other", |group| group.name)).or_default().push(feature);
    }
    for (name, features) in by_group {
        let _ = writeln!(out, "    {name}: {}", shortened(&features));
    }
    out
}

/// How many features of one group are listed; the JSON document has all.
const FEATURES_SHOWN: usize = 12;

fn shortened(features: &[&str]) -> String {
    match features.split_at_checked(FEATURES_SHOWN) {
        Some((shown, rest)) if !rest.is_empty() => format!("{} and {} more", shown.join(", "), rest.len()),
        _ => features.join(", "),
    }
}

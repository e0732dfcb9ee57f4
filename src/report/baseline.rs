//! The CPU baselines of a cluster: for people, for programs, and as libvirt's XML.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use schemars::JsonSchema;
use serde::Serialize;

use super::arm::{ArmRecord, arm_text};
use super::words::at_most;
use crate::cpu::x86::{ClusterBaseline, ClusterBaselines, VendorGroup, to_xml};
use crate::knowledge::x86::group;
use crate::model::Policy;

/// The version of the form that is written.
pub(super) const VERSION: u32 = 1;

/// The x86 CPUs that every host can give, and which ARM hosts are near enough to one another.
#[derive(Debug, Serialize, JsonSchema)]
pub struct BaselineDocument {
    /// What the document is: `portolan-baseline`.
    pub format: &'static str,
    /// The version of its form; a program refuses one that it does not know.
    pub version: u32,
    /// The name of the cluster.
    pub cluster: String,
    /// The baselines of the x86 hosts, one for each vendor.
    pub baselines: Vec<BaselineRecord>,
    /// The ARM hosts, which have no baseline; `null` where there is none.
    pub arm: Option<ArmRecord>,
    /// Hosts that no baseline is for: the host, and why.
    pub left_out: Vec<(String, String)>,
}

/// The baseline of the hosts of one vendor.
#[derive(Debug, Serialize, JsonSchema)]
pub struct BaselineRecord {
    /// libvirt's name of the vendor, such as `Intel`; empty where it is not known.
    pub vendor: String,
    /// The hosts it is for.
    pub hosts: Vec<String>,
    /// The model; `null` where no model can be given by every host.
    pub model: Option<String>,
    /// The features that differ from those of the model: the name, and `require` or `disable`.
    pub features: Vec<(String, &'static str)>,
    /// Mitigations that every host has and the model lacks, so that they are required beside it.
    pub mitigations_added: Vec<MitigationRecord>,
    /// The level of x86-64 that it reaches, such as `x86-64-v3`; `null` where it is below the first, or where there
    /// is no model.
    pub level: Option<&'static str>,
    /// The CPU map that it was made by: the files of a host, or which release of libvirt; `null` where there is no
    /// model.
    pub map: Option<String>,
    /// What each host loses under it.
    pub losses: Vec<LossRecord>,
    /// Where there is no model: why each one that was tried was refused, by model, host and reasons. Empty where
    /// there is one.
    pub refused: Vec<(String, String, Vec<String>)>,
    /// The baseline as libvirt's XML; `null` where there is no model.
    pub xml: Option<String>,
}

impl BaselineRecord {
    /// The file that its XML is written to, without ending, as it would be called if the vendor's name may be a file's.
    pub fn stem(&self) -> &str {
        if self.vendor.is_empty() { "unknown" } else { &self.vendor }
    }
}

/// What one host loses.
#[derive(Debug, Serialize, JsonSchema)]
pub struct LossRecord {
    /// The host.
    pub host: String,
    /// The model of the host's host-model; `null` where it is not known.
    pub model: Option<String>,
    /// The level of x86-64 that the host reaches by itself, such as `x86-64-v3`; `null` where it is below the first.
    pub level: Option<&'static str>,
    /// The features that the host has and the baseline has not, by name.
    pub lost: Vec<String>,
    /// The mitigations among them.
    pub mitigations_lost: Vec<MitigationRecord>,
    /// Whether what blocks a model was derived, because the libvirt of the host does not say it.
    pub derived: bool,
}

/// Features against one weakness.
#[derive(Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct MitigationRecord {
    /// What it means to be without them, for people.
    pub without: &'static str,
    /// The features, by name.
    pub features: Vec<String>,
}

/// The baselines for programs.
pub fn baseline_document(
    cluster: &str,
    baselines: &ClusterBaselines,
    arm: Option<ArmRecord>,
) -> BaselineDocument {
    BaselineDocument {
        format: "portolan-baseline",
        version: VERSION,
        cluster: cluster.to_owned(),
        baselines: baselines.groups.iter().map(record).collect(),
        arm,
        left_out: baselines.left_out.iter().map(|(host, why)| (host.clone(), why.to_string())).collect(),
    }
}

fn record(group: &VendorGroup) -> BaselineRecord {
    let empty = BaselineRecord {
        vendor: group.vendor.clone(),
        hosts: group.hosts.clone(),
        model: None,
        features: Vec::new(),
        mitigations_added: Vec::new(),
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
        level: host.level.map(|level| level.name),
        mitigations_lost: mitigations(host.lost.iter().map(String::as_str)),
        lost: host.lost.to_vec(),
        derived: host.derived,
    });
    BaselineRecord {
        model: baseline.definition.model.clone(),
        features: features.map(|feature| (feature.name.into(), feature.policy.as_str())).collect(),
        mitigations_added: mitigations(baseline.definition.named(Policy::Require)),
        level: baseline.level.map(|level| level.name),
        map: Some(baseline.map.clone()),
        losses: losses.collect(),
        xml: Some(to_xml(&baseline.definition)),
        ..empty
    }
}

/// The mitigations among `features`, by what it means to be without them.
pub(super) fn mitigations<'f>(features: impl Iterator<Item = &'f str>) -> Vec<MitigationRecord> {
    let mut by_words: BTreeMap<&'static str, Vec<String>> = BTreeMap::new();
    for feature in features {
        if let Some(group) = group(feature).filter(|group| group.name == "mitigation") {
            by_words.entry(group.words).or_default().push(feature.to_owned());
        }
    }
    by_words.into_iter().map(|(without, features)| MitigationRecord { without, features }).collect()
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
    let _ = writeln!(out, "  {model}, {}", level_name(baseline.level));
    for policy in ["require", "disable"] {
        let names: Vec<_> =
            baseline.features.iter().filter(|(_, p)| *p == policy).map(|(n, _)| n.as_str()).collect();
        if !names.is_empty() {
            let _ = writeln!(out, "  {policy}: {}", names.join(", "));
        }
    }
    if !baseline.mitigations_added.is_empty() {
        out.push_str(
            "  protections that every host has and the model lacks, required beside it; without them:\n",
        );
        out.push_str(&mitigation_lines(&baseline.mitigations_added));
    }
    for alike in baseline.losses.chunk_by(LossRecord::is_like) {
        out.push_str(&loss_lines(alike, baseline.level));
    }
    out.push('\n');
    out
}

fn mitigation_lines(mitigations: &[MitigationRecord]) -> String {
    let line = |one: &MitigationRecord| format!("    {}: {}\n", one.features.join(", "), one.without);
    mitigations.iter().map(line).collect()
}

impl LossRecord {
    /// Whether the other host is the same and loses the same.
    fn is_like(&self, other: &Self) -> bool {
        (&self.model, self.level, &self.lost, self.derived)
            == (&other.model, other.level, &other.lost, other.derived)
    }
}

/// A level for people.
pub(super) fn level_name(level: Option<&'static str>) -> &'static str {
    level.unwrap_or("below x86-64-v1")
}

/// What hosts that lose the same lose, by what the features are for.
fn loss_lines(alike: &[LossRecord], level: Option<&'static str>) -> String {
    let Some(loss) = alike.first() else { return String::new() };
    let names: Vec<&str> = alike.iter().map(|loss| loss.host.as_str()).collect();
    let model = loss.model.as_deref().unwrap_or("unknown model");
    let (verb, each) = if alike.len() > 1 { ("lose", " each") } else { ("loses", "") };
    let derived =
        if loss.derived { " (what blocks a model is derived; its libvirt does not say)" } else { "" };
    let own = level_name(loss.level);
    let fall =
        if loss.level == level { String::new() } else { format!("; {own} becomes {}", level_name(level)) };
    let (names, lost) = (names.join(", "), loss.lost.len());
    let mut out = format!("  {names} ({model}, {own}) {verb} {lost} features{each}{fall}{derived}\n");
    out.push_str(&feature_lines(&loss.lost));
    if !loss.mitigations_lost.is_empty() {
        out.push_str("    without these protections, or not told of them:\n");
        out.push_str(&mitigation_lines(&loss.mitigations_lost).replace("    ", "      "));
    }
    out
}

/// Features by what they are for, a line each.
pub(super) fn feature_lines(features: &[String]) -> String {
    let mut by_group: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for feature in features {
        by_group.entry(group(feature).map_or("other", |group| group.name)).or_default().push(feature);
    }
    let line = |(name, features): (&str, Vec<&str>)| format!("    {name}: {}\n", shortened(&features));
    by_group.into_iter().map(line).collect()
}

/// How many features of one group are listed; the JSON document has all.
const FEATURES_SHOWN: usize = 12;

pub(super) fn shortened(features: &[&str]) -> String {
    at_most(FEATURES_SHOWN, features.iter().copied())
}

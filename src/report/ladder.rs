//! What lies behind the baselines: who holds back, CPU groups, what a change would do, and guests.

use schemars::JsonSchema;
use serde::Serialize;

use super::baseline::BaselineDocument;
use super::prospect::ProspectsRecord;
use crate::cpu::x86::{
    CannotTell, Change, ClusterBaseline, CpuGroup, Drag, GuestStanding, Ladder, Method, VendorDrag, to_xml,
};
use crate::model::CpuMode;

/// What `portolan baseline` found.
#[derive(Debug)]
pub struct Found<'f> {
    /// The command that pins guests to the baselines, where they are those of the cluster as it is.
    pub pin: Option<String>,
    /// Who holds back.
    pub drags: &'f [VendorDrag],
    /// The divisions into CPU groups, where they were asked for.
    pub ladders: Option<&'f [Ladder]>,
    /// What a change of the hosts does, where it was asked for.
    pub changes: Option<&'f [Change]>,
    /// What other versions do, where it was asked for.
    pub versions: Option<ProspectsRecord>,
    /// The guests.
    pub guests: &'f [GuestStanding],
}

/// The baselines of a cluster, with what lies behind them.
#[derive(Debug, Serialize, JsonSchema)]
pub struct BaselineReport {
    /// The baselines.
    #[serde(flatten)]
    pub baseline: BaselineDocument,
    /// What the other hosts gain where some are left out; absent in the `baseline.json` of a plan.
    #[schemars(skip_serializing_if = "Vec::is_empty")]
    pub drags: Vec<DragRecord>,
    /// The best divisions into CPU groups, by vendor; absent unless they are asked for (`--groups`).
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Vec<LadderRecord>")]
    pub ladders: Option<Vec<LadderRecord>>,
    /// What changes against the hosts as they are, by vendor; absent unless hosts leave or join (`--without`,
    /// `--with`).
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Vec<ChangeRecord>")]
    pub changes: Option<Vec<ChangeRecord>>,
    /// What other versions of libvirt and QEMU would do; absent unless that is asked for (`--libvirt`, `--qemu`).
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "ProspectsRecord")]
    pub versions: Option<ProspectsRecord>,
    /// The guests against the baseline of their host; absent in the `baseline.json` of a plan.
    #[schemars(skip_serializing_if = "Vec::is_empty")]
    pub guests: Vec<StandingRecord>,
    /// The command that pins guests to the baselines; absent where hosts leave or join, and in the `baseline.json` of
    /// a plan.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String")]
    pub pin: Option<String>,
}

/// What the others gain where some hosts are left out.
#[derive(Debug, Serialize, JsonSchema)]
pub struct DragRecord {
    /// libvirt's name of the vendor, such as `Intel`; empty where it is not known.
    pub vendor: String,
    /// The hosts left out.
    pub without: Vec<String>,
    /// How many classes of hosts that give the same CPU are left out.
    pub classes: usize,
    /// The model of the others; `null` where no model can be given by all of them.
    pub model: Option<String>,
    /// The level of x86-64 of the others, such as `x86-64-v3`; `null` where it is below the first, or where there is
    /// no model.
    pub level: Option<&'static str>,
    /// The features that the others gain, by name.
    pub gained: Vec<String>,
}

/// The ladder of one vendor's hosts.
#[derive(Debug, Serialize, JsonSchema)]
pub struct LadderRecord {
    /// libvirt's name of the vendor, such as `Intel`; empty where it is not known.
    pub vendor: String,
    /// How many classes of hosts that give the same CPU there are.
    pub classes: usize,
    /// How the divisions were found.
    #[schemars(with = "Method")]
    pub method: &'static str,
    /// The features that the hosts have by themselves, summed over them: no division keeps more.
    pub features: usize,
    /// The divisions, from one group upwards.
    pub rungs: Vec<RungRecord>,
}

/// One division.
#[derive(Debug, Serialize, JsonSchema)]
pub struct RungRecord {
    /// The features that the hosts keep, summed over them.
    pub kept: usize,
    /// How many guests run on features outside the baseline of their group.
    pub stranded: usize,
    /// The groups.
    pub groups: Vec<GroupRecord>,
}

/// One CPU group.
#[derive(Debug, Serialize, JsonSchema)]
pub struct GroupRecord {
    /// Its hosts.
    pub hosts: Vec<String>,
    /// The model; `null` where no model can be given by every host.
    pub model: Option<String>,
    /// The level of x86-64 that it reaches, such as `x86-64-v3`; `null` where it is below the first, or where there
    /// is no model.
    pub level: Option<&'static str>,
    /// All features of its baseline, by name; empty where there is no model.
    pub features: Vec<String>,
    /// The guests that run on features outside its baseline.
    pub stranded: Vec<String>,
    /// The baseline as libvirt's XML; `null` where there is no model.
    pub xml: Option<String>,
}

/// What changes for one vendor's hosts.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ChangeRecord {
    /// libvirt's name of the vendor, such as `Intel`; empty where it is not known.
    pub vendor: String,
    /// Hosts that join.
    pub joined: Vec<String>,
    /// Hosts that leave.
    pub left: Vec<String>,
    /// The model now; `null` where there is none.
    pub model_before: Option<String>,
    /// The model after; `null` where there is none.
    pub model_after: Option<String>,
    /// The level of x86-64 now, such as `x86-64-v3`; `null` where it is below the first, or where there is no model.
    pub level_before: Option<&'static str>,
    /// The level of x86-64 after; `null` where it is below the first, or where there is no model.
    pub level_after: Option<&'static str>,
    /// The features that the baseline gains, by name.
    pub gained: Vec<String>,
    /// The features that the baseline loses, by name.
    pub lost: Vec<String>,
    /// Guests that run on features outside it after and not now.
    pub stranded: Vec<String>,
    /// Guests that run on features outside it now and not after.
    pub freed: Vec<String>,
}

/// How a guest stands to the baseline of its host.
#[derive(Debug, Serialize, JsonSchema)]
pub struct StandingRecord {
    /// The guest.
    pub guest: String,
    /// The host it is on.
    pub host: String,
    /// The mode of its stored CPU.
    #[schemars(with = "CpuMode")]
    pub mode: &'static str,
    /// Whether it runs.
    pub runs: bool,
    /// The features that it runs on and the baseline has not, by name; `null` where they are not known.
    pub outside: Option<Vec<String>>,
    /// The features that it would lose by starting with the baseline, by name; `null` where that is not known.
    pub loses: Option<Vec<String>>,
    /// Why something is not known; `null` where all is.
    pub unknown: Option<String>,
}

/// The baselines with what lies behind them, for programs.
pub fn baseline_report(baseline: BaselineDocument, found: Found<'_>) -> BaselineReport {
    BaselineReport {
        baseline,
        drags: drag_records(found.drags),
        ladders: found.ladders.map(ladder_records),
        changes: found.changes.map(|changes| changes.iter().map(change_record).collect()),
        versions: found.versions,
        guests: found.guests.iter().map(standing_record).collect(),
        pin: found.pin,
    }
}

/// Which hosts cost the others how many features, for programs.
pub fn drag_records(drags: &[VendorDrag]) -> Vec<DragRecord> {
    let all = drags.iter().flat_map(|vendor| vendor.drags.iter().map(|drag| (&vendor.vendor, drag)));
    all.map(|(vendor, drag)| drag_record(vendor, drag)).collect()
}

fn drag_record(vendor: &str, drag: &Drag) -> DragRecord {
    DragRecord {
        vendor: vendor.to_owned(),
        without: drag.hosts.clone(),
        classes: drag.classes,
        model: drag.model.clone(),
        level: drag.level.map(|level| level.name),
        gained: drag.gained.clone(),
    }
}

/// Divisions into CPU groups, for programs.
pub fn ladder_records(ladders: &[Ladder]) -> Vec<LadderRecord> {
    ladders.iter().map(ladder_record).collect()
}

fn ladder_record(ladder: &Ladder) -> LadderRecord {
    let rungs = ladder.rungs.iter().map(|rung| RungRecord {
        kept: rung.kept,
        stranded: rung.groups.iter().map(|group| group.stranded.len()).sum(),
        groups: rung.groups.iter().map(group_record).collect(),
    });
    LadderRecord {
        vendor: ladder.vendor.clone(),
        classes: ladder.classes,
        method: match ladder.method {
            Method::Exact => "exact",
            Method::Improved => "improved",
            Method::Merged => "merged",
        },
        features: ladder.all,
        rungs: rungs.collect(),
    }
}

fn model(baseline: Option<&ClusterBaseline>) -> Option<String> {
    baseline?.definition.model.clone()
}

fn level(baseline: Option<&ClusterBaseline>) -> Option<&'static str> {
    baseline?.level.map(|level| level.name)
}

fn group_record(group: &CpuGroup) -> GroupRecord {
    let baseline = group.baseline.as_ref().ok();
    let features = baseline.map(|baseline| baseline.features.iter().cloned().collect());
    GroupRecord {
        hosts: group.hosts.clone(),
        model: model(baseline),
        level: level(baseline),
        features: features.unwrap_or_default(),
        stranded: group.stranded.clone(),
        xml: baseline.map(|baseline| to_xml(&baseline.definition)),
    }
}

fn change_record(change: &Change) -> ChangeRecord {
    let (before, after) = (change.before.as_ref(), change.after.as_ref());
    ChangeRecord {
        vendor: change.vendor.clone(),
        joined: change.joined.clone(),
        left: change.left.clone(),
        model_before: model(before),
        model_after: model(after),
        level_before: level(before),
        level_after: level(after),
        gained: change.gained.clone(),
        lost: change.lost.clone(),
        stranded: change.stranded.clone(),
        freed: change.freed.clone(),
    }
}

fn standing_record(guest: &GuestStanding) -> StandingRecord {
    let why = [&guest.outside, &guest.loses].into_iter().find_map(|told| told.as_ref().err());
    StandingRecord {
        guest: guest.name.clone(),
        host: guest.host.clone(),
        mode: guest.mode.as_str(),
        runs: guest.runs,
        outside: guest.outside.as_ref().ok().cloned(),
        loses: guest.loses.as_ref().ok().cloned(),
        unknown: why.map(CannotTell::to_string),
    }
}

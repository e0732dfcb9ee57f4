//! A rollout as a file.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Rollout;
use crate::compat::{GuestIndex, HostIndex};
use crate::model::{Cluster, Intent};
use crate::plan::document::{DocumentError, GuestRecord, Header, IntentRecord, PlanDocument};
use crate::plan::write;

/// What the file says it is.
pub const ROLLOUT_FORMAT: &str = "portolan-rollout";
/// The version of the file's form that is written and read.
pub const ROLLOUT_VERSION: u32 = 3;

/// A rollout as it is written: everything by name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RolloutDocument {
    /// What the document is: `portolan-rollout`.
    pub format: String,
    /// The version of its form; a program refuses one that it does not know.
    pub version: u32,
    /// The name of the cluster.
    pub cluster: String,
    /// What is wanted.
    pub intents: Vec<IntentRecord>,
    /// What it rests on beside what its plans do, for people.
    pub assumptions: Vec<String>,
    /// The rollout in figures.
    pub figures: RolloutFigures,
    /// Few stages against few moves, as if guests were as divisible as water.
    pub front: Vec<FrontRecord>,
    /// The stages, in order.
    pub stages: Vec<StageRecord>,
    /// The hosts that cannot be taken down.
    pub left: Vec<LeftHostRecord>,
}

/// A rollout in figures.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RolloutFigures {
    /// How many stages there are.
    pub stages: usize,
    /// As few as any rollout has that takes down the same hosts, by the memory and vCPUs of all.
    pub stages_at_least: usize,
    /// How many moves there are.
    pub moves: usize,
    /// As few as any rollout has that takes down the same hosts and brings back the same guests.
    pub moves_at_least: usize,
    /// How many moves bring a guest to a host from which it goes on within the stage, to make room.
    pub bounces: usize,
    /// How many times a guest that runs is stopped for a move.
    pub stopped: usize,
    /// How many guests cannot go back where they were.
    pub one_way: usize,
    /// How many guests of evacuated hosts cannot be brought back.
    pub not_back: usize,
    /// How many hosts are not taken down.
    pub left: usize,
    /// How long all moves take together if all take what is expected, in milliseconds; how long hosts are down is not in it.
    pub moving_ms: u64,
    /// What the live moves are expected to send, in MiB rounded up.
    pub sent_mib: u64,
}

/// One way to choose between stages and moves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FrontRecord {
    /// How many stages.
    pub stages: usize,
    /// The memory that moves more than once, in MiB rounded up.
    pub memory_twice_mib: u64,
}

/// One stage: its moves, and then the hosts are down; or the moves that bring guests back to hosts that were down.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StageRecord {
    /// The hosts that are taken down when all moves have ended; none where guests are brought back.
    pub hosts: Vec<String>,
    /// The hosts that were down, and to which their guests are brought back.
    pub back_to: Vec<String>,
    /// The guests that could not go back live to where they were, even were that host still as it was.
    pub one_way: Vec<String>,
    /// The moves.
    pub plan: PlanDocument,
}

/// A host that cannot be taken down.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LeftHostRecord {
    /// The host.
    pub host: String,
    /// Its guests that find no other host, with all reasons.
    pub guests: Vec<GuestRecord>,
}

impl Rollout<'_> {
    /// The document of a rollout for `cluster`.
    pub(super) fn document(&self, cluster: &Cluster, intents: &[Intent]) -> RolloutDocument {
        let names = |hosts: &BTreeSet<HostIndex>| {
            hosts.iter().map(|&host| cluster.hosts[host].name.clone()).collect::<Vec<_>>()
        };
        let guests = |guests: &[GuestIndex]| {
            guests.iter().map(|&guest| cluster.guests[guest].name.clone()).collect::<Vec<_>>()
        };
        let stages = self.done.iter().map(|stage| StageRecord {
            hosts: names(&stage.hosts),
            back_to: names(&stage.back_to),
            one_way: guests(&stage.one_way),
            plan: stage.plan.clone(),
        });
        let mib = |kib: u64| kib.div_ceil(1024);
        let front = self.front.iter();
        RolloutDocument {
            format: ROLLOUT_FORMAT.to_owned(),
            version: ROLLOUT_VERSION,
            cluster: cluster.name.clone(),
            intents: intents.iter().map(write::intent).collect(),
            assumptions: self.assumptions(cluster),
            figures: self.figures(cluster),
            front: front.map(|&(stages, kib)| FrontRecord { stages, memory_twice_mib: mib(kib) }).collect(),
            stages: stages.collect(),
            left: self.waiting.iter().map(|&host| self.left(host)).collect(),
        }
    }

    fn assumptions(&self, cluster: &Cluster) -> Vec<String> {
        let same: Vec<&str> = self
            .changed
            .iter()
            .filter(|host| !self.upgrade.after.contains_key(host))
            .map(|&host| cluster.hosts[host].name.as_str())
            .collect();
        let mut told = Vec::new();
        if !same.is_empty() {
            told.push(format!(
                "{} offer after their upgrade what they offer now; say which host they are like with like in [upgrade] of cluster.toml",
                same.join(", ")
            ));
        }
        told.push("a guest that was stopped for a move counts as shut off in later stages".to_owned());
        told
    }

    fn figures(&self, cluster: &Cluster) -> RolloutFigures {
        let mut figures = RolloutFigures {
            stages: self.done.len(),
            stages_at_least: self.bound.stages(&self.upgraded, self.at_once())
                + usize::from(self.done.iter().any(|stage| !stage.back_to.is_empty())),
            left: self.waiting.len(),
            ..RolloutFigures::default()
        };
        let down: BTreeSet<&str> =
            self.upgraded.iter().map(|&host| cluster.hosts[host].name.as_str()).collect();
        let on = |guest: &&crate::model::Guest| guest.host.as_deref().is_some_and(|host| down.contains(host));
        figures.moves_at_least = cluster.guests.iter().filter(on).count();
        for stage in &self.done {
            let of = &stage.plan.figures;
            figures.moves += of.moves;
            figures.bounces += of.bounces;
            figures.stopped += of.stopped;
            figures.one_way += stage.one_way.len();
            if !stage.back_to.is_empty() {
                figures.not_back += of.left_out;
                figures.moves_at_least += of.moves - of.bounces;
            }
            figures.moving_ms = figures.moving_ms.saturating_add(of.end_ms);
            figures.sent_mib = figures.sent_mib.saturating_add(of.sent_mib);
        }
        figures
    }

    fn left(&self, host: HostIndex) -> LeftHostRecord {
        let guests = self.left.iter().filter(|left| left.host == Some(host));
        LeftHostRecord {
            host: self.now.hosts[host].name.clone(),
            guests: guests.map(|left| write::left_out(left, &self.now)).collect(),
        }
    }
}

/// Reads a rollout as [`rollout_to_json`] writes it; `None` where the text is another document.
///
/// # Errors
/// [`DocumentError`] where the text is a rollout that cannot be read.
pub fn read_rollout(text: &str) -> Result<Option<RolloutDocument>, DocumentError> {
    let Ok(header) = serde_json::from_str::<Header>(text) else { return Ok(None) };
    if header.format != ROLLOUT_FORMAT {
        return Ok(None);
    }
    header.is_of_version(ROLLOUT_VERSION)?;
    Ok(Some(serde_json::from_str(text)?))
}

/// The rollout as JSON, indented, with a line feed at the end.
///
/// # Errors
/// Never for a document that [`rollout`](super::rollout()) made.
pub fn rollout_to_json(document: &RolloutDocument) -> Result<String, serde_json::Error> {
    serde_json::to_string_pretty(document).map(|text| text + "\n")
}

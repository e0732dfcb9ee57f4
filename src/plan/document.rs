//! The plan as a file.

use std::collections::BTreeSet;
use std::io::{self, Write};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::commands::Commands;
use super::figures::SinceRecord;
use super::mode::MoveMode;
use super::preparation::{Preparation, When};

/// What the file says it is.
pub const FORMAT: &str = "portolan-plan";
/// The version of the file's form that is written and read.
pub const VERSION: u32 = 4;

/// A plan as it is written: everything by name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PlanDocument {
    /// What the document is: `portolan-plan`.
    pub format: String,
    /// The version of its form; a program refuses one that it does not know.
    pub version: u32,
    /// The name of the cluster.
    pub cluster: String,
    /// What is wanted.
    pub intents: Vec<IntentRecord>,
    /// What it has in common with an older plan; absent where it was not made from what became of one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "SinceRecord")]
    pub since: Option<SinceRecord>,
    /// The limits the plan keeps.
    pub limits: LimitRecord,
    /// What the times rest on, for people.
    pub assumptions: Vec<String>,
    /// The plan in figures.
    pub figures: FigureRecord,
    /// What persons have to do.
    pub steps: Vec<StepRecord>,
    /// The waves, in order; the moves of one may run at the same time.
    pub waves: Vec<Vec<MoveRecord>>,
    /// The guests that should move and do not.
    pub left_out: Vec<GuestRecord>,
    /// Guests and hosts that cannot fit.
    pub shortfalls: Vec<ShortfallRecord>,
}

impl PlanDocument {
    /// The names of the guests that it moves or leaves out.
    pub fn guests(&self) -> BTreeSet<&str> {
        let moved = self.waves.iter().flatten().map(|one| one.guest.as_str());
        moved.chain(self.left_out.iter().map(|one| one.guest.as_str())).collect()
    }
}

/// One intent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct IntentRecord {
    /// Its word, such as `drain`.
    pub intent: String,
    /// The hosts it names.
    pub hosts: Vec<String>,
    /// The guests it names.
    pub guests: Vec<String>,
}

impl IntentRecord {
    /// What is wanted, for people.
    pub fn text(&self) -> String {
        match (&self.guests[..], &self.hosts[..]) {
            (guests, []) => format!("{} {}", self.intent, guests.join(", ")),
            ([], hosts) => format!("{} {}", self.intent, hosts.join(", ")),
            (guests, hosts) => format!("{} {} to {}", self.intent, guests.join(", "), hosts.join(", ")),
        }
    }
}

/// The limits a plan keeps.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LimitRecord {
    /// How many moves may run at the same time on one host.
    pub moves_per_host: usize,
    /// How many of them may leave it; `null` for as many.
    pub moves_out_per_host: Option<usize>,
    /// How many of them may come to it; `null` for as many.
    pub moves_in_per_host: Option<usize>,
    /// How many moves may leave or come to hosts of one rack at the same time; `null` for any number.
    pub moves_per_rack: Option<usize>,
    /// How many moves may run at the same time in the cluster; `null` for any number.
    pub moves_at_once: Option<usize>,
    /// How many hosts may fail at every instant with room left for all guests.
    pub headroom_hosts: usize,
    /// Memory that stays free on every host, in MiB.
    pub memory_reserve_mib: u64,
    /// vCPUs for each processor, in hundredths.
    pub cpu_overcommit_percent: u64,
}

/// The plan in figures, with what no plan can do better.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FigureRecord {
    /// How many moves there are.
    pub moves: usize,
    /// As few as any plan has.
    pub moves_at_least: usize,
    /// How many moves bring a guest to a host from which it goes on, to make room.
    pub bounces: usize,
    /// As few as any plan has that moves the same guests.
    pub bounces_at_least: usize,
    /// How many waves there are.
    pub waves: usize,
    /// As few as any plan has.
    pub waves_at_least: usize,
    /// Live moves.
    pub live: usize,
    /// Moves of guests that were on no host.
    pub placed: usize,
    /// Cold moves.
    pub cold: usize,
    /// Rebuilds.
    pub rebuild: usize,
    /// How many guests that run are stopped on their way.
    pub stopped: usize,
    /// How many guests are left out.
    pub left_out: usize,
    /// As few as any plan leaves out.
    pub left_out_at_least: usize,
    /// When the last move ends if all take what is expected, in milliseconds.
    pub end_ms: u64,
    /// As early as any plan ends that moves the same guests in the same modes, in milliseconds.
    pub end_at_least_ms: u64,
    /// Memory of the live moves, in MiB rounded up: at least so much goes over the network.
    pub live_memory_mib: u64,
    /// What the live moves are expected to send, in MiB rounded up.
    pub sent_mib: u64,
}

/// What a move is expected to take.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EstimateRecord {
    /// From its start until the guest runs on the other host, in milliseconds.
    pub expected_ms: u64,
    /// Nine of ten take longer.
    pub low_ms: u64,
    /// Nine of ten take less.
    pub high_ms: u64,
    /// How long the guest stands still, in milliseconds.
    pub downtime_ms: u64,
    /// What goes over the network, in MiB rounded up, disks aside.
    pub sent_mib: u64,
    /// The rate that is reserved for it, in KiB/s.
    pub rate_kib_s: u64,
    /// Whether a live move comes to its end by itself.
    pub converges: bool,
    /// Whether how busy the guest is was measured; else it is assumed.
    pub measured: bool,
    /// Who would break a live move off, and when.
    pub broken_off_by: Vec<TimeoutRecord>,
}

/// A manager of clusters, and when it breaks a move off.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TimeoutRecord {
    /// The manager: Nova, `KubeVirt` or oVirt.
    pub stack: String,
    /// The setting that says so.
    pub setting: String,
    /// After how many milliseconds, as the setting is when nobody changed it.
    pub after_ms: u64,
}

/// Something persons have to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StepRecord {
    /// Until when.
    pub when: When,
    /// The id of the rule that asks for it.
    pub rule: String,
    /// What to do.
    pub text: String,
    /// For which guests.
    pub guests: Vec<String>,
}

/// One move.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MoveRecord {
    /// Its number in the plan, from 1.
    pub number: usize,
    /// The numbers of the moves that must have ended before it starts.
    pub after: Vec<usize>,
    /// When it starts if all take what is expected, in milliseconds from the beginning.
    pub start_ms: u64,
    /// What it is expected to take.
    pub estimate: EstimateRecord,
    /// The guest.
    pub guest: String,
    /// The host it is on by then; `null` where it is on none.
    pub from: Option<String>,
    /// The host it goes to.
    pub to: String,
    /// Whether it goes on from there, with a later move: it makes room.
    pub goes_on: bool,
    /// How it moves.
    pub mode: MoveMode,
    /// Whether it runs and is stopped for the move.
    pub stops: bool,
    /// Its memory, in MiB rounded up, without overhead.
    pub memory_mib: u64,
    /// What a person has to do for it.
    pub preparations: Vec<Preparation>,
    /// The commands to look first, to move, and to go back.
    pub commands: Commands,
    /// Why it is in the plan.
    pub why: MotiveRecord,
}

/// Why a move is in the plan, for people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MotiveRecord {
    /// What asks for it.
    pub wanted: String,
    /// Where else the guest may go, and why it does not.
    pub place: String,
    /// Why it starts when it does.
    pub time: String,
}

/// A guest that should move and does not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GuestRecord {
    /// The guest.
    pub guest: String,
    /// The host it stays on; `null` where it is on none.
    pub host: Option<String>,
    /// Every reason.
    pub reasons: Vec<ReasonRecord>,
}

/// Why a guest does not go to some hosts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReasonRecord {
    /// The hosts; empty where the reason holds for any.
    pub hosts: Vec<String>,
    /// The id of the rule.
    pub rule: String,
    /// What is the matter.
    pub message: String,
    /// What would change it.
    pub remedy: String,
}

/// Guests that may go to no other than these hosts, and what these offer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ShortfallRecord {
    /// The guests.
    pub guests: Vec<String>,
    /// The hosts.
    pub hosts: Vec<String>,
    /// The memory that the guests need, in MiB rounded up, with overhead.
    pub memory_needed_mib: u64,
    /// The memory that the hosts offer, in MiB rounded up.
    pub memory_offered_mib: u64,
    /// The vCPUs that the guests need.
    pub vcpus_needed: u64,
    /// The vCPUs that the hosts offer.
    pub vcpus_offered: u64,
    /// All else that the guests need, such as huge pages; absent where they need nothing else.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub others: Vec<KindRecord>,
    /// Whether that proves that not all of them fit.
    pub proven: bool,
}

/// One kind of room that guests need.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct KindRecord {
    /// The kind.
    pub kind: String,
    /// How much they need: memory in KiB, all else by number.
    pub needed: u64,
    /// How much the hosts offer.
    pub offered: u64,
}

/// Why a text is not a plan that can be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DocumentError {
    /// It is not JSON, or not of the form that the version has.
    #[error("the plan cannot be read: {0}")]
    Json(#[from] serde_json::Error),
    /// It is something else.
    #[error("this is not a plan: its format is '{0}', a plan's is '{FORMAT}'")]
    Format(String),
    /// It is of another version.
    #[error("the plan is of version {is}; this Portolan reads version {reads}: plan again")]
    Version {
        /// The version it is of.
        is: u64,
        /// The version that is read.
        reads: u32,
    },
}

/// What tells whether the rest can be read.
#[derive(Deserialize)]
pub(super) struct Header {
    #[serde(default)]
    pub(super) format: String,
    #[serde(default)]
    version: u64,
}

impl Header {
    /// Refuses all versions but one.
    pub(super) fn is_of_version(&self, reads: u32) -> Result<(), DocumentError> {
        let same = self.version == u64::from(reads);
        same.then_some(()).ok_or(DocumentError::Version { is: self.version, reads })
    }
}

/// Reads a plan as [`to_json`] writes it.
///
/// # Errors
/// [`DocumentError`] where the text is no plan, or of another version.
pub fn read_document(text: &str) -> Result<PlanDocument, DocumentError> {
    let header: Header = serde_json::from_str(text)?;
    if header.format != FORMAT {
        return Err(DocumentError::Format(header.format));
    }
    header.is_of_version(VERSION)?;
    Ok(serde_json::from_str(text)?)
}

/// The plan as JSON, indented, with a line feed at the end.
///
/// # Errors
/// Never for a document that [`to_document`](super::to_document) made: it holds nothing that JSON
/// cannot.
pub fn to_json(document: &PlanDocument) -> Result<String, serde_json::Error> {
    serde_json::to_string_pretty(document).map(|text| text + "\n")
}

/// Writes what [`to_json`] gives piece by piece: the text of a large plan is as large as the plan itself.
///
/// # Errors
/// What `out` says where it takes no more.
pub fn write_json(document: &PlanDocument, mut out: impl Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut out, document)?;
    out.write_all(b"\n")?;
    out.flush()
}

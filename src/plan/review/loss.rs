//! What becomes of the guests of lost hosts.

use schemars::JsonSchema;

use super::room::Room;
use crate::compat::{GuestIndex, HostIndex};
use crate::model::Memory;

/// What becomes of a loss.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, JsonSchema)]
#[schemars(rename_all = "lowercase")]
pub enum Outcome {
    /// The guests that ran there all find a host, together.
    Absorbed,
    /// Not for certain: they may, for something is not known.
    Unknown,
    /// They do not.
    Stranded,
}

impl Outcome {
    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Absorbed => "absorbed",
            Self::Unknown => "unknown",
            Self::Stranded => "stranded",
        }
    }
}

/// Hosts that are lost at the same time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Loss {
    /// The hosts, ascending.
    pub hosts: Vec<HostIndex>,
    /// What becomes of it.
    pub outcome: Outcome,
    /// Whether it is certain that not all guests find a host; else none was found in so many trials.
    pub proven: bool,
    /// Where guests start again, by guest.
    pub restarts: Vec<(GuestIndex, HostIndex)>,
    /// The guests that do not, by guest.
    pub left: Vec<Left>,
}

/// A guest that does not start again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Left {
    /// The guest.
    pub guest: GuestIndex,
    /// Why.
    pub why: Why,
}

/// Why a guest does not start again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Why {
    /// No other host may run it as it is.
    NoHost,
    /// It is kept apart from guests on every host that has room for it.
    Apart {
        /// The group.
        group: String,
        /// The others of the group that are on hosts, ascending.
        from: Vec<GuestIndex>,
    },
    /// Every host that may run it has too little room, once the other guests have started there.
    Room {
        /// The host that lacks least.
        host: HostIndex,
        /// What it lacks there, for the guest and those that are kept together with it.
        lacking: Room,
    },
    /// Every host that may run it and has room for it has too few huge pages free.
    Pages {
        /// The host that lacks least.
        host: HostIndex,
        /// The size of a page.
        size: Memory,
        /// How much it lacks in them.
        lacking: Memory,
    },
    /// Every host that may run it and has room for it has too little of something else.
    Kind {
        /// The host that lacks least.
        host: HostIndex,
        /// What it lacks there, such as `memory in NUMA cell 0`.
        kind: String,
        /// How much: memory in KiB, all else by number.
        lacking: u64,
    },
    /// It may, on these hosts.
    Unknown {
        /// The hosts.
        hosts: Vec<HostIndex>,
        /// What is not known of their room or of the guest's needs, and what would tell; none where it is whether they can
        /// run it.
        room: Vec<String>,
    },
}

//! What persons have to do for moves.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Until when a person has to have done something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum When {
    /// Before the move begins.
    Before,
    /// Once the guest is shut down, and before it is started on the other host.
    Stopped,
}

/// The rules that ask for something that a guest must be shut down for: what they speak of changes while it runs.
const STOPPED: [&str; 5] =
    ["backing-file-to-copy", "disk-to-copy", "nvram-copy", "nvram-to-copy", "tpm-state-to-copy"];

impl When {
    /// All, in the order in which they come.
    pub const ALL: [Self; 2] = [Self::Before, Self::Stopped];

    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Before => "before",
            Self::Stopped => "stopped",
        }
    }

    /// The same at length, to stand after "for a person to do".
    pub fn at_length(self) -> &'static str {
        match self {
            Self::Before => "before the move",
            Self::Stopped => "while the guest is shut down, before it starts on the other host",
        }
    }
}

/// Something a person has to do for a guest's move.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Preparation {
    /// Until when.
    pub when: When,
    /// The id of the rule that asks for it.
    pub rule: String,
    /// What to do.
    pub text: String,
}

impl Preparation {
    /// What `rule` asks for, as `text` says it, at the time that is the rule's.
    pub fn new(rule: impl Into<String>, text: impl Into<String>) -> Self {
        let (rule, text) = (rule.into(), text.into());
        let when = if STOPPED.contains(&rule.as_str()) { When::Stopped } else { When::Before };
        Self { when, rule, text }
    }
}

//! How one guest moves.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How one guest moves, the gentlest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum MoveMode {
    /// While it runs.
    Live,
    /// It was on no host: its definition is brought to one.
    Placed,
    /// Shut down here, started there, from the same definition.
    Cold,
    /// Defined anew for another architecture, with a disk image built for it.
    Rebuild,
}

impl MoveMode {
    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::Placed => "placed",
            Self::Cold => "cold",
            Self::Rebuild => "rebuild",
        }
    }
}

impl fmt::Display for MoveMode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

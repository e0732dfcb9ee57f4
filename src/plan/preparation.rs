//! What persons have to do before moves.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Something a person has to do before a guest is moved.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Preparation {
    /// The id of the rule that asks for it.
    pub rule: String,
    /// What to do.
    pub text: String,
}

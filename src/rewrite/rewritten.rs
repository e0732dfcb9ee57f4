//! What a rewrite gives.

use super::budget::PortBudget;
use super::edit::{Edit, Notice, Step};

/// A guest's domain XML made fit for a target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rewrite {
    /// The new XML.
    pub text: String,
    /// The changes, in the order of the old text.
    pub edits: Vec<Edit>,
    /// What a person must do.
    pub steps: Vec<Step>,
    /// Which `PCIe` ports and SCSI targets the new guest takes.
    pub budget: PortBudget,
    /// What else to know.
    pub notices: Vec<Notice>,
}

impl Rewrite {
    /// Whether something stands against running the guest so.
    pub fn is_blocked(&self) -> bool {
        self.notices.iter().any(|notice| notice.blocks)
    }
}

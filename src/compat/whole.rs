//! What is to be said of an inventory as a whole: of several guests or hosts at once, or of documents side by side.

use crate::model::Cluster;

/// A whole inventory.
pub struct Whole<'p> {
    /// Its hosts and guests.
    pub cluster: &'p Cluster,
}

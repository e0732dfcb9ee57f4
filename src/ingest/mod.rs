//! Reading an inventory: one reader a kind of document.

mod cpu_definition;
pub mod cpu_map;
mod domain;
mod problem;
mod reading;

/// Why an inventory cannot be read at all.
#[derive(Debug, thiserror::Error)]
#[error("stub")]
pub struct IngestError;
/// stub
pub fn read(_: &std::path::Path) -> Result<crate::model::Cluster, IngestError> {
    Err(IngestError)
}

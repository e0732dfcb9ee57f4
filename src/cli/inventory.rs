//! The inventory that most commands are about.

use std::path::{Path, PathBuf};

use clap::Args;

use super::error::CliError;
use crate::ingest;
use crate::model::Cluster;

/// The inventory.
#[derive(Args)]
pub(super) struct Inventory {
    /// The cluster's folder
    inventory: PathBuf,
}

impl Inventory {
    /// The folder.
    pub(super) fn path(&self) -> &Path {
        &self.inventory
    }

    /// Reads it.
    pub(super) fn read(&self) -> Result<Cluster, CliError> {
        Ok(ingest::read(&self.inventory)?)
    }
}

/// The indices of the guests with these names; all where none is named.
pub(super) fn guests(cluster: &Cluster, names: &[String]) -> Result<Vec<usize>, CliError> {
    if names.is_empty() {
        return Ok((0..cluster.guests.len()).collect());
    }
    names.iter().map(|name| guest(cluster, name)).collect()
}

/// The indices of the hosts with these names; all where none is named.
pub(super) fn hosts(cluster: &Cluster, names: &[String]) -> Result<Vec<usize>, CliError> {
    if names.is_empty() {
        return Ok((0..cluster.hosts.len()).collect());
    }
    names.iter().map(|name| host(cluster, name)).collect()
}

/// The index of the guest called `name`.
pub(super) fn guest(cluster: &Cluster, name: &str) -> Result<usize, CliError> {
    let found = cluster.guests.iter().position(|guest| guest.name == name);
    found.ok_or_else(|| {
        CliError::unknown("guest", name, cluster.guests.iter().map(|guest| guest.name.as_str()))
    })
}

/// The index of the host called `name`.
pub(super) fn host(cluster: &Cluster, name: &str) -> Result<usize, CliError> {
    let found = cluster.hosts.iter().position(|host| host.name == name);
    found.ok_or_else(|| CliError::unknown("host", name, cluster.hosts.iter().map(|host| host.name.as_str())))
}

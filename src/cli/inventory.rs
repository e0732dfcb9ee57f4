//! The inventory that most commands are about.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use clap::Args;

use super::error::CliError;
use super::output::Terminal;
use crate::ingest;
use crate::model::{Cluster, Date};

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

    /// Reads it with this policy.
    pub(super) fn read_with(&self, policy: &Policy, terminal: &mut Terminal) -> Result<Cluster, CliError> {
        terminal.during("reading the inventory", || policy.read(&self.inventory))
    }

    /// Reads it.
    pub(super) fn read(&self, terminal: &mut Terminal) -> Result<Cluster, CliError> {
        Ok(terminal.during("reading the inventory", || ingest::read(&self.inventory))?)
    }
}

/// How findings are judged.
#[derive(Args, Default)]
pub(super) struct Policy {
    /// The policy, in place of the inventory's own portolan.toml
    #[arg(long, value_name = "FILE")]
    policy: Option<PathBuf>,
    /// The day for which the policy's waivers are judged, such as 2027-01-31 [default: today, in UTC]
    #[arg(long, value_name = "DATE")]
    today: Option<Date>,
}

impl Policy {
    /// Reads the inventory in `folder` with this policy.
    #[expect(clippy::disallowed_methods, reason = "the file is named on the command line")]
    pub(super) fn read(&self, folder: &Path) -> Result<Cluster, CliError> {
        let fail = |path: &PathBuf, source| CliError::File { path: path.clone(), source };
        let read = |path: &PathBuf| {
            let text = fs::read_to_string(path).map_err(|error| fail(path, error))?;
            Ok::<_, CliError>((path.to_string_lossy().into_owned(), text))
        };
        let mut cluster = ingest::read_with(folder, self.policy.as_ref().map(read).transpose()?)?;
        if cluster.policy.has_dates() {
            cluster.policy.today = self.today.or_else(today);
        }
        Ok(cluster)
    }
}

/// The computer's day, in UTC; `None` where its clock is before 1970.
#[expect(clippy::disallowed_methods, reason = "waivers expire by the clock of the command line")]
fn today() -> Option<Date> {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).ok()?;
    Date::after_1970(since.as_secs() / (24 * 60 * 60))
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

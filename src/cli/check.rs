//! `portolan check`

use clap::Args;

use super::Outcome;
use super::error::CliError;
use super::format::Format;
use super::inventory::{Inventory, guests, hosts};
use super::output::Terminal;
use crate::compat::Chart;
use crate::report::{self, Selection};

/// Say for every guest and host whether the guest can move there, and every reason
#[derive(Args)]
pub(super) struct Check {
    #[command(flatten)]
    inventory: Inventory,
    /// Only this guest (may be given several times)
    #[arg(long = "guest", value_name = "GUEST")]
    guests: Vec<String>,
    /// Only moves to this host (may be given several times)
    #[arg(long = "host", value_name = "HOST")]
    hosts: Vec<String>,
    /// How to print it
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

impl Check {
    pub(super) fn run(&self, terminal: &mut Terminal) -> Result<Outcome, CliError> {
        let cluster = self.inventory.read()?;
        let selection =
            Selection { guests: guests(&cluster, &self.guests)?, hosts: hosts(&cluster, &self.hosts)? };
        let chart = Chart::new(&cluster);
        let places = report::Places::new(&cluster.sources);
        match self.format {
            Format::Text => terminal.print(&report::check(&chart, &selection, &places, terminal.width))?,
            Format::Json => terminal.print_json(&report::findings(&chart, &selection, &places))?,
        }
        Ok(outcome(&chart, &selection))
    }
}

/// Blocked where a guest can certainly reach none of the hosts.
fn outcome(chart: &Chart<'_>, selection: &Selection) -> Outcome {
    let reaches =
        |&guest: &usize| chart.targets(guest).iter().any(|(host, _)| selection.hosts.contains(host));
    if selection.guests.iter().all(reaches) { Outcome::Clear } else { Outcome::Blocked }
}

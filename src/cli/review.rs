//! `portolan review`

use std::path::{Path, PathBuf};

use clap::Args;

use super::Outcome;
use super::error::CliError;
use super::format::Format;
use super::inventory::{Inventory, Policy};
use super::output::Terminal;
use super::verify::Planned;
use crate::compat::Chart;
use crate::model::Cluster;
use crate::plan::review::{Asked, Losses, review};
use crate::report::{self, Places};

/// Say what the cluster can take: room, how many guests more fit, which lost hosts the others make up for
///
/// Room is what the planner takes for it, by the limits in cluster.toml. Guests of a lost host that run start again where their definition can, as `portolan check` answers for cold moves. Beside it: the PCI
/// Express root ports that guests have left, and what x86 guests that may be rebuilt would take of the ARM hosts.
///
/// Exit code 1 where the loss of one host is not made up for, or a host is overfull, or that is not known.
#[derive(Args)]
pub(super) struct Review {
    #[command(flatten)]
    inventory: Inventory,
    #[command(flatten)]
    policy: Policy,
    /// What the cluster can take once this plan is carried out (plan.json, of a plan or of a rollout)
    #[arg(long, value_name = "PLAN")]
    after: Option<PathBuf>,
    /// How many hosts are lost at the same time: each by itself, or each pair as well
    #[arg(long, value_name = "1|2", default_value_t = 1, value_parser = clap::value_parser!(u8).range(1..=2))]
    losses: u8,
    /// How much of an ARM core a thread of an x86 core with SMT is taken for: an assumption, not a measurement
    #[arg(long, value_name = "CORES", default_value = "0.65", value_parser = thousandths)]
    arm_core_per_thread: u32,
    /// How to print it
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

impl Review {
    pub(super) fn run(&self, terminal: &mut Terminal) -> Result<Outcome, CliError> {
        let now = self.inventory.read_with(&self.policy, terminal)?;
        let cluster = match &self.after {
            Some(plan) => terminal.during("carrying out the plan", || carried_out(&now, plan))?,
            None => now,
        };
        let chart = terminal.during("judging guests and hosts", || Chart::new(&cluster));
        let losses = if self.losses == 1 { Losses::Single } else { Losses::Pairs };
        let asked = Asked { losses, arm_core_per_thread: self.arm_core_per_thread };
        let found = terminal
            .during("looking at losses", || review(&chart, asked))
            .map_err(|error| CliError::Wrong(error.to_string()))?;
        let document = report::review_document(&cluster, &found, &Places::new(&cluster.sources));
        match self.format {
            Format::Text => terminal.print(&report::review_text(&document, terminal.width))?,
            Format::Json => terminal.print_json(&document)?,
        }
        Ok(if found.is_clear() { Outcome::Clear } else { Outcome::Blocked })
    }
}

/// The cluster once this plan is carried out. One that does not hold would be carried out in part, and what follows from it would be wrong.
fn carried_out(cluster: &Cluster, path: &Path) -> Result<Cluster, CliError> {
    let plan = Planned::read(path)?;
    match plan.violations(cluster)?.first() {
        None => plan.carried_out(cluster),
        Some(first) => Err(CliError::Wrong(format!(
            "{}: the plan does not hold for this inventory: {first} (`portolan verify` says all)",
            path.display()
        ))),
    }
}

/// A decimal number above 0 and up to 4 in thousandths.
fn thousandths(text: &str) -> Result<u32, String> {
    let wrong = || {
        format!(
            "'{text}' is not a part of a core, such as 0.65: above 0, at most 4, with up to three decimals"
        )
    };
    let (whole, part) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |text: &str| !text.is_empty() && text.len() <= 3 && text.chars().all(|c| c.is_ascii_digit());
    if !digits(whole) || !digits(part) {
        return Err(wrong());
    }
    let number: u32 = format!("{whole}{part:0<3}").parse().map_err(|_| wrong())?;
    if (1..=4000).contains(&number) { Ok(number) } else { Err(wrong()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimal_numbers_are_read_in_thousandths() {
        assert_eq!(["0.65", "1", "0.6", "0.625", "4"].map(thousandths), [650, 1000, 600, 625, 4000].map(Ok));
        for wrong in ["", "0", "0.", ".5", "-1", "0,65", "4.001", "0.0001", "1e3", "half"] {
            assert!(thousandths(wrong).is_err(), "{wrong}");
        }
    }
}

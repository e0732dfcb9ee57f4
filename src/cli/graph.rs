//! `portolan graph`

use clap::{Args, ValueEnum};

use super::Outcome;
use super::error::CliError;
use super::inventory::{Inventory, Policy};
use super::output::Terminal;
use crate::compat::{Chart, Reach};
use crate::report;

/// Print the compatibility graph: which hosts guests can move between, and in which direction
#[derive(Args)]
pub(super) struct Graph {
    #[command(flatten)]
    inventory: Inventory,
    #[command(flatten)]
    policy: Policy,
    /// How to print it
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Clone, Copy, ValueEnum)]
enum Format {
    /// Lists for people
    Text,
    /// For Graphviz
    Dot,
    /// A picture
    Svg,
    /// One JSON document
    Json,
}

impl Graph {
    pub(super) fn run(&self, terminal: &mut Terminal) -> Result<Outcome, CliError> {
        let cluster = self.inventory.read_with(&self.policy, terminal)?;
        let chart = terminal.during("judging guests and hosts", || Chart::new(&cluster));
        let reach = Reach::new(&chart);
        match self.format {
            Format::Text => terminal.print(&report::graph_text(&report::graph(&chart, &reach)))?,
            Format::Dot => terminal.print_as_it_is(&report::dot(&chart, &reach))?,
            Format::Svg => terminal.print_as_it_is(&report::graph_svg(&chart, &reach))?,
            Format::Json => terminal.print_json(&report::graph(&chart, &reach))?,
        }
        Ok(Outcome::Clear)
    }
}

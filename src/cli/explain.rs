//! `portolan explain`

use std::path::PathBuf;

use clap::Args;

use super::Outcome;
use super::error::CliError;
use super::format::Format;
use super::inventory::{guest, host};
use super::output::Terminal;
use crate::compat::{Chart, Verdict, rule, rules};
use crate::ingest;
use crate::report::{self, Selection};

/// Explain a rule, or why a guest can or cannot move to a host
///
/// `portolan explain` lists all rules, `portolan explain RULE` prints the page of one, and `portolan explain INVENTORY
/// GUEST HOST` tells every reason about one move, with the lines that caused it and what would change it.
#[derive(Args)]
pub(super) struct Explain {
    /// RULE, or INVENTORY GUEST HOST
    #[arg(value_name = "RULE | INVENTORY GUEST HOST", num_args = 0..=3)]
    what: Vec<String>,
    /// How to print it
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

impl Explain {
    pub(super) fn run(&self, terminal: &mut Terminal) -> Result<Outcome, CliError> {
        match (&self.what[..], self.format) {
            ([], Format::Text) => terminal.print(&report::rule_list())?,
            ([], Format::Json) => {
                terminal.print_json(&rules().map(report::rule_document).collect::<Vec<_>>())?;
            }
            ([id], format) => explain_rule(id, format, terminal)?,
            ([inventory, guest, host], format) => {
                return explain_cell(inventory, (guest, host), format, terminal);
            }
            _ => return Err(CliError::Wrong("explain takes RULE, or INVENTORY GUEST HOST".to_owned())),
        }
        Ok(Outcome::Clear)
    }
}

fn explain_rule(id: &str, format: Format, terminal: &mut Terminal) -> Result<(), CliError> {
    let rule = rule(id).ok_or_else(|| CliError::unknown("rule", id, rules().map(|rule| rule.id)))?;
    match format {
        Format::Text => terminal.print(&report::rule_page(rule)),
        Format::Json => terminal.print_json(&report::rule_document(rule)),
    }
}

fn explain_cell(
    inventory: &str,
    (guest_name, host_name): (&str, &str),
    format: Format,
    terminal: &mut Terminal,
) -> Result<Outcome, CliError> {
    let cluster = ingest::read(&PathBuf::from(inventory))?;
    let (guest, host) = (guest(&cluster, guest_name)?, host(&cluster, host_name)?);
    let chart = Chart::new(&cluster);
    let places = report::Places::new(&cluster.sources);
    match format {
        Format::Text => terminal.print(&report::explain(&chart, guest, host, &places))?,
        Format::Json => terminal.print_json(&report::findings(
            &chart,
            &Selection { guests: vec![guest], hosts: vec![host] },
            &places,
        ))?,
    }
    let blocked = matches!(chart.verdict(guest, host), Verdict::Impossible | Verdict::Unknown);
    Ok(if blocked { Outcome::Blocked } else { Outcome::Clear })
}

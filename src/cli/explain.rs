//! `portolan explain`

use std::path::{Path, PathBuf};

use clap::Args;

use super::Outcome;
use super::error::CliError;
use super::format::Format;
use super::inventory::{guest, host};
use super::output::{Terminal, write_file};
use crate::compat::{Chart, Verdict, rule, rules};
use crate::ingest;
use crate::report::{self, Filter, Selection};

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
    /// Write the pages of all rules into this folder
    #[arg(long, value_name = "DIR", conflicts_with = "what")]
    output: Option<PathBuf>,
}

impl Explain {
    pub(super) fn run(&self, terminal: &mut Terminal) -> Result<Outcome, CliError> {
        if let Some(folder) = &self.output {
            return write_pages(folder);
        }
        match (&self.what[..], self.format) {
            ([], Format::Text) => terminal.print(&report::rule_list())?,
            ([], Format::Json) => terminal.print_json(&all_rules())?,
            ([id], format) => explain_rule(id, format, terminal)?,
            ([inventory, guest, host], format) => {
                return explain_cell(inventory, (guest, host), format, terminal);
            }
            _ => return Err(CliError::Wrong("explain takes RULE, or INVENTORY GUEST HOST".to_owned())),
        }
        Ok(Outcome::Clear)
    }
}

fn write_pages(folder: &Path) -> Result<Outcome, CliError> {
    write_file(&folder.join("README.md"), &report::rule_index())?;
    for rule in rules() {
        write_file(&folder.join(format!("{}.md", rule.id)), &report::rule_page(rule))?;
    }
    Ok(Outcome::Clear)
}

fn all_rules() -> Vec<report::RuleDocument> {
    rules().map(report::rule_document).collect()
}

fn explain_rule(id: &str, format: Format, terminal: &mut Terminal) -> Result<(), CliError> {
    let found = rule(id).ok_or_else(|| CliError::unknown("rule", id, rules().map(|rule| rule.id)))?;
    match format {
        Format::Text => terminal.print(&report::rule_page(found)),
        Format::Json => terminal.print_json(&report::rule_document(found)),
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
            &Selection { guests: vec![guest], hosts: vec![host], filter: Filter::default() },
            &places,
        ))?,
    }
    let blocked = matches!(chart.verdict(guest, host), Verdict::Impossible | Verdict::Unknown);
    Ok(if blocked { Outcome::Blocked } else { Outcome::Clear })
}

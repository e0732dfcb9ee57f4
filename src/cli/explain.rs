//! `portolan explain`

use std::path::{Path, PathBuf};

use clap::Args;

use super::Outcome;
use super::error::CliError;
use super::format::Format;
use super::inventory::{Policy, guest, host};
use super::output::{Terminal, write_file};
use crate::compat::{Chart, Verdict, rule, rules};
use crate::model::{Cluster, UserRule};
use crate::report;

/// Explain a rule, or why a guest can or cannot move to a host
///
/// `portolan explain` lists all rules, `portolan explain RULE` prints the page of one, and `portolan explain INVENTORY
/// GUEST HOST` tells every reason about one move, with the lines that caused it and what would change it, whether the guest
/// may come back, and what a reboot there changes. With --inventory, the rules of the inventory's own policy are among them.
#[derive(Args)]
pub(super) struct Explain {
    /// RULE, or INVENTORY GUEST HOST
    #[arg(value_name = "RULE | INVENTORY GUEST HOST", num_args = 0..=3)]
    what: Vec<String>,
    /// The inventory whose policy has further rules
    #[arg(long, value_name = "INVENTORY")]
    inventory: Option<PathBuf>,
    #[command(flatten)]
    policy: Policy,
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
            ([], Format::Text) => terminal.print(&report::rule_list(&self.user_rules()?))?,
            ([], Format::Json) => terminal.print_json(&all_rules(&self.user_rules()?))?,
            ([id], format) => explain_rule(id, &self.user_rules()?, format, terminal)?,
            ([inventory, guest, host], format) => {
                let read = || self.policy.read(&PathBuf::from(inventory));
                let cluster = terminal.during("reading the inventory", read)?;
                return explain_cell(&cluster, (guest, host), format, terminal);
            }
            _ => return Err(CliError::Wrong("explain takes RULE, or INVENTORY GUEST HOST".to_owned())),
        }
        Ok(Outcome::Clear)
    }

    /// The rules of the inventory's own policy, where an inventory is named.
    fn user_rules(&self) -> Result<Vec<UserRule>, CliError> {
        let Some(inventory) = &self.inventory else { return Ok(Vec::new()) };
        let cluster = self.policy.read(inventory)?;
        Ok(Chart::new(&cluster).user_rules().cloned().collect())
    }
}

fn write_pages(folder: &Path) -> Result<Outcome, CliError> {
    write_file(&folder.join("README.md"), &report::rule_index())?;
    for rule in rules() {
        write_file(&folder.join(format!("{}.md", rule.id)), &report::rule_page(rule))?;
    }
    Ok(Outcome::Clear)
}

fn all_rules(own: &[UserRule]) -> Vec<report::RuleDocument<'_>> {
    let built_in: Vec<report::RuleDocument<'static>> = rules().map(report::rule_document).collect();
    let mut all: Vec<report::RuleDocument<'_>> = built_in;
    all.extend(own.iter().map(report::user_rule_document));
    all
}

fn explain_rule(id: &str, own: &[UserRule], format: Format, terminal: &mut Terminal) -> Result<(), CliError> {
    if let Some(rule) = own.iter().find(|rule| rule.id.value == id) {
        return match format {
            Format::Text => terminal.print_as_it_is(&report::user_rule_page(rule)),
            Format::Json => terminal.print_json(&report::user_rule_document(rule)),
        };
    }
    let all = || rules().map(|rule| rule.id).chain(own.iter().map(|rule| rule.id.value.as_str()));
    let found = rule(id).ok_or_else(|| CliError::unknown("rule", id, all()))?;
    match format {
        Format::Text => terminal.print_as_it_is(&report::rule_page(found)),
        Format::Json => terminal.print_json(&report::rule_document(found)),
    }
}

fn explain_cell(
    cluster: &Cluster,
    (guest_name, host_name): (&str, &str),
    format: Format,
    terminal: &mut Terminal,
) -> Result<Outcome, CliError> {
    let (guest, host) = (guest(cluster, guest_name)?, host(cluster, host_name)?);
    let chart = terminal.during("judging guests and hosts", || Chart::new(cluster));
    let places = report::Places::new(&cluster.sources);
    match format {
        Format::Text => terminal.print(&report::explain(&chart, guest, host, &places))?,
        Format::Json => terminal.print_json(&report::cell_document(&chart, guest, host, &places))?,
    }
    let blocked = matches!(chart.verdict(guest, host), Verdict::Impossible | Verdict::Unknown);
    Ok(if blocked { Outcome::Blocked } else { Outcome::Clear })
}

//! `portolan explain`

use std::path::PathBuf;

use clap::Args;

use super::Outcome;
use super::error::CliError;
use super::format::Format;
use super::inventory::{guest, host};
use super::output::Terminal;
use crate::compat::{Chart, Verdict, rule, rules};
use crate::report::{self, Filter, Selection};
use crate::{ingest, rewrite};

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

fn all_rules() -> Vec<report::RuleDocument> {
    let rewriting = rewrite::RULES.iter().filter(|own| rule(own.id).is_none());
    let rewriting = rewriting.map(report::rewrite_rule_document);
    rules().map(report::rule_document).chain(rewriting).collect()
}

fn explain_rule(id: &str, format: Format, terminal: &mut Terminal) -> Result<(), CliError> {
    let (page, document) = match (rule(id), rewrite::rule(id)) {
        (Some(rule), _) => (report::rule_page(rule), report::rule_document(rule)),
        (None, Some(rule)) => (report::rewrite_rule_page(rule), report::rewrite_rule_document(rule)),
        (None, None) => {
            let all = rules().map(|rule| rule.id).chain(rewrite::RULES.iter().map(|rule| rule.id));
            return Err(CliError::unknown("rule", id, all));
        }
    };
    match format {
        Format::Text => terminal.print(&page),
        Format::Json => terminal.print_json(&document),
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

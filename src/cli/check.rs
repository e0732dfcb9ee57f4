//! `portolan check`

use clap::{Args, ValueEnum};

use super::Outcome;
use super::error::CliError;
use super::inventory::{Inventory, Policy, guests, hosts};
use super::output::Terminal;
use crate::compat::{Chart, Finding, Mode, Severity, Verdict, rules};
use crate::report::{self, Detail, Filter, Selection, Shown, Standings};

/// Say for every guest and host whether the guest can move there, and every reason
///
/// Exit code 1 where a guest can certainly reach none of the hosts.
#[derive(Args)]
pub(super) struct Check {
    #[command(flatten)]
    inventory: Inventory,
    #[command(flatten)]
    policy: Policy,
    /// Only this guest (may be given several times)
    #[arg(long = "guest", value_name = "GUEST")]
    guests: Vec<String>,
    /// Only moves to this host (may be given several times)
    #[arg(long = "host", value_name = "HOST")]
    hosts: Vec<String>,
    /// Only this way to move, and the reasons that bear on it (may be given several times)
    #[arg(long = "mode", value_name = "MODE", value_enum)]
    modes: Vec<ModeName>,
    /// Only reasons of this severity (may be given several times)
    #[arg(long = "severity", value_name = "SEVERITY", value_enum)]
    severities: Vec<SeverityName>,
    /// Only reasons of this rule (may be given several times)
    #[arg(long = "rule", value_name = "RULE")]
    rules: Vec<String>,
    /// How to print it
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Clone, Copy, ValueEnum)]
enum Format {
    /// For people
    Text,
    /// One JSON document
    Json,
    /// SARIF 2.1.0, for code hosting services: one result for all guests of a class
    Sarif,
    /// `JUnit`'s XML, for CI systems: one case for all guests of a class and hosts of the same answer
    Junit,
    /// For spreadsheets: one row for each guest and host, or, with more than 200,000 of them, for each class
    Csv,
}

#[derive(Clone, Copy, ValueEnum)]
enum ModeName {
    /// While the guest runs
    Live,
    /// Shut down here, started there
    Cold,
    /// Defined anew for another architecture
    Rebuild,
}

#[derive(Clone, Copy, ValueEnum)]
enum SeverityName {
    /// The move cannot be made
    Blocker,
    /// Whether it can be made is not known
    Unknown,
    /// Something may go wrong afterwards
    Warning,
    /// Worth knowing
    Note,
}

impl Check {
    pub(super) fn run(&self, terminal: &mut Terminal) -> Result<Outcome, CliError> {
        let cluster = self.inventory.read_with(&self.policy, terminal)?;
        let (guests, hosts) = (guests(&cluster, &self.guests)?, hosts(&cluster, &self.hosts)?);
        let chart = terminal.during("judging guests and hosts", || Chart::new(&cluster));
        let selection = Selection { guests, hosts, filter: self.filter(&chart)? };
        let places = report::Places::new(&cluster.sources);
        let standings = || Standings::new(&chart, &selection, Standings::PAIRS);
        match self.format {
            Format::Text => {
                let shown = Shown { width: terminal.width, detail: terminal.detail };
                let wanted = shown.detail > Detail::Answer;
                let reasons = terminal.during("collecting reasons", || wanted.then(standings));
                let told = (&selection, reasons.as_ref());
                terminal.print(&report::check(&chart, told, &places, shown))?;
            }
            Format::Json => {
                let all = standings();
                terminal.print_json(&report::findings(&chart, (&selection, &all), &places))?;
            }
            Format::Sarif => terminal.print_json(&report::sarif(&chart, &selection, &places))?,
            Format::Junit => terminal.print_as_it_is(&report::junit(&chart, &selection, &places))?,
            Format::Csv => {
                terminal.print_as_it_is(&report::verdicts_csv(&chart, &standings(), &places))?;
            }
        }
        Ok(outcome(&chart, &selection))
    }

    fn filter(&self, chart: &Chart<'_>) -> Result<Filter, CliError> {
        let ids = || {
            let own = chart.user_rules().map(|rule| rule.id.value.as_str());
            rules().map(|rule| rule.id).chain(own)
        };
        if let Some(id) = self.rules.iter().find(|&wanted| !ids().any(|id| id == wanted)) {
            return Err(CliError::unknown("rule", id, ids()));
        }
        let mode = |&name: &ModeName| match name {
            ModeName::Live => Mode::Live,
            ModeName::Cold => Mode::Cold,
            ModeName::Rebuild => Mode::Rebuild,
        };
        let severity = |&name: &SeverityName| match name {
            SeverityName::Blocker => Severity::Blocker,
            SeverityName::Unknown => Severity::Unknown,
            SeverityName::Warning => Severity::Warning,
            SeverityName::Note => Severity::Note,
        };
        Ok(Filter {
            modes: self.modes.iter().map(mode).collect(),
            severities: self.severities.iter().map(severity).collect(),
            rules: self.rules.clone(),
        })
    }
}

/// Blocked where a guest can certainly reach none of the hosts, or the policy makes a blocker of its own state.
fn outcome(chart: &Chart<'_>, selection: &Selection) -> Outcome {
    let certain = |verdict| !matches!(verdict, Verdict::Unknown | Verdict::Impossible);
    let reaches = |&guest: &usize| {
        let mut others = selection.hosts.iter().filter(|&&host| Some(host) != chart.home(guest));
        others.any(|&host| certain(selection.verdict(chart, guest, host)))
    };
    let blocks = |finding: &&Finding| finding.severity == Severity::Blocker;
    if selection.guests.iter().all(reaches) && !selection.inventory_findings(chart).iter().any(blocks) {
        Outcome::Clear
    } else {
        Outcome::Blocked
    }
}

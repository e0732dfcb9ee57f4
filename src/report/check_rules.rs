//! The reasons of `check` by their rules, where there are too many to tell each.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::check_findings::style_of_severity;
use super::standings::Standings;
use super::words::counted;
use crate::compat::{GuestIndex, HostIndex, Severity};

/// Of whom a rule says something.
#[derive(Default)]
struct Told {
    guests: BTreeSet<GuestIndex>,
    hosts: BTreeSet<HostIndex>,
}

/// A line for each rule, the worst first and of these the most frequent, and how to ask for each reason.
pub(super) fn rule_lines(standings: &Standings) -> String {
    let mut by_rule: BTreeMap<(Severity, &str), Told> = BTreeMap::new();
    for standing in standings.list() {
        for finding in &standing.findings {
            let told = by_rule.entry((finding.severity, &finding.rule)).or_default();
            told.guests.extend(&standing.guests);
            told.hosts.extend(&standing.hosts);
        }
    }
    let widest = by_rule.keys().map(|(_, rule)| rule.len()).max().unwrap_or_default();
    let mut rules: Vec<_> = by_rule.into_iter().collect();
    rules.sort_by_key(|((severity, rule), told)| (*severity, std::cmp::Reverse(told.guests.len()), *rule));
    let mut out = "Reasons by rule, with the guests and hosts of which it is said:\n".to_owned();
    for ((severity, rule), told) in rules {
        let style = style_of_severity(severity);
        let (guests, hosts) = (counted(told.guests.len(), "guest"), counted(told.hosts.len(), "host"));
        let _ = writeln!(out, "    {style}{severity:<8}{style:#} {rule:<widest$} {guests}, {hosts}");
    }
    out.push_str("`--guest`, `--host` or `--rule` says each with its lines, `--verbose` all of them.\n\n");
    out
}

//! Reasons that are the same for all guests of a class and many hosts, each told once: what keeps a report on a large
//! cluster small.

use std::collections::BTreeMap;

use super::selection::Selection;
use crate::compat::{Assessment, Chart, Finding};

/// What is true of a class of guests on some hosts. Names and places are those of its first guest.
pub(super) struct Standing {
    /// The guests, ascending; the first one's documents are pointed at.
    pub(super) guests: Vec<usize>,
    /// The hosts, ascending.
    pub(super) hosts: Vec<usize>,
    /// What is possible there.
    pub(super) assessment: Assessment,
    /// The reasons that are selected, the worst first.
    pub(super) findings: Vec<Finding>,
}

/// All that is to be said, by the first guest of each class.
pub(super) fn standings(chart: &Chart<'_>, selection: &Selection) -> Vec<Standing> {
    let mut classes: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for &guest in &selection.guests {
        classes.entry(chart.class_of_guest(guest)).or_default().push(guest);
    }
    let mut all = Vec::new();
    for guests in classes.into_values() {
        for mut reasons in chart.reasons(guests[0], &selection.hosts) {
            reasons.findings.retain(|finding| selection.filter.has(finding));
            let (hosts, findings) = (reasons.hosts, reasons.findings);
            let assessment = selection.filter.assess(reasons.assessment);
            all.push(Standing { guests: guests.clone(), hosts, assessment, findings });
        }
    }
    all
}

/// One reason, for all guests of a class and all hosts of which it is true.
pub(super) struct Alike {
    pub(super) guests: Vec<usize>,
    pub(super) hosts: Vec<usize>,
    pub(super) finding: Finding,
}

/// Every selected reason about a class once, whichever hosts it is about.
pub(super) fn alike(chart: &Chart<'_>, selection: &Selection) -> Vec<Alike> {
    let mut all: Vec<Alike> = Vec::new();
    let mut first_of_class = 0;
    for standing in standings(chart, selection) {
        if all.last().is_some_and(|last| last.guests[0] != standing.guests[0]) {
            first_of_class = all.len();
        }
        for finding in standing.findings {
            let same = |one: &&mut Alike| {
                let other = &one.finding;
                (&other.rule, &other.message, other.severity, other.modes)
                    == (&finding.rule, &finding.message, finding.severity, finding.modes)
            };
            match all[first_of_class..].iter_mut().find(same) {
                Some(one) => one.hosts.extend(&standing.hosts),
                None => all.push(Alike {
                    guests: standing.guests.clone(),
                    hosts: standing.hosts.clone(),
                    finding,
                }),
            }
        }
    }
    for one in &mut all {
        one.hosts.sort_unstable();
        one.hosts.dedup();
    }
    all
}

/// The names of up to three, and how many more there are.
pub(super) fn some<'n>(names: impl ExactSizeIterator<Item = &'n str>) -> String {
    let count = names.len();
    let first: Vec<&str> = names.take(3).collect();
    match count - first.len() {
        0 => first.join(", "),
        more => format!("{} and {more} more", first.join(", ")),
    }
}

//! Reasons that are the same for all guests of a class and many hosts, each told once: what keeps a report on a large
//! cluster small.

use super::selection::Selection;
use super::standings::Standings;
use crate::compat::{Chart, Finding};

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
    for standing in Standings::of_classes(chart, selection).into_list() {
        if all.last().is_some_and(|last| last.guests != standing.guests) {
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

//! What is true of guests on hosts, with every reason: what all reports on guests are made of.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use super::selection::Selection;
use super::words::some;
use crate::compat::{Assessment, Chart, Finding, GuestIndex, HostIndex, Kinds, Reasons};

/// Of whom it is told.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Grain {
    /// Of each guest by itself.
    Guest,
    /// Of guests of which the same is true, by one of them and one of the hosts of which it is true.
    Class,
}

/// What is true of some guests on some hosts.
pub(super) struct Standing {
    /// Of whom it is told.
    pub(super) grain: Grain,
    /// The guests, ascending; a guest that is on one of the hosts stays there.
    pub(super) guests: Vec<GuestIndex>,
    /// The guest whose documents are pointed at.
    pub(super) guest: GuestIndex,
    /// The hosts.
    pub(super) hosts: Vec<HostIndex>,
    /// What is possible there.
    pub(super) assessment: Assessment,
    /// The reasons that are selected, the worst first.
    pub(super) findings: Vec<Finding>,
}

impl Standing {
    /// Who the guests are, and where, for people.
    pub(super) fn title(&self, chart: &Chart<'_>) -> (String, String) {
        let guests = &chart.cluster.guests;
        match self.guests.as_slice() {
            [guest] => {
                let on = guests[*guest].host.as_ref();
                let on = on.map_or_else(|| "placed on no host".to_owned(), |host| format!("on {host}"));
                (guests[*guest].name.clone(), on)
            }
            many => {
                let names = some(many.iter().map(|&guest| guests[guest].name.as_str()));
                (names, "of one class; what is said names the first".to_owned())
            }
        }
    }

    /// The hosts for people: all of them, of a class a few.
    pub(super) fn host_names(&self, chart: &Chart<'_>) -> String {
        let names = self.hosts.iter().map(|&host| chart.cluster.hosts[host].name.as_str());
        match self.grain {
            Grain::Guest => names.collect::<Vec<_>>().join(", "),
            Grain::Class => some(names),
        }
    }
}

/// All that is to be said of a selection.
pub struct Standings {
    all: Vec<Standing>,
    grain: Grain,
}

impl Standings {
    /// In a selection of more guests times hosts than this, guests of which the same is true are told of together: no
    /// spreadsheet shows many more rows, and nobody reads them.
    pub const PAIRS: usize = 200_000;

    /// What is to be said of each guest by itself; where that would be more than `pairs_at_most` guests times hosts, of all
    /// guests of which the same is true together.
    pub fn new(chart: &Chart<'_>, selection: &Selection, pairs_at_most: usize) -> Self {
        if selection.guests.len().saturating_mul(selection.hosts.len()) > pairs_at_most {
            return Self::of_classes(chart, selection);
        }
        let of_guest = |guest: &GuestIndex| {
            let said = chart.reasons(*guest, &selection.hosts).into_iter();
            said.map(|reasons| standing(selection, (Grain::Guest, vec![*guest], *guest), reasons))
                .collect::<Vec<_>>()
        };
        Self { all: selection.guests.par_iter().flat_map_iter(of_guest).collect(), grain: Grain::Guest }
    }

    /// The same of guests together of which the same is true.
    pub(super) fn of_classes(chart: &Chart<'_>, selection: &Selection) -> Self {
        let kinds = chart.kinds();
        let mut together: BTreeMap<usize, Vec<GuestIndex>> = BTreeMap::new();
        for &guest in &selection.guests {
            together.entry(kinds.kind_of_guest[guest]).or_default().push(guest);
        }
        let together: Vec<Vec<GuestIndex>> = together.into_values().collect();
        let of_kind = |guests: &Vec<GuestIndex>| {
            let mut all = of_kind(chart, (selection, &kinds), guests);
            all.extend(exceptions(chart, selection, guests));
            all
        };
        Self { all: together.par_iter().flat_map_iter(of_kind).collect(), grain: Grain::Class }
    }

    /// Whether each guest is told of by itself.
    pub fn tell_of_each(&self) -> bool {
        self.grain == Grain::Guest
    }

    /// Of whom it is told.
    pub(super) fn grain(&self) -> Grain {
        self.grain
    }

    /// All of them: those of the same guests after each other.
    pub(super) fn list(&self) -> &[Standing] {
        &self.all
    }

    /// Those of the same guests.
    pub(super) fn by_guests(&self) -> impl Iterator<Item = &[Standing]> {
        self.all.chunk_by(|one, other| one.guests == other.guests)
    }

    pub(super) fn into_list(self) -> Vec<Standing> {
        self.all
    }
}

fn standing(
    selection: &Selection,
    (grain, guests, guest): (Grain, Vec<GuestIndex>, GuestIndex),
    mut reasons: Reasons,
) -> Standing {
    reasons.findings.retain(|finding| selection.filter.has(finding));
    let assessment = selection.filter.assess(reasons.assessment);
    Standing { grain, guests, guest, hosts: reasons.hosts, assessment, findings: reasons.findings }
}

/// Whether a name, a UUID or a port of its own makes a guest worse off on a host than others of its kind.
fn is_exception(chart: &Chart<'_>, guest: GuestIndex, host: HostIndex) -> bool {
    chart.assess(guest, host) != chart.assess_kind(guest, host)
}

/// What is true of guests of one kind: of each kind of hosts, by the first host and the first guest that is not on it and no
/// exception there.
fn of_kind(
    chart: &Chart<'_>,
    (selection, kinds): (&Selection, &Kinds),
    guests: &[GuestIndex],
) -> Vec<Standing> {
    let alone = guests.len() == 1;
    let mut asked: BTreeMap<GuestIndex, BTreeMap<HostIndex, Vec<HostIndex>>> = BTreeMap::new();
    for &host in &selection.hosts {
        let speaks = |guest: &&GuestIndex| {
            chart.home(**guest) != Some(host) && (alone || !is_exception(chart, **guest, host))
        };
        let Some(&guest) = guests.iter().find(speaks) else { continue };
        // Where a guest is an exception, it is one by itself.
        let kind = if is_exception(chart, guest, host) {
            kinds.hosts.len() + host
        } else {
            kinds.kind_of_host[host]
        };
        asked.entry(guest).or_default().entry(kind).or_default().push(host);
    }
    let mut all = Vec::new();
    for (guest, by_kind) in asked {
        let firsts: Vec<HostIndex> = by_kind.values().filter_map(|hosts| hosts.first().copied()).collect();
        for mut reasons in chart.reasons(guest, &firsts) {
            let alike =
                by_kind.values().filter(|hosts| hosts.first().is_some_and(|one| reasons.hosts.contains(one)));
            reasons.hosts = alike.flatten().copied().collect();
            reasons.hosts.sort_unstable();
            all.push(standing(selection, (Grain::Class, guests.to_vec(), guest), reasons));
        }
    }
    all
}

/// Guests of one kind that are worse off than the others somewhere, each by itself.
fn exceptions(chart: &Chart<'_>, selection: &Selection, guests: &[GuestIndex]) -> Vec<Standing> {
    let several = if guests.len() > 1 { guests } else { &[] };
    let of_guest = |&guest: &GuestIndex| {
        let away = chart.meets(guest).filter(|&host| chart.home(guest) != Some(host));
        let worse = away.filter(|&host| is_exception(chart, guest, host) && selection.hosts.contains(&host));
        let hosts: BTreeSet<HostIndex> = worse.collect();
        let hosts: Vec<HostIndex> = hosts.into_iter().collect();
        let said = if hosts.is_empty() { Vec::new() } else { chart.reasons(guest, &hosts) };
        said.into_iter().map(move |reasons| standing(selection, (Grain::Class, vec![guest], guest), reasons))
    };
    several.iter().flat_map(of_guest).collect()
}

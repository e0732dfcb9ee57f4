//! Which guests and hosts stand in one row and one column.

use std::collections::BTreeMap;

use crate::compat::{Answer, Assessment, Chart, GuestIndex, HostIndex, Kinds};

/// Where there are no more cells than this, each guest and host stands by itself.
const ALONE: usize = 1_500;
/// Where there are no more cells than this, each kind of guest and host stands by itself.
const EACH: usize = 4_000;
/// Where there are no more than this, guests stand together only where the same rules speak of them.
const BY_RULES: usize = 100_000;

/// Guests and hosts that stand together, each list ascending.
pub(super) struct Alike {
    pub(super) rows: Vec<Vec<GuestIndex>>,
    pub(super) columns: Vec<Vec<HostIndex>>,
    /// Whether there are few enough to tell the lines of each.
    pub(super) few: bool,
}

/// What two guests have in common that stand in one row, column by column.
type Sign = Vec<Option<([Answer; 3], Vec<String>)>>;

fn possible(assessment: Assessment) -> [Answer; 3] {
    [assessment.live, assessment.cold, assessment.rebuild]
}

/// Rows and columns for the chart, few enough to be read.
pub(super) fn alike(chart: &Chart<'_>) -> Alike {
    let (guests, hosts) = (chart.cluster.guests.len(), chart.cluster.hosts.len());
    if guests * hosts <= ALONE {
        let alone = |count: usize| (0..count).map(|one| vec![one]).collect();
        return Alike { rows: alone(guests), columns: alone(hosts), few: true };
    }
    let kinds = chart.kinds();
    let cells = kinds.guests.len() * kinds.hosts.len();
    if cells <= EACH {
        return Alike {
            rows: members(&kinds.kind_of_guest, kinds.guests.len()),
            columns: members(&kinds.kind_of_host, kinds.hosts.len()),
            few: true,
        };
    }
    let columns = columns(chart, &kinds);
    let mut rows: BTreeMap<Sign, Vec<GuestIndex>> = BTreeMap::new();
    let mut by_kind: BTreeMap<(usize, Option<usize>), Sign> = BTreeMap::new();
    for (guest, &kind) in kinds.kind_of_guest.iter().enumerate() {
        let home = columns.iter().position(|hosts| is_home(chart, guest, hosts));
        let sign = by_kind.entry((kind, home)).or_insert_with(|| {
            if cells <= BY_RULES {
                by_rules(chart, guest, &columns)
            } else {
                by_answer(chart, guest, &columns)
            }
        });
        rows.entry(sign.clone()).or_default().push(guest);
    }
    let mut rows: Vec<_> = rows.into_values().collect();
    rows.sort_unstable();
    Alike { rows, columns, few: false }
}

/// Whether these hosts are one, and the guest is on it.
pub(super) fn is_home(chart: &Chart<'_>, guest: GuestIndex, hosts: &[HostIndex]) -> bool {
    hosts.len() == 1 && chart.home(guest) == hosts.first().copied()
}

/// The first of these hosts that the guest is not on.
pub(super) fn elsewhere(chart: &Chart<'_>, guest: GuestIndex, hosts: &[HostIndex]) -> Option<HostIndex> {
    hosts.iter().copied().find(|&host| chart.home(guest) != Some(host))
}

fn members(kind_of: &[usize], kinds: usize) -> Vec<Vec<usize>> {
    let mut all = vec![Vec::new(); kinds];
    for (at, &kind) in kind_of.iter().enumerate() {
        all[kind].push(at);
    }
    all
}

/// Hosts on which every kind of guest may do the same.
fn columns(chart: &Chart<'_>, kinds: &Kinds) -> Vec<Vec<HostIndex>> {
    let mut columns: BTreeMap<Vec<[Answer; 3]>, Vec<HostIndex>> = BTreeMap::new();
    let signs: Vec<Vec<[Answer; 3]>> = kinds
        .hosts
        .iter()
        .map(|&host| kinds.guests.iter().map(|&guest| possible(chart.assess_kind(guest, host))).collect())
        .collect();
    for (host, &kind) in kinds.kind_of_host.iter().enumerate() {
        columns.entry(signs[kind].clone()).or_default().push(host);
    }
    let mut columns: Vec<_> = columns.into_values().collect();
    columns.sort_unstable();
    columns
}

fn by_answer(chart: &Chart<'_>, guest: GuestIndex, columns: &[Vec<HostIndex>]) -> Sign {
    let sign = |hosts: &Vec<HostIndex>| {
        let host = elsewhere(chart, guest, hosts)?;
        Some((possible(chart.assess_kind(guest, host)), Vec::new()))
    };
    columns.iter().map(sign).collect()
}

fn by_rules(chart: &Chart<'_>, guest: GuestIndex, columns: &[Vec<HostIndex>]) -> Sign {
    let firsts: Vec<_> = columns.iter().map(|hosts| elsewhere(chart, guest, hosts)).collect();
    let asked: Vec<HostIndex> = firsts.iter().copied().flatten().collect();
    let said = chart.reasons(guest, &asked);
    let sign = |host: &Option<HostIndex>| {
        let reasons = said.iter().find(|reasons| host.is_some_and(|host| reasons.hosts.contains(&host)))?;
        let mut rules: Vec<String> = reasons.findings.iter().map(|found| found.rule.to_string()).collect();
        rules.sort_unstable();
        rules.dedup();
        Some((possible(reasons.assessment), rules))
    };
    firsts.iter().map(sign).collect()
}

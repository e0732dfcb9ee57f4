//! Why guests of lost hosts do not start again.

use std::collections::BTreeSet;

use rayon::prelude::*;

use super::loss::{Left, Loss, Why};
use super::restart::{Restart, Waiting};
use super::room::Room;
use crate::compat::{Answer, Chart, Finding, GuestIndex, HostIndex, Mode, Severity};
use crate::model::{DiskSource, Memory};
use crate::plan::capacity::Amount;
use crate::plan::kinds::What;
use crate::plan::ledger::{Ledger, Obstacle};
use crate::plan::rare::KindIndex;
use crate::plan::units::Unit;

/// What keeps a guest from starting on some hosts, room aside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Barred {
    /// The guest.
    pub guest: GuestIndex,
    /// The hosts, ascending.
    pub hosts: Vec<HostIndex>,
    /// No, or unknown.
    pub answer: Answer,
    /// The rules that say so, each with what would change it.
    pub rules: Vec<(String, String)>,
}

/// What keeps the guests that these losses leave out from hosts.
pub(super) fn barred(chart: &Chart<'_>, restart: &Restart<'_>, losses: &[Loss]) -> Vec<Barred> {
    let asked = |left: &&Left| matches!(left.why, Why::NoHost | Why::Unknown { .. });
    let guests: BTreeSet<GuestIndex> =
        losses.iter().flat_map(|loss| &loss.left).filter(asked).map(|left| left.guest).collect();
    let hosts: Vec<HostIndex> = (0..restart.needs.hosts.len()).collect();
    let guests: Vec<GuestIndex> = guests.into_iter().collect();
    guests.into_par_iter().flat_map_iter(|guest| barring(chart, guest, &hosts)).collect()
}

/// What keeps one guest from hosts: first what no other host can help, the disks that are lost with its own.
fn barring(chart: &Chart<'_>, guest: GuestIndex, hosts: &[HostIndex]) -> Vec<Barred> {
    let reasons = chart.reasons(guest, hosts).into_iter();
    let by_rules: Vec<_> = reasons.filter(|reasons| reasons.assessment.cold != Answer::Yes).collect();
    let known: BTreeSet<HostIndex> = by_rules.iter().flat_map(|one| one.hosts.iter().copied()).collect();
    let mut all: Vec<Barred> = Vec::new();
    for (host, disk, answer) in lost(chart, guest, hosts).filter(|(host, ..)| !known.contains(host)) {
        let rules = vec![("disk-to-copy".to_owned(), without(disk, answer))];
        add(&mut all, Barred { guest, hosts: vec![host], answer, rules });
    }
    for reasons in by_rules {
        let answer = reasons.assessment.cold;
        let rules = rules(&reasons.findings, answer);
        add(&mut all, Barred { guest, hosts: reasons.hosts, answer, rules });
    }
    for one in &mut all {
        one.hosts.sort_unstable();
    }
    all
}

/// Hosts of the same reasons stand together.
fn add(all: &mut Vec<Barred>, one: Barred) {
    match all.iter_mut().find(|other| other.answer == one.answer && other.rules == one.rules) {
        Some(same) => same.hosts.extend(one.hosts),
        None => all.push(one),
    }
}

/// The hosts that have not all disks of a guest once its own is lost.
fn lost<'c>(
    chart: &'c Chart<'_>,
    guest: GuestIndex,
    hosts: &[HostIndex],
) -> impl Iterator<Item = (HostIndex, &'c DiskSource, Answer)> {
    let others = hosts.iter().filter(move |host| Some(**host) != chart.home(guest));
    let lost = others.map(move |&host| Some((host, chart.lost_with_home(guest, host)?)));
    lost.flatten().map(|(host, (disk, answer))| (host, disk, answer))
}

fn without(disk: &DiskSource, answer: Answer) -> String {
    let (name, file) = (&disk.target, &disk.source.value);
    match answer {
        Answer::Unknown => format!("find out whether {name}, {file}, is lost with its host"),
        _ => format!("{name}, {file}, is lost with its host: keep it on storage that others reach"),
    }
}

fn rules(findings: &[Finding], answer: Answer) -> Vec<(String, String)> {
    let severity = if answer == Answer::No { Severity::Blocker } else { Severity::Unknown };
    let bars = |finding: &&Finding| finding.severity == severity && finding.modes.has(Mode::Cold);
    let mut rules: Vec<(String, String)> = Vec::new();
    for finding in findings.iter().filter(bars) {
        let rule = (finding.rule.to_string(), finding.remedy.to_string());
        if !rules.contains(&rule) {
            rules.push(rule);
        }
    }
    rules
}

impl Restart<'_> {
    /// Why the guests of a unit are left out.
    pub(super) fn left(
        &self,
        waiting: &Waiting,
        unit: usize,
        end: &Ledger<'_>,
        lost: &[HostIndex],
    ) -> Vec<Left> {
        let why = self.why(waiting, unit, end, lost);
        waiting.units[unit].guests.iter().map(|&guest| Left { guest, why: why.clone() }).collect()
    }

    fn why(&self, waiting: &Waiting, unit: usize, end: &Ledger<'_>, lost: &[HostIndex]) -> Why {
        let (unit, unsure) = (&waiting.units[unit], &waiting.unsure[unit]);
        if !unsure.is_empty() {
            return Why::Unknown { hosts: unsure.clone(), room: self.unknown_room(unit, unsure) };
        }
        let others = (0..self.needs.hosts.len()).filter(|host| !lost.contains(host));
        let able: Vec<HostIndex> =
            others.filter(|&host| self.cold(&unit.guests, host) != Answer::No).collect();
        let lacking: Vec<(Amount, HostIndex)> =
            able.iter().filter_map(|&host| Some((self.lacking(unit, host, end)?, host))).collect();
        let rare = lacking.iter().filter(|(lacking, _)| Room::from(lacking) == Room::default());
        let rare = rare.filter_map(|(lacking, host)| Some((lacking.rare.iter().next()?, *host)));
        if let Some(((kind, amount), host)) =
            rare.min_by_key(|((kind, amount), host)| (*amount, *host, *kind))
        {
            return self.kind_lacking(kind, amount, host);
        }
        let apart = || {
            able.iter().find_map(|&host| match end.obstacle(&unit.guests, host) {
                Some(Obstacle::Apart(group)) => Some(self.apart(unit, group)),
                _ => None,
            })
        };
        let least = lacking.iter().min_by_key(|(lacking, host)| (lacking.memory, lacking.vcpus, *host));
        match least {
            Some((lacking, host)) => Why::Room { host: *host, lacking: Room::from(lacking) },
            None => apart().unwrap_or(Why::NoHost),
        }
    }

    /// From whom a unit is kept apart.
    fn apart(&self, unit: &Unit, group: usize) -> Why {
        let crowd = &self.needs.policies.crowds[group];
        let other = |guest: &&GuestIndex| !unit.guests.contains(guest) && self.needs.homes[**guest].is_some();
        let from = crowd.members.iter().filter(other).copied().collect();
        Why::Apart { group: crowd.name.clone(), from }
    }

    /// What a host lacks for a unit, where that is what it lacks.
    fn lacking(&self, unit: &Unit, host: HostIndex, end: &Ledger<'_>) -> Option<Amount> {
        match end.obstacle(&unit.guests, host) {
            Some(Obstacle::Room { needed, .. }) => {
                let all = self.needs.hosts[host].as_ref().ok()?;
                // What it has too little of for others is not what is lacking for these.
                let used =
                    Amount { rare: needed.rare.shared_with(&end.used(host).rare), ..end.used(host).clone() };
                Some(used.plus(&needed).minus(all))
            }
            _ => None,
        }
    }

    fn kind_lacking(&self, kind: KindIndex, amount: u64, host: HostIndex) -> Why {
        let kind = self.needs.kinds.get(kind);
        match kind.what {
            What::Pages(size) => {
                let lacking = Memory::kib(size.as_kib().saturating_mul(amount));
                Why::Pages { host, size, lacking }
            }
            _ => Why::Kind { host, kind: kind.name(), lacking: amount },
        }
    }

    /// What is not known of the room of these hosts, or of what the unit takes.
    fn unknown_room(&self, unit: &Unit, hosts: &[HostIndex]) -> Vec<String> {
        let unknown = hosts.iter().filter_map(|&host| match self.ledger.obstacle(&unit.guests, host) {
            Some(Obstacle::Unknown(what)) => Some((self.needs.host_name(host), what)),
            _ => None,
        });
        let told = unknown.map(|(host, what)| {
            // What is not known of a guest names it.
            if what.contains("guest '") { what } else { format!("'{host}': {what}") }
        });
        told.collect::<BTreeSet<_>>().into_iter().collect()
    }
}

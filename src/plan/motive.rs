//! Why a move is in the plan: what asks for it, why the guest goes there, and why at that time.

use std::collections::BTreeMap;

use super::channels::Channels;
use super::jobs::{Jobs, Leg, UnitMoves};
use super::ledger::{Ledger, Obstacle};
use super::mode::MoveMode;
use super::needs::Needs;
use super::rare::{MEMORY, VCPUS};
use super::stores::{Store, name};
use super::timetable::Resource;
use super::units::{Choice, Unit};
use super::wish::{Want, Wish};
use crate::compat::{GuestIndex, HostIndex};

/// Of so many hosts the names are told, with what room they have; of more only the number.
const NAMED: usize = 12;

/// Why a move is in the plan.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Motive {
    /// What asks for it.
    pub wanted: String,
    /// Where else the guest may go, and why it does not.
    pub place: String,
    /// Why it starts when it does.
    pub time: String,
}

/// What the motives of a plan are read from.
pub(super) struct Motives<'m> {
    needs: &'m Needs<'m>,
    wish: &'m Wish,
    units: &'m [Unit],
    /// What the hosts hold at the end of the plan.
    end: &'m Ledger<'m>,
    /// By list of choices of which there are many: what is told of it.
    many: BTreeMap<*const Choice, String>,
}

impl<'m> Motives<'m> {
    pub(super) fn new(needs: &'m Needs<'m>, wish: &'m Wish, units: &'m [Unit], end: &'m Ledger<'m>) -> Self {
        let mut many: BTreeMap<*const Choice, String> = BTreeMap::new();
        for choices in units.iter().map(|unit| &unit.choices).filter(|choices| choices.len() > NAMED) {
            many.entry(choices.as_ptr()).or_insert_with(|| counted(choices));
        }
        Self { needs, wish, units, end, many }
    }

    /// What asks for the guest to move.
    pub(super) fn wanted(&self, moves: &UnitMoves, guest: GuestIndex) -> String {
        let home = self.needs.homes[guest];
        let name = |host: HostIndex| self.needs.host_name(host);
        match (self.wish.of(guest, home), home) {
            (Some(Want::Leave), Some(home)) if self.wish.adopting[moves.to] => {
                format!("{} is drained, and {} adopts", name(home), name(moves.to))
            }
            (Some(Want::Leave), Some(home)) => format!("{} is drained", name(home)),
            (Some(Want::Come), _) if self.wish.goals.contains_key(&guest) => {
                format!("it is to be moved to {}", name(self.wish.goals[&guest]))
            }
            (Some(Want::Come), _) => format!("{} adopts", name(moves.to)),
            (Some(Want::Even), Some(home)) if !self.wish.balanced[home] => {
                format!("{} holds more than it can", name(home))
            }
            (Some(Want::Even), Some(home)) => {
                format!("it makes {} and {} more even", name(home), name(moves.to))
            }
            _ => {
                let wanted = |other: &&GuestIndex| self.wish.asks(**other, self.needs.homes[**other]);
                let other = self.units[moves.unit].guests.iter().find(wanted);
                let other = other
                    .map_or_else(String::new, |&other| format!(" with {}", self.needs.guest(other).name));
                format!("it is kept together{other}, which moves")
            }
        }
    }

    /// Where else the guest may go, and why it does not.
    pub(super) fn place(&self, moves: &UnitMoves, mode: MoveMode) -> String {
        let unit = &self.units[moves.unit];
        if let Leg::Away = moves.leg {
            return "hosts wait for one another; it makes room by way of this one".to_owned();
        }
        if let Some(told) = self.many.get(&unit.choices.as_ptr()) {
            return told.clone();
        }
        let others = unit.choices.iter().filter(|to| to.host != moves.to);
        let mut told: BTreeMap<(u8, String), Vec<&str>> = BTreeMap::new();
        for to in others.filter(|to| unit.home(self.needs) != Some(to.host)) {
            told.entry(self.why_not(moves, mode, to)).or_default().push(self.needs.host_name(to.host));
        }
        if told.is_empty() {
            return "no other host may take it".to_owned();
        }
        let told: Vec<String> =
            told.into_iter().map(|((_, why), hosts)| format!("{} ({why})", hosts.join(", "))).collect();
        format!("it could go to {}", told.join("; "))
    }

    /// Why a unit does not go to a host that may take it, and where that stands among others.
    fn why_not(&self, moves: &UnitMoves, mode: MoveMode, to: &Choice) -> (u8, String) {
        let unit = &self.units[moves.unit];
        if to.mode > mode {
            return (2, rougher(to.mode).to_owned());
        }
        match self.end.obstacle(&unit.arriving(self.needs, to.host), to.host) {
            Some(Obstacle::Apart(group)) => {
                (3, format!("kept apart there, {}", self.needs.policies.crowds[group].name))
            }
            Some(Obstacle::Unknown(_)) => (4, "whether there is room is not known".to_owned()),
            Some(_) => (4, "no room left there in the end".to_owned()),
            None if to.mode == mode => {
                (0, "in the same way; evenness and waves were weighed together".to_owned())
            }
            None if self.wish.adopting[moves.to] && !self.wish.adopting[to.host] => {
                (1, format!("{}, but it does not adopt", gentler(to.mode)))
            }
            None => (1, gentler(to.mode).to_owned()),
        }
    }

    /// Why a job starts when it does: what it needs that another holds until then, whose move has that number.
    pub(super) fn time(&self, jobs: &Jobs, awaited: Option<(usize, Option<Resource>)>, job: usize) -> String {
        match awaited {
            None if jobs.problem.jobs[job].earliest(0) == Some(0) => "nothing is in its way".to_owned(),
            None => "its window begins".to_owned(),
            Some((number, None)) => format!("move {number} goes before it"),
            Some((number, Some(resource))) => {
                format!("it waits until move {number} ends, for {}", self.resource(jobs, resource))
            }
        }
    }

    /// A resource, for people.
    fn resource(&self, jobs: &Jobs, resource: Resource) -> String {
        let hosts = self.needs.hosts.len();
        match resource {
            Resource::Window => "time".to_owned(),
            Resource::Channel(channel) => match (Channels { hosts }).of(channel) {
                (Some(host), what) => format!("{what} {}", self.needs.host_name(host)),
                (None, what) => what.to_owned(),
            },
            Resource::Store(store) if store < 2 * hosts => {
                name(self.needs, Store::Room(store / 2, [MEMORY, VCPUS][store % 2]))
            }
            Resource::Store(store) => jobs.names.get(&store).cloned().unwrap_or_default(),
        }
    }
}

/// How many hosts may take it, by mode.
fn counted(choices: &[Choice]) -> String {
    let mut modes: BTreeMap<MoveMode, usize> = BTreeMap::new();
    for to in choices {
        *modes.entry(to.mode).or_default() += 1;
    }
    let modes: Vec<String> = modes.into_iter().map(|(mode, hosts)| format!("{hosts} {mode}")).collect();
    format!("of the hosts that may take it ({}), by mode, room and evenness", modes.join(", "))
}

/// A mode gentler than that of the plan.
fn gentler(mode: MoveMode) -> &'static str {
    match mode {
        MoveMode::Live => "even live",
        MoveMode::Placed => "placed",
        MoveMode::Cold => "even cold",
        MoveMode::Rebuild => "rebuilt",
    }
}

/// A mode in which a guest need not move.
fn rougher(mode: MoveMode) -> &'static str {
    match mode {
        MoveMode::Live => "live",
        MoveMode::Placed => "placed",
        MoveMode::Cold => "only cold",
        MoveMode::Rebuild => "only rebuilt",
    }
}

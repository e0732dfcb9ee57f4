//! The replay: where every guest is, after each wave.

use std::collections::{BTreeMap, BTreeSet};

use super::apart::{ApartSets, Arrival};
use super::commands;
use super::groups::{Set, spread, together};
use super::racks::RackMap;
use super::room::Rooms;
use super::slots::{Running, wrong};
use super::steps;
use super::violation::{Violation, ViolationKind as Kind};
use crate::compat::{Answer, GuestIndex, HostIndex};
use crate::model::{Cluster, Intent};
use crate::plan::document::{MoveRecord, PlanDocument};
use crate::plan::mode::MoveMode;

use super::{Assess, Onward};

/// One move, its names found.
#[derive(Clone, Copy)]
struct Step {
    guest: GuestIndex,
    to: HostIndex,
    /// Reserved for it on the network, in KiB/s.
    rate: u64,
}

/// What the intents ask.
#[derive(Default)]
pub(super) struct Asked {
    pub(super) drained: BTreeSet<HostIndex>,
    pub(super) adopting: BTreeSet<HostIndex>,
    pub(super) balanced: BTreeSet<HostIndex>,
    pub(super) banned: BTreeSet<HostIndex>,
    pub(super) pinned: BTreeSet<GuestIndex>,
    /// The hosts that guests are to go to, by name.
    pub(super) goals: BTreeMap<GuestIndex, HostIndex>,
}

/// Where every guest is, and what was found wrong so far.
pub(super) struct Replay<'a> {
    pub(super) cluster: &'a Cluster,
    rooms: &'a Rooms<'a>,
    assess: &'a Assess<'a>,
    onward: &'a Onward<'a>,
    hosts: BTreeMap<&'a str, HostIndex>,
    pub(super) guests: BTreeMap<(&'a str, Option<&'a str>), GuestIndex>,
    pub(super) at: Vec<Option<HostIndex>>,
    /// By host: the guests that are on it.
    on: Vec<BTreeSet<GuestIndex>>,
    pub(super) moved: BTreeSet<GuestIndex>,
    /// The guests that are to go on from where they are.
    away: BTreeMap<GuestIndex, HostIndex>,
    /// The hosts that guests went to, to go on from there.
    pub(super) stays: BTreeSet<HostIndex>,
    apart: ApartSets,
    racks: RackMap,
    pub(super) together: Vec<Set>,
    wave: Option<usize>,
    found: Vec<Violation>,
}

/// By host: the guests that are on it.
fn on(at: &[Option<HostIndex>], hosts: usize) -> Vec<BTreeSet<GuestIndex>> {
    let mut on = vec![BTreeSet::new(); hosts];
    for (guest, host) in at.iter().enumerate() {
        if let &Some(host) = host {
            on[host].insert(guest);
        }
    }
    on
}

impl<'a> Replay<'a> {
    pub(super) fn new(
        cluster: &'a Cluster,
        rooms: &'a Rooms<'a>,
        assess: &'a Assess<'a>,
        onward: &'a Onward<'a>,
    ) -> Self {
        let hosts: BTreeMap<_, _> =
            cluster.hosts.iter().enumerate().map(|(at, host)| (host.name.as_str(), at)).collect();
        let key = |at: usize| (cluster.guests[at].name.as_str(), cluster.guests[at].host.as_deref());
        let home = |at: usize| hosts.get(cluster.guests[at].host.as_deref()?).copied();
        let at: Vec<Option<HostIndex>> = (0..cluster.guests.len()).map(home).collect();
        Self {
            cluster,
            rooms,
            assess,
            onward,
            away: BTreeMap::new(),
            stays: BTreeSet::new(),
            guests: (0..cluster.guests.len()).map(|at| (key(at), at)).collect(),
            on: on(&at, cluster.hosts.len()),
            at,
            hosts,
            moved: BTreeSet::new(),
            apart: ApartSets::new(cluster),
            racks: RackMap::new(cluster),
            together: together(cluster),
            wave: None,
            found: Vec::new(),
        }
    }

    pub(super) fn run(mut self, document: &PlanDocument) -> Vec<Violation> {
        let asked = self.intents(document);
        let before = self.at.clone();
        for (at, wave) in document.waves.iter().enumerate() {
            self.wave = Some(at + 1);
            self.wave(wave);
        }
        self.wave = None;
        let left_out = self.left_out(document);
        for guest in std::mem::take(&mut self.away).into_keys() {
            let name = &self.cluster.guests[guest].name;
            self.say(Kind::Unfulfilled, format!("guest '{name}' does not go on from where it waits"));
        }
        self.purpose(&before, &asked);
        self.outcome(&asked, &left_out);
        self.figures(document);
        for text in steps::wrong(document) {
            self.say(Kind::Step, text);
        }
        self.found
    }

    pub(super) fn say(&mut self, kind: Kind, message: String) {
        self.found.push(Violation { wave: self.wave, kind, message });
    }

    fn intents(&mut self, document: &PlanDocument) -> Asked {
        let mut asked = Asked::default();
        for record in &document.intents {
            let hosts: Vec<_> =
                record.hosts.iter().map(|name| self.hosts.get(name.as_str()).copied()).collect();
            if hosts.contains(&None) {
                self.say(Kind::Name, format!("'{}' names a host that is not in the cluster", record.intent));
            }
            let mut hosts = hosts.into_iter().flatten();
            let named = |at: &GuestIndex| record.guests.contains(&self.cluster.guests[*at].name);
            let guests = (0..self.at.len()).filter(named);
            match Intent::new(&record.intent, record.hosts.clone(), record.guests.clone()) {
                Ok(Intent::Drain(_)) => asked.drained.extend(hosts),
                Ok(Intent::Adopt(_)) => asked.adopting.extend(hosts),
                Ok(Intent::Balance(_) | Intent::Relieve(_)) => asked.balanced.extend(hosts),
                Ok(Intent::Ban(_)) => asked.banned.extend(hosts),
                Ok(Intent::Pin(_)) => asked.pinned.extend(guests),
                Ok(Intent::Move { .. }) => {
                    asked.goals.extend(
                        hosts
                            .next()
                            .into_iter()
                            .flat_map(|host| guests.clone().map(move |guest| (guest, host))),
                    );
                }
                Ok(Intent::Upgrade(_) | Intent::Evacuate(_)) => {
                    self.say(
                        Kind::Name,
                        "hosts that are taken down take a rollout, and not one plan".to_owned(),
                    );
                }
                Err(error) => self.say(Kind::Name, error.to_string()),
            }
        }
        asked
    }

    /// Checks one wave at its fullest: all arrivals there, nobody gone.
    fn wave(&mut self, wave: &[MoveRecord]) {
        if wave.is_empty() {
            self.say(Kind::Figure, "the wave has no move".to_owned());
        }
        let steps: Vec<Step> = wave.iter().filter_map(|one| self.step(one)).collect();
        self.slots(&steps);
        let mut arriving: BTreeMap<HostIndex, Vec<GuestIndex>> = BTreeMap::new();
        for step in &steps {
            arriving.entry(step.to).or_default().push(step.guest);
        }
        for (host, guests) in arriving {
            self.fullest(host, &guests);
        }
        self.apart(&steps);
        for step in &steps {
            self.arrive(*step);
        }
        self.boundary(&steps);
    }

    fn step(&mut self, one: &MoveRecord) -> Option<Step> {
        let (Some(guest), Some(&to)) = (self.named(one), self.hosts.get(one.to.as_str())) else {
            let from = one.from.as_deref().unwrap_or("no host");
            self.say(Kind::Name, format!("no guest '{}' on {from}, or no host '{}'", one.guest, one.to));
            return None;
        };
        let via = self.away.remove(&guest);
        if !self.moved.insert(guest) && via.is_none() {
            self.say(Kind::Twice, format!("guest '{}' moves more than once", one.guest));
        }
        let from = one.from.as_deref().and_then(|name| self.hosts.get(name).copied());
        if self.at[guest] != from || from == Some(to) || from.is_none() != one.from.is_none() {
            self.say(Kind::Start, format!("guest '{}' is not where its move starts", one.guest));
        }
        self.mode(one, guest, (via, to));
        if one.goes_on {
            self.away.insert(guest, to);
            self.stays.insert(to);
        }
        Some(Step { guest, to, rate: one.estimate.rate_kib_s })
    }

    /// The guest of a move: one that is to go on from where it is, or that was there from the beginning.
    fn named(&self, one: &MoveRecord) -> Option<GuestIndex> {
        let from = one.from.as_deref().and_then(|name| self.hosts.get(name));
        let here = |(guest, via): (&GuestIndex, &HostIndex)| {
            (Some(via) == from && self.cluster.guests[*guest].name == one.guest).then_some(*guest)
        };
        let key = (one.guest.as_str(), one.from.as_deref());
        self.away.iter().find_map(here).or_else(|| self.guests.get(&key).copied())
    }

    fn mode(&mut self, one: &MoveRecord, guest: GuestIndex, (via, to): (Option<HostIndex>, HostIndex)) {
        let about = &self.cluster.guests[guest];
        let answers = via.map_or_else(|| (self.assess)(guest, to), |via| (self.onward)(guest, via, to));
        if (via.is_some() || one.goes_on) && one.mode != MoveMode::Live {
            self.say(Kind::Mode, format!("guest '{}' goes by way of another host, and not live", one.guest));
        }
        let (answer, fits) = match one.mode {
            MoveMode::Live => (answers.live, one.from.is_some() && about.running),
            MoveMode::Cold => (answers.cold, one.from.is_some()),
            MoveMode::Placed => (answers.cold, one.from.is_none()),
            MoveMode::Rebuild => (answers.rebuild, true),
        };
        if answer != Answer::Yes || !fits {
            let text = format!("guest '{}' cannot move to '{}' {}", one.guest, one.to, one.mode);
            self.say(Kind::Mode, text);
        }
        let memory = about.memory.value().map(|memory| memory.as_mib());
        if memory != Some(one.memory_mib) || one.stops != (about.running && one.mode != MoveMode::Live) {
            let text = format!("memory or state of guest '{}' is not as the plan has it", one.guest);
            self.say(Kind::Figure, text);
        }
        for text in commands::wrong(one, about) {
            self.say(Kind::Command, text);
        }
    }

    fn slots(&mut self, steps: &[Step]) {
        let running: Vec<Running> =
            steps.iter().map(|step| (self.at[step.guest], step.to, step.rate)).collect();
        for (kind, text) in wrong(self.cluster, &self.racks, &running) {
            self.say(kind, text);
        }
    }

    fn fullest(&mut self, host: HostIndex, arriving: &[GuestIndex]) {
        let all: BTreeSet<GuestIndex> = self.on[host].iter().chain(arriving).copied().collect();
        if let Some(text) = self.rooms.overfull(host, all.into_iter(), arriving) {
            self.say(Kind::Room, text);
        }
    }

    fn arrive(&mut self, Step { guest, to, .. }: Step) {
        if let Some(from) = self.at[guest].replace(to) {
            self.on[from].remove(&guest);
        }
        self.on[to].insert(guest);
    }

    /// Guests that arrive where too many are already of those that they are to be apart from.
    fn apart(&mut self, steps: &[Step]) {
        let goals: BTreeMap<GuestIndex, HostIndex> = steps.iter().map(|step| (step.guest, step.to)).collect();
        let on = |guest: GuestIndex, host| self.at[guest] == Some(host) || goals.get(&guest) == Some(&host);
        let told = steps.iter().flat_map(|&Step { guest, to, .. }| {
            self.apart.broken(Arrival { guest, from: self.at[guest], to }, &on, self.cluster)
        });
        let told: BTreeSet<String> = told.collect();
        for text in told {
            self.say(Kind::Apart, text);
        }
    }

    /// No group that is to be together and has moved is on more than one host after a wave.
    fn boundary(&mut self, steps: &[Step]) {
        let moved: BTreeSet<GuestIndex> = steps.iter().map(|step| step.guest).collect();
        let torn = |(_, members): &&Set| !members.is_disjoint(&moved) && spread(members, &self.at) > 1;
        let names: Vec<_> = self.together.iter().filter(torn).map(|(name, _)| name.clone()).collect();
        for name in names {
            self.say(Kind::Together, format!("guests of '{name}', to be together, are not after the wave"));
        }
    }
}

//! A small cluster as bare numbers, and what its rules allow: written anew from the documents, with nothing of the planner's.

use std::collections::BTreeSet;

use super::super::super::support::World;
use crate::compat::{Answer, GuestIndex, HostIndex};
use crate::model::{Apart, Area, GroupPolicy, Intent};
use crate::plan::MoveMode;

/// What is asked of a unit, the most urgent first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Asked {
    Leave,
    Come,
}

/// Guests that move as one, of which something is asked.
#[derive(Clone, Debug)]
pub(super) struct Unit {
    pub(super) guests: Vec<GuestIndex>,
    pub(super) asked: Asked,
    /// The guests of it that are asked to move.
    pub(super) own: Vec<GuestIndex>,
    /// Where it may end.
    pub(super) hosts: Vec<HostIndex>,
    /// Where it may wait on its way: one guest that goes live.
    pub(super) ways: Vec<HostIndex>,
}

/// Of these guests no more may be in one place.
struct Crowd {
    guests: BTreeSet<GuestIndex>,
    /// By host: its place.
    places: Vec<usize>,
    at_most: usize,
}

/// The cluster as numbers. All guests are on hosts, and run.
pub(super) struct Game<'w> {
    pub(super) world: &'w World,
    /// By host: KiB and vCPUs.
    room: Vec<[u64; 2]>,
    takes: Vec<[u64; 2]>,
    pub(super) homes: Vec<HostIndex>,
    pub(super) units: Vec<Unit>,
    crowds: Vec<Crowd>,
    /// By host: its rack.
    pub(super) racks: Vec<usize>,
}

/// Where each guest is.
pub(super) type At = Vec<HostIndex>;

impl<'w> Game<'w> {
    pub(super) fn new(world: &'w World, intents: &[String]) -> Self {
        let (cluster, settings) = (&world.cluster, &world.cluster.settings);
        let host_of = |name: &str| cluster.hosts.iter().position(|host| host.name == name).unwrap();
        let guests = 0..cluster.guests.len();
        let kib = |guest: GuestIndex| cluster.guests[guest].memory.value().unwrap().as_kib();
        let taken = |guest: GuestIndex| {
            let vcpus = u64::from(*cluster.guests[guest].vcpus.value().unwrap());
            [kib(guest) + kib(guest) / 50 + 200 * 1_024, vcpus]
        };
        let rooms = cluster.hosts.iter().map(|host| {
            let processors = u64::from(*host.processors.value().unwrap());
            let memory = host.memory.value().unwrap().as_kib() - settings.memory_reserve.as_kib();
            [memory, processors * settings.cpu_overcommit_percent / 100]
        });
        let rack = |host: HostIndex| (0..=host).find(|&first| world.rack(first) == world.rack(host)).unwrap();
        let racks: Vec<usize> = (0..cluster.hosts.len()).map(rack).collect();
        let mut game = Self {
            world,
            room: rooms.collect(),
            takes: guests.clone().map(taken).collect(),
            homes: guests.map(|guest| host_of(cluster.guests[guest].host.as_deref().unwrap())).collect(),
            units: Vec::new(),
            crowds: Vec::new(),
            racks,
        };
        game.crowds = game.crowds();
        game.units = Wanted::new(&game, intents).units();
        game
    }

    fn members(&self, names: &[String]) -> BTreeSet<GuestIndex> {
        let guests = &self.world.cluster.guests;
        (0..guests.len()).filter(|&guest| names.contains(&guests[guest].name)).collect()
    }

    fn crowds(&self) -> Vec<Crowd> {
        let groups = self.world.cluster.settings.groups.iter();
        let crowd = |group: &crate::model::Group| {
            let GroupPolicy::Apart(Apart { per, at_most }) = group.policy else { return None };
            let places = if per == Area::Host { (0..self.room.len()).collect() } else { self.racks.clone() };
            Some(Crowd { guests: self.members(&group.guests), places, at_most })
        };
        groups.filter_map(crowd).collect()
    }

    /// The gentlest mode in which a guest can go to a host.
    pub(super) fn mode(&self, guest: GuestIndex, host: HostIndex) -> Option<MoveMode> {
        let answers = self.world.assess(guest, host);
        let cold = (answers.cold == Answer::Yes).then_some(MoveMode::Cold);
        if answers.live == Answer::Yes { Some(MoveMode::Live) } else { cold }
    }

    /// Whether there is room on a host for guests that come, where by now `there` are.
    pub(super) fn takes_in(
        &self,
        host: HostIndex,
        there: &BTreeSet<GuestIndex>,
        coming: &[GuestIndex],
    ) -> bool {
        let all: BTreeSet<GuestIndex> = there.iter().chain(coming).copied().collect();
        (0..2).all(|kind| {
            all.iter().map(|&guest| self.takes[guest][kind]).sum::<u64>() <= self.room[host][kind]
        })
    }

    /// Whether guests that come to a host, from where `from` says, meet too many; `is_in` tells who is in any of several hosts.
    pub(super) fn meets(
        &self,
        host: HostIndex,
        coming: &[(GuestIndex, HostIndex)],
        is_in: &dyn Fn(GuestIndex, HostIndex) -> bool,
    ) -> bool {
        self.crowds.iter().any(|crowd| {
            let place = crowd.places[host];
            let hosts = || (0..self.room.len()).filter(|&other| crowd.places[other] == place);
            let arrives = |&&(guest, from): &&(GuestIndex, HostIndex)| {
                crowd.guests.contains(&guest) && crowd.places[from] != place
            };
            let there = crowd.guests.iter().filter(|&&guest| hosts().any(|host| is_in(guest, host)));
            let comes = |guest: &GuestIndex| coming.iter().any(|(one, _)| one == guest);
            let others = there.filter(|guest| !comes(guest)).count();
            let own = coming.iter().filter(|(guest, _)| crowd.guests.contains(guest)).count();
            coming.iter().any(|one| arrives(&one)) && others + own > crowd.at_most
        })
    }

    /// Whether these guests can come to a host when all guests are `at` these hosts, and nothing else moves.
    pub(super) fn fits(&self, at: &At, guests: &[GuestIndex], host: HostIndex) -> bool {
        let there: BTreeSet<GuestIndex> = (0..at.len()).filter(|&guest| at[guest] == host).collect();
        let coming: Vec<(GuestIndex, HostIndex)> = guests.iter().map(|&guest| (guest, at[guest])).collect();
        self.takes_in(host, &there, guests) && !self.meets(host, &coming, &|guest, host| at[guest] == host)
    }

    /// Whether so many guests may start at once to come to one host, each from where it is at home.
    pub(super) fn may_start(&self, arriving: &[GuestIndex], to: HostIndex) -> bool {
        let settings = &self.world.cluster.settings;
        let within = |count: usize, limit: Option<usize>| limit.is_none_or(|limit| count <= limit);
        let leaving = |host: HostIndex| arriving.iter().filter(|&&guest| self.homes[guest] == host).count();
        let of_rack = |rack: usize| {
            arriving
                .iter()
                .filter(|&&guest| self.racks[self.homes[guest]] == rack || self.racks[to] == rack)
                .count()
        };
        arriving.len() <= settings.moves_per_host
            && within(arriving.len(), settings.moves_in_per_host)
            && within(arriving.len(), settings.moves_at_once)
            && (0..self.room.len()).all(|host| within(leaving(host), settings.moves_out_per_host))
            && self.racks.iter().all(|&rack| within(of_rack(rack), settings.moves_per_rack))
    }
}

/// What the intents ask, host by host.
struct Wanted<'g, 'w> {
    game: &'g Game<'w>,
    drained: BTreeSet<HostIndex>,
    adopting: BTreeSet<HostIndex>,
    banned: BTreeSet<HostIndex>,
    pinned: BTreeSet<GuestIndex>,
}

impl<'g, 'w> Wanted<'g, 'w> {
    fn new(game: &'g Game<'w>, intents: &[String]) -> Self {
        let none = BTreeSet::new;
        let mut wanted = Self { game, drained: none(), adopting: none(), banned: none(), pinned: none() };
        let cluster = &game.world.cluster;
        for intent in intents {
            let intent: Intent = intent.parse().unwrap();
            let place = |name: &String| cluster.hosts.iter().position(|host| host.name == *name).unwrap();
            let hosts = intent.hosts().iter().map(place);
            match &intent {
                Intent::Drain(_) => wanted.drained.extend(hosts),
                Intent::Adopt(_) => wanted.adopting.extend(hosts),
                Intent::Ban(_) => wanted.banned.extend(hosts),
                Intent::Pin(guests) => wanted.pinned.extend(game.members(guests)),
                other => panic!("{other:?} is not asked here"),
            }
        }
        wanted
    }

    fn of(&self, guest: GuestIndex) -> Option<Asked> {
        let home = self.game.homes[guest];
        if self.drained.contains(&home) {
            return Some(Asked::Leave);
        }
        (!self.adopting.is_empty() && !self.adopting.contains(&home)).then_some(Asked::Come)
    }

    fn units(&self) -> Vec<Unit> {
        let mut sets: Vec<BTreeSet<GuestIndex>> = Vec::new();
        let groups = self.game.world.cluster.settings.groups.iter();
        let together = groups.filter(|group| group.policy == GroupPolicy::Together);
        let alone = (0..self.game.homes.len()).map(|guest| BTreeSet::from([guest]));
        for mut set in together.map(|group| self.game.members(&group.guests)).chain(alone) {
            sets.retain(|other| {
                let apart = other.is_disjoint(&set);
                if !apart {
                    set.extend(other);
                }
                apart
            });
            sets.push(set);
        }
        sets.iter().filter_map(|set| self.unit(set)).collect()
    }

    fn unit(&self, set: &BTreeSet<GuestIndex>) -> Option<Unit> {
        let guests: Vec<GuestIndex> = set.iter().copied().collect();
        let asked = guests.iter().filter_map(|&guest| self.of(guest)).min()?;
        let own = guests.iter().copied().filter(|&guest| self.of(guest).is_some()).collect();
        let open = |host: &HostIndex| !self.drained.contains(host) && !self.banned.contains(host);
        let all = 0..self.game.room.len();
        let may = |host: &HostIndex| {
            let allowed = if asked == Asked::Leave { open(host) } else { self.adopting.contains(host) };
            let arriving: Vec<GuestIndex> =
                guests.iter().copied().filter(|&guest| self.game.homes[guest] != *host).collect();
            let free = arriving
                .iter()
                .all(|guest| !self.pinned.contains(guest) && self.game.mode(*guest, *host).is_some());
            allowed && free && self.game.may_start(&arriving, *host)
        };
        let way = |host: &HostIndex| {
            let live = |&guest: &GuestIndex| {
                self.game.homes[guest] != *host && self.game.mode(guest, *host) == Some(MoveMode::Live)
            };
            guests.len() == 1 && open(host) && guests.iter().all(live)
        };
        let hosts = all.clone().filter(may).collect();
        Some(Unit { ways: all.filter(way).collect(), guests, asked, own, hosts })
    }
}

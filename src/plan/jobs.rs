//! Moves as jobs of a timetable: slots and links are channels, room and apartness are stores.

use std::collections::BTreeMap;

use super::channels::Channels;
use super::ledger::Ledger;
use super::needs::Needs;
use super::placement::Goal;
use super::rare::{MEMORY, VCPUS};
use super::stores::{Store, Stores};
use super::times::common;
use super::timetable::{Instant, Job, Part, Problem, Window};
use super::timing::{Estimate, Timing};
use super::units::{Unit, mode};
use crate::compat::{GuestIndex, HostIndex};

/// The moves of one unit that start at the same time.
pub(super) struct UnitMoves {
    /// The unit.
    pub(super) unit: usize,
    /// Where they go.
    pub(super) to: HostIndex,
    /// Whether they are all, or a part of the way.
    pub(super) leg: Leg,
    /// Its guests that move, and what that takes.
    pub(super) guests: Vec<(GuestIndex, Estimate)>,
}

/// Which part of its way a unit goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Leg {
    /// All of it.
    Direct,
    /// To a host from which it goes on.
    Away,
    /// From that host to where it is in the end.
    Onward(HostIndex),
}

impl UnitMoves {
    /// The host that a guest leaves.
    pub(super) fn from(&self, needs: &Needs<'_>, guest: GuestIndex) -> Option<HostIndex> {
        match self.leg {
            Leg::Onward(via) => Some(via),
            Leg::Direct | Leg::Away => needs.homes[guest],
        }
    }
}

/// Units that move, each one job of the problem, or two where it goes by way of another host.
pub(super) struct Jobs {
    /// By job.
    pub(super) moves: Vec<UnitMoves>,
    /// The same as a problem.
    pub(super) problem: Problem,
    /// By store that is not of memory or vCPUs of one host: what it is called.
    pub(super) names: BTreeMap<usize, String>,
}

impl Jobs {
    /// The jobs of units with these goals, from what the hosts hold in `now`.
    pub(super) fn new(
        needs: &Needs<'_>,
        units: &[Unit],
        goals: &[Goal],
        now: &Ledger<'_>,
        timing: &Timing,
    ) -> Self {
        let part = |goal: &Goal, to: HostIndex, leg: Leg| {
            let arriving = units[goal.unit].arriving(needs, goal.to.host);
            let guests = estimates(needs, timing, &arriving, goal.to.host);
            UnitMoves { unit: goal.unit, to, leg, guests }
        };
        let parts = |goal: &Goal| match goal.via {
            None => vec![part(goal, goal.to.host, Leg::Direct)],
            Some(via) => vec![part(goal, via, Leg::Away), part(goal, goal.to.host, Leg::Onward(via))],
        };
        let moves: Vec<UnitMoves> = goals.iter().flat_map(parts).collect();
        let mut resources = Resources { needs, now, stores: Stores::new(needs, now) };
        let mut jobs: Vec<Job> = moves.iter().map(|one| resources.job(one)).collect();
        for (job, one) in jobs.iter_mut().zip(&moves) {
            job.windows = windows(needs, one, timing.begin);
        }
        for at in (1..jobs.len()).filter(|&at| matches!(moves[at].leg, Leg::Onward(_))) {
            jobs[at].after = vec![at - 1];
        }
        for (first, then) in in_order(needs, &moves) {
            jobs[then].after.push(first);
        }
        let hosts = needs.hosts.len();
        let channels = Channels { hosts }.all(&needs.limits(), timing);
        let names = resources.stores.names(needs);
        let problem = Problem { channels, stores: resources.stores.amounts, jobs };
        Self { moves, problem, names }
    }
}

/// When all moves of a unit may start together.
fn windows(needs: &Needs<'_>, moves: &UnitMoves, begin: Instant) -> Vec<Window> {
    let of = |&(guest, _): &(GuestIndex, Estimate)| {
        let hosts: Vec<HostIndex> = moves.from(needs, guest).into_iter().chain([moves.to]).collect();
        needs.times.windows(guest, &hosts, begin)
    };
    moves.guests.iter().map(of).fold(Vec::new(), |some, more| common(&some, &more))
}

/// Jobs of which one has to wait for the other: the last of one guest, and the first of the next that moves in an order.
fn in_order(needs: &Needs<'_>, moves: &[UnitMoves]) -> Vec<(usize, usize)> {
    let mut jobs: BTreeMap<GuestIndex, (usize, usize)> = BTreeMap::new();
    if !needs.times.order.is_empty() {
        for (at, one) in moves.iter().enumerate() {
            for &(guest, _) in &one.guests {
                jobs.entry(guest).or_insert((at, at)).1 = at;
            }
        }
    }
    let mut pairs = Vec::new();
    for order in &needs.times.order {
        let moved: Vec<(usize, usize)> = order.iter().filter_map(|guest| jobs.get(guest).copied()).collect();
        pairs.extend(moved.windows(2).map(|two| (two[0].1, two[1].0)));
    }
    pairs.retain(|(first, then)| moves[*first].unit != moves[*then].unit);
    pairs
}

/// What each guest's move takes; guests that move at once share the links of their hosts.
fn estimates(
    needs: &Needs<'_>,
    timing: &Timing,
    guests: &[GuestIndex],
    to: HostIndex,
) -> Vec<(GuestIndex, Estimate)> {
    let modes = guests.iter().filter_map(|&guest| Some((guest, mode(needs, guest, to)?)));
    let modes: Vec<_> = modes.collect();
    let sharing = modes.iter().filter(|(_, mode)| *mode == super::MoveMode::Live).count();
    modes
        .into_iter()
        .map(|(guest, mode)| (guest, timing.estimate(needs.guest(guest), mode, sharing)))
        .collect()
}

/// Hands out channels and stores by host.
struct Resources<'a, 'n, 'l> {
    needs: &'a Needs<'n>,
    /// What the hosts hold at the beginning.
    now: &'a Ledger<'l>,
    stores: Stores,
}

impl Resources<'_, '_, '_> {
    fn job(&mut self, moves: &UnitMoves) -> Job {
        let (hosts, to) = (self.needs.hosts.len(), moves.to);
        let (mut holds, mut takes, mut gives) = (Sums::default(), Sums::default(), Sums::default());
        let channels = Channels { hosts };
        for &(guest, estimate) in &moves.guests {
            let rate = estimate.rate.as_kib();
            if self.needs.limits().cluster < usize::MAX {
                // Where there is no limit, moves of different hosts have nothing in common.
                holds.add(channels.cluster(), 1);
            }
            if self.needs.limits().rack < usize::MAX {
                self.racks(moves, guest).for_each(|rack| holds.add(channels.rack(rack), 1));
            }
            channels.coming(to).into_iter().zip([1, 1, rate]).for_each(|(of, amount)| holds.add(of, amount));
            let from = moves.from(self.needs, guest);
            self.room(&mut takes, guest, to);
            self.places((&mut takes, &mut gives), guest, (from, to));
            if let Some(home) = from {
                channels
                    .leaving(home)
                    .into_iter()
                    .zip([1, 1, rate])
                    .for_each(|(of, amount)| holds.add(of, amount));
                self.room(&mut gives, guest, home);
            }
        }
        let longest = moves.guests.iter().map(|(_, estimate)| estimate.duration.expected_ms).max();
        Job {
            duration: longest.unwrap_or(0),
            holds: holds.parts(),
            takes: takes.parts(),
            gives: gives.parts(),
            ..Job::default()
        }
    }

    /// The racks that a guest's move has to do with; one of which it does not leave counts once.
    fn racks(&self, moves: &UnitMoves, guest: GuestIndex) -> impl Iterator<Item = HostIndex> {
        let to = self.needs.racks.of(moves.to);
        let from = moves.from(self.needs, guest).map(|from| self.needs.racks.of(from));
        from.filter(|from| *from != to).into_iter().chain([to])
    }

    /// What the guest takes on a host.
    fn room(&mut self, sums: &mut Sums, guest: GuestIndex, host: HostIndex) {
        for (kind, amount) in self.needs.amount(guest, host).parts() {
            sums.add(self.store(Store::Room(host, kind)), amount);
            if let (Some(pool), MEMORY | VCPUS) = (self.needs.headroom.pool(host), kind) {
                sums.add(self.store(Store::Pool(pool, kind)), amount);
            }
        }
    }

    /// What the guest takes and gives of each group that is to be apart: nothing in a rack that it does not leave.
    fn places(
        &mut self,
        (takes, gives): (&mut Sums, &mut Sums),
        guest: GuestIndex,
        (from, to): (Option<HostIndex>, HostIndex),
    ) {
        let needs = self.needs;
        for &group in needs.policies.apart(guest) {
            let (old, new) = (from.map(|from| needs.place(group, from)), needs.place(group, to));
            if old == Some(new) {
                continue;
            }
            takes.add(self.store(Store::Places(group, new)), 1);
            if let Some(old) = old {
                gives.add(self.store(Store::Places(group, old)), 1);
            }
        }
    }

    fn store(&mut self, store: Store) -> usize {
        self.stores.of(self.needs, self.now, store)
    }
}

/// Amounts by channel or store.
#[derive(Default)]
struct Sums(BTreeMap<usize, u64>);

impl Sums {
    fn add(&mut self, of: usize, amount: u64) {
        let sum = self.0.entry(of).or_default();
        *sum = sum.saturating_add(amount);
    }

    fn parts(self) -> Vec<Part> {
        let parts = self.0.into_iter().map(|(of, amount)| Part { of, amount });
        parts.filter(|part| part.amount > 0).collect()
    }
}

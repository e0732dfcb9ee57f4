//! Moves as jobs of a timetable: slots and links are channels, room and apartness are stores.

use std::collections::BTreeMap;

use super::headroom::PoolIndex;
use super::ledger::Ledger;
use super::limits::Limits;
use super::needs::Needs;
use super::placement::Goal;
use super::rare::KindIndex;
use super::rare::{MEMORY, VCPUS};
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
    /// By store that is not of memory or vCPUs of one host: what it is of.
    stores: BTreeMap<usize, Store>,
}

/// What a store is of, beside memory and vCPUs of one host.
#[derive(Clone, Copy, Debug)]
enum Store {
    /// Places for guests of a group that is to be apart.
    Places(usize, HostIndex),
    /// A kind of room that few guests take.
    Rare(HostIndex, KindIndex),
    /// What hosts hold together though some fail.
    Pool(PoolIndex),
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
        let mut resources = Resources {
            needs,
            apart: BTreeMap::new(),
            rare: BTreeMap::new(),
            pools: BTreeMap::new(),
            stores: stores(needs, now),
        };
        let mut jobs: Vec<Job> = moves.iter().map(|one| resources.job(one, now)).collect();
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
        let problem = Problem {
            channels: Channels { hosts }.all(&needs.limits(), timing),
            stores: std::mem::take(&mut resources.stores),
            jobs,
        };
        let places =
            resources.apart.iter().map(|(&(group, place), &store)| (store, Store::Places(group, place)));
        let rare = resources.rare.iter().map(|(&(host, kind), &store)| (store, Store::Rare(host, kind)));
        let pools = resources.pools.iter().map(|(&(pool, _), &store)| (store, Store::Pool(pool)));
        let stores = places.chain(rare).chain(pools).collect();
        Self { moves, problem, stores }
    }

    /// What a store is of, for people.
    pub(super) fn store_name(&self, needs: &Needs<'_>, store: usize) -> String {
        match self.stores.get(&store) {
            Some(&Store::Places(group, place)) => {
                format!("a place of {} by {}", needs.policies.crowds[group].name, needs.host_name(place))
            }
            Some(&Store::Rare(host, kind)) => {
                format!("{} of {}", needs.kinds.name(kind), needs.host_name(host))
            }
            Some(&Store::Pool(pool)) => format!("headroom of {} hosts", needs.headroom.pools[pool].name),
            None => "room".to_owned(),
        }
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

/// Which channel is what, of so many hosts: slots of either kind, slots for leaving, for coming, links for leaving, for coming,
/// by host, the slots of the cluster, and those of racks, by the first host of each, where these are limited.
#[derive(Clone, Copy)]
pub(super) struct Channels {
    pub(super) hosts: usize,
}

impl Channels {
    /// What there is of each.
    fn all(self, limits: &Limits, timing: &Timing) -> Vec<u64> {
        let slots = |limit: usize| vec![u64::try_from(limit).unwrap_or(u64::MAX); self.hosts];
        let links = vec![timing.link.as_kib(); 2 * self.hosts];
        let cluster = vec![u64::try_from(limits.cluster).unwrap_or(u64::MAX)];
        let racks = if limits.rack < usize::MAX { slots(limits.rack) } else { Vec::new() };
        [slots(limits.host), slots(limits.leaving), slots(limits.coming), links, cluster, racks].concat()
    }

    /// The host's slots and its link, for a guest that leaves it.
    pub(super) fn leaving(self, host: HostIndex) -> [usize; 3] {
        [host, self.hosts + host, 3 * self.hosts + host]
    }

    /// The host's slots and its link, for a guest that comes to it.
    pub(super) fn coming(self, host: HostIndex) -> [usize; 3] {
        [host, 2 * self.hosts + host, 4 * self.hosts + host]
    }

    /// What a channel is, and of which host.
    pub(super) fn of(self, channel: usize) -> (Option<HostIndex>, &'static str) {
        const KINDS: [&str; 5] = [
            "a slot of",
            "a slot for leaving",
            "a slot for coming to",
            "the outgoing link of",
            "the incoming link of",
        ];
        match (channel.checked_div(self.hosts), channel.checked_sub(self.rack(0))) {
            (Some(kind), _) if kind < KINDS.len() => (Some(channel % self.hosts), KINDS[kind]),
            (_, Some(rack)) => (Some(rack), "a slot of the rack of"),
            _ => (None, "a slot of the cluster"),
        }
    }

    pub(super) fn cluster(self) -> usize {
        5 * self.hosts
    }

    /// The slots of a rack, by its first host.
    pub(super) fn rack(self, rack: HostIndex) -> usize {
        5 * self.hosts + 1 + rack
    }
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

/// What is free on every host of what every guest takes: memory in KiB, and vCPUs.
fn stores(needs: &Needs<'_>, now: &Ledger<'_>) -> Vec<i64> {
    let hosts = 0..needs.hosts.len();
    hosts.flat_map(|host| [MEMORY, VCPUS].map(|kind| left(needs, now, host, kind))).collect()
}

/// What is free of a kind on a host; below nothing where more is used than there is.
fn left(needs: &Needs<'_>, now: &Ledger<'_>, host: HostIndex, kind: KindIndex) -> i64 {
    // There may be any number of something, and some of it is given back.
    let signed = |amount: u64| i64::try_from(amount).unwrap_or(i64::MAX).min(i64::MAX / 2);
    match &needs.hosts[host] {
        Ok(all) => signed(all.get(kind)).saturating_sub(signed(now.used(host).get(kind))),
        Err(_) => 0,
    }
}

/// Hands out channels and stores by host.
struct Resources<'a, 'n> {
    needs: &'a Needs<'n>,
    /// By group of guests to be apart, and place: the store of how many more of them may be there.
    apart: BTreeMap<(usize, HostIndex), usize>,
    /// By host, and kind of room that few guests take: its store.
    rare: BTreeMap<(HostIndex, KindIndex), usize>,
    /// By set of hosts that stand in for one another, and kind: the store of what they can hold though some fail.
    pools: BTreeMap<(PoolIndex, KindIndex), usize>,
    stores: Vec<i64>,
}

impl Resources<'_, '_> {
    fn job(&mut self, moves: &UnitMoves, now: &Ledger<'_>) -> Job {
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
            self.room(&mut takes, guest, to, now);
            self.places((&mut takes, &mut gives), guest, (from, to), now);
            if let Some(home) = from {
                channels
                    .leaving(home)
                    .into_iter()
                    .zip([1, 1, rate])
                    .for_each(|(of, amount)| holds.add(of, amount));
                self.room(&mut gives, guest, home, now);
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
    fn room(&mut self, sums: &mut Sums, guest: GuestIndex, host: HostIndex, now: &Ledger<'_>) {
        for (kind, amount) in self.needs.amount(guest, host).parts() {
            let store = if kind <= VCPUS { 2 * host + kind } else { self.rare(host, kind, now) };
            sums.add(store, amount);
            if let (Some(pool), MEMORY | VCPUS) = (self.needs.headroom.pool(host), kind) {
                sums.add(self.pool(pool, kind, now), amount);
            }
        }
    }

    /// The store of what hosts hold together though some fail.
    fn pool(&mut self, pool: PoolIndex, kind: KindIndex, now: &Ledger<'_>) -> usize {
        let next = self.stores.len();
        let store = *self.pools.entry((pool, kind)).or_insert(next);
        if store == next {
            let signed = |amount: u64| i64::try_from(amount).unwrap_or(i64::MAX / 2);
            let most = signed(self.needs.headroom.pools[pool].most.get(kind));
            self.stores.push(most.saturating_sub(signed(now.pooled(pool).get(kind))));
        }
        store
    }

    /// The store of what few guests take.
    fn rare(&mut self, host: HostIndex, kind: KindIndex, now: &Ledger<'_>) -> usize {
        let next = self.stores.len();
        let store = *self.rare.entry((host, kind)).or_insert(next);
        if store == next {
            self.stores.push(left(self.needs, now, host, kind));
        }
        store
    }

    /// What the guest takes and gives of each group that is to be apart: nothing in a rack that it does not leave.
    fn places(
        &mut self,
        (takes, gives): (&mut Sums, &mut Sums),
        guest: GuestIndex,
        (from, to): (Option<HostIndex>, HostIndex),
        now: &Ledger<'_>,
    ) {
        let needs = self.needs;
        for &group in needs.policies.apart(guest) {
            let (old, new) = (from.map(|from| needs.place(group, from)), needs.place(group, to));
            if old == Some(new) {
                continue;
            }
            takes.add(self.place(group, new, now), 1);
            if let Some(old) = old {
                gives.add(self.place(group, old, now), 1);
            }
        }
    }

    /// The store of a group and a place: how many more of it may be there.
    fn place(&mut self, group: usize, place: HostIndex, now: &Ledger<'_>) -> usize {
        let next = self.stores.len();
        let store = *self.apart.entry((group, place)).or_insert(next);
        if store == next {
            let most = i64::try_from(self.needs.policies.crowds[group].apart.at_most).unwrap_or(i64::MAX);
            self.stores.push(most.saturating_sub_unsigned(now.apart(group, place) as u64));
        }
        store
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

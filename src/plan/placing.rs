//! The units of a plan as items of a placement: what they use, where they may be, and what is better.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use fixedbitset::FixedBitSet;

use super::capacity::Amount;
use super::dearer::evenest;
use super::evening::{ARRIVAL, Evening, MOST, worth};
use super::place::{Effort, Group, Host, Item, Limit, Problem, Resource, Rule};
use super::placement::Placement;
use super::rare::KindIndex;
use super::rare::{MEMORY, VCPUS};
use super::rows::lines;
use super::units::{Choice, Unit};
use super::wish::Want;
use crate::compat::{GuestIndex, HostIndex};
use crate::model::{Apart, Area};

/// How many changes each unit is worth, once it has a host.
const STEPS: u64 = 200;
/// More units are placed one after the other and no more, if they must all move.
const MANY: u64 = 1_000;
/// How many changes all are worth at most.
const MOST_STEPS: u64 = 2_000_000;
/// What a move costs that is made to relieve a host.
const RELIEF: u64 = 100_000_000;
/// What it costs that a guest comes to a host beyond what the least waves bring.
const LATER: u64 = 500_000;
/// The part of what a move for evenness costs that this costs at most.
const LATE: u64 = 10;
/// What a rougher mode costs.
const ROUGHER: u64 = 1_000_000_000;
/// What it costs to go to another host than those which are to be filled.
const ELSEWHERE: u64 = 1_000_000_000_000;
/// What it costs to go where the guest will have to move again.
const AGAIN: u64 = 100_000_000;
/// What it costs to hold a KiB, or one of all else, more than a host can.
const OVER: [u64; 2] = [1_000_000, 1_000_000_000];
/// No such cost is more in all: sums must not overflow.
const MOST_OVER: u128 = 1 << 59;

impl Placement<'_> {
    /// Places as many of `waiting` as can be, those that must leave before those that should come.
    pub(super) fn place(&mut self, waiting: &BTreeSet<usize>) {
        let waiting: Vec<usize> = waiting.iter().copied().collect();
        for (unit, to) in placed(self, &waiting) {
            if self.keeps_headroom(unit, to.host) {
                self.assign(unit, to);
            }
        }
        self.make_way(&waiting.into_iter().collect());
    }

    /// As [`Self::place`], with as much as can be where `pending` has it, as long as that leaves out no more.
    pub(super) fn place_again(
        &mut self,
        waiting: &BTreeSet<usize>,
        pending: &BTreeMap<GuestIndex, HostIndex>,
    ) {
        if pending.is_empty() {
            return self.place(waiting);
        }
        let mut anew = self.clone();
        for &unit in waiting {
            let goal = self.units[unit].goal(pending);
            let choices = self.units[unit].choices.iter();
            if let Some(to) = choices.copied().find(|to| Some(to.host) == goal && self.fits(unit, to.host)) {
                self.assign(unit, to);
            }
        }
        let others = waiting.iter().copied().filter(|&unit| self.chosen[unit].is_none()).collect();
        self.place(&others);
        anew.place(waiting);
        if anew.left_by_want(waiting) < self.left_by_want(waiting) {
            *self = anew;
        }
    }

    /// How many are left of those that must leave and of those that should come.
    fn left_by_want(&self, waiting: &BTreeSet<usize>) -> (usize, usize) {
        let left = |want| self.left(waiting).filter(|&unit| self.units[unit].want == want).count();
        (left(Want::Leave), left(Want::Come))
    }
}

/// Where as many of the units as can be are in the end, in their order.
pub(super) fn placed(now: &Placement<'_>, waiting: &[usize]) -> Vec<(usize, Choice)> {
    let known = |unit: &&usize| now.units[**unit].guests.iter().all(|&guest| now.needs.guests[guest].is_ok());
    let waiting: Vec<usize> = waiting.iter().filter(known).copied().collect();
    if waiting.is_empty() {
        return Vec::new();
    }
    let asked = Asked::new(now, &waiting);
    let items = asked.problem.items.len() as u64;
    let may_stay = waiting.iter().any(|&unit| now.units[unit].want == Want::Even);
    let steps = if may_stay || items <= MANY { (STEPS * items).min(MOST_STEPS) } else { 0 };
    // Numbers that do not fit together have no answer; then nothing moves.
    let worth = worth(now.needs.cluster.settings.evenness);
    let Asked { problem, first, .. } = asked;
    let Some(found) = evenest(problem, worth, Effort { steps, seed: 0 }) else { return Vec::new() };
    let to = |(unit, item): (&usize, &usize)| {
        let host = found.at[*item]?;
        let (one, choices) = (&now.units[*unit], &now.units[*unit].choices);
        if one.want == Want::Even && one.home(now.needs) == Some(host) {
            return None;
        }
        let at = choices.binary_search_by_key(&host, |to| to.host).ok()?;
        Some((*unit, choices[at]))
    };
    waiting.iter().zip(&first).filter_map(to).collect()
}

/// What is asked of the placement.
struct Asked<'p> {
    now: &'p Placement<'p>,
    /// By unit: its first item; the others follow.
    first: Vec<usize>,
    /// The guests that are items.
    items: BTreeMap<GuestIndex, usize>,
    /// The kinds of room that few guests take, those among them that any of the items does.
    rare: Vec<KindIndex>,
    problem: Problem,
}

impl<'p> Asked<'p> {
    fn new(now: &'p Placement<'_>, waiting: &[usize]) -> Self {
        let units: Vec<&Unit> = waiting.iter().map(|&unit| &now.units[unit]).collect();
        let rare: BTreeSet<KindIndex> = units.iter().flat_map(|unit| unit.kinds(now.needs)).collect();
        let (first, items, rare) = (Vec::new(), BTreeMap::new(), rare.into_iter().collect());
        let mut asked = Self { now, first, items, rare, problem: Problem::default() };
        asked.problem.resources = vec![Resource { transient: false }; asked.resources()];
        let (lines, line) = lines(&units);
        for line in &lines {
            asked.line(line);
        }
        // Nothing may be anywhere on the last line.
        asked.problem.permits.push(FixedBitSet::with_capacity(now.needs.hosts.len()));
        let come = units.iter().filter(|unit| unit.want == Want::Come).count() as u64;
        for (unit, line) in units.iter().zip(line) {
            let price = match unit.want {
                Want::Leave => come + 1,
                Want::Come => 1,
                Want::Even => 0,
            };
            asked.unit(unit, line, price);
        }
        asked.hosts();
        asked.even(&lines);
        asked.apart();
        asked
    }

    /// How many things items use.
    fn resources(&self) -> usize {
        ARRIVAL + 1 + self.rare.len()
    }

    /// What so much is of each resource, with one arrival.
    fn uses(&self, amount: &Amount) -> Vec<u64> {
        let rare = self.rare.iter().map(|&kind| amount.get(kind).min(MOST));
        [MEMORY, VCPUS].map(|kind| amount.get(kind).min(MOST)).into_iter().chain([1]).chain(rare).collect()
    }

    /// What more of a resource than a host can hold costs; an arrival is none that it holds.
    fn over(resource: usize) -> u64 {
        match resource {
            MEMORY => OVER[0],
            ARRIVAL => 0,
            _ => OVER[1],
        }
    }

    /// Where those may go that have the same choices, and what that costs.
    fn line(&mut self, choices: &Arc<[Choice]>) {
        let hosts = self.now.needs.hosts.len();
        let mut permit = FixedBitSet::with_capacity(hosts);
        let mut fare = vec![0; hosts];
        let wish = self.now.wish;
        let (filling, favouring) = (wish.adopts, wish.favoured.contains(&true));
        for to in choices.iter().filter(|to| self.now.needs.hosts[to.host].is_ok()) {
            permit.insert(to.host);
            let elsewhere = u64::from(filling && !wish.adopting[to.host]);
            let again = u64::from(favouring && !wish.favoured[to.host]);
            fare[to.host] = elsewhere * ELSEWHERE + u64::from(to.mode as u8) * ROUGHER + again * AGAIN;
        }
        self.problem.permits.push(permit);
        self.problem.fares.push(fare);
    }

    fn unit(&mut self, unit: &Unit, line: usize, price: u64) {
        self.first.push(self.problem.items.len());
        let items = unit.guests.iter().enumerate().map(|(nth, &guest)| {
            let amount = unit.taken_by(self.now.needs, guest);
            let price = if nth == 0 { price } else { 0 };
            let (uses, home) = (self.uses(&amount), self.now.ledger.host_of(guest));
            let moving = match (unit.want, home) {
                (Want::Even, Some(home)) if self.now.wish.balanced[home] => {
                    worth(self.now.needs.cluster.settings.evenness)
                }
                (Want::Even, _) => RELIEF,
                _ => 0,
            };
            Item { uses, home, permit: line, fare: line, price, moving, ..Item::default() }
        });
        let items: Vec<Item> = items.collect();
        let next = self.problem.items.len();
        self.items.extend(unit.guests.iter().zip(next..).map(|(&guest, item)| (guest, item)));
        self.problem.items.extend(items);
        if unit.guests.len() > 1 {
            let members = (next..self.problem.items.len()).collect();
            self.problem.groups.push(Group { members, rule: Rule::Together });
        }
    }

    /// What hosts have for the items, which count where they are now. What stays is no item: hosts have what it leaves.
    fn hosts(&mut self) {
        let needs = self.now.needs;
        let items = self.at_home();
        let arrivals = (self.now.waves as u64).saturating_mul(needs.limits().coming as u64).min(MOST);
        let mut later = Vec::new();
        let mut over = vec![Vec::new(); self.resources()];
        for (host, (here, count)) in items.into_iter().enumerate() {
            let all = needs.hosts[host].clone().unwrap_or_default();
            let mut capacity = self.uses(&all.minus(&self.now.ledger.used(host).clone().minus(&here)));
            capacity[ARRIVAL] = MOST / 2;
            let balanced = self.now.wish.may_leave(host);
            over.iter_mut()
                .zip(&capacity)
                .for_each(|(over, free)| over.push(if balanced { *free } else { MOST }));
            self.problem.hosts.push(Host { class: host, location: needs.racks.of(host), capacity });
            later.push(arrivals + count);
        }
        let balanced = self.now.wish.balanced.contains(&true);
        let weight =
            if balanced { LATER.min(worth(self.now.needs.cluster.settings.evenness) / LATE) } else { LATER };
        self.problem.limits.push(Limit { resource: ARRIVAL, weight, above: later });
        if (0..needs.hosts.len()).any(|host| self.now.wish.may_leave(host)) {
            let over = over.into_iter().enumerate().filter(|(resource, _)| *resource != ARRIVAL);
            let items = &self.problem.items;
            let limits = over.map(|(resource, above)| {
                let weight = Self::over(resource);
                let used: u128 = items.iter().map(|item| u128::from(item.uses[resource])).sum();
                let most = u64::try_from(MOST_OVER / used.max(1)).unwrap_or(u64::MAX);
                Limit { resource, weight: weight.min(most), above }
            });
            self.problem.limits.extend(limits);
        }
    }

    /// By host: what the items take that are on it, and how many these are.
    fn at_home(&self) -> Vec<(Amount, u64)> {
        let needs = self.now.needs;
        let mut items = vec![(Amount::default(), 0); needs.hosts.len()];
        for &guest in self.items.keys() {
            if let Some(home) = self.now.ledger.host_of(guest) {
                let (sum, count) = std::mem::take(&mut items[home]);
                items[home] = (sum.plus(&needs.amount(guest, home)), count + 1);
            }
        }
        items
    }

    /// The hosts to which something may go are to be as full as one another.
    fn even(&mut self, lines: &[Arc<[Choice]>]) {
        let mut counts = vec![false; self.now.needs.hosts.len()];
        for to in lines.iter().flat_map(|line| line.iter()) {
            counts[to.host] = self.now.needs.hosts[to.host].is_ok();
        }
        let at_home = self.at_home();
        let evening = Evening { now: self.now, counts: &counts, at_home: &at_home };
        self.problem.evens = evening.of(&self.problem.items);
        self.problem.most_moves = self.now.needs.cluster.settings.evenness.moves_at_most;
    }

    /// Who is to be kept apart. What is no item counts where it is, and stays there.
    fn apart(&mut self) {
        let needs = self.now.needs;
        let mut groups: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        let mut at_home: BTreeMap<(usize, HostIndex), usize> = BTreeMap::new();
        for (&guest, &item) in &self.items {
            for &group in needs.policies.apart(guest) {
                groups.entry(group).or_default().push(item);
                if let Some(home) = self.now.ledger.host_of(guest) {
                    *at_home.entry((group, needs.place(group, home))).or_default() += 1;
                }
            }
        }
        for (group, mut members) in groups {
            for (place, count) in self.now.ledger.places_of(group) {
                let items = at_home.get(&(group, place)).copied().unwrap_or(0);
                members.extend((items..count).map(|_| self.stays(place)));
            }
            self.problem.groups.push(Group { members, rule: rule(needs.policies.crowds[group].apart) });
        }
    }

    /// An item that takes nothing and stays where it is.
    fn stays(&mut self, host: HostIndex) -> usize {
        let permit = self.problem.permits.len() - 1;
        self.problem.items.push(Item {
            uses: vec![0; self.resources()],
            home: Some(host),
            permit,
            ..Item::default()
        });
        self.problem.items.len() - 1
    }
}

/// What the placement knows guests to be kept apart as.
fn rule(Apart { per, at_most }: Apart) -> Rule {
    let at_most = u16::try_from(at_most).unwrap_or(u16::MAX);
    match per {
        Area::Host => Rule::PerHost(at_most),
        Area::Rack => Rule::PerLocation(at_most),
    }
}

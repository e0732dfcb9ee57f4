//! The units of a plan as items of a placement: what they use, where they may be, and what is better.

use std::collections::BTreeMap;
use std::sync::Arc;

use fixedbitset::FixedBitSet;

use super::capacity::Amount;
use super::place::{Effort, Group, Host, Item, Limit, Problem, Resource, Rule, place};
use super::placement::Placement;
use super::rows::lines;
use super::units::{Choice, Unit};
use super::wish::Want;
use crate::compat::{GuestIndex, HostIndex};

/// How many changes each unit is worth, once it has a host.
const STEPS: u64 = 200;
/// How many all are worth at most.
const MOST_STEPS: u64 = 400_000;
/// No amount is more: sums of so many must not overflow.
const MOST: u64 = 1 << 40;
/// A place on a host in which one arrives.
const ARRIVAL: usize = 2;
/// Memory in big pieces, of which a host should not be full.
const PIECES: usize = 3;
/// How big a piece is, in KiB.
const PIECE: u64 = 256 << 10;
/// From how many hundredths of its memory on a host had better be filled less.
const FULL: [u64; 4] = [40, 60, 75, 90];
/// What it costs that a guest comes to a host beyond what the least waves bring, in pieces of memory.
const LATER: u64 = 200;
/// What a rougher mode costs.
const ROUGHER: u64 = 1_000_000;
/// What it costs to go to another host than those which are to be filled.
const ELSEWHERE: u64 = 1_000_000_000;

/// Where as many of the units as can be are in the end, in their order.
pub(super) fn placed(now: &Placement<'_>, waiting: &[usize]) -> Vec<(usize, Choice)> {
    let known = |unit: &&usize| now.units[**unit].guests.iter().all(|&guest| now.needs.guests[guest].is_ok());
    let waiting: Vec<usize> = waiting.iter().filter(known).copied().collect();
    if waiting.is_empty() {
        return Vec::new();
    }
    let asked = Asked::new(now, &waiting);
    let steps = (STEPS * asked.problem.items.len() as u64).min(MOST_STEPS);
    // Numbers that do not fit together have no answer; then nothing moves.
    let Ok(found) = place(&asked.problem, &(), Effort { steps, seed: 0 }) else { return Vec::new() };
    let to = |(unit, item): (&usize, &usize)| {
        let host = found.at[*item]?;
        let choices = &now.units[*unit].choices;
        let at = choices.binary_search_by_key(&host, |to| to.host).ok()?;
        Some((*unit, choices[at]))
    };
    waiting.iter().zip(&asked.first).filter_map(to).collect()
}

/// What is asked of the placement.
struct Asked<'p> {
    now: &'p Placement<'p>,
    /// By unit: its first item; the others follow.
    first: Vec<usize>,
    /// The guests that are items.
    items: BTreeMap<GuestIndex, usize>,
    problem: Problem,
}

impl<'p> Asked<'p> {
    fn new(now: &'p Placement<'_>, waiting: &[usize]) -> Self {
        let mut asked = Self { now, first: Vec::new(), items: BTreeMap::new(), problem: Problem::default() };
        asked.problem.resources = vec![Resource { transient: false }; PIECES + 1];
        let units: Vec<&Unit> = waiting.iter().map(|&unit| &now.units[unit]).collect();
        let (lines, line) = lines(&units);
        for line in &lines {
            asked.line(line);
        }
        // Nothing may be anywhere on the last line.
        asked.problem.permits.push(FixedBitSet::with_capacity(now.needs.hosts.len()));
        let come = units.iter().filter(|unit| unit.want == Want::Come).count() as u64;
        for (unit, line) in units.iter().zip(line) {
            asked.unit(unit, line, if unit.want == Want::Leave { come + 1 } else { 1 });
        }
        asked.hosts();
        asked.apart();
        asked
    }

    /// Where those may go that have the same choices, and what that costs.
    fn line(&mut self, choices: &Arc<[Choice]>) {
        let hosts = self.now.needs.hosts.len();
        let mut permit = FixedBitSet::with_capacity(hosts);
        let mut fare = vec![0; hosts];
        let filling = self.now.wish.adopting.contains(&true);
        for to in choices.iter().filter(|to| self.now.needs.hosts[to.host].is_ok()) {
            permit.insert(to.host);
            let elsewhere = u64::from(filling && !self.now.wish.adopting[to.host]);
            fare[to.host] = elsewhere * ELSEWHERE + u64::from(to.mode as u8) * ROUGHER;
        }
        self.problem.permits.push(permit);
        self.problem.fares.push(fare);
    }

    fn unit(&mut self, unit: &Unit, line: usize, price: u64) {
        self.first.push(self.problem.items.len());
        let items = unit.guests.iter().enumerate().map(|(nth, &guest)| {
            let amount = self.now.needs.amount(guest);
            let price = if nth == 0 { price } else { 0 };
            Item {
                uses: uses(amount),
                home: self.now.needs.homes[guest],
                permit: line,
                fare: line,
                price,
                ..Item::default()
            }
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

    /// What hosts have for the items, which count where they are now.
    fn hosts(&mut self) {
        let needs = self.now.needs;
        let mut items = vec![(Amount::default(), 0_u64); needs.hosts.len()];
        for (&guest, _) in &self.items {
            if let Some(home) = needs.homes[guest] {
                items[home] = (items[home].0.plus(needs.amount(guest)), items[home].1 + 1);
            }
        }
        let arrivals = (self.now.waves as u64).saturating_mul(needs.limits().coming as u64).min(MOST);
        let (mut later, mut full) = (Vec::new(), FULL.map(|_| Vec::new()));
        for (host, (here, count)) in items.into_iter().enumerate() {
            let all = needs.hosts[host].as_ref().copied().unwrap_or_default();
            // What stays is no item: hosts have what it leaves.
            let stays = self.now.ledger.used(host).minus(here);
            let capacity = [uses(all.minus(stays))[..2].to_vec(), vec![MOST / 2; 2]].concat();
            self.problem.hosts.push(Host { class: host, location: 0, capacity });
            later.push(arrivals + count);
            let pieces = |percent: u64| {
                (all.memory.as_kib().min(MOST) * percent / 100)
                    .saturating_sub(stays.memory.as_kib().min(MOST))
                    / PIECE
            };
            full.iter_mut().zip(FULL).for_each(|(full, percent)| full.push(pieces(percent)));
        }
        self.problem.limits.push(Limit { resource: ARRIVAL, weight: LATER, above: later });
        let full = full.into_iter().map(|above| Limit { resource: PIECES, weight: 1, above });
        self.problem.limits.extend(full);
    }

    /// Who is to be kept apart. What is no item counts where it is, and stays there.
    fn apart(&mut self) {
        let needs = self.now.needs;
        let mut groups: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        let mut at_home: BTreeMap<(usize, HostIndex), usize> = BTreeMap::new();
        for (&guest, &item) in &self.items {
            for &group in needs.policies.apart(guest) {
                groups.entry(group).or_default().push(item);
                if let Some(home) = needs.homes[guest] {
                    *at_home.entry((group, home)).or_default() += 1;
                }
            }
        }
        for (group, mut members) in groups {
            for (host, count) in self.now.ledger.hosts_of(group) {
                let items = at_home.get(&(group, host)).copied().unwrap_or(0);
                members.extend((items..count).map(|_| self.stays(host)));
            }
            self.problem.groups.push(Group { members, rule: Rule::PerHost(1) });
        }
    }

    /// An item that takes nothing and stays where it is.
    fn stays(&mut self, host: HostIndex) -> usize {
        let permit = self.problem.permits.len() - 1;
        self.problem.items.push(Item {
            uses: vec![0; PIECES + 1],
            home: Some(host),
            permit,
            ..Item::default()
        });
        self.problem.items.len() - 1
    }
}

/// What an item of this size uses of each resource.
fn uses(amount: Amount) -> Vec<u64> {
    let memory = amount.memory.as_kib().min(MOST);
    vec![memory, amount.vcpus.min(MOST), 1, memory.div_ceil(PIECE)]
}

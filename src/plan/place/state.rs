//! Where units are, and what hosts hold of them: kept up to date move by move.

use super::areas::Areas;
use super::crowds::Scope;
use super::extra::Share;
use super::model::Model;
use super::score::Score;
use super::spare::{NONE, Spare};
use super::units::{NOWHERE, SCATTERED, is_host};

/// Where units are, for some of the hosts: those of a block.
pub(super) struct State<'m, 'p> {
    /// The problem.
    pub(super) model: &'m Model<'p>,
    /// By unit: where it is.
    pub(super) at: Vec<usize>,
    /// The hosts of the block.
    pub(super) hosts: Vec<usize>,
    /// The units that may be moved.
    pub(super) units: Vec<usize>,
    /// By line of permits: the hosts of the block that are permitted.
    pub(super) options: Vec<Vec<usize>>,
    /// By host: the units on it.
    pub(super) on: Vec<Vec<usize>>,
    /// How good the block is.
    pub(super) score: Score,
    /// How many of each group are in each location.
    pub(super) areas: Areas,
    /// By unit: its place in the list of its host.
    slot: Vec<usize>,
    room: Vec<i64>,
    used: Vec<i64>,
    cost: Vec<i64>,
    /// By host: how much more it holds than it can, by the weights of resources.
    excess: Vec<i64>,
    /// By group and column: how many more of it the host can take.
    spare: Spare,
    /// By host of the block: its place in the lines of `spare`.
    column: Vec<usize>,
}

impl<'m, 'p> State<'m, 'p> {
    /// All of it.
    pub(super) fn whole(model: &'m Model<'p>, at: &[usize]) -> Self {
        Self::block(model, at, (0..model.problem.hosts.len()).collect(), Share::ALL)
    }

    /// What is on `hosts`, and its share of what is nowhere.
    pub(super) fn block(model: &'m Model<'p>, at: &[usize], hosts: Vec<usize>, share: Share) -> Self {
        let all = model.problem.hosts.len();
        let mut column = vec![NONE; all];
        hosts.iter().enumerate().for_each(|(place, &host)| column[host] = place);
        let options = model.units.permits.iter();
        let options = options.map(|line| hosts.iter().copied().filter(|&host| line.contains(host)).collect());
        let mut state = Self {
            options: options.collect(),
            at: vec![NOWHERE; at.len()],
            units: Vec::new(),
            on: vec![Vec::new(); all],
            score: Score::default(),
            areas: Areas::new(&model.crowds, share, whole(model, &column)),
            slot: vec![0; at.len()],
            room: model.room.clone(),
            used: vec![0; model.room.len()],
            cost: vec![0; all],
            excess: vec![0; all],
            spare: Spare::new(&model.crowds, &hosts, &column),
            column,
            hosts,
            model,
        };
        state.fill(at, share);
        state
    }

    fn fill(&mut self, at: &[usize], share: Share) {
        for (unit, &at) in at.iter().enumerate() {
            let mine = match at {
                NOWHERE => share.owns(unit),
                SCATTERED => share.lanes == 1,
                host => self.column[host] != NONE,
            };
            if mine {
                self.units.push(unit);
                self.settle(unit, at);
                self.areas.put(&self.model.crowds, unit, NOWHERE, at);
            } else {
                self.areas.count_foreign(&self.model.crowds, unit, at);
                if at == SCATTERED {
                    self.scatter(unit, 1);
                }
            }
        }
        // Each host once, and not with every unit that is on it.
        for place in 0..self.hosts.len() {
            self.weigh(self.hosts[place]);
        }
        self.areas.begin(&self.model.crowds);
    }

    /// Whether the host is of the block.
    pub(super) fn has(&self, host: usize) -> bool {
        self.column.get(host).is_some_and(|&column| column != NONE)
    }

    /// Puts a unit that is nowhere somewhere, right or not; areas are the caller's.
    pub(super) fn put(&mut self, unit: usize, to: usize) {
        self.settle(unit, to);
        if is_host(to) {
            self.weigh(to);
        }
    }

    /// As [`Self::put`]; what the host costs is brought up to date by the caller.
    fn settle(&mut self, unit: usize, to: usize) {
        self.at[unit] = to;
        self.score += self.model.stay(unit, to);
        if is_host(to) {
            self.slot[unit] = self.on[to].len();
            self.on[to].push(unit);
            self.load(unit, to, 1);
        } else if to == SCATTERED {
            self.scatter(unit, 1);
        }
    }

    /// Takes a unit away from where it is; areas are the caller's.
    pub(super) fn lift(&mut self, unit: usize) {
        let from = std::mem::replace(&mut self.at[unit], NOWHERE);
        self.score -= self.model.stay(unit, from);
        if is_host(from) {
            let slot = self.slot[unit];
            self.on[from].swap_remove(slot);
            if let Some(&moved) = self.on[from].get(slot) {
                self.slot[moved] = slot;
            }
            self.load(unit, from, -1);
            self.weigh(from);
        } else if from == SCATTERED {
            self.scatter(unit, -1);
        }
    }

    fn load(&mut self, unit: usize, host: usize, sign: i64) {
        let model = self.model;
        let from = host * model.width;
        for (used, one) in self.used[from..].iter_mut().zip(model.uses(unit)) {
            *used += sign * one;
        }
        for (room, one) in self.room[from..].iter_mut().zip(model.take(unit, host)) {
            *room -= sign * one;
        }
        for &(group, number) in model.crowds.near.of(unit) {
            self.spare.take(group, self.column[host], if sign > 0 { number } else { -number });
        }
    }

    /// How many more of a group a host can take.
    fn spare(&self, group: usize, host: usize) -> i32 {
        self.spare.at(group, self.column[host])
    }

    /// Counts the items of a scattered unit at their homes, areas apart.
    fn scatter(&mut self, unit: usize, sign: i64) {
        let model = self.model;
        for (home, uses) in model.scattered(unit) {
            for (at, one) in uses.into_iter().enumerate() {
                self.used[home * model.width + at] += sign * one;
                self.room[home * model.width + at] -= if at < model.plain() { sign * one } else { 0 };
            }
            if self.has(home) {
                self.weigh(home);
            }
        }
        self.scatter_groups(unit, if sign > 0 { 1 } else { -1 });
    }

    fn scatter_groups(&mut self, unit: usize, sign: i32) {
        for (group, home) in self.groups_at_homes(unit) {
            if self.has(home) {
                self.spare.take(group, self.column[home], sign);
            }
        }
    }

    /// The groups of which a scattered unit counts one on a host when it is left out.
    fn groups_at_homes(&self, unit: usize) -> Vec<(usize, usize)> {
        let model = self.model;
        let items = model.units.items.of(unit).iter();
        let homes = items.filter_map(|&item| model.problem.items[item].home.map(|home| (item, home)));
        let groups = homes.flat_map(|(item, home)| {
            let near = model.crowds.of_item.of(item).iter().filter(|(scope, _)| *scope == Scope::Host);
            near.map(move |&(_, group)| (group, home))
        });
        groups.collect()
    }

    /// Whether a scattered unit has a place at its homes, where it is.
    pub(super) fn is_right_at_homes(&self, unit: usize) -> bool {
        let model = self.model;
        let crowded = |(group, home): (usize, usize)| self.spare(group, home) < 0;
        model.scattered(unit).all(|(home, _)| self.excess[home] == 0)
            && !self.groups_at_homes(unit).into_iter().any(crowded)
            && self.areas.is_right_at_homes(&model.crowds, unit)
    }

    /// The hosts of the block that a unit may be on as far as lines of permits go.
    pub(super) fn options_of(&self, unit: usize) -> &[usize] {
        &self.options[self.model.units.permit[unit]]
    }

    /// Whether a unit may come to a host, and has room there.
    pub(super) fn has_place(&self, unit: usize, host: usize) -> bool {
        self.model.units.may(unit, host) && self.fits(host, None, unit) && self.uncrowded(host, None, unit)
    }

    /// Brings up to date what a host costs.
    fn weigh(&mut self, host: usize) {
        let used = &self.used[host * self.model.width..];
        self.excess[host] = self.lacks(host).map(|(lack, weight)| weight * lack.max(0)).sum();
        let cost = self.model.costs.of(host, |resource| used[resource]);
        self.score.cost += cost - std::mem::replace(&mut self.cost[host], cost);
    }

    /// What a host costs.
    pub(super) fn cost(&self, host: usize) -> i64 {
        self.cost[host]
    }

    /// What a host would cost if one unit left it and another came.
    pub(super) fn cost_after(&self, host: usize, out: Option<usize>, come: Option<usize>) -> i64 {
        let model = self.model;
        let used = &self.used[host * model.width..][..model.width];
        match (out.map(|unit| model.uses(unit)), come.map(|unit| model.uses(unit))) {
            (None, None) => self.cost[host],
            (Some(out), None) => model.costs.of(host, |at| used[at] - out[at]),
            (None, Some(come)) => model.costs.of(host, |at| used[at] + come[at]),
            (Some(out), Some(come)) => model.costs.of(host, |at| used[at] - out[at] + come[at]),
        }
    }

    /// By resource: how much a host lacks, and how much that weighs.
    fn lacks(&self, host: usize) -> impl Iterator<Item = (i64, i64)> {
        self.room(host).iter().map(|room| -room).zip(self.model.weights.iter().copied())
    }

    /// How much more a host holds than it can.
    pub(super) fn excess(&self, host: usize) -> i64 {
        self.excess[host]
    }

    /// How much that would be if one unit left and another came.
    pub(super) fn excess_after(&self, host: usize, out: Option<usize>, come: Option<usize>) -> i64 {
        let model = self.model;
        let none: &[i64] = &[];
        if come.is_none() && self.excess[host] == 0 {
            return 0;
        }
        let come = come.map_or(none, |unit| model.take(unit, host));
        let out = out.map_or(none, |unit| model.take(unit, host));
        let come = come.iter().copied().chain(std::iter::repeat(0));
        let out = out.iter().copied().chain(std::iter::repeat(0));
        let lacks = self.lacks(host).zip(come).zip(out);
        lacks.map(|(((lack, weight), come), out)| weight * (lack + come - out).max(0)).sum()
    }

    /// The hosts that hold more than they can.
    pub(super) fn full(&self) -> Vec<usize> {
        self.hosts.iter().copied().filter(|&host| self.excess[host] > 0).collect()
    }

    /// Whether no host holds more than it can.
    pub(super) fn has_no_excess(&self) -> bool {
        self.hosts.iter().all(|&host| self.excess[host] == 0)
    }

    /// Whether a unit has room on a host that another leaves.
    pub(super) fn fits(&self, host: usize, out: Option<usize>, come: usize) -> bool {
        let model = self.model;
        let room = &self.room[host * model.width..][..model.width];
        let come = model.take(come, host);
        match out.map(|unit| model.take(unit, host)) {
            None => room.iter().zip(come).all(|(room, come)| come <= room),
            Some(out) => {
                let won = out.iter().copied().chain(std::iter::repeat(0));
                room.iter().zip(come).zip(won).all(|((room, come), won)| *come <= room + won)
            }
        }
    }

    /// Whether no group has too many items on a host when one unit leaves it and another comes.
    pub(super) fn uncrowded(&self, host: usize, out: Option<usize>, come: usize) -> bool {
        let near = &self.model.crowds.near;
        near.of(come).iter().all(|&(group, number)| {
            let leaves = out.and_then(|unit| near.of(unit).iter().find(|(one, _)| *one == group));
            self.spare(group, host) + leaves.map_or(0, |&(_, number)| number) >= number
        })
    }

    /// How much of the resource at a place a host can still take.
    pub(super) fn room(&self, host: usize) -> &[i64] {
        &self.room[host * self.model.width..][..self.model.width]
    }
}

/// By location: whether all its hosts are of the block.
fn whole(model: &Model<'_>, column: &[usize]) -> Vec<bool> {
    let mut whole = vec![true; model.crowds.locations];
    for (&location, &column) in model.crowds.location.iter().zip(column) {
        whole[location] &= column != NONE;
    }
    whole
}

//! Way is made for what is to be kept apart from guests that could be elsewhere as well, or are to leave.

use std::collections::BTreeSet;

use super::ledger::Obstacle;
use super::placement::Placement;
use super::units::Choice;
use super::wish::Want;
use crate::compat::HostIndex;

/// So many units are asked to make way for one at most.
const MOST: usize = 64;

impl Placement<'_> {
    /// Places of the units that are left those for which others can make way, one for the other.
    pub(super) fn make_way(&mut self, waiting: &BTreeSet<usize>) {
        let crowded = |unit: &usize| {
            let choices = || self.units[*unit].choices.iter();
            self.units[*unit].want != Want::Even && choices().any(|to| self.crowd(*unit, to.host).is_some())
        };
        let left: Vec<usize> = self.left(waiting).filter(crowded).take(MOST).collect();
        for unit in left {
            let mut then = self.clone();
            let mut asked = BTreeSet::from([unit]);
            if then.place_one(unit, waiting, &mut asked) && then.keeps_apart(&asked) {
                *self = then;
            }
        }
    }

    /// Places a unit, and if need be others elsewhere that are in its way. What was `asked` already is not asked again.
    fn place_one(&mut self, unit: usize, waiting: &BTreeSet<usize>, asked: &mut BTreeSet<usize>) -> bool {
        let mut choices: Vec<Choice> = self.units[unit].choices.to_vec();
        choices.sort_by_key(|to| (to.mode, to.host));
        let open = |to: &&Choice| self.fits(unit, to.host) && self.has_place(unit, to.host);
        if let Some(&to) = choices.iter().find(open) {
            self.assign(unit, to);
            return true;
        }
        choices.into_iter().any(|to| {
            let others = self.in_the_way(unit, to.host, waiting);
            others.into_iter().any(|other| {
                asked.len() < MOST && asked.insert(other) && self.exchange(unit, to, other, waiting, asked)
            })
        })
    }

    /// Places a unit where another is, and the other elsewhere; or leaves all as it was.
    fn exchange(
        &mut self,
        unit: usize,
        to: Choice,
        other: usize,
        waiting: &BTreeSet<usize>,
        asked: &mut BTreeSet<usize>,
    ) -> bool {
        let was = self.withdraw(other);
        if self.fits_without(unit, to.host, other) {
            self.assign(unit, to);
            if self.place_one(other, waiting, asked) {
                return true;
            }
            self.withdraw(unit);
        }
        if let Some(was) = was {
            self.assign(other, was);
        }
        false
    }

    /// Whether no more of its groups are where a unit is to go than may be, also if it is there already.
    pub(super) fn has_place(&self, unit: usize, host: HostIndex) -> bool {
        let has = |guest: usize, group: usize| {
            let place = self.needs.place(group, host);
            let here = self.ledger.host_of(guest).map(|at| self.needs.place(group, at)) == Some(place);
            let there = self.ledger.apart(group, place) + usize::from(!here);
            there <= self.needs.policies.crowds[group].apart.at_most
        };
        let guests = self.units[unit].guests.iter();
        guests
            .into_iter()
            .all(|&guest| self.needs.policies.apart(guest).iter().all(|&group| has(guest, group)))
    }

    /// The group of which there are as many as may be where a unit is to go.
    fn crowd(&self, unit: usize, host: HostIndex) -> Option<usize> {
        let arriving = self.units[unit].arriving(self.needs, host);
        match self.ledger.obstacle(&arriving, host) {
            Some(Obstacle::Apart(group)) => Some(group),
            _ => None,
        }
    }

    /// The units that wait, and of which a guest is in the way of a unit there.
    fn in_the_way(&self, unit: usize, host: HostIndex, waiting: &BTreeSet<usize>) -> Vec<usize> {
        let Some(group) = self.crowd(unit, host) else { return Vec::new() };
        let place = self.needs.place(group, host);
        let is_there = |&guest: &usize| {
            let at = self.ledger.host_of(guest).map(|at| self.needs.place(group, at));
            self.needs.policies.apart(guest).contains(&group) && at == Some(place)
        };
        let others = waiting.iter().copied().filter(|&other| other != unit);
        let others = others.filter(|&other| self.units[other].want != Want::Even);
        others.filter(|&other| self.units[other].guests.iter().any(is_there)).collect()
    }

    /// Whether a unit fits on a host once another has left its own.
    fn fits_without(&mut self, unit: usize, host: HostIndex, other: usize) -> bool {
        let leaves = self.units[other].guests.iter();
        let homes: Vec<(usize, HostIndex)> =
            leaves.filter_map(|&guest| Some((guest, self.needs.homes[guest]?))).collect();
        for &(guest, home) in &homes {
            self.ledger.take(guest, home);
        }
        let fits = self.fits(unit, host);
        for &(guest, home) in &homes {
            self.ledger.put(guest, home);
        }
        fits
    }

    /// Whether no group is crowded where these units go.
    fn keeps_apart(&self, units: &BTreeSet<usize>) -> bool {
        let guests = units.iter().flat_map(|&unit| {
            let to = self.chosen[unit].map(|to| to.host);
            self.units[unit].guests.iter().filter_map(move |&guest| Some((guest, to?)))
        });
        guests.into_iter().all(|(guest, host)| {
            self.needs.policies.apart(guest).iter().all(|&group| {
                let most = self.needs.policies.crowds[group].apart.at_most;
                self.ledger.apart(group, self.needs.place(group, host)) <= most
            })
        })
    }
}

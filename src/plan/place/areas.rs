//! How many of each group are in each location while the search goes on.

use super::crowds::{Crowds, Wide};
use super::extra::Share;
use super::units::{NOWHERE, SCATTERED, is_host};

/// How many of each group are in each location.
///
/// Of several lanes that search side by side each counts its own items and, as they were at the
/// beginning of the round, those of the others. What locations a group can do without is divided
/// among the lanes, and a location of which a lane has only some hosts may be filled by one lane
/// only: so what each lane does is right whatever the others do.
pub(super) struct Areas {
    share: Share,
    /// By group and location: how many of the lane's own.
    counts: Vec<i32>,
    /// By group and location: how many of others, at the beginning.
    foreign: Vec<i32>,
    /// By group and location: how many at most; what was more at the start may stay.
    most: Vec<i32>,
    /// By group and location: whether the lane had one there at the beginning.
    began: Vec<bool>,
    /// By location: whether all its hosts are the lane's.
    whole: Vec<bool>,
    /// By group: in how many locations it is, and how many are anywhere.
    distinct: Vec<i32>,
    placed: Vec<i32>,
    /// By group: in how many locations it was too few at the start.
    tolerated: Vec<i32>,
    /// By group: how many locations fewer the lane may still make of it.
    quota: Vec<i32>,
}

impl Areas {
    /// Nothing is anywhere; the lane has whole locations as `whole` says.
    pub(super) fn new(crowds: &Crowds, share: Share, whole: Vec<bool>) -> Self {
        let groups = crowds.wide.len();
        let most = crowds.wide.iter().flat_map(|wide| {
            let most = if let Wide::AtMost(most) = wide { *most } else { i32::MAX };
            std::iter::repeat_n(most, crowds.locations)
        });
        let none = vec![0; groups * crowds.locations];
        let mut areas = Self {
            share,
            counts: none.clone(),
            foreign: none,
            most: most.collect(),
            began: Vec::new(),
            whole,
            distinct: vec![0; groups],
            placed: vec![0; groups],
            tolerated: Vec::new(),
            quota: Vec::new(),
        };
        areas.tolerate(crowds);
        areas
    }

    /// What is wrong at the start may stay so.
    fn tolerate(&mut self, crowds: &Crowds) {
        for (&(group, location), &number) in &crowds.began {
            self.add(group, location, number);
            let at = self.cell(group, location);
            self.most[at] = self.most[at].max(number);
        }
        let deficits = (0..self.placed.len()).map(|group| self.deficit(crowds, group, 0, 0).max(0));
        self.tolerated = deficits.collect();
        self.counts.fill(0);
        self.distinct.fill(0);
        self.placed.fill(0);
    }

    /// All items are counted: the round begins.
    pub(super) fn begin(&mut self, crowds: &Crowds) {
        if self.share.lanes == 1 {
            return;
        }
        let lanes = i32::try_from(self.share.lanes).unwrap_or(i32::MAX);
        self.began = self.counts.iter().map(|count| *count > 0).collect();
        let all: Vec<i32> =
            self.counts.iter().zip(&self.foreign).map(|(own, foreign)| own + foreign).collect();
        let groups = all.chunks(crowds.locations.max(1)).enumerate();
        let quota = groups.map(|(group, counts)| {
            let Wide::Spread(least) = crowds.wide[group] else { return 0 };
            let placed: i32 = counts.iter().sum();
            let distinct = i32::try_from(counts.iter().filter(|count| **count > 0).count()).unwrap_or(0);
            let spare = (distinct + self.tolerated[group] - least.min(placed)).max(0);
            spare / lanes + if self.share.owns(group) { spare % lanes } else { 0 }
        });
        self.quota = quota.collect();
    }

    fn cell(&self, group: usize, location: usize) -> usize {
        group * self.whole.len() + location
    }

    /// So many more of a group are in a location.
    pub(super) fn add(&mut self, group: usize, location: usize, number: i32) {
        let cell = self.cell(group, location);
        let count = &mut self.counts[cell];
        let was = *count > 0;
        *count += number;
        let is = *count > 0;
        self.distinct[group] += i32::from(is) - i32::from(was);
        self.placed[group] += number;
        if is != was && !self.quota.is_empty() && (self.began[cell] || self.whole[location]) {
            self.quota[group] += i32::from(is) - i32::from(was);
        }
    }

    /// In how many locations the group is too few, with so many items more in so many locations more.
    fn deficit(&self, crowds: &Crowds, group: usize, placed: i32, distinct: i32) -> i32 {
        match crowds.wide[group] {
            Wide::Spread(least) => least.min(self.placed[group] + placed) - self.distinct[group] - distinct,
            Wide::AtMost(_) => 0,
        }
    }

    /// Whether the unit's groups are in as many locations as they need.
    pub(super) fn is_spread(&self, crowds: &Crowds, unit: usize) -> bool {
        let mut groups = crowds.far.of(unit).iter();
        groups.all(|&(group, _)| self.deficit(crowds, group, 0, 0) <= self.tolerated[group])
    }

    /// Whether the unit may come to the host, as far as limits of its location go.
    pub(super) fn holds(&self, crowds: &Crowds, unit: usize, host: usize) -> bool {
        let mut groups = crowds.far.of(unit).iter();
        groups.all(|&(group, number)| self.has_place(group, crowds.location[host], number))
    }

    /// Whether the locations of a scattered unit are no fuller than they may be.
    pub(super) fn is_right_at_homes(&self, crowds: &Crowds, unit: usize) -> bool {
        let mut places = crowds.scattered.get(&unit).into_iter().flatten();
        places.all(|&(group, location)| self.has_place(group, location, 0))
    }

    fn has_place(&self, group: usize, location: usize, number: i32) -> bool {
        let cell = self.cell(group, location);
        (self.counts[cell] + self.foreign[cell]).saturating_add(number) <= self.most[cell]
    }

    /// Moves a unit if it may.
    pub(super) fn shift(&mut self, crowds: &Crowds, unit: usize, from: usize, to: usize) -> bool {
        let groups = crowds.far.of(unit);
        if groups.is_empty() {
            return true;
        }
        if from == SCATTERED {
            self.put(crowds, unit, from, NOWHERE);
            let may = self.shift(crowds, unit, NOWHERE, to);
            if !may {
                self.put(crowds, unit, NOWHERE, from);
            }
            return may;
        }
        let (old, new) = (from, to);
        let (from, to) = (place(crowds, from), place(crowds, to));
        if from == to {
            return true;
        }
        let may = groups.iter().all(|&(group, number)| self.may(crowds, group, number, from, to));
        if may {
            self.put(crowds, unit, old, new);
        }
        may
    }

    /// Moves a unit, right or not.
    pub(super) fn put(&mut self, crowds: &Crowds, unit: usize, from: usize, to: usize) {
        self.count(crowds, unit, from, -1);
        self.count(crowds, unit, to, 1);
    }

    fn count(&mut self, crowds: &Crowds, unit: usize, at: usize, sign: i32) {
        if is_host(at) {
            for &(group, number) in crowds.far.of(unit) {
                self.add(group, crowds.location[at], sign * number);
            }
        } else if at == SCATTERED {
            for &(group, location) in crowds.scattered.get(&unit).into_iter().flatten() {
                self.add(group, location, sign);
            }
        }
    }

    /// A unit is somewhere, and another lane's.
    pub(super) fn count_foreign(&mut self, crowds: &Crowds, unit: usize, at: usize) {
        if is_host(at) {
            for &(group, number) in crowds.far.of(unit) {
                let cell = self.cell(group, crowds.location[at]);
                self.foreign[cell] += number;
            }
        } else if at == SCATTERED {
            for &(group, location) in crowds.scattered.get(&unit).into_iter().flatten() {
                let cell = self.cell(group, location);
                self.foreign[cell] += 1;
            }
        }
    }

    fn may(&self, crowds: &Crowds, group: usize, number: i32, from: usize, to: usize) -> bool {
        match crowds.wide[group] {
            Wide::AtMost(_) if to == NOWHERE => true,
            Wide::AtMost(_) => {
                (self.whole[to] || self.share.owns(group)) && self.has_place(group, to, number)
            }
            Wide::Spread(_) => self.may_spread(crowds, group, number, from, to),
        }
    }

    fn may_spread(&self, crowds: &Crowds, group: usize, number: i32, from: usize, to: usize) -> bool {
        let counts = |at: usize| if at == NOWHERE { 0 } else { self.counts[self.cell(group, at)] };
        let lost = i32::from(from != NOWHERE && counts(from) == number);
        let won = i32::from(to != NOWHERE && counts(to) == 0);
        if self.share.lanes == 1 {
            let joins = i32::from(from == NOWHERE) - i32::from(to == NOWHERE);
            return self.deficit(crowds, group, joins * number, won - lost) <= self.tolerated[group];
        }
        if from == NOWHERE || to == NOWHERE {
            return false;
        }
        let matters = |at: usize| i32::from(self.began[self.cell(group, at)] || self.whole[at]);
        lost * matters(from) - won * matters(to) <= self.quota[group]
    }
}

/// The location of a host; [`NOWHERE`] where it is none.
fn place(crowds: &Crowds, at: usize) -> usize {
    if is_host(at) { crowds.location[at] } else { NOWHERE }
}

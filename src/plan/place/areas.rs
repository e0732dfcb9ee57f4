//! How many of each group are in each location while the search goes on.

use super::crowds::{Crowds, Wide};
use super::extra::Share;
use super::units::{NOWHERE, is_host};

/// How many of each group are in each location.
///
/// Of several copies that search side by side, one owns a group: it counts all of its items, and
/// may do with its own what the rule lets it. The others count their own items only; they may
/// neither leave a location without any of theirs nor fill one further, so that what the owner
/// relies on stays true.
pub(super) struct Areas {
    counts: Vec<i32>,
    /// By group and location: how many at most; what was more at the start may stay.
    most: Vec<i32>,
    distinct: Vec<i32>,
    placed: Vec<i32>,
    /// By group: in how many locations it was too few at the start.
    tolerated: Vec<i32>,
    owned: Vec<bool>,
    locations: usize,
}

impl Areas {
    /// Nothing is anywhere.
    pub(super) fn new(crowds: &Crowds, share: Share) -> Self {
        let groups = crowds.wide.len();
        let most = crowds.wide.iter().flat_map(|wide| {
            let most = if let Wide::AtMost(most) = wide { *most } else { i32::MAX };
            std::iter::repeat_n(most, crowds.locations)
        });
        let mut areas = Self {
            counts: vec![0; groups * crowds.locations],
            most: most.collect(),
            distinct: vec![0; groups],
            placed: vec![0; groups],
            tolerated: Vec::new(),
            owned: (0..groups).map(|group| share.owns(group)).collect(),
            locations: crowds.locations,
        };
        areas.tolerate(crowds);
        areas
    }

    /// What is wrong at the start may stay so.
    fn tolerate(&mut self, crowds: &Crowds) {
        for (&(group, location), &number) in &crowds.began {
            self.add(group, location, number);
            let at = group * self.locations + location;
            self.most[at] = self.most[at].max(number);
        }
        self.tolerated = (0..self.placed.len()).map(|group| self.deficit(crowds, group, 0, 0)).collect();
        self.counts.fill(0);
        self.distinct.fill(0);
        self.placed.fill(0);
    }

    /// Whether this copy owns the group.
    pub(super) fn owns(&self, group: usize) -> bool {
        self.owned[group]
    }

    /// So many more of a group are in a location.
    pub(super) fn add(&mut self, group: usize, location: usize, number: i32) {
        let count = &mut self.counts[group * self.locations + location];
        let was = *count > 0;
        *count += number;
        self.distinct[group] += i32::from(*count > 0) - i32::from(was);
        self.placed[group] += number;
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
        let groups = crowds.far.of(unit).iter();
        groups.copied().all(|(group, _)| self.deficit(crowds, group, 0, 0) <= self.tolerated[group].max(0))
    }

    /// Whether the unit may come to the host, as far as limits of its location go.
    pub(super) fn holds(&self, crowds: &Crowds, unit: usize, host: usize) -> bool {
        let location = crowds.location[host];
        let mut groups = crowds.far.of(unit).iter();
        groups.all(|&(group, number)| {
            let at = group * self.locations + location;
            self.counts[at].saturating_add(number) <= self.most[at]
        })
    }

    /// Moves a unit if it may.
    pub(super) fn shift(&mut self, crowds: &Crowds, unit: usize, from: usize, to: usize) -> bool {
        let groups = crowds.far.of(unit);
        if groups.is_empty() {
            return true;
        }
        let (from, to) = (place(crowds, from), place(crowds, to));
        if from == to {
            return true;
        }
        let may = groups.iter().all(|&(group, number)| self.may(crowds, group, number, from, to));
        if may {
            self.force(groups, from, to);
        }
        may
    }

    /// Moves a unit, right or not.
    pub(super) fn put(&mut self, crowds: &Crowds, unit: usize, from: usize, to: usize) {
        self.force(crowds.far.of(unit), place(crowds, from), place(crowds, to));
    }

    fn force(&mut self, groups: &[(usize, i32)], from: usize, to: usize) {
        for &(group, number) in groups {
            if from != NOWHERE {
                self.add(group, from, -number);
            }
            if to != NOWHERE {
                self.add(group, to, number);
            }
        }
    }

    fn may(&self, crowds: &Crowds, group: usize, number: i32, from: usize, to: usize) -> bool {
        let at = |location: usize| group * self.locations + location;
        let count = |location: usize| if location == NOWHERE { 0 } else { self.counts[at(location)] };
        match crowds.wide[group] {
            Wide::AtMost(_) if !self.owned[group] => false,
            Wide::AtMost(_) => to == NOWHERE || count(to) + number <= self.most[at(to)],
            Wide::Spread(_) if !self.owned[group] => from != NOWHERE && to != NOWHERE && count(from) > number,
            Wide::Spread(_) => {
                let lost = i32::from(from != NOWHERE && count(from) == number);
                let won = i32::from(to != NOWHERE && count(to) == 0);
                let joins = i32::from(from == NOWHERE) - i32::from(to == NOWHERE);
                self.deficit(crowds, group, joins * number, won - lost) <= self.tolerated[group].max(0)
            }
        }
    }
}

/// The location of a host; [`NOWHERE`] where it is none.
fn place(crowds: &Crowds, at: usize) -> usize {
    if is_host(at) { crowds.location[at] } else { NOWHERE }
}

//! Divisions made better by moving one thing at a time, where they are too many to weigh.
//!
//! What merging puts together early it never parts again; this does.

use super::partition::{Division, ordered};

/// How often all things are tried again after one of them has moved.
const PASSES: usize = 30;

/// A division with the worth of each of its groups.
#[derive(Clone)]
struct Weighed {
    groups: Division,
    worths: Vec<usize>,
}

/// Divisions into 1, 2, … groups, none worth less than the given one or than that into fewer groups.
pub(super) fn improved(divisions: Vec<Division>, worth: impl Fn(&[usize]) -> usize) -> Vec<Division> {
    let mut found: Vec<Weighed> = Vec::new();
    for division in divisions {
        let fewer = found.last().and_then(|fewer| fewer.split(&worth));
        let mut best = Weighed::new(division, &worth).settled(&worth);
        if let Some(other) = fewer.map(|fewer| fewer.settled(&worth)).filter(|o| o.total() > best.total()) {
            best = other;
        }
        found.push(best);
    }
    ordered(found.into_iter().map(|weighed| weighed.groups).collect())
}

impl Weighed {
    fn new(groups: Division, worth: &impl Fn(&[usize]) -> usize) -> Self {
        let worths = groups.iter().map(|group| worth(group)).collect();
        Self { groups, worths }
    }

    fn total(&self) -> usize {
        self.worths.iter().sum()
    }

    /// Moves things to where they are worth more until none is.
    fn settled(mut self, worth: &impl Fn(&[usize]) -> usize) -> Self {
        let mut things: Vec<usize> = self.groups.iter().flatten().copied().collect();
        things.sort_unstable();
        for _ in 0..PASSES {
            let moved = things.iter().filter(|thing| self.settle(**thing, worth)).count();
            if moved == 0 {
                break;
            }
        }
        self
    }

    /// Moves one thing to the group where it is worth most, if that is more than where it is.
    fn settle(&mut self, thing: usize, worth: &impl Fn(&[usize]) -> usize) -> bool {
        let Some(from) = self.groups.iter().position(|group| group.contains(&thing)) else { return false };
        if self.groups[from].len() == 1 {
            return false;
        }
        let left = without(&self.groups[from], thing);
        let left_worth = worth(&left);
        let to = (0..self.groups.len()).filter(|to| *to != from).map(|to| {
            let joined = worth(&with(&self.groups[to], thing));
            (left_worth + joined, self.worths[from] + self.worths[to], to)
        });
        // By what it gains; of equals the first.
        let best = to.filter(|(after, before, _)| after > before);
        let best = best.max_by_key(|(after, before, to)| (after - before, std::cmp::Reverse(*to)));
        let Some((after, _, to)) = best else { return false };
        self.groups[from] = left;
        self.groups[to].push(thing);
        (self.worths[from], self.worths[to]) = (left_worth, after - left_worth);
        true
    }

    /// With the one thing alone that gives the others of its group most.
    fn split(&self, worth: &impl Fn(&[usize]) -> usize) -> Option<Self> {
        let groups = self.groups.iter().enumerate().filter(|(_, group)| group.len() > 1);
        let splits = groups.flat_map(|(at, group)| {
            group.iter().map(move |&thing| {
                let (rest, alone) = (without(group, thing), worth(&[thing]));
                let rest_worth = worth(&rest);
                ((rest_worth + alone).saturating_sub(self.worths[at]), at, thing, rest_worth, alone)
            })
        });
        let (_, at, thing, rest, alone) =
            splits.max_by_key(|(gain, at, thing, ..)| (*gain, std::cmp::Reverse((*at, *thing))))?;
        let mut split = self.clone();
        split.groups[at] = without(&split.groups[at], thing);
        split.worths[at] = rest;
        split.groups.push(vec![thing]);
        split.worths.push(alone);
        Some(split)
    }
}

fn without(group: &[usize], thing: usize) -> Vec<usize> {
    group.iter().copied().filter(|other| *other != thing).collect()
}

fn with(group: &[usize], thing: usize) -> Vec<usize> {
    group.iter().copied().chain([thing]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cpu::x86::partition::{exact, merged};

    /// Made up: things of three generations with 64 features, some of which each lacks and some of which are its own.
    fn made_up(seed: u64, things: u64) -> Vec<(u64, usize)> {
        let mut state = seed;
        let mut random = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            state ^ state >> 29
        };
        let mut thing = |at: u64| {
            let generation =
                [0xffff_u64, 0xffff_ffff, 0xffff_ffff_ffff][usize::try_from(at % 3).unwrap_or(0)];
            let (lacks, own) = (random() & random() & random(), random() & random());
            (generation & !lacks | own, usize::try_from(random() >> 7 & 31).unwrap_or(0) + 1)
        };
        (0..things).map(&mut thing).collect()
    }

    #[test]
    fn moving_comes_nearer_to_the_best_than_merging() {
        let (mut lost, mut off) = ([0; 2], [0; 2]);
        let (mut best, mut tried) = (0, 0);
        for seed in 0..60 {
            let things = made_up(seed, 9);
            let worth = |of: &[usize]| {
                let common = of.iter().fold(u64::MAX, |all, &at| all & things[at].0);
                common.count_ones() as usize * of.iter().map(|&at| things[at].1).sum::<usize>()
            };
            let total = |division: &Division| division.iter().map(|group| worth(group)).sum::<usize>();
            let merged = merged(9, 5, worth);
            let moved = improved(merged.clone(), worth);
            for ((exact, merged), moved) in exact(9, 5, worth).iter().zip(&merged).zip(&moved) {
                let exact = total(exact);
                (best, tried) = (best + exact, tried + 1);
                for (at, division) in [merged, moved].into_iter().enumerate() {
                    lost[at] += exact - total(division);
                    off[at] += usize::from(total(division) < exact);
                }
            }
            assert!(moved.windows(2).all(|two| total(&two[0]) <= total(&two[1])), "more groups keep less");
        }
        // Of so many divisions these are not the best, merged and moved; and so much less are all of them worth.
        assert_eq!((tried, off), (300, [116, 24]));
        assert_eq!((best, lost), (1_025_844, [8_487, 1_375]));
    }
}

//! Divisions of a few things into groups that are worth most.
//!
//! A group split in two must be worth no less than before; then more groups are never worth less.

use std::collections::BTreeMap;

/// A division: the members of each group, ascending, groups by their first members.
pub(super) type Division = Vec<Vec<usize>>;

/// How many things are divided exactly; beyond it the sets of sets are too many.
pub(super) const EXACT: usize = 10;

/// The best divisions into 1, 2, … `most` groups: exact for up to [`EXACT`] things, else by merging.
pub(super) fn divisions(things: usize, most: usize, worth: impl Fn(&[usize]) -> usize) -> Vec<Division> {
    let most = most.min(things);
    ordered(if things <= EXACT { exact(things, most, worth) } else { merged(things, most, worth) })
}

/// The same divisions, their groups and members in order.
pub(super) fn ordered(mut divisions: Vec<Division>) -> Vec<Division> {
    for division in &mut divisions {
        for group in division.iter_mut() {
            group.sort_unstable();
        }
        division.sort();
    }
    divisions
}

fn bits(mask: usize) -> Vec<usize> {
    (0..usize::BITS as usize).filter(|bit| mask >> bit & 1 == 1).collect()
}

/// The best division of each set of things into so many groups: its worth and its first group.
type Best = Vec<Option<(usize, usize)>>;

/// By dynamic programming over sets: the best division of a set into k groups is the group of its
/// first thing and the best division of the rest into k - 1.
pub(super) fn exact(things: usize, most: usize, worth: impl Fn(&[usize]) -> usize) -> Vec<Division> {
    let sets = 1_usize << things;
    let worths: Vec<usize> = (0..sets).map(|mask| worth(&bits(mask))).collect();
    let one = (0..sets).map(|mask| (mask != 0).then(|| (worths[mask], mask))).collect();
    let mut best: Vec<Best> = vec![one];
    while best.len() < most {
        let next = best.last().map(|last| (0..sets).map(|set| best_split(set, &worths, last)).collect());
        best.extend(next);
    }
    (1..=most).map(|groups| division(&best[..groups], sets - 1)).collect()
}

fn best_split(set: usize, worths: &[usize], rest: &Best) -> Option<(usize, usize)> {
    let first = set & set.wrapping_neg();
    let others = set ^ first;
    let groups = std::iter::successors(Some(others), |&part| (part != 0).then(|| (part - 1) & others));
    let split = groups.filter_map(|part| {
        let group = part | first;
        let (worth, _) = rest[set ^ group]?;
        Some((worth + worths[group], group))
    });
    split.max()
}

fn division(best: &[Best], all: usize) -> Division {
    let mut left = all;
    let groups = best.iter().rev().filter_map(|best| {
        let (_, group) = best[left]?;
        left ^= group;
        Some(bits(group))
    });
    groups.collect()
}

/// By merging, again and again, the two groups that lose least by it.
pub(super) fn merged(things: usize, most: usize, worth: impl Fn(&[usize]) -> usize) -> Vec<Division> {
    let mut groups: BTreeMap<usize, Vec<usize>> = (0..things).map(|thing| (thing, vec![thing])).collect();
    let mut costs = BTreeMap::new();
    let mut found = Vec::new();
    loop {
        if groups.len() <= most {
            found.push(groups.values().cloned().collect());
        }
        let Some((one, other)) = cheapest(&groups, &mut costs, &worth) else { break };
        let gone = groups.remove(&other).unwrap_or_default();
        groups.entry(one).or_default().extend(gone);
        costs.retain(|&(a, b), _| ![one, other].contains(&a) && ![one, other].contains(&b));
    }
    found.reverse();
    found
}

/// The two groups whose merger costs least, the first of several; costs that are known are kept.
fn cheapest(
    groups: &BTreeMap<usize, Vec<usize>>,
    costs: &mut BTreeMap<(usize, usize), usize>,
    worth: &impl Fn(&[usize]) -> usize,
) -> Option<(usize, usize)> {
    for (one, first) in groups {
        for (other, second) in groups.range(one + 1..) {
            costs.entry((*one, *other)).or_insert_with(|| {
                let together = worth(&[first.as_slice(), second].concat());
                (worth(first) + worth(second)).saturating_sub(together)
            });
        }
    }
    costs.iter().min_by_key(|(pair, cost)| (**cost, **pair)).map(|(pair, _)| *pair)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Things on a line; a group is worth less the wider it is.
    fn line(at: &[usize]) -> impl Fn(&[usize]) -> usize {
        move |group| {
            let places = || group.iter().map(|&thing| at[thing]);
            let width = places().max().unwrap_or(0) - places().min().unwrap_or(0);
            group.len() * (1000 - width)
        }
    }

    #[test]
    fn the_best_division_is_found() {
        let found = divisions(4, 9, line(&[0, 1, 100, 103]));
        let one = vec![vec![0, 1, 2, 3]];
        let two = vec![vec![0, 1], vec![2, 3]];
        let three = vec![vec![0, 1], vec![2], vec![3]];
        assert_eq!(found, [one, two, three, vec![vec![0], vec![1], vec![2], vec![3]]]);
    }

    #[test]
    fn merging_finds_what_lies_apart() {
        let at = [0, 500, 1, 501, 2, 502, 3, 503, 4, 504, 5, 505];
        let found = divisions(at.len(), 2, line(&at));
        assert_eq!(found.len(), 2);
        assert_eq!(found[1], [vec![0, 2, 4, 6, 8, 10], vec![1, 3, 5, 7, 9, 11]]);
    }

    #[test]
    fn nothing_is_divided_into_nothing() {
        assert_eq!(divisions(0, 3, |_| 0), Vec::<Division>::new());
        assert_eq!(divisions(1, 3, |_| 0), [vec![vec![0]]]);
    }
}

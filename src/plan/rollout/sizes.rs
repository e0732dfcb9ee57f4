//! How many hosts to take down first, as if guests were water: a big first stage makes for few stages, a small one for few guests that
//! move twice.

/// How many sizes of the first stage are tried, at most, and with how many hosts; with more hosts it is fewer.
const TRIED: usize = 64;
const TRIED_HOSTS: usize = 5_000;

/// A host that is still to be taken down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Level {
    /// What its guests take, in KiB.
    pub(super) used: u64,
    /// What it can hold, in KiB.
    pub(super) all: u64,
}

/// A cluster on its way.
#[derive(Clone, Debug)]
pub(super) struct Water {
    /// The hosts that wait, in the order in which they are taken down.
    pub(super) waiting: Vec<Level>,
    /// What is free on hosts that are not taken down any more, in KiB.
    pub(super) safe: u64,
    /// How many hosts may be down at once.
    pub(super) at_once: usize,
    /// What has gone to hosts that are taken down later, in KiB.
    pub(super) twice: u64,
}

impl Water {
    /// The first `count` hosts are emptied and come back; `None` where the others cannot hold what was on them.
    fn after(&self, count: usize) -> Option<Self> {
        let (down, rest) = self.waiting.split_at_checked(count)?;
        let used: u64 = down.iter().map(|one| one.used).sum();
        let all: u64 = down.iter().map(|one| one.all).sum();
        let spilled = used.saturating_sub(self.safe);
        let free: u64 = rest.iter().map(|one| one.all.saturating_sub(one.used)).sum();
        if spilled > free {
            return None;
        }
        let part = |one: &Level| {
            let own = u128::from(one.all.saturating_sub(one.used)) * u128::from(spilled);
            let own = u64::try_from(own / u128::from(free.max(1))).unwrap_or(u64::MAX);
            Level { used: one.used.saturating_add(own), all: one.all }
        };
        Some(Self {
            waiting: rest.iter().map(part).collect(),
            safe: self.safe.saturating_sub(used).saturating_add(all),
            at_once: self.at_once,
            twice: self.twice.saturating_add(spilled),
        })
    }

    /// As many hosts as can be down at once where no more than `spilled` goes to hosts that wait.
    fn most(&self, spilled: u64) -> usize {
        let fits = |count: usize| self.after(count).is_some_and(|next| next.twice - self.twice <= spilled);
        let (mut low, mut high) = (0, self.waiting.len().min(self.at_once));
        while low < high {
            let middle = (low + high).div_ceil(2);
            if fits(middle) { low = middle } else { high = middle - 1 }
        }
        low
    }

    /// In how many stages all are down once, and what moves twice, when the first has `count` hosts and the others as many as `size`
    /// says; `None` where that never ends.
    fn stages(&self, count: usize, size: Size) -> Option<(usize, u64)> {
        let (mut now, mut stages) = (self.after(count)?, 1);
        while !now.waiting.is_empty() {
            let count = Some(now.most(size.spilled())).filter(|&count| count > 0);
            now = now
                .after(count.unwrap_or_else(|| now.most(u64::MAX)))
                .filter(|next| next.waiting.len() < now.waiting.len())?;
            stages += 1;
        }
        Some((stages, now.twice))
    }

    /// For first stages of several sizes: in how many stages all are down, what moves twice, and the size.
    fn outcomes(&self) -> Vec<(usize, u64, usize)> {
        let most = self.most(u64::MAX);
        let tried = (TRIED * TRIED_HOSTS / self.waiting.len().max(1)).clamp(4, TRIED);
        let step = most.div_ceil(tried).max(1);
        let sizes = (1..most).step_by(step).chain([most]).filter(|&count| count > 0);
        let both = sizes.flat_map(|count| [(count, Size::Dry), (count, Size::Most)]);
        both.filter_map(|(count, size)| {
            self.stages(count, size).map(|(stages, twice)| (stages, twice, count))
        })
        .collect()
    }

    /// How many hosts to take down next, so that there are as few stages as can be, and then as little as can be moves twice.
    pub(super) fn next(&self) -> usize {
        self.outcomes().into_iter().min().map_or(self.waiting.len(), |(_, _, count)| count)
    }

    /// Few stages against few moves: for each number of stages what moves twice at least, from the fewest stages on; only those
    /// that save moves.
    pub(super) fn front(&self, lines: usize) -> Vec<(usize, u64)> {
        let mut outcomes = self.outcomes();
        outcomes.sort_unstable();
        let mut front: Vec<(usize, u64)> = Vec::new();
        for (stages, twice, _) in outcomes {
            if front.last().is_none_or(|last| twice < last.1) {
                front.push((stages, twice));
            }
        }
        front.truncate(lines);
        front
    }
}

/// How big later stages are.
#[derive(Clone, Copy)]
enum Size {
    /// As big as they can be with nothing that moves twice.
    Dry,
    /// As big as they can be.
    Most,
}

impl Size {
    fn spilled(self) -> u64 {
        match self {
            Self::Dry => 0,
            Self::Most => u64::MAX,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn even(hosts: usize, used: u64) -> Water {
        let waiting = vec![Level { used, all: 100 }; hosts];
        Water { waiting, safe: 0, at_once: usize::MAX, twice: 0 }
    }

    #[test]
    fn a_small_first_stage_saves_moves_without_more_stages() {
        let water = even(200, 70);
        assert_eq!(water.most(u64::MAX), 60);
        assert_eq!(water.stages(60, Size::Most).map(|(stages, _)| stages), Some(4));
        let first = water.next();
        assert!((38..=46).contains(&first), "{first}");
        let (stages, twice) = water.stages(first, Size::Dry).expect("it ends");
        assert_eq!(stages, 4);
        assert!(twice < 200 * 70 / 4, "{twice}");
    }

    #[test]
    fn more_stages_move_less_twice() {
        let front = even(200, 70).front(5);
        assert_eq!(front.first().map(|one| one.0), Some(4));
        assert!(front.windows(2).all(|two| two[0].0 < two[1].0 && two[0].1 > two[1].1), "{front:?}");
    }

    #[test]
    fn what_has_room_elsewhere_moves_once() {
        let water = Water { safe: 1000, ..even(10, 70) };
        assert_eq!(water.stages(water.next(), Size::Most), Some((1, 0)));
    }

    #[test]
    fn no_more_are_down_than_may_be_and_none_where_nothing_is_free() {
        let water = Water { at_once: 7, ..even(200, 70) };
        assert_eq!(water.most(u64::MAX), 7);
        assert_eq!(even(10, 100).most(u64::MAX), 0);
        assert_eq!(even(10, 100).next(), 10);
        assert!(even(10, 100).front(3).is_empty());
    }
}

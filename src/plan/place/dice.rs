//! Random numbers from a seed: the same on every machine and for every number of threads.

/// A row of random numbers (`SplitMix64`, as published by Steele, Lea and Flood in 2014).
#[derive(Clone, Debug)]
pub(super) struct Dice(u64);

impl Dice {
    /// The row of a seed and of what it is for.
    pub(super) fn new(seed: u64, purpose: &[u64]) -> Self {
        let mut dice = Self(seed);
        for &part in purpose {
            dice.0 = dice.next() ^ part.wrapping_mul(0xd6e8_feb8_6659_fd93);
        }
        dice
    }

    /// The next number.
    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `bound`; 0 where that is 0.
    pub(super) fn below(&mut self, bound: usize) -> usize {
        let scaled = u128::from(self.next()) * bound as u128;
        usize::try_from(scaled >> 64).unwrap_or(0)
    }

    /// One of `all`; `None` where there is none.
    pub(super) fn pick(&mut self, all: &[usize]) -> Option<usize> {
        all.get(self.below(all.len())).copied()
    }

    /// Puts `all` in a random order.
    pub(super) fn shuffle(&mut self, all: &mut [usize]) {
        for last in (1..all.len()).rev() {
            all.swap(last, self.below(last + 1));
        }
    }

    /// How much worse a change may be at a heat: 0 mostly, seldom a lot; `heat` on average, near
    /// enough. By a logarithm in whole numbers, of 16 binary places and linear in between.
    pub(super) fn patience(&mut self, heat: i64) -> i64 {
        if heat == 0 {
            return 0;
        }
        let number = self.next() | 1;
        let zeros = u64::from(number.leading_zeros());
        let rest = ((number << zeros) & (u64::MAX >> 1)) >> 47;
        let logarithm = ((zeros + 1) << 16) - rest;
        let natural = i128::from(logarithm) * i128::from(heat) * 45_426;
        i64::try_from(natural >> 32).unwrap_or(i64::MAX)
    }
}

//! How hot each round is: as hot at first as changes are big, then colder and colder.

use super::chain::Search;
use super::dice::Dice;
use super::effort::Effort;
use super::extra::Extra;

/// How many rounds there are.
const ROUNDS: usize = 240;

/// How hot a round is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Heat {
    /// How much worse a change may be on average.
    pub(super) patience: i64,
    /// What it costs that hosts hold too much; `None` where they may not.
    pub(super) excess: Option<i64>,
}

/// How hot each round is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Schedule {
    hot: i64,
    cold: i64,
    steps: u64,
    excess: (i64, i64),
    strict: usize,
}

impl Schedule {
    pub(super) fn new<X: Extra>(_search: &mut Search<'_, '_, X>, _dice: &mut Dice, effort: Effort) -> Self {
        Self { hot: effort.heat.0, cold: effort.heat.1, steps: effort.steps / ROUNDS as u64, excess: effort.excess, strict: effort.strict }
    }

    pub(super) fn rounds(self) -> usize {
        ROUNDS
    }

    /// How many steps a round has.
    pub(super) fn steps(self) -> u64 {
        self.steps
    }

    /// What it costs at most that hosts hold too much, as long as changes may be worse.
    pub(super) fn dearest(self) -> i64 {
        self.excess.1.saturating_mul(10)
    }

    /// Falls by the same factor from round to round; none in the last.
    pub(super) fn heat(self, round: usize) -> Heat {
        let last = ROUNDS - ROUNDS / 20;
        let patience = if round < last { between(self.hot, self.cold, round, last) } else { 0 };
        let excess = (round < self.strict).then(|| between(self.excess.0, self.excess.1, round, self.strict));
        Heat { patience, excess }
    }
}

/// From one number to another by equal factors.
fn between(from: i64, to: i64, passed: usize, all: usize) -> i64 {
    let (from, to) = (logarithm(from.max(1)), logarithm(to.max(1)));
    let passed = i64::try_from(passed).unwrap_or(0);
    power(from + (to - from) * passed / i64::try_from(all).unwrap_or(1))
}

/// The binary logarithm, of 16 binary places and linear between powers of two.
fn logarithm(number: i64) -> i64 {
    let whole = i64::from(63 - number.leading_zeros());
    let rest = if whole > 16 { number >> (whole - 16) } else { number << (16 - whole) };
    (whole << 16) + rest - (1 << 16)
}

/// The number of such a logarithm.
fn power(logarithm: i64) -> i64 {
    let (whole, rest) = (logarithm >> 16, logarithm & 0xffff);
    let number = rest + (1 << 16);
    if whole > 16 { number << (whole - 16) } else { number >> (16 - whole) }
}

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

impl Heat {
    /// None: nothing gets worse.
    pub(super) const STRICT: Self = Self { patience: 0, excess: None };
}

/// How many changes tell how big changes are.
const SAMPLES: usize = 4_000;
/// The last round of so many in which hosts may hold too much.
const LENIENT: usize = ROUNDS * 2 / 3;
/// From how much to how much it costs that hosts hold too much.
const EXCESS: (i64, i64) = (1, 300);
/// How much colder the end is than the beginning.
const COOLING: i64 = 1_000;

/// How hot each round is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Schedule {
    hot: i64,
    cold: i64,
    steps: u64,
}

impl Schedule {
    /// A quarter as hot at first as changes are big, in the middle.
    pub(super) fn new<X: Extra>(search: &Search<'_, '_, X>, dice: &mut Dice, effort: Effort) -> Self {
        let chains = (0..SAMPLES).filter_map(|_| search.draw(dice));
        let mut changes: Vec<i64> = chains.map(|chain| search.change(&chain).cost.abs()).collect();
        changes.retain(|change| *change > 0);
        changes.sort_unstable();
        let hot = changes.get(changes.len() / 2).map_or(0, |middle| middle / 4);
        Self { hot, cold: hot / COOLING, steps: effort.steps / ROUNDS as u64 }
    }

    pub(super) fn rounds() -> usize {
        ROUNDS
    }

    /// How many steps a round has.
    pub(super) fn steps(self) -> u64 {
        self.steps
    }

    /// What it costs at most that hosts hold too much, as long as changes may be worse.
    pub(super) fn dearest() -> i64 {
        EXCESS.1 * 10
    }

    /// Falls by the same factor from round to round; none in the last.
    pub(super) fn heat(self, round: usize) -> Heat {
        let last = ROUNDS - ROUNDS / 20;
        let patience = if round < last { between(self.hot, self.cold, round, last) } else { 0 };
        let excess = (round < LENIENT).then(|| between(EXCESS.0, EXCESS.1, round, LENIENT));
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

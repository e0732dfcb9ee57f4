//! How hot each round is: as hot at first as changes are big, then colder and colder.

use super::chain::Search;
use super::dice::Dice;
use super::effort::Effort;
use super::extra::Extra;

/// How many rounds there are.
const ROUNDS: usize = 240;

/// How hot each round is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Schedule {
    hot: i64,
    cold: i64,
    steps: u64,
}

impl Schedule {
    pub(super) fn new<X: Extra>(_search: &mut Search<'_, '_, X>, _dice: &mut Dice, effort: Effort) -> Self {
        Self { hot: effort.heat.0, cold: effort.heat.1, steps: effort.steps / ROUNDS as u64 }
    }

    pub(super) fn rounds(self) -> usize {
        ROUNDS
    }

    /// How many steps a round has.
    pub(super) fn steps(self) -> u64 {
        self.steps
    }

    /// Falls by the same factor from round to round; none in the last.
    pub(super) fn heat(self, round: usize) -> i64 {
        let last = ROUNDS - ROUNDS / 20;
        if round >= last {
            return 0;
        }
        let (hot, cold) = (logarithm(self.hot.max(1)), logarithm(self.cold.max(1)));
        let passed = i64::try_from(round).unwrap_or(0);
        let all = i64::try_from(last).unwrap_or(1);
        power(hot - (hot - cold) * passed / all)
    }
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

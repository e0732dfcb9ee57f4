//! How hot each round is: as hot at first as changes are big, then colder and colder.

use super::chain::Search;
use super::dice::Dice;
use super::extra::Extra;
use super::heat::Heat;
use super::tempers::Temper;

/// How many rounds there are.
const ROUNDS: usize = 240;
/// In how many of them hosts may hold too much.
const LENIENT: usize = 130;
/// From when on it is too late for what hosts hold too much.
const LATE: usize = 210;
/// In the last ones nothing gets worse.
const STILL: usize = 228;
/// From how much to how much it costs that hosts hold too much.
const EXCESS: (i64, i64) = (3, 1_000);
/// How many changes tell how big changes are.
const SAMPLES: usize = 4_000;
/// How much colder it is when hosts may no longer hold too much, and in the end.
const COOLING: (i64, i64) = (8, 1_000);

/// How hot each round is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Schedule {
    hot: i64,
    home: u64,
    steps: u64,
}

impl Schedule {
    /// As hot at first as the temper says; no hotter than the model bears.
    pub(super) fn new<X: Extra>(
        search: &Search<'_, '_, X>,
        dice: &mut Dice,
        temper: Temper,
        steps: u64,
    ) -> Self {
        let chains = (0..SAMPLES).filter_map(|_| search.draw(dice.pick(&search.state.units)?, dice, 0));
        let mut changes: Vec<i64> = chains.map(|chain| search.change(&chain).cost.abs()).collect();
        changes.retain(|change| *change > 0);
        changes.sort_unstable();
        let hot = changes.get(changes.len() / 2).map_or(0, |middle| middle.saturating_mul(temper.hot) / 100);
        let hot = search.state.model.gentle.map_or(hot, |gentle| hot.min(gentle));
        Self { hot, home: temper.home, steps: steps / ROUNDS as u64 }
    }

    pub(super) fn rounds() -> usize {
        ROUNDS
    }

    /// How many steps a round has.
    pub(super) fn steps(self) -> u64 {
        self.steps
    }

    /// Whether it is too late for what hosts hold too much.
    pub(super) fn is_late(round: usize) -> bool {
        round >= LATE
    }

    /// Falls by equal factors from round to round.
    pub(super) fn heat(self, round: usize) -> Heat {
        let (warm, home) = (self.hot / COOLING.0, self.home);
        if round < LENIENT {
            let excess = Some(between(EXCESS.0, EXCESS.1, round, LENIENT));
            return Heat { patience: between(self.hot, warm, round, LENIENT), excess, home };
        }
        if round >= STILL {
            return Heat { home, ..Heat::STRICT };
        }
        let patience = between(warm, self.hot / COOLING.1, round - LENIENT, STILL - LENIENT);
        Heat { patience, excess: None, home }
    }

    /// How hot it is where hosts still hold too much though they may not.
    pub(super) fn relief(self, round: usize) -> Heat {
        let passed = i64::try_from(round.saturating_sub(LENIENT)).unwrap_or(0);
        Heat { patience: self.hot, excess: Some(EXCESS.1 * (1 + passed)), home: self.home }
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

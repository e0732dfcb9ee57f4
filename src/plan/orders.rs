//! Several orders of the same moves, of which the best is kept.

use super::ledger::Ledger;
use super::placement::Placement;
use super::waves::{Schedule, Scheduler};

/// How many orders are tried.
const ORDERS: u64 = 24;

/// A number that looks random and is always the same (`SplitMix64`); 0 for salt 0.
pub(super) fn shuffled(unit: usize, salt: u64) -> u64 {
    if salt == 0 {
        return 0;
    }
    let mut z = (unit as u64).wrapping_add(salt.wrapping_mul(0x9e37_79b9_7f4a_7c15));
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// Makes waves of a placement: of a few orders the one that gets stuck least, then the one with
/// the fewest waves. Stops early where there are no more waves than `enough`. `now` becomes what
/// the hosts hold at the end.
pub(super) fn schedule<'p>(placement: &Placement<'p>, now: &mut Ledger<'p>, enough: usize) -> Schedule {
    let mut best: Option<(Schedule, Ledger<'p>)> = None;
    for salt in 0..ORDERS {
        let (mut placement, mut after) = (placement.clone(), now.clone());
        let found = Scheduler::new(&mut placement, &mut after, salt).run();
        if best.as_ref().is_none_or(|(best, _)| found.cost() < best.cost()) {
            best = Some((found, after));
        }
        if best.as_ref().is_some_and(|(best, _)| best.cost() <= (0, enough)) {
            break;
        }
    }
    let (schedule, after) = best.unwrap_or_else(|| (Schedule::default(), now.clone()));
    *now = after;
    schedule
}

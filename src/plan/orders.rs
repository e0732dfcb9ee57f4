//! Several orders of the same moves, of which the best is kept.

use super::colours::colours;
use super::ledger::Ledger;
use super::order::Order;
use super::placement::Placement;
use super::waves::{Schedule, Scheduler};

/// How many orders are tried.
const ORDERS: u64 = 24;

impl Order {
    /// The order with the fewest waves, room aside, where each unit is one move.
    fn coloured(placement: &Placement<'_>) -> Option<Self> {
        let needs = placement.needs;
        let (mut units, mut edges) = (Vec::new(), Vec::new());
        for (unit, to) in placement.chosen.iter().enumerate() {
            let Some(to) = to else { continue };
            let arriving = placement.units[unit].arriving(needs, to.host);
            let [guest] = arriving[..] else { return None };
            units.push(unit);
            edges.push((needs.homes[guest], to.host));
        }
        let mut waves = vec![0; placement.chosen.len()];
        for (unit, wave) in units.into_iter().zip(colours(&edges, needs.limit())?) {
            waves[unit] = wave;
        }
        Some(Self::ByWave(waves))
    }
}

/// Makes waves of a placement: of a few orders the one that gets stuck least, then the one with
/// the fewest waves. Stops early where there are no more waves than `enough`. `now` becomes what
/// the hosts hold at the end.
pub(super) fn schedule<'p>(placement: &Placement<'p>, now: &mut Ledger<'p>, enough: usize) -> Schedule {
    let mut best: Option<(Schedule, Ledger<'p>)> = None;
    let coloured = Order::coloured(placement);
    for order in coloured.into_iter().chain((0..ORDERS).map(Order::Busiest)) {
        let (mut placement, mut after) = (placement.clone(), now.clone());
        let found = Scheduler::new(&mut placement, &mut after, order).run();
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

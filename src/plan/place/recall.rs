//! Sends home what is worth least, where more has moved than may.

use super::chain::{Chain, Search};
use super::extra::Extra;
use super::heat::Heat;
use super::score::Score;
use super::units::is_host;

/// Home they go whether there is room or not: who is in their way there goes home as well.
const CROWDED: Heat = Heat { patience: 0, excess: Some(0), home: 0 };

impl<X: Extra> Search<'_, '_, X> {
    /// Sends units home until no more items than `most` have moved of those that might have stayed. Tells whether that is so and
    /// no host holds too much.
    pub(super) fn recall(&mut self, most: usize) -> bool {
        loop {
            let away = self.away();
            let moved: usize = away.iter().map(|&unit| self.state.model.units.items.of(unit).len()).sum();
            let crowded = !self.state.has_no_excess();
            if moved <= most && !crowded {
                return true;
            }
            let mut ways = self.ways_home(away, crowded);
            ways.sort_unstable();
            let sent = ways.into_iter().any(|(_, unit)| {
                let way = self.way_home(unit);
                self.attempt(&way, CROWDED, i64::MAX)
            });
            if !sent {
                return false;
            }
        }
    }

    /// The units that are not at home though they might be.
    fn away(&self) -> Vec<usize> {
        let state = &self.state;
        let may_stay = |unit: usize| {
            let home = state.model.units.homes[unit];
            is_host(home)
                && is_host(state.at[unit])
                && state.at[unit] != home
                && state.model.units.may(unit, home)
        };
        state.units.iter().copied().filter(|&unit| may_stay(unit)).collect()
    }

    /// What changes by each way home; of those that are where there is too much, if that is so anywhere.
    fn ways_home(&self, away: Vec<usize>, crowded: bool) -> Vec<(Score, usize)> {
        let helps = |unit: &usize| !crowded || self.state.excess(self.state.at[*unit]) > 0;
        away.into_iter().filter(helps).map(|unit| (self.change(&self.way_home(unit)), unit)).collect()
    }

    fn way_home(&self, unit: usize) -> Chain {
        Chain::of(unit, self.state.at[unit]).then(unit, self.state.model.units.homes[unit])
    }
}

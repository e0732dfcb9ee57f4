//! Takes the units of a few hosts away and places them anew, the best way there is.

use super::chain::Search;
use super::dice::Dice;
use super::extra::Extra;
use super::units::is_host;

/// How many hosts a block has.
const HOSTS: usize = 4;
/// How many units are placed anew at once.
const UNITS: usize = 9;
/// How many steps a block is worth.
const STEPS: u64 = 3_000;

impl<X: Extra> Search<'_, '_, X> {
    /// Places blocks anew until the steps are used up: around what is left out, or anywhere.
    pub(super) fn improve(&mut self, dice: &mut Dice, mut steps: u64) {
        let mut left = self.left_out();
        while steps > 0 && !self.state.units.is_empty() {
            let seed = dice.pick(if left.is_empty() { &self.state.units } else { &left });
            let Some(seed) = seed else { return };
            let hosts = self.draw_hosts(seed, dice);
            let units = self.draw_units(seed, &hosts, left.clone(), dice);
            let was: Vec<usize> = units.iter().map(|&unit| self.state.at[unit]).collect();
            let mut budget = STEPS.min(steps);
            steps -= budget;
            self.resolve(&units, &hosts, &mut budget);
            // Most blocks change nothing, and then all are to be looked through again for nothing.
            if units.iter().zip(was).any(|(&unit, was)| self.state.at[unit] != was) {
                left = self.left_out();
            }
            steps = (steps + budget).saturating_sub(1);
        }
    }

    /// The host of a unit and some that it may be on.
    fn draw_hosts(&self, unit: usize, dice: &mut Dice) -> Vec<usize> {
        let at = self.state.at[unit];
        let mut hosts: Vec<usize> = Some(at).filter(|&at| is_host(at)).into_iter().collect();
        for _ in 0..2 * HOSTS {
            let host = dice.pick(self.state.options_of(unit)).filter(|host| !hosts.contains(host));
            hosts.extend(host.filter(|_| hosts.len() < HOSTS));
        }
        hosts
    }

    /// A unit, some of those on the hosts, and some that are left out.
    fn draw_units(&self, unit: usize, hosts: &[usize], mut left: Vec<usize>, dice: &mut Dice) -> Vec<usize> {
        let mut there: Vec<usize> =
            hosts.iter().flat_map(|&host| self.state.on[host].iter().copied()).collect();
        dice.shuffle(&mut there);
        dice.shuffle(&mut left);
        let mut units = vec![unit];
        for other in left.into_iter().take(2).chain(there) {
            if units.len() < UNITS && !units.contains(&other) {
                units.push(other);
            }
        }
        units
    }
}

//! Annealing: random chains, at a heat at which some that are worse are made all the same.

use super::chain::{Chain, Search};
use super::dice::Dice;
use super::extra::Extra;
use super::heat::Heat;
use super::units::is_host;

/// After how many steps it is looked anew which hosts hold too much.
const RELIEF: u64 = 50;

impl<X: Extra> Search<'_, '_, X> {
    /// Tries so many random chains at a heat.
    pub(super) fn anneal(&mut self, dice: &mut Dice, heat: Heat, steps: u64) {
        for _ in 0..steps {
            let unit = dice.pick(&self.state.units);
            self.step(unit, dice, heat);
        }
    }

    /// As [`Search::anneal`], but all chains begin where a host holds too much, until none does. Tells
    /// how many steps are left then.
    pub(super) fn relieve(&mut self, dice: &mut Dice, heat: Heat, mut steps: u64) -> u64 {
        while steps > 0 && !self.state.has_no_excess() {
            let full = self.state.full();
            let part = steps.min(RELIEF);
            for _ in 0..part {
                let unit = dice.pick(&full).and_then(|host| dice.pick(&self.state.on[host]));
                self.step(unit, dice, heat);
            }
            steps -= part;
        }
        steps
    }

    fn step(&mut self, unit: Option<usize>, dice: &mut Dice, heat: Heat) {
        let patience = dice.patience(heat.patience);
        if let Some(chain) = unit.and_then(|unit| self.draw(unit, dice, heat.home)) {
            self.attempt(&chain, heat, patience);
        }
    }

    /// A random chain that begins with a unit: a shift or a swap mostly.
    pub(super) fn draw(&self, unit: usize, dice: &mut Dice, home: u64) -> Option<Chain> {
        match dice.next() >> 60 {
            0..7 => self.draw_shift(unit, dice, home),
            7..15 => self.draw_swap(unit, dice, home),
            _ => self.draw_longer(unit, dice, home),
        }
    }

    /// A host that the unit may go to, other than where it is; its home in `home` of 256 draws.
    fn draw_host(&self, unit: usize, dice: &mut Dice, home: u64) -> Option<usize> {
        if home > 0 && dice.next() >> 56 < home {
            let at = self.state.model.units.homes[unit];
            if at != self.state.at[unit] && self.state.has(at) {
                return Some(at);
            }
        }
        let options = &self.state.options[self.state.model.units.permit[unit]];
        dice.pick(options).filter(|&host| host != self.state.at[unit])
    }

    fn draw_shift(&self, unit: usize, dice: &mut Dice, home: u64) -> Option<Chain> {
        let to = self.draw_host(unit, dice, home)?;
        Some(Chain::of(unit, self.state.at[unit]).then(unit, to))
    }

    fn draw_swap(&self, unit: usize, dice: &mut Dice, home: u64) -> Option<Chain> {
        let from = self.state.at[unit];
        let to = self.draw_host(unit, dice, home)?;
        let other = dice.pick(&self.state.on[to]).filter(|_| is_host(from))?;
        Some(Chain::of(unit, from).then(unit, to).then(other, from))
    }

    /// Two or three units, of which the last goes to another host, or to that of the first.
    fn draw_longer(&self, unit: usize, dice: &mut Dice, home: u64) -> Option<Chain> {
        let from = self.state.at[unit];
        let to = self.draw_host(unit, dice, home)?;
        let second = dice.pick(&self.state.on[to])?;
        let chain = Chain::of(unit, from).then(unit, to);
        let next = self.draw_host(second, dice, home).filter(|&next| !chain.stops_at(next))?;
        let chain = chain.then(second, next);
        if dice.next() >> 63 == 0 {
            return Some(chain);
        }
        let third = dice.pick(&self.state.on[next])?;
        let last = self.draw_host(third, dice, home)?;
        let last = if dice.next() >> 63 == 0 && is_host(from) { from } else { last };
        (last == from || !chain.stops_at(last)).then(|| chain.then(third, last))
    }
}

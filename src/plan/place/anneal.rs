//! Annealing: random chains, at a heat at which some that are worse are made all the same.

use super::chain::{Chain, Search};
use super::dice::Dice;
use super::extra::Extra;
use super::schedule::Heat;
use super::units::is_host;

impl<X: Extra> Search<'_, '_, X> {
    /// Tries so many random chains at a heat.
    pub(super) fn anneal(&mut self, dice: &mut Dice, heat: Heat, steps: u64) {
        for _ in 0..steps {
            let patience = dice.patience(heat.patience);
            if let Some(chain) = self.draw(dice) {
                self.attempt(&chain, heat, patience);
            }
        }
    }

    /// A random chain: a shift or a swap mostly.
    pub(super) fn draw(&self, dice: &mut Dice) -> Option<Chain> {
        let unit = dice.pick(&self.state.units)?;
        match dice.next() >> 60 {
            0..7 => self.draw_shift(unit, dice),
            7..15 => self.draw_swap(unit, dice),
            _ => self.draw_longer(unit, dice),
        }
    }

    /// A host that the unit may go to, other than where it is.
    fn draw_host(&self, unit: usize, dice: &mut Dice) -> Option<usize> {
        let options = &self.state.options[self.state.model.units.permit[unit]];
        dice.pick(options).filter(|&host| host != self.state.at[unit])
    }

    fn draw_shift(&self, unit: usize, dice: &mut Dice) -> Option<Chain> {
        let to = self.draw_host(unit, dice)?;
        Some(Chain::of(unit, self.state.at[unit]).then(unit, to))
    }

    fn draw_swap(&self, unit: usize, dice: &mut Dice) -> Option<Chain> {
        let from = self.state.at[unit];
        let to = self.draw_host(unit, dice)?;
        let other = dice.pick(&self.state.on[to]).filter(|_| is_host(from))?;
        Some(Chain::of(unit, from).then(unit, to).then(other, from))
    }

    /// Two or three units, of which the last goes to another host, or to that of the first.
    fn draw_longer(&self, unit: usize, dice: &mut Dice) -> Option<Chain> {
        let from = self.state.at[unit];
        let to = self.draw_host(unit, dice)?;
        let second = dice.pick(&self.state.on[to])?;
        let chain = Chain::of(unit, from).then(unit, to);
        let next = self.draw_host(second, dice).filter(|&next| !chain.stops_at(next))?;
        let chain = chain.then(second, next);
        if dice.next() >> 63 == 0 {
            return Some(chain);
        }
        let third = dice.pick(&self.state.on[next])?;
        let last = self.draw_host(third, dice)?;
        let last = if dice.next() >> 63 == 0 && is_host(from) { from } else { last };
        (last == from || !chain.stops_at(last)).then(|| chain.then(third, last))
    }
}

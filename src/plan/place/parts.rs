//! Placing in parts, where hosts are many: as many hosts in each as are looked through in no time, side by side, and put
//! together by number, so that it is the same for any number of threads.

use rayon::prelude::*;

use super::chain::Search;
use super::construct::METHODS;
use super::dice::Dice;
use super::extra::{Extra, Share};
use super::lanes::Found;
use super::model::Model;
use super::state::State;

/// How many hosts a part has, more or less.
const HOSTS: usize = 256;
/// How many times hosts are put together anew for what is still left out.
const ROUNDS: usize = 3;
/// How many trials of chains what is left out is worth in its part, each.
const TRIALS: u64 = 500;
/// What tells these random numbers from those of others.
const PURPOSE: u64 = 7_000;

/// Placing in parts.
pub(super) struct Parts<'e, 'p, X> {
    pub(super) model: &'e Model<'p>,
    pub(super) extra: &'e X,
    pub(super) seed: u64,
}

impl<X: Extra> Parts<'_, '_, X> {
    /// Places what is left out, as far as parts of the hosts have room for what is on them; nothing where hosts are few.
    pub(super) fn build(&self, mut best: Found) -> Found {
        let parts = self.model.problem.hosts.len() / HOSTS;
        if parts < 2 {
            return best;
        }
        for round in 0..ROUNDS {
            if best.score.left_out == 0 {
                break;
            }
            best = self.round(best, round, parts);
        }
        best
    }

    fn round(&self, best: Found, round: usize, parts: usize) -> Found {
        let mut order: Vec<usize> = (0..self.model.problem.hosts.len()).collect();
        Dice::new(self.seed, &[PURPOSE, round as u64]).shuffle(&mut order);
        let mut hosts = vec![Vec::new(); parts];
        for (nth, host) in order.into_iter().enumerate() {
            hosts[nth % parts].push(host);
        }
        let hosts = hosts.into_par_iter().enumerate();
        let found: Vec<Vec<(usize, usize)>> = hosts
            .map(|(part, hosts)| self.part(&best, Share { lane: part, lanes: parts, round }, hosts))
            .collect();
        let mut at = best.at.clone();
        for (unit, to) in found.into_iter().flatten() {
            at[unit] = to;
        }
        match Found::new(self.model, self.extra, at) {
            Some(found) if found.score < best.score => found,
            _ => best,
        }
    }

    /// Where the units of one part are, by the best method.
    fn part(&self, best: &Found, share: Share, mut hosts: Vec<usize>) -> Vec<(usize, usize)> {
        hosts.sort_unstable();
        let tried = METHODS.map(|method| {
            let state = State::block(self.model, &best.at, hosts.clone(), share);
            let mut search = Search { state, extra: self.extra.clone() };
            search.focus_within(&best.at, share);
            search.construct(method);
            search.eject(TRIALS);
            search.state
        });
        let best = tried.into_iter().min_by_key(|state| state.score);
        best.map_or_else(Vec::new, |state| state.units.iter().map(|&unit| (unit, state.at[unit])).collect())
    }
}

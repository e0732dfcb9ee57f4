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
        let mut part_of = vec![0; order.len()];
        for (nth, host) in order.into_iter().enumerate() {
            hosts[nth % parts].push(host);
            part_of[host] = nth % parts;
        }
        let shares = (0..parts).map(|part| Share { lane: part, lanes: parts, round });
        let shares: Vec<Share> = shares.collect();
        let lacking = self.lacking(&best, &shares, &part_of);
        let parts = hosts.into_par_iter().zip(shares).zip(lacking).filter(|(_, lacking)| *lacking);
        let found: Vec<Vec<(usize, usize)>> =
            parts.map(|((hosts, share), _)| self.part(&best, share, hosts)).collect();
        let mut at = best.at.clone();
        for (unit, to) in found.into_iter().flatten() {
            at[unit] = to;
        }
        match Found::new(self.model, self.extra, at) {
            Some(found) if found.score < best.score => found,
            _ => best,
        }
    }

    /// By part: whether anything is left out that it might place.
    fn lacking(&self, best: &Found, shares: &[Share], part_of: &[usize]) -> Vec<bool> {
        let mut lacking = vec![false; shares.len()];
        let left_out = |(unit, at): &(usize, &usize)| self.model.is_left_out(*unit, **at);
        for (unit, &at) in best.at.iter().enumerate().filter(left_out) {
            if let Some(&part) = part_of.get(at) {
                lacking[part] = true;
            } else {
                lacking.iter_mut().zip(shares).for_each(|(one, share)| *one |= share.owns(unit));
            }
        }
        lacking
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

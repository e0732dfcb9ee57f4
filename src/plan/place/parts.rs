//! Placing and descending in parts, where hosts are many: as many hosts in each as are looked through in no time, side by side,
//! and put together by number, so that it is the same for any number of threads.

use rayon::prelude::*;

use super::chain::Search;
use super::construct::METHODS;
use super::dice::Dice;
use super::extra::{Extra, Share};
use super::found::Found;
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
/// How many times hosts are put together anew for a descent.
const DESCENTS: usize = 2;

/// Placing and descending in parts.
pub(super) struct Parts<'e, 'p, X> {
    pub(super) model: &'e Model<'p>,
    pub(super) extra: &'e X,
    pub(super) seed: u64,
}

/// Hosts in parts.
struct Division {
    hosts: Vec<Vec<usize>>,
    /// By host: its part.
    part_of: Vec<usize>,
    shares: Vec<Share>,
}

impl<'e, 'p, X: Extra> Parts<'e, 'p, X> {
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
            let division = self.divide(round, parts);
            let lacking = self.lacking(&best, &division);
            best = self.round(best, division, &lacking, Self::place);
        }
        best
    }

    /// Makes the shifts that make most better, until none does within any part of the hosts.
    pub(super) fn descend(&self, mut best: Found) -> Found {
        let parts = (self.model.problem.hosts.len() / HOSTS).max(1);
        for round in 0..DESCENTS.min(parts) {
            best = self.round(best, self.divide(round, parts), &vec![true; parts], Self::slope);
        }
        best
    }

    fn divide(&self, round: usize, parts: usize) -> Division {
        let mut order: Vec<usize> = (0..self.model.problem.hosts.len()).collect();
        Dice::new(self.seed, &[PURPOSE, round as u64]).shuffle(&mut order);
        let mut hosts = vec![Vec::new(); parts];
        let mut part_of = vec![0; order.len()];
        for (nth, host) in order.into_iter().enumerate() {
            hosts[nth % parts].push(host);
            part_of[host] = nth % parts;
        }
        for hosts in &mut hosts {
            hosts.sort_unstable();
        }
        let shares = (0..parts).map(|part| Share { lane: part, lanes: parts, round }).collect();
        Division { hosts, part_of, shares }
    }

    /// Works on those parts that are `wanted`.
    fn round(
        &self,
        best: Found,
        division: Division,
        wanted: &[bool],
        work: impl Fn(&Self, &Found, Share, &[usize]) -> State<'e, 'p> + Sync,
    ) -> Found {
        let parts = division.hosts.into_par_iter().zip(division.shares).zip(wanted);
        let parts = parts.filter(|(_, wanted)| **wanted);
        let found: Vec<Vec<(usize, usize)>> = parts
            .map(|((hosts, share), _)| {
                let state = work(self, &best, share, &hosts);
                state.units.iter().map(|&unit| (unit, state.at[unit])).collect()
            })
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

    /// By part: whether anything is left out that it might place.
    fn lacking(&self, best: &Found, division: &Division) -> Vec<bool> {
        let shares = &division.shares;
        let mut lacking = vec![false; shares.len()];
        let left_out = |(unit, at): &(usize, &usize)| self.model.is_left_out(*unit, **at);
        for (unit, &at) in best.at.iter().enumerate().filter(left_out) {
            if let Some(&part) = division.part_of.get(at) {
                lacking[part] = true;
            } else {
                lacking.iter_mut().zip(shares).for_each(|(one, share)| *one |= share.owns(unit));
            }
        }
        lacking
    }

    fn search(&self, best: &Found, share: Share, hosts: &[usize]) -> Search<'e, 'p, X> {
        let state = State::block(self.model, &best.at, hosts.to_vec(), share);
        let mut search = Search { state, extra: self.extra.clone() };
        search.focus_within(&best.at, share);
        search
    }

    /// One part with what is left out placed, by the best method.
    fn place(&self, best: &Found, share: Share, hosts: &[usize]) -> State<'e, 'p> {
        let tried = METHODS.into_iter().map(|method| {
            let mut search = self.search(best, share, hosts);
            search.construct(method);
            search.eject(TRIALS);
            search.state
        });
        let state = tried.min_by_key(|state| state.score);
        state.unwrap_or_else(|| self.search(best, share, hosts).state)
    }

    /// One part after the descent.
    fn slope(&self, best: &Found, share: Share, hosts: &[usize]) -> State<'e, 'p> {
        let mut search = self.search(best, share, hosts);
        search.descend();
        search.state
    }
}

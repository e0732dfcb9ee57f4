//! Anneals in several ways: tries which temper is best, takes that, and goes on from what it found.

use rayon::prelude::*;

use super::effort::Effort;
use super::extra::Extra;
use super::found::Found;
use super::lanes::{Way, Ways};
use super::model::Model;
use super::tempers::{AGAIN, TEMPERS, TRIALS, Temper, USUAL};

/// How many hosts a lane has at least.
const HOSTS: usize = 20;
/// How many lanes there are at least, in which the search goes its own way where hosts are few.
const LANES: usize = 2;
/// How many lanes there are at most.
const MOST: usize = 8;
/// How many hosts a lane has where there are many.
const MANY: usize = 300;
/// From how many steps for each unit on tempers are tried: with fewer, a trial tells nothing.
const TRIED: u64 = 1_500;

/// Anneals from where it stands; never worse than that.
pub(super) fn anneal<X: Extra>(model: &Model<'_>, extra: &X, start: &Found, effort: Effort) -> Found {
    let ways = Ways { model, extra, start, seed: effort.seed };
    if effort.steps / (model.units.len() as u64).max(1) < TRIED {
        return ways.long(USUAL, effort.steps);
    }
    let (mut best, temper) = ways.trials(effort.steps);
    let again: u64 = AGAIN.iter().map(|again| again.percent).sum();
    let tried: u64 = TRIALS.iter().map(|trial| trial.percent * trial.tempers as u64).sum();
    let steps = effort.steps / 100 * 100_u64.saturating_sub(again + tried);
    best = best.or_better(ways.long(temper, steps));
    for (nth, again) in AGAIN.iter().enumerate() {
        let ways = Ways { start: &best.clone(), seed: effort.seed + 1 + nth as u64, ..ways };
        best = ways.long(temper.colder(again.colder), effort.steps / 100 * again.percent);
    }
    best
}

impl<X: Extra> Ways<'_, '_, X> {
    /// The best that is found while tempers are tried, and the best temper.
    fn trials(&self, steps: u64) -> (Found, Temper) {
        let (mut best, mut tempers) = (self.start.clone(), TEMPERS.to_vec());
        for trial in TRIALS {
            tempers.truncate(trial.tempers);
            let mut tried = self.each(&tempers, steps / 100 * trial.percent);
            tried.sort_by_key(|(_, found)| found.score);
            tempers = tried.iter().map(|&(temper, _)| temper).collect();
            best = tried.into_iter().fold(best, |best, (_, one)| best.or_better(one));
        }
        (best, tempers.first().copied().unwrap_or(USUAL))
    }

    /// A way for each temper, side by side.
    fn each(&self, tempers: &[Temper], steps: u64) -> Vec<(Temper, Found)> {
        let ways = tempers.par_iter().enumerate();
        ways.map(|(way, &temper)| (temper, Way::new(self, temper, steps, way, 1).go())).collect()
    }

    /// One way in lanes; where hosts are few, several.
    fn long(&self, temper: Temper, steps: u64) -> Found {
        let hosts = self.model.problem.hosts.len();
        if hosts >= LANES * HOSTS {
            let lanes = (hosts / MANY).clamp(LANES, MOST);
            return Way::new(self, temper, steps, 0, lanes).go();
        }
        let ways = self.each(&[temper; LANES], steps / LANES as u64);
        ways.into_iter().fold(self.start.clone(), |best, (_, one)| best.or_better(one))
    }
}

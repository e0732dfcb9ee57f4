//! All that single moves can come to.

use std::collections::BTreeSet;

use super::game::{Asked, At, Game};
use crate::compat::HostIndex;
use crate::plan::MoveMode;

/// How far a unit is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Stage {
    Home,
    Waiting(HostIndex),
    Done(HostIndex),
}

/// The best that any order of moves comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Best {
    /// Units that stay, of those that are to leave and of those that are to come.
    pub(super) stay: [usize; 2],
    /// Guests left out, as few as can be.
    pub(super) left: usize,
}

impl Game<'_> {
    /// Where all guests are.
    pub(super) fn at(&self, stages: &[Stage]) -> At {
        let mut at = self.homes.clone();
        for (unit, stage) in self.units.iter().zip(stages) {
            if let Stage::Waiting(host) | Stage::Done(host) = *stage {
                unit.guests.iter().for_each(|&guest| at[guest] = host);
            }
        }
        at
    }

    /// What can come next.
    fn next(&self, stages: &[Stage]) -> Vec<Vec<Stage>> {
        let at = self.at(stages);
        let mut all = Vec::new();
        for (which, unit) in self.units.iter().enumerate() {
            let arriving = |host: HostIndex| -> Vec<usize> {
                unit.guests.iter().copied().filter(|&guest| at[guest] != host).collect()
            };
            let mut go = |stage: Stage, host: HostIndex| {
                let arriving = arriving(host);
                if !arriving.is_empty() && self.fits(&at, &arriving, host) {
                    let mut next = stages.to_vec();
                    next[which] = stage;
                    all.push(next);
                }
            };
            match stages[which] {
                Stage::Home => {
                    unit.hosts.iter().for_each(|&host| go(Stage::Done(host), host));
                    unit.ways.iter().for_each(|&host| go(Stage::Waiting(host), host));
                }
                Stage::Waiting(_) => {
                    let live = |host: &&HostIndex| self.mode(unit.guests[0], **host) == Some(MoveMode::Live);
                    unit.hosts.iter().filter(live).for_each(|&host| go(Stage::Done(host), host));
                }
                Stage::Done(_) => {}
            }
        }
        all
    }

    /// How many units stay that are asked this.
    fn staying(&self, stages: &[Stage], asked: Asked) -> usize {
        let units = self.units.iter().zip(stages);
        units.filter(|(unit, stage)| unit.asked == asked && **stage == Stage::Home).count()
    }

    /// How many guests of which something is asked do not move.
    fn left(&self, stages: &[Stage]) -> usize {
        let still = |guest: usize, stage: Stage| match stage {
            Stage::Done(host) => self.homes[guest] == host,
            _ => true,
        };
        let units = self.units.iter().zip(stages);
        units.map(|(unit, stage)| unit.own.iter().filter(|&&guest| still(guest, *stage)).count()).sum()
    }

    /// Tries all orders of moves; `None` where there are more than can be looked at.
    pub(super) fn best(&self) -> Option<Best> {
        let first = vec![Stage::Home; self.units.len()];
        let mut seen: BTreeSet<Vec<Stage>> = BTreeSet::from([first.clone()]);
        let mut waiting = vec![first];
        let mut best = Best { stay: [usize::MAX; 2], left: usize::MAX };
        while let Some(stages) = waiting.pop() {
            if stages.iter().all(|stage| !matches!(stage, Stage::Waiting(_))) {
                let stay = [Asked::Leave, Asked::Come].map(|asked| self.staying(&stages, asked));
                best.stay = stay.min(best.stay);
                best.left = self.left(&stages).min(best.left);
            }
            for next in self.next(&stages) {
                if seen.insert(next.clone()) {
                    waiting.push(next);
                }
            }
            if seen.len() > 40_000 {
                return None;
            }
        }
        Some(best)
    }
}

//! Which hosts are lost.

use rayon::prelude::*;

use super::loss::Loss;
use super::restart::Restart;
use crate::compat::HostIndex;

/// How many hosts are lost at the same time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Losses {
    /// One.
    Single,
    /// One, and each pair.
    Pairs,
}

/// The most hosts of which all pairs are tried.
const MOST: usize = 400;

/// Pairs of so many hosts are too many.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the loss of two hosts is tried for up to {MOST} hosts, and there are {0}")]
pub struct PairsRefused(pub usize);

/// Each host by itself.
pub(super) fn single(hosts: usize) -> Vec<Vec<HostIndex>> {
    (0..hosts).map(|host| vec![host]).collect()
}

/// Each pair of hosts, where that is asked.
pub(super) fn pairs(hosts: usize, losses: Losses) -> Result<Option<Vec<Vec<HostIndex>>>, PairsRefused> {
    match losses {
        Losses::Single => Ok(None),
        Losses::Pairs if hosts > MOST => Err(PairsRefused(hosts)),
        Losses::Pairs => {
            let with = |one: HostIndex| (one + 1..hosts).map(move |other| vec![one, other]);
            Ok(Some((0..hosts).flat_map(with).collect()))
        }
    }
}

/// What becomes of each of these losses.
pub(super) fn each(restart: &Restart<'_>, losses: Vec<Vec<HostIndex>>) -> Vec<Loss> {
    losses.into_par_iter().map(|hosts| restart.loss(hosts)).collect()
}

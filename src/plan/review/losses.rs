//! Which hosts are lost.

use rayon::prelude::*;

use super::loss::Loss;
use super::restart::Restart;
use super::stranded::{self, Barred};
use crate::compat::{Chart, HostIndex};
use crate::plan::needs::Needs;

/// How many hosts are lost at the same time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Losses {
    /// None: each guest would be asked of each host, which takes long on large clusters.
    None,
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

/// What becomes of the guests of lost hosts.
#[derive(Default)]
pub(super) struct Lost {
    /// Of each host.
    pub(super) singles: Vec<Loss>,
    /// Of each pair of hosts, where that is asked.
    pub(super) pairs: Option<Vec<Loss>>,
    /// What keeps guests of lost hosts from others.
    pub(super) barred: Vec<Barred>,
}

/// Tries all losses that are asked.
pub(super) fn lost(chart: &Chart<'_>, needs: &Needs<'_>, asked: Losses) -> Result<Lost, PairsRefused> {
    let hosts = needs.hosts.len();
    let pairs = pairs(hosts, asked)?;
    if asked == Losses::None {
        return Ok(Lost::default());
    }
    let restart = Restart::new(needs);
    let singles = each(&restart, single(hosts));
    let barred = stranded::barred(chart, &restart, &singles);
    Ok(Lost { barred, pairs: pairs.map(|pairs| each(&restart, pairs)), singles })
}

/// Each host by itself.
fn single(hosts: usize) -> Vec<Vec<HostIndex>> {
    (0..hosts).map(|host| vec![host]).collect()
}

/// Each pair of hosts, where that is asked.
fn pairs(hosts: usize, losses: Losses) -> Result<Option<Vec<Vec<HostIndex>>>, PairsRefused> {
    match losses {
        Losses::None | Losses::Single => Ok(None),
        Losses::Pairs if hosts > MOST => Err(PairsRefused(hosts)),
        Losses::Pairs => {
            let with = |one: HostIndex| (one + 1..hosts).map(move |other| vec![one, other]);
            Ok(Some((0..hosts).flat_map(with).collect()))
        }
    }
}

/// What becomes of each of these losses.
fn each(restart: &Restart<'_>, losses: Vec<Vec<HostIndex>>) -> Vec<Loss> {
    losses.into_par_iter().map(|hosts| restart.loss(hosts)).collect()
}

//! Pass after pass, of which the best is kept.

use std::collections::BTreeSet;

use rayon::prelude::*;

use super::bound::bound;
use super::key::Seed;
use super::pass::Pass;
use super::{Problem, Resource, Timetable};

/// How hard a timetable is searched for; counted and not timed, so that the same problem gives the same timetable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Effort {
    /// How many jobs are looked at in all passes together, at most.
    pub jobs: usize,
    /// How many passes are made at most, however few jobs there are.
    pub passes: usize,
}

impl Default for Effort {
    fn default() -> Self {
        Self { jobs: 400_000, passes: 2_048 }
    }
}

/// So many passes are made before it is asked whether another can be better.
const ROUND: usize = 64;

/// A timetable for the jobs of a problem: the fewest that never start, then the earliest end, as far as
/// `effort` goes. It stops early where [`bound`] tells that none ends earlier.
pub fn timetable(problem: &Problem, effort: Effort) -> Timetable {
    let passes = (effort.jobs / problem.jobs.len().max(1)).clamp(1, effort.passes.max(1));
    let least = bound(problem).end();
    let mut best = Pass::new(problem, Seed(0)).run();
    let mut done = 1;
    let mut held = takers(problem, &best);
    while done < passes && !(best.stuck.is_empty() && best.end <= least) {
        let round = done..(done + ROUND).min(passes);
        done = round.end;
        let pass = |seed: usize| {
            let seed = Seed(seed as u64);
            Pass::new(problem, seed).holding(&seed.some_of(&held)).run()
        };
        let made: Vec<Timetable> = round.into_par_iter().map(pass).collect();
        held.extend(made.iter().flat_map(|table| takers(problem, table)));
        let found = made.into_iter().min_by_key(|one| one.cost(problem));
        best = found.filter(|one| one.cost(problem) < best.cost(problem)).unwrap_or(best);
    }
    best
}

/// The jobs that took what others wait for in vain: had they let these go first, all might have started.
fn takers(problem: &Problem, table: &Timetable) -> BTreeSet<usize> {
    let stores = table.stuck.iter().filter_map(|stuck| match stuck.waits_for {
        Some(Resource::Store(store)) => Some(store),
        _ => None,
    });
    let stores: BTreeSet<usize> = stores.collect();
    let took = |job: &usize| {
        let mut takes = problem.jobs[*job].takes.iter();
        table.starts[*job].is_some() && takes.any(|part| part.amount > 0 && stores.contains(&part.of))
    };
    (0..problem.jobs.len()).filter(took).collect()
}

//! One after the other: all ways where they are few; else places what is left out, anneals, and places
//! blocks anew.

use rayon::prelude::*;

use super::chain::Search;
use super::construct::METHODS;
use super::dice::Dice;
use super::door;
use super::effort::Effort;
use super::error::ProblemError;
use super::extra::{Extra, Share};
use super::found::Found;
use super::model::Model;
use super::parts::Parts;
use super::problem::{Positions, Problem};
use super::score::Score;
use super::state::State;
use super::ways::anneal;

/// So many units at most are placed in all ways there are.
const FEW_UNITS: usize = 12;
/// On so many hosts at most.
const FEW_HOSTS: usize = 12;
/// How many trials of chains what is left out is worth, each.
const TRIALS: u64 = 20_000;
/// The part of all steps that blocks have.
const BLOCKS: u64 = 8;

/// Where each item goes, and how good that is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// By item: the host it is on in the end, or nowhere.
    pub at: Positions,
    /// The items that are left out: at home where that is not permitted, nowhere, or not together.
    pub left_out: Vec<usize>,
    /// How good it is.
    pub score: Score,
    /// How good it was at the start.
    pub start: Score,
    /// Whether all ways were tried, so that there is no better.
    pub best: bool,
}

/// Finds where each item goes: never worse than it is, the same for the same effort and any number
/// of threads.
///
/// # Errors
/// [`ProblemError`] where the problem has numbers that do not fit together.
pub fn place<X: Extra>(problem: &Problem, extra: &X, effort: Effort) -> Result<Outcome, ProblemError> {
    door::check(problem)?;
    let model = Model::new(problem);
    let start = Found::new(&model, extra, model.units.start()).ok_or(ProblemError::Start)?;
    let engine = Engine { model: &model, extra, effort };
    let (found, best) = engine.limited(start.clone());
    let units = found.at.iter().enumerate().filter(|&(unit, &at)| model.is_left_out(unit, at));
    let mut left_out: Vec<usize> = units.flat_map(|(unit, _)| model.units.items.of(unit).to_vec()).collect();
    left_out.sort_unstable();
    let at = model.units.positions(problem, &found.at);
    Ok(Outcome { at, left_out, score: found.score, start: start.score, best })
}

/// All that stays the same.
struct Engine<'e, 'p, X> {
    model: &'e Model<'p>,
    extra: &'e X,
    effort: Effort,
}

impl<'e, 'p, X: Extra> Engine<'e, 'p, X> {
    /// The best that is found with no more moves than may be, and whether there is no better.
    fn limited(&self, start: Found) -> (Found, bool) {
        let (found, best) = self.run(start.clone());
        let Some(most) = self.model.problem.most_moves else { return (found, best) };
        let mut search = self.search(&found);
        let at_most = search.recall(most);
        let few = Found::new(self.model, self.extra, search.state.at);
        match few.filter(|few| at_most && few.score <= start.score) {
            Some(few) => (few.clone(), best && few.at == found.at),
            None => (start, false),
        }
    }

    /// The best that is found, and whether there is no better.
    fn run(&self, start: Found) -> (Found, bool) {
        let few = self.model.units.len() <= FEW_UNITS && self.model.problem.hosts.len() <= FEW_HOSTS;
        if few {
            let mut search = self.search(&start);
            let (units, hosts) = (search.state.units.clone(), search.state.hosts.clone());
            let mut steps = self.effort.steps;
            let all = search.resolve(&units, &hosts, &mut steps);
            let found = self.better(start, search.state.at);
            if all {
                return (found, true);
            }
            return (self.search_on(found), false);
        }
        (self.search_on(start), false)
    }

    fn search_on(&self, mut best: Found) -> Found {
        let parts = Parts { model: self.model, extra: self.extra, seed: self.effort.seed };
        if best.score.left_out > 0 {
            best = self.build(parts.build(best));
        }
        if self.effort.steps == 0 {
            return best;
        }
        // Where nothing had to move, little may: the steepest way finds that, and annealing goes on from there.
        let gentle = self.model.gentle;
        if gentle.is_some() {
            best = parts.descend(best);
        }
        let part = self.effort.steps / BLOCKS;
        best = self.blocks(best, 0, part / 2);
        best =
            anneal(self.model, self.extra, &best, Effort { steps: self.effort.steps - part, ..self.effort });
        best = self.blocks(best, 1, part / 2);
        if gentle.is_some() { parts.descend(best) } else { best }
    }

    fn search(&self, from: &Found) -> Search<'e, 'p, X> {
        let mut search = Search { state: State::whole(self.model, &from.at), extra: self.extra.clone() };
        search.focus(Share::ALL);
        search
    }

    /// What is left out is placed by each method; the best counts.
    fn build(&self, start: Found) -> Found {
        if start.score.left_out == 0 {
            return start;
        }
        let found: Vec<Vec<usize>> = METHODS
            .into_par_iter()
            .map(|method| {
                let mut search = self.search(&start);
                search.construct(method);
                search.eject(TRIALS);
                search.state.at
            })
            .collect();
        found.into_iter().fold(start, |best, at| self.better(best, at))
    }

    fn blocks(&self, best: Found, turn: u64, steps: u64) -> Found {
        if !X::NOTHING {
            return best;
        }
        let mut search = self.search(&best);
        search.improve(&mut Dice::new(self.effort.seed, &[u64::MAX, turn]), steps);
        self.better(best, search.state.at)
    }

    fn better(&self, best: Found, at: Vec<usize>) -> Found {
        match Found::new(self.model, self.extra, at) {
            Some(found) if found.score < best.score => found,
            _ => best,
        }
    }
}

//! Where each item goes: an engine that knows hosts, items and costs, and no word of libvirt.

mod anneal;
mod areas;
mod chain;
mod costs;
mod crowds;
mod dice;
mod door;
mod effort;
mod error;
mod extra;
mod lanes;
mod model;
mod problem;
mod rows;
mod schedule;
mod score;
mod state;
mod units;

pub use effort::Effort;
pub use error::ProblemError;
pub use extra::{Extra, Share};
pub use problem::{Balance, Group, Host, Item, Limit, Positions, Problem, Resource, Rule};
pub use score::Score;

/// Where each item goes, and how good that is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// By item: the host it is on in the end, or nowhere.
    pub at: Positions,
    /// How good it is.
    pub score: Score,
    /// How good it was at the start.
    pub start: Score,
}

/// Places all items.
///
/// # Errors
/// [`ProblemError`] where the problem has numbers that do not fit together.
pub fn place<X: Extra>(problem: &Problem, extra: &X, effort: Effort) -> Result<Outcome, ProblemError> {
    door::check(problem)?;
    let model = model::Model::new(problem);
    let start = lanes::Found::new(&model, extra, model.units.start()).ok_or(ProblemError::Start)?;
    let was = start.score;
    let best = lanes::anneal(&model, extra, start, effort);
    Ok(Outcome { at: model.units.positions(problem, &best.at), score: best.score, start: was })
}

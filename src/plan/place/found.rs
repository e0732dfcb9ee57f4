//! Where units are after a search.

use super::extra::Extra;
use super::model::Model;
use super::score::Score;

/// Where units are, and how good that is.
#[derive(Clone)]
pub(super) struct Found {
    /// By unit.
    pub(super) at: Vec<usize>,
    /// How good it is.
    pub(super) score: Score,
}

impl Found {
    /// `None` where it does not hold beyond the problem.
    pub(super) fn new<X: Extra>(model: &Model<'_>, extra: &X, at: Vec<usize>) -> Option<Self> {
        let beyond = extra.cost(&model.units.positions(model.problem, &at))?;
        let (score, fits) = model.count(&at);
        fits.then(|| Self { at, score: score + Score::of_cost(beyond) })
    }

    /// The better of two; this where they are as good.
    pub(super) fn or_better(self, other: Self) -> Self {
        if other.score < self.score { other } else { self }
    }
}

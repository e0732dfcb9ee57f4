//! What only some who ask want: constraints and costs beyond those of the problem.

/// Constraints and costs beyond those of [`Problem`](super::Problem).
///
/// The search tells it each change and asks before each; it may refuse. Several copies of it search
/// side by side, each for hosts of its own, and what they found is put together: whatever a copy
/// allows has to be right whatever the others do to theirs. [`Extra::focus`] tells a copy which
/// hosts are its own.
pub trait Extra: Clone + Send + Sync {
    /// Whether it asks nothing at all, so that it need not be asked.
    const NOTHING: bool = false;

    /// What all of it costs; `None` where it does not hold.
    fn cost(&self, at: &[Option<usize>]) -> Option<i64>;

    /// From now on the items are `at`, and those on the hosts that are `mine` change in this copy
    /// only. What bears on several copies belongs to one of them: number `n` to that with
    /// [`Share::owns`].
    fn focus(&mut self, at: &[Option<usize>], mine: &[bool], share: Share);

    /// Hosts of one bond are in one copy where there are bonds enough.
    fn bond(&self, host: usize) -> usize;

    /// What changes by the move of one item; `None` where it may not.
    fn change(&self, item: usize, from: Option<usize>, to: Option<usize>) -> Option<i64>;

    /// The item moves.
    fn apply(&mut self, item: usize, from: Option<usize>, to: Option<usize>);

    /// How much one move can save at most.
    fn relief(&self) -> i64;
}

/// Which of several copies one is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Share {
    /// Its number in this round.
    pub lane: usize,
    /// How many there are.
    pub lanes: usize,
    /// The round.
    pub round: usize,
}

impl Share {
    /// The only one.
    pub const ALL: Self = Self { lane: 0, lanes: 1, round: 0 };

    /// Whether thing number `n` is this one's; in each round each thing is exactly one's.
    pub fn owns(self, n: usize) -> bool {
        (n + self.round) % self.lanes == self.lane
    }
}

/// Nothing beyond the problem.
impl Extra for () {
    const NOTHING: bool = true;

    fn cost(&self, _: &[Option<usize>]) -> Option<i64> {
        Some(0)
    }

    fn focus(&mut self, _: &[Option<usize>], _: &[bool], _: Share) {}

    fn bond(&self, host: usize) -> usize {
        host
    }

    fn change(&self, _: usize, _: Option<usize>, _: Option<usize>) -> Option<i64> {
        Some(0)
    }

    fn apply(&mut self, _: usize, _: Option<usize>, _: Option<usize>) {}

    fn relief(&self) -> i64 {
        0
    }
}

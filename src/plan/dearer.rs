//! The evenest placement of those with no more moves than may be.

use super::place::{Effort, Item, Outcome, Problem, place};

/// How many times a move is made twice as dear.
const DOUBLINGS: usize = 7;

/// Places all items. Where more moves are worth their cost than may be made, those that cost `worth` get dearer and dearer, and the
/// evenest counts: that is better than to leave out of many moves those that bring the least. Nothing where numbers do not fit
/// together.
pub(super) fn evenest(mut problem: Problem, worth: u64, effort: Effort) -> Option<Outcome> {
    let mut best = place(&problem, &(), effort).ok()?;
    let (mut moved, mut least) = paid(&problem, &best);
    let elastic: Vec<usize> =
        (0..problem.items.len()).filter(|&at| problem.items[at].moving == worth).collect();
    for _ in 0..DOUBLINGS {
        if problem.most_moves.is_none_or(|most| moved < most) {
            break;
        }
        for &at in &elastic {
            problem.items[at].moving *= 2;
        }
        let found = place(&problem, &(), effort).ok()?;
        let uneven;
        (moved, uneven) = paid(&problem, &found);
        if uneven < least {
            (best, least) = (found, uneven);
        }
    }
    Some(best)
}

/// How many items have moved that pay for it, and what all costs without that.
fn paid(problem: &Problem, found: &Outcome) -> (usize, (i64, i64)) {
    let all = problem.items.iter().zip(&found.at);
    let moved: Vec<&Item> =
        all.filter(|(item, at)| item.moving > 0 && item.home != **at).map(|(item, _)| item).collect();
    let paid: u64 = moved.iter().map(|item| item.moving).sum();
    let paid = i64::try_from(paid).unwrap_or(i64::MAX);
    (moved.len(), (found.score.left_out, found.score.cost.saturating_sub(paid)))
}

//! Mistakes by kind: each is a way to plant it, by an argument of its own why the plan is wrong then, and what the verifier is to tell.

mod figures;
mod groups;
mod limits;
mod order;
mod routes;
mod rows;

use super::case::{Case, Dice, Wrong};
use crate::plan::ViolationKind as Kind;

/// A kind of mistake.
pub(super) struct Mistake {
    /// What is wrong.
    pub(super) name: &'static str,
    /// One of these is to be told.
    pub(super) seen_as: &'static [Kind],
    /// Plants it, unless the plan has no place for it or would be right all the same.
    pub(super) plant: fn(&Case<'_>, &mut Dice) -> Option<Wrong>,
}

const fn mistake(
    name: &'static str,
    seen_as: &'static [Kind],
    plant: fn(&Case<'_>, &mut Dice) -> Option<Wrong>,
) -> Mistake {
    Mistake { name, seen_as, plant }
}

/// All kinds.
pub(super) fn all() -> Vec<&'static Mistake> {
    [routes::ALL, rows::ALL, order::ALL, groups::ALL, limits::ALL, figures::ALL]
        .into_iter()
        .flatten()
        .collect()
}

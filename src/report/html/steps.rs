//! What persons have to do, with links to the guests.

use super::links::{Linked, Links};
use crate::plan::PlanDocument;
use crate::report::steps;

/// Guests of a step that are told in the open, at most, and how many stand before the rest where there are more.
const GUESTS: (usize, usize) = (14, 6);

/// What is to be done until one time.
pub(super) struct Stage {
    /// Until when.
    pub(super) when: &'static str,
    pub(super) kinds: Vec<Kind>,
    /// The number of the first of them among those of all times.
    pub(super) first: usize,
}

/// What one rule asks for.
pub(super) struct Kind {
    pub(super) rule: String,
    pub(super) told: Vec<Step>,
    pub(super) folded: Vec<Step>,
    /// How many are folded, for how many guests.
    pub(super) summary: String,
}

/// One text, and for whom.
pub(super) struct Step {
    pub(super) text: String,
    /// Those that are told in the open, and those that are folded away.
    pub(super) guests: (Vec<Linked>, Vec<Linked>),
}

/// What persons have to do, by when and by rule; at most `most` kinds. How many kinds there are in all.
pub(super) fn stages(plans: &[&PlanDocument], links: &Links, most: usize) -> (Vec<Stage>, usize) {
    let mut all = 0;
    let mut told = Vec::new();
    for stage in steps::stages(plans) {
        let room = most.saturating_sub(all);
        let kinds: Vec<Kind> = stage.kinds.iter().take(room).map(|one| kind(one, links)).collect();
        if !kinds.is_empty() {
            told.push(Stage { when: stage.when.at_length(), kinds, first: all + 1 });
        }
        all += stage.kinds.len();
    }
    (told, all)
}

fn kind(one: &steps::Kind<'_>, links: &Links) -> Kind {
    let all = |steps: &[steps::Step<'_>]| steps.iter().map(|one| step(one, links)).collect();
    Kind { rule: one.rule.to_owned(), told: all(&one.told), folded: all(&one.folded), summary: one.summary() }
}

fn step(one: &steps::Step<'_>, links: &Links) -> Step {
    let mut open: Vec<Linked> = one.guests.iter().map(|name| links.guest(name)).collect();
    let folded = if open.len() > GUESTS.0 { open.split_off(GUESTS.1) } else { Vec::new() };
    Step { text: one.text.to_owned(), guests: (open, folded) }
}

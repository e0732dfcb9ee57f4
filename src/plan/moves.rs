//! A plan and its moves.

use super::commands::Commands;
use super::figures::{Figures, SinceRecord};
use super::mode::MoveMode;
use super::motive::Motive;
use super::preparation::{Preparation, When};
use super::shortfall::Shortfall;
use super::timing::Estimate;
use super::why::LeftOut;
use crate::compat::{GuestIndex, HostIndex};
use crate::model::{Intent, Memory};

/// One guest, one source, one destination, one mode.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Move {
    /// Its number in the plan, from 1.
    pub number: usize,
    /// The numbers of the moves that must have ended before it starts, in whatever time they took.
    pub after: Vec<usize>,
    /// When it starts if all take what is expected, in milliseconds from the beginning.
    pub start_ms: u64,
    /// What it is expected to take.
    pub estimate: Estimate,
    /// The guest.
    pub guest: GuestIndex,
    /// The host it is on by then; `None` where it is on none yet.
    pub from: Option<HostIndex>,
    /// The host it goes to.
    pub to: HostIndex,
    /// Whether it goes on from there, with a later move: it makes room.
    pub goes_on: bool,
    /// How it moves.
    pub mode: MoveMode,
    /// Whether it runs and is stopped for the move.
    pub stops: bool,
    /// Its memory, without the overhead.
    pub memory: Memory,
    /// What a person has to do for it.
    pub preparations: Vec<Preparation>,
    /// The commands that make the move.
    pub commands: Commands,
    /// Why it is in the plan.
    pub why: Motive,
}

/// Moves that may run at the same time. Who carries a plan out by hand starts the next wave when all have ended; a move may
/// start earlier, when those have that it comes after.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wave {
    /// The moves, by their starts.
    pub moves: Vec<Move>,
}

/// Something persons have to do for moves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// Until when.
    pub when: When,
    /// The id of the rule that asks for it.
    pub rule: String,
    /// What to do.
    pub text: String,
    /// For which guests.
    pub guests: Vec<GuestIndex>,
}

/// What moves where, in which mode and order, and what does not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// What is wanted.
    pub intents: Vec<Intent>,
    /// What it has in common with an older plan, where it was made from what became of one.
    pub since: Option<SinceRecord>,
    /// What its times rest on, for people.
    pub assumptions: Vec<String>,
    /// The waves, in order.
    pub waves: Vec<Wave>,
    /// What persons have to do: by when, and in the order of the first moves that need it.
    pub steps: Vec<Step>,
    /// The guests that should move and do not, with all reasons.
    pub left_out: Vec<LeftOut>,
    /// Sets of guests and hosts that cannot fit.
    pub shortfalls: Vec<Shortfall>,
    /// The plan in figures.
    pub figures: Figures,
}

impl Plan {
    /// The moves, in order.
    pub fn moves(&self) -> impl Iterator<Item = &Move> {
        self.waves.iter().flat_map(|wave| &wave.moves)
    }
}

/// Each step once, with all the guests it is for: first what comes first, and of that what the first moves need.
pub(super) fn steps(waves: &[Wave]) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    let mut known = std::collections::BTreeMap::new();
    for one in waves.iter().flat_map(|wave| &wave.moves) {
        for asked @ Preparation { when, rule, text } in &one.preparations {
            let at = *known.entry(asked).or_insert(steps.len());
            if at == steps.len() {
                let (rule, text) = (rule.clone(), text.clone());
                steps.push(Step { when: *when, rule, text, guests: Vec::new() });
            }
            steps[at].guests.push(one.guest);
        }
    }
    steps.sort_by_key(|step| step.when);
    steps
}

//! What persons have to do: by when, and what one rule asks for together.

use std::collections::BTreeMap;

use super::words::counted;
use crate::plan::{PlanDocument, StepRecord, When};

/// So many texts of one rule all stand in the open.
const OPEN: usize = 2;

/// What is to be done until one time.
pub(super) struct Stage<'p> {
    pub(super) when: When,
    pub(super) kinds: Vec<Kind<'p>>,
}

/// What one rule asks for.
pub(super) struct Kind<'p> {
    pub(super) rule: &'p str,
    pub(super) told: Vec<Step<'p>>,
    /// Like the last one that is told.
    pub(super) folded: Vec<Step<'p>>,
}

/// One text, and for whom.
pub(super) struct Step<'p> {
    pub(super) text: &'p str,
    pub(super) guests: Vec<&'p str>,
}

impl Kind<'_> {
    /// How many texts are folded, and for how many guests these are.
    pub(super) fn summary(&self) -> String {
        let guests: usize = self.folded.iter().map(|step| step.guests.len()).sum();
        format!("{} more of this kind, for {}", self.folded.len(), counted(guests, "other guest"))
    }
}

/// The steps of plans, in their order; the same text stands once. Times at which nothing is to be done are left out.
pub(super) fn stages<'p>(plans: &[&'p PlanDocument]) -> Vec<Stage<'p>> {
    let stage = |when| {
        let steps = plans.iter().flat_map(|plan| &plan.steps).filter(move |step| step.when == when);
        Stage { when, kinds: kinds(steps) }
    };
    When::ALL.into_iter().map(stage).filter(|stage| !stage.kinds.is_empty()).collect()
}

fn kinds<'p>(steps: impl Iterator<Item = &'p StepRecord>) -> Vec<Kind<'p>> {
    let mut order: Vec<(&str, Vec<&str>)> = Vec::new();
    let mut guests: BTreeMap<(&str, &str), Vec<&str>> = BTreeMap::new();
    for StepRecord { rule, text, guests: of, .. } in steps {
        let at = order.iter().position(|(known, _)| known == rule).unwrap_or_else(|| {
            order.push((rule, Vec::new()));
            order.len() - 1
        });
        if !order[at].1.contains(&text.as_str()) {
            order[at].1.push(text);
        }
        guests.entry((rule, text)).or_default().extend(of.iter().map(String::as_str));
    }
    let mut step = |rule, text| Step { text, guests: guests.remove(&(rule, text)).unwrap_or_default() };
    let mut kind = |(rule, texts): (&'p str, Vec<&'p str>)| {
        let mut told: Vec<Step<'_>> = texts.into_iter().map(|text| step(rule, text)).collect();
        let folded = if told.len() > OPEN { told.split_off(1) } else { Vec::new() };
        Kind { rule, told, folded }
    };
    order.into_iter().map(&mut kind).collect()
}

//! What persons have to do: what one rule asks for stands together.

use std::collections::BTreeMap;

use super::links::{Linked, Links};
use crate::plan::{PlanDocument, StepRecord};

/// Guests of a step that are told in the open, at most, and how many stand before the rest where there are more.
const GUESTS: (usize, usize) = (14, 6);
/// So many texts of one rule all stand in the open.
const OPEN: usize = 2;

/// What one rule asks for.
pub(super) struct Kind {
    pub(super) rule: String,
    pub(super) told: Vec<Step>,
    /// Like the last one that is told.
    pub(super) folded: Vec<Step>,
}

/// One text, and for whom.
pub(super) struct Step {
    pub(super) text: String,
    /// Those that are told in the open, and those that are folded away.
    pub(super) guests: (Vec<Linked>, Vec<Linked>),
}

impl Kind {
    /// For how many guests the folded ones are.
    pub(super) fn others(&self) -> usize {
        self.folded.iter().map(|step| step.guests.0.len() + step.guests.1.len()).sum()
    }
}

/// What persons have to do, by rule, in the order in which plans come to it; the same text stands once.
pub(super) fn kinds(plans: &[&PlanDocument], links: &Links) -> Vec<Kind> {
    let mut order: Vec<(&str, Vec<&str>)> = Vec::new();
    let mut guests: BTreeMap<(&str, &str), Vec<&str>> = BTreeMap::new();
    for step in plans.iter().flat_map(|plan| &plan.steps) {
        let StepRecord { rule, text, guests: of } = step;
        let at = order.iter().position(|(known, _)| known == rule).unwrap_or_else(|| {
            order.push((rule, Vec::new()));
            order.len() - 1
        });
        if !order[at].1.contains(&text.as_str()) {
            order[at].1.push(text);
        }
        guests.entry((rule, text)).or_default().extend(of.iter().map(String::as_str));
    }
    let step = |rule: &str, text: &str| {
        let all = guests.get(&(rule, text));
        let mut open: Vec<Linked> = all.into_iter().flatten().map(|name| links.guest(name)).collect();
        let folded = if open.len() > GUESTS.0 { open.split_off(GUESTS.1) } else { Vec::new() };
        Step { text: text.to_owned(), guests: (open, folded) }
    };
    let kind = |(rule, texts): (&str, Vec<&str>)| {
        let mut told: Vec<Step> = texts.into_iter().map(|text| step(rule, text)).collect();
        let folded = if told.len() > OPEN { told.split_off(1) } else { Vec::new() };
        Kind { rule: rule.to_owned(), told, folded }
    };
    order.into_iter().map(kind).collect()
}

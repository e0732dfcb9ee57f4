//! Where in the page hosts and guests are told of: what is cut there has no place.

use std::collections::BTreeMap;

use crate::plan::ReasonRecord;
use crate::report::heatmap::Reason;

/// Moves that are told of in tables, one after the other over all stages.
pub(super) const MOVES: usize = 400;

/// A text that leads to a place in the page, where there is one.
pub(super) struct Linked {
    /// The text.
    pub(super) text: String,
    /// The id of the place.
    pub(super) to: Option<String>,
}

impl Linked {
    /// A text that leads nowhere.
    pub(super) fn no(text: impl Into<String>) -> Self {
        Self { text: text.into(), to: None }
    }

    /// A text that leads to a place.
    pub(super) fn to(text: impl Into<String>, to: impl Into<String>) -> Self {
        Self { text: text.into(), to: Some(to.into()) }
    }

    /// A text that leads to a quoted line, by its number.
    pub(super) fn quote(text: impl Into<String>, quote: Option<usize>) -> Self {
        Self { text: text.into(), to: quote.map(|quote| format!("e{quote}")) }
    }
}

/// Places by name.
pub(super) struct Links {
    hosts: BTreeMap<String, usize>,
    guests: BTreeMap<String, usize>,
    /// By rule and message.
    reasons: BTreeMap<(String, String), usize>,
}

impl Links {
    /// For hosts and reasons in the order in which they are told of.
    pub(super) fn new<'n>(hosts: impl Iterator<Item = &'n str>, reasons: &[Reason]) -> Self {
        let said = |(at, reason): (usize, &Reason)| ((reason.rule.clone(), reason.message.clone()), at);
        Self {
            hosts: hosts.enumerate().map(|(at, name)| (name.to_owned(), at)).collect(),
            guests: BTreeMap::new(),
            reasons: reasons.iter().enumerate().map(said).rev().collect(),
        }
    }

    /// The guests, in the order in which they are told of.
    pub(super) fn name_guests<'n>(&mut self, guests: impl Iterator<Item = &'n str>) {
        self.guests = guests.enumerate().map(|(at, name)| (name.to_owned(), at)).collect();
    }

    /// A host, with its row in the table of room.
    pub(super) fn host(&self, name: &str) -> Linked {
        Linked { text: name.to_owned(), to: self.hosts.get(name).map(|at| format!("h{at}")) }
    }

    /// A guest, with what is told of it by itself.
    pub(super) fn guest(&self, name: &str) -> Linked {
        Linked { text: name.to_owned(), to: self.guests.get(name).map(|at| format!("g{at}")) }
    }

    /// Why a guest does not go somewhere, with the reason as the chart has it and its lines.
    pub(super) fn reason(&self, one: &ReasonRecord) -> Linked {
        let at = self.reasons.get(&(one.rule.clone(), one.message.clone()));
        Linked { text: format!("{} ({})", one.message, one.rule), to: at.map(|at| format!("r{at}")) }
    }
}

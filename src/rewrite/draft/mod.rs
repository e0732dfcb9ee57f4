//! The edits of one rewrite: collected by what they mean, asked for what they leave, spelled once.

mod change;
mod done;
mod fresh;
mod left;
mod paths;
mod white;

pub(super) use change::At;
pub(super) use done::Done;
pub(super) use fresh::Fresh;
pub(super) use left::Left;

use super::edit::Notice;
use crate::compat::Rule;
use crate::text::xml::{Document, Element};
use change::{Change, Entry};
use fresh::Style;

/// The edits so far. All places are in the old text.
pub(super) struct Draft<'d> {
    document: &'d Document<'d>,
    style: Style,
    entries: Vec<Entry<'d>>,
    /// By the number of an element.
    marks: Vec<Mark>,
    gone: Vec<Element<'d>>,
    opened: Vec<Element<'d>>,
    steps: Vec<ToDo<'d>>,
    notices: Vec<Notice>,
}

/// What becomes of an element.
#[derive(Clone, Default)]
struct Mark {
    gone: bool,
    entries: Vec<usize>,
}

/// Something that a person must do about an element.
struct ToDo<'d> {
    rule: &'static str,
    text: String,
    element: Element<'d>,
}

impl<'d> Draft<'d> {
    pub(super) fn new(document: &'d Document<'d>) -> Self {
        Self {
            document,
            style: Style::of(document),
            entries: Vec::new(),
            marks: vec![Mark::default(); document.count()],
            gone: Vec::new(),
            opened: Vec::new(),
            steps: Vec::new(),
            notices: Vec::new(),
        }
    }

    /// An edit of what is deleted, or is inside of that, is none.
    fn push(
        &mut self,
        rule: &Rule,
        reason: impl Into<String>,
        element: Element<'d>,
        change: impl FnOnce(&mut Self) -> Change<'d>,
    ) {
        if self.is_gone(element) {
            return;
        }
        let (reason, change) = (reason.into(), change(self));
        let Self { marks, entries, .. } = self;
        let Some(mark) = marks.get_mut(element.number()) else { return };
        let same = mark.entries.iter().copied().find(|at| entries[*at].is_for(rule, &reason));
        let at = same.unwrap_or_else(|| {
            entries.push(Entry::new(rule, reason, element));
            mark.entries.push(entries.len() - 1);
            entries.len() - 1
        });
        entries[at].changes.push(change);
    }

    /// The edits of an element.
    fn entries_of(&self, element: Element<'_>) -> impl Iterator<Item = &Entry<'d>> {
        let numbers = self.marks.get(element.number()).map(|mark| mark.entries.as_slice());
        numbers.unwrap_or_default().iter().filter_map(|at| self.entries.get(*at))
    }

    fn changes_of(&self, element: Element<'_>) -> impl Iterator<Item = &Change<'d>> {
        self.entries_of(element).flat_map(|entry| &entry.changes)
    }

    /// What an edit has made of an attribute: the first one counts.
    fn change_of(&self, element: Element<'_>, name: &str) -> Option<&Change<'d>> {
        self.changes_of(element).find(|change| change.attribute() == Some(name))
    }

    /// Whether `element` itself is deleted.
    fn goes(&self, element: Element<'_>) -> bool {
        self.marks.get(element.number()).is_some_and(|mark| mark.gone)
    }

    /// Whether `element` or one around it is deleted.
    pub(super) fn is_gone(&self, element: Element<'_>) -> bool {
        !self.gone.is_empty() && std::iter::successors(Some(element), |e| e.parent()).any(|e| self.goes(e))
    }

    /// Deletes `element` with the white space before it.
    pub(super) fn delete(&mut self, rule: &Rule, reason: impl Into<String>, element: Element<'d>) {
        if self.is_gone(element) {
            return;
        }
        // What was changed of it before is lost with it.
        if let Some(mark) = self.marks.get_mut(element.number()) {
            mark.entries.clear();
        }
        self.push(rule, reason, element, |_| Change::Gone);
        if let Some(mark) = self.marks.get_mut(element.number()) {
            mark.gone = true;
        }
        self.gone.push(element);
    }

    /// Gives `element` the attribute `name` with this `value`, where it has another or none.
    pub(super) fn set(
        &mut self,
        rule: &Rule,
        reason: impl Into<String>,
        element: Element<'d>,
        name: &'static str,
        value: &str,
    ) {
        let old = element.attribute(name);
        if old.is_some_and(|old| old.value() == value) || self.change_of(element, name).is_some() {
            return;
        }
        let change = match old {
            Some(old) => Change::Value(old, value.to_owned()),
            None => Change::More(name, value.to_owned()),
        };
        self.push(rule, reason, element, |_| change);
    }

    /// Has `element`, which says something, say `text` instead.
    pub(super) fn say(&mut self, rule: &Rule, reason: impl Into<String>, element: Element<'d>, text: &str) {
        let said = self.changes_of(element).any(|change| matches!(change, Change::Text(..)));
        if let Some(span) = element.content().filter(|_| !said) {
            self.push(rule, reason, element, |_| Change::Text(span, text.to_owned()));
        }
    }

    /// Takes the attribute `name` from `element`, where it has it.
    pub(super) fn unset(&mut self, rule: &Rule, reason: impl Into<String>, element: Element<'d>, name: &str) {
        if let Some(old) = element.attribute(name).filter(|_| self.change_of(element, name).is_none()) {
            self.push(rule, reason, element, |_| Change::Less(old));
        }
    }

    /// Inserts `new` into `parent`, indented as its neighbours are.
    pub(super) fn insert(
        &mut self,
        rule: &Rule,
        reason: impl Into<String>,
        parent: Element<'d>,
        at: At<'d>,
        new: Fresh,
    ) {
        self.push(rule, reason, parent, |draft| {
            let opens = parent.content().is_none() && !draft.opened.contains(&parent);
            if opens {
                draft.opened.push(parent);
            }
            Change::Holds { at, new, opens }
        });
    }

    /// A person must do `text` about `element`.
    pub(super) fn step(&mut self, rule: &Rule, text: impl Into<String>, element: Element<'d>) {
        let step = ToDo { rule: rule.id, text: text.into(), element };
        if !self.steps.iter().any(|other| other.rule == step.rule && other.text == step.text) {
            self.steps.push(step);
        }
    }

    /// Something to know.
    pub(super) fn notice(&mut self, rule: &Rule, blocks: bool, text: impl Into<String>) {
        self.notices.push(Notice { rule: rule.id, text: text.into(), blocks });
    }
}

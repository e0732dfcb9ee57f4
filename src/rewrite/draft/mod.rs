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

/// About how many edits a guest for another architecture takes.
const USUAL: usize = 64;

/// What becomes of an element.
#[derive(Clone, Copy, Default)]
struct Mark {
    gone: bool,
    /// Its first entry; each names the next.
    first: Option<usize>,
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
            entries: Vec::with_capacity(USUAL),
            marks: vec![Mark::default(); document.count()],
            gone: Vec::new(),
            opened: Vec::new(),
            steps: Vec::new(),
            notices: Vec::new(),
        }
    }

    /// Nothing is pushed of what is deleted, or is inside of that.
    fn push(
        &mut self,
        rule: &Rule,
        reason: impl AsRef<str> + Into<String>,
        element: Element<'d>,
        change: Change<'d>,
    ) {
        let (mut same, mut last) = (None, None);
        for (at, entry) in self.entries_of(element) {
            same = same.or_else(|| entry.is_for(rule, reason.as_ref()).then_some(at));
            last = Some(at);
        }
        if let Some(entry) = same.and_then(|at| self.entries.get_mut(at)) {
            return entry.more.push(change);
        }
        let new = Some(self.entries.len());
        match last.and_then(|at| self.entries.get_mut(at)) {
            Some(last) => last.next = new,
            None => self.mark(element, |mark| mark.first = new),
        }
        self.entries.push(Entry::new(rule, reason.into(), element, change));
    }

    fn mark(&mut self, element: Element<'_>, set: impl FnMut(&mut Mark)) {
        self.marks.get_mut(element.number()).into_iter().for_each(set);
    }

    /// The edits of an element, with their numbers.
    fn entries_of(&self, element: Element<'_>) -> impl Iterator<Item = (usize, &Entry<'d>)> {
        let numbered = |at: usize| Some((at, self.entries.get(at)?));
        let first = self.marks.get(element.number()).and_then(|mark| mark.first);
        std::iter::successors(first.and_then(numbered), move |(_, entry)| entry.next.and_then(numbered))
    }

    fn changes_of(&self, element: Element<'_>) -> impl Iterator<Item = &Change<'d>> {
        self.entries_of(element).flat_map(|(_, entry)| entry.changes())
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
    pub(super) fn delete(
        &mut self,
        rule: &Rule,
        reason: impl AsRef<str> + Into<String>,
        element: Element<'d>,
    ) {
        if self.is_gone(element) {
            return;
        }
        // What was changed of it before is lost with it.
        self.mark(element, |mark| mark.first = None);
        self.push(rule, reason, element, Change::Gone);
        self.mark(element, |mark| mark.gone = true);
        self.gone.push(element);
    }

    /// Gives `element` the attribute `name` with this `value`, where it has another or none.
    pub(super) fn set(
        &mut self,
        rule: &Rule,
        reason: impl AsRef<str> + Into<String>,
        element: Element<'d>,
        name: &'static str,
        value: &str,
    ) {
        let old = element.attribute(name);
        let stays = old.is_some_and(|old| old.value() == value);
        if stays || self.is_gone(element) || self.change_of(element, name).is_some() {
            return;
        }
        let change = match old {
            Some(old) => Change::Value(old, value.to_owned()),
            None => Change::More(name, value.to_owned()),
        };
        self.push(rule, reason, element, change);
    }

    /// The guest notices nothing of what `rule` has changed of `element`.
    pub(super) fn unnoticed(&mut self, rule: &Rule, element: Element<'d>) {
        let edits: Vec<usize> = self.entries_of(element).map(|(at, _)| at).collect();
        for at in edits {
            if let Some(entry) = self.entries.get_mut(at).filter(|entry| entry.rule == rule.id) {
                entry.mend.visible = &[];
            }
        }
    }

    /// Has `element`, which says something, say `text` instead.
    pub(super) fn say(
        &mut self,
        rule: &Rule,
        reason: impl AsRef<str> + Into<String>,
        element: Element<'d>,
        text: &str,
    ) {
        let said = self.changes_of(element).any(|change| matches!(change, Change::Text(..)));
        if let Some(span) = element.content().filter(|_| !said && !self.is_gone(element)) {
            self.push(rule, reason, element, Change::Text(span, text.to_owned()));
        }
    }

    /// Takes the attribute `name` from `element`, where it has it.
    pub(super) fn unset(
        &mut self,
        rule: &Rule,
        reason: impl AsRef<str> + Into<String>,
        element: Element<'d>,
        name: &str,
    ) {
        let Some(old) = element.attribute(name) else { return };
        if !self.is_gone(element) && self.change_of(element, name).is_none() {
            self.push(rule, reason, element, Change::Less(old));
        }
    }

    /// Inserts `new` into `parent`, indented as its neighbours are.
    pub(super) fn insert(
        &mut self,
        rule: &Rule,
        reason: impl AsRef<str> + Into<String>,
        parent: Element<'d>,
        at: At<'d>,
        new: Fresh,
    ) {
        if self.is_gone(parent) {
            return;
        }
        let opens = parent.content().is_none() && !self.opened.contains(&parent);
        if opens {
            self.opened.push(parent);
        }
        self.push(rule, reason, parent, Change::Holds { at, new, opens });
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

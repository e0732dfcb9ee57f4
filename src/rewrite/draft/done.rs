//! From the draft to the new text.

use std::collections::BTreeMap;

use super::super::edit::{Edit, Notice, Step};
use super::change::{Change, Entry};
use super::fresh::Style;
use super::paths::Paths;
use super::white::lead;
use super::{Draft, ToDo};
use crate::text::xml::{Element, Node};
use crate::text::{Span, Splice, SpliceError, splice};

/// What becomes of a draft.
pub(in super::super) struct Done {
    pub(in super::super) text: String,
    pub(in super::super) edits: Vec<Edit>,
    pub(in super::super) steps: Vec<Step>,
    pub(in super::super) notices: Vec<Notice>,
}

impl<'d> Draft<'d> {
    /// The new text, and the edits in the order of the old one.
    pub(in super::super) fn done(mut self) -> Result<Done, SpliceError> {
        let mut paths = Paths::of(self.document);
        let edits = self.edits(&mut paths);
        let text = splice(self.document.text(), edits.iter().flat_map(|edit| &edit.splices))?;
        self.steps.sort_by_key(|step| step.element.span().start);
        let steps = self.steps.into_iter().map(|step| step.told(&mut paths)).collect();
        Ok(Done { text, edits, steps, notices: self.notices })
    }

    fn edits(&mut self, paths: &mut Paths) -> Vec<Edit> {
        let folded = self.folded();
        let entries = std::mem::take(&mut self.entries);
        let mut edits = Vec::with_capacity(entries.len());
        for entry in entries.into_iter().filter(|entry| self.counts(entry)) {
            let (element, deletes) = (entry.element, entry.deletes());
            let mut edit = entry.told(self.document.text(), &self.style, paths);
            if let Some(parent) = folded.get(&element.number()).filter(|_| deletes) {
                fold(*parent, element, &mut edit.splices);
            }
            edits.push(edit);
        }
        edits.sort_by_cached_key(|edit| edit.splices.iter().map(|s| s.span.start).max());
        for parent in &self.opened {
            self.close(*parent, &mut edits);
        }
        edits
    }

    /// Whether it is not inside of what is deleted.
    fn counts(&self, entry: &Entry<'d>) -> bool {
        let around = if entry.deletes() { entry.element.parent() } else { Some(entry.element) };
        !around.is_some_and(|element| self.is_gone(element))
    }

    /// The elements that are left with nothing in them, each by the number of its last child.
    fn folded(&self) -> BTreeMap<usize, Element<'d>> {
        let parents = self.gone.iter().filter_map(|gone| gone.parent());
        let parents: BTreeMap<usize, Element<'d>> = parents.map(|parent| (parent.number(), parent)).collect();
        let emptied =
            parents.into_values().filter(|parent| !self.is_gone(*parent) && self.is_emptied(*parent));
        emptied.filter_map(|parent| Some((parent.children().last()?.number(), parent))).collect()
    }

    fn is_emptied(&self, parent: Element<'d>) -> bool {
        let nothing = |node: Node<'d>| match node {
            Node::Element(child) => self.goes(child),
            Node::Text(_, text) => text.trim().is_empty(),
            Node::Comment(..) | Node::Instruction(..) => false,
        };
        let filled = self.changes_of(parent).any(|change| matches!(change, Change::Holds { .. }));
        !filled && parent.nodes().all(nothing)
    }

    /// Gives the last edit that fills `parent`, which was `<parent/>`, its end tag.
    fn close(&self, parent: Element<'_>, edits: &mut [Edit]) {
        let end = parent.span().end;
        let fills = |edit: &&mut Edit| edit.splices.iter().any(|s| s.span.start == end && s.span.is_empty());
        if let Some(last) = edits.iter_mut().rev().filter(|e| e.span == parent.span()).find(fills) {
            let text = format!("{}</{}>", lead(self.document.text(), parent), parent.name());
            last.splices.push(Splice { span: Span { start: end, end }, text });
        }
    }
}

/// Makes `<parent>` with its end tag `<parent/>`, by the edit that takes the last child away.
fn fold(parent: Element<'_>, last: Element<'_>, splices: &mut Vec<Splice>) {
    let Some(content) = parent.content() else { return };
    let open = Span { start: content.start.saturating_sub(1), end: content.start };
    let rest = Span { start: last.span().end, end: parent.span().end };
    splices.insert(0, Splice { span: open, text: "/>".into() });
    splices.push(Splice { span: rest, text: String::new() });
}

impl Entry<'_> {
    fn told(self, text: &str, style: &Style, paths: &mut Paths) -> Edit {
        let Self { rule, mend, reason, element, change, more, .. } = self;
        let mut splices = Vec::with_capacity(1 + more.len());
        for change in std::iter::once(change).chain(more) {
            change.spell(element, text, style, &mut splices);
        }
        Edit {
            rule,
            reason,
            span: element.span(),
            path: paths.path(element),
            splices,
            safe: mend.safe,
            visible: mend.visible,
        }
    }
}

impl ToDo<'_> {
    fn told(self, paths: &mut Paths) -> Step {
        let Self { rule, text, element } = self;
        Step { rule, text, span: element.span(), path: paths.path(element) }
    }
}

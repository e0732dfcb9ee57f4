//! Collects the edits of one rewrite.

use super::edit::{Edit, Notice, Step};
use super::fresh::{Fresh, Style, lead};
use super::unfit::all_at;
use crate::compat::{Mend, Rule};
use crate::text::xml::{Attribute, Document, Element, Node, escape_attribute, escape_text};
use crate::text::{Span, Splice, SpliceError, splice};

/// Where a new element stands in its parent.
#[derive(Clone, Copy)]
pub(super) enum At<'d> {
    First,
    Last,
    After(Element<'d>),
}

struct Entry {
    edit: Edit,
    deletes: bool,
}

/// The edits so far. All places are in the old text.
pub(super) struct Draft<'d> {
    text: &'d str,
    style: Style,
    entries: Vec<Entry>,
    gone: Vec<Element<'d>>,
    opened: Vec<Element<'d>>,
    pub(super) steps: Vec<Step>,
    pub(super) notices: Vec<Notice>,
}

impl<'d> Draft<'d> {
    pub(super) fn new(document: &'d Document<'d>) -> Self {
        Self {
            text: document.text(),
            style: Style::of(document),
            entries: Vec::new(),
            gone: Vec::new(),
            opened: Vec::new(),
            steps: Vec::new(),
            notices: Vec::new(),
        }
    }

    fn push(&mut self, rule: &Rule, reason: impl Into<String>, element: Element<'_>, splices: Vec<Splice>) {
        let taken = |s: &Splice| !s.span.is_empty() && self.is_edited(element, s.span);
        if splices.iter().any(taken) {
            return;
        }
        let reason = reason.into();
        let same = |entry: &&mut Entry| {
            let edit = &entry.edit;
            edit.rule == rule.id && edit.span == element.span() && edit.reason == reason && !entry.deletes
        };
        if let Some(entry) = self.entries.iter_mut().find(same) {
            return entry.edit.splices.extend(splices);
        }
        let mend = rule.mend.unwrap_or(Mend::UNSAFE);
        let edit = Edit {
            rule: rule.id,
            reason,
            span: element.span(),
            path: element.path(),
            splices,
            safe: mend.safe,
            visible: mend.visible,
        };
        self.entries.push(Entry { edit, deletes: false });
    }

    /// Whether an edit of `element` touches the bytes of `span` already: the first one counts.
    fn is_edited(&self, element: Element<'_>, span: Span) -> bool {
        let own = self.entries.iter().filter(|entry| entry.edit.span == element.span());
        own.flat_map(|entry| &entry.edit.splices).any(|s| s.span.start < span.end && span.start < s.span.end)
    }

    /// Whether `element` or one around it is deleted.
    pub(super) fn is_gone(&self, element: Element<'_>) -> bool {
        self.gone.iter().any(|gone| holds(gone.span(), element.span()))
    }

    /// Deletes `element` with the white space before it.
    pub(super) fn delete(&mut self, rule: &Rule, reason: impl Into<String>, element: Element<'d>) {
        if self.is_gone(element) {
            return;
        }
        let span = element.span();
        let start = before_white(self.text, span.start as usize);
        let cut = Splice { span: Span::new(start, span.end as usize), text: String::new() };
        self.entries.retain(|entry| !holds(span, entry.edit.span));
        self.push(rule, reason, element, vec![cut]);
        if let Some(entry) = self.entries.last_mut() {
            entry.deletes = true;
        }
        self.gone.push(element);
    }

    /// Gives `element` the attribute `name` with this `value`, where it has another or none.
    pub(super) fn set(
        &mut self,
        rule: &Rule,
        reason: impl Into<String>,
        element: Element<'_>,
        name: &str,
        value: &str,
    ) {
        let spelled = escape_attribute(value);
        let splice = match element.attribute(name) {
            Some(old) if old.value() == value => return,
            Some(old) => Splice { span: old.value_span(), text: spelled.into_owned() },
            None => {
                let last = element.attributes().last().map_or(element.name_span(), Attribute::span);
                let quote = self.style.quote;
                let span = Span { start: last.end, end: last.end };
                Splice { span, text: format!(" {name}={quote}{spelled}{quote}") }
            }
        };
        self.push(rule, reason, element, vec![splice]);
    }

    /// Has `element`, which says something, say `text` instead.
    pub(super) fn say(&mut self, rule: &Rule, reason: impl Into<String>, element: Element<'_>, text: &str) {
        if let Some(span) = element.content() {
            let splice = Splice { span, text: escape_text(text).into_owned() };
            self.push(rule, reason, element, vec![splice]);
        }
    }

    /// Takes the attribute `name` from `element`, where it has it.
    pub(super) fn unset(&mut self, rule: &Rule, reason: impl Into<String>, element: Element<'_>, name: &str) {
        if let Some(old) = element.attribute(name) {
            let start = before_white(self.text, old.span().start as usize);
            let cut = Splice { span: Span::new(start, old.span().end as usize), text: String::new() };
            self.push(rule, reason, element, vec![cut]);
        }
    }

    /// Inserts `new` into `parent`, indented as its neighbours are.
    pub(super) fn insert(
        &mut self,
        rule: &Rule,
        reason: impl Into<String>,
        parent: Element<'d>,
        at: At<'d>,
        new: &Fresh,
    ) {
        let deeper = self.style.deeper(lead(self.text, parent));
        let neighbour = match at {
            At::After(element) => Some(element),
            At::First | At::Last => parent.children().next(),
        };
        let lead = neighbour.map_or(deeper.as_str(), |element| lead(self.text, element)).to_owned();
        let text = new.render(&self.style, &lead);
        let mut splices = Vec::new();
        let position = match (parent.content(), at, parent.children().last()) {
            (None, ..) => {
                splices.extend(self.open(parent));
                parent.span().end
            }
            (Some(_), At::After(element), _) | (Some(_), At::Last, Some(element)) => element.span().end,
            (Some(content), ..) => content.start,
        };
        splices.push(Splice { span: Span { start: position, end: position }, text });
        self.push(rule, reason, parent, splices);
    }

    /// Makes `<parent/>` a start tag, once.
    fn open(&mut self, parent: Element<'d>) -> Option<Splice> {
        if self.opened.contains(&parent) {
            return None;
        }
        self.opened.push(parent);
        Some(Splice { span: slash(self.text, parent), text: ">".into() })
    }

    /// A person must do `text` about `element`.
    pub(super) fn step(&mut self, rule: &Rule, text: impl Into<String>, element: Element<'_>) {
        let step = Step { rule: rule.id, text: text.into(), span: element.span(), path: element.path() };
        if !self.steps.iter().any(|other| other.rule == step.rule && other.text == step.text) {
            self.steps.push(step);
        }
    }

    /// Something to know.
    pub(super) fn notice(&mut self, rule: &Rule, blocks: bool, text: impl Into<String>) {
        self.notices.push(Notice { rule: rule.id, text: text.into(), blocks });
    }

    /// The edits in the order of the text, without those inside of what is deleted.
    pub(super) fn edits(&self) -> Vec<Edit> {
        let counts = |entry: &&Entry| entry.deletes || !self.is_lost(entry.edit.span);
        let mut edits: Vec<Edit> = self.entries.iter().filter(counts).map(|e| e.edit.clone()).collect();
        for parent in self.emptied() {
            fold(parent, &mut edits);
        }
        edits.sort_by_key(|edit| edit.splices.iter().map(|s| s.span.start).max());
        for parent in &self.opened {
            self.close(*parent, &mut edits);
        }
        edits
    }

    fn is_lost(&self, span: Span) -> bool {
        self.gone.iter().any(|gone| holds(gone.span(), span))
    }

    /// The elements that are left with nothing in them.
    fn emptied(&self) -> Vec<Element<'d>> {
        let mut parents: Vec<Element<'d>> = Vec::new();
        for parent in self.gone.iter().filter_map(|gone| gone.parent()) {
            if !parents.contains(&parent) && !self.is_lost(parent.span()) && self.is_emptied(parent) {
                parents.push(parent);
            }
        }
        parents
    }

    fn is_emptied(&self, parent: Element<'d>) -> bool {
        let nothing = |node: Node<'d>| match node {
            Node::Element(child) => self.is_lost(child.span()),
            Node::Text(_, text) => text.trim().is_empty(),
            Node::Comment(..) | Node::Instruction(..) => false,
        };
        let content = parent.content().unwrap_or(Span::new(0, 0));
        let fills =
            |s: &Splice| s.span.is_empty() && content.start <= s.span.start && s.span.start <= content.end;
        let filled = self.entries.iter().filter(|entry| entry.edit.span == parent.span());
        parent.nodes().all(nothing) && !filled.flat_map(|entry| &entry.edit.splices).any(fills)
    }

    /// Gives the last edit that fills `parent`, which was `<parent/>`, its end tag.
    fn close(&self, parent: Element<'_>, edits: &mut [Edit]) {
        let end = parent.span().end;
        let fills = |edit: &&mut Edit| edit.splices.iter().any(|s| s.span.start == end && s.span.is_empty());
        if let Some(last) = edits.iter_mut().rev().filter(|e| e.span == parent.span()).find(fills) {
            let text = format!("{}</{}>", lead(self.text, parent), parent.name());
            last.splices.push(Splice { span: Span { start: end, end }, text });
        }
    }

    /// How many controllers the domain has after the edits so far.
    pub(super) fn count_controllers(&self) -> usize {
        let outcome = self.outcome().unwrap_or_default();
        Document::parse(&outcome).map_or(0, |outcome| all_at(outcome.root(), "devices/controller").len())
    }

    /// The text with the edits so far.
    pub(super) fn outcome(&self) -> Result<String, SpliceError> {
        let all: Vec<Splice> = self.edits().into_iter().flat_map(|edit| edit.splices).collect();
        splice(self.text, &all)
    }
}

/// Makes `<parent>` with its end tag `<parent/>`, by the edit that takes the last child away.
fn fold(parent: Element<'_>, edits: &mut [Edit]) {
    let (Some(content), Some(last)) = (parent.content(), parent.children().last()) else { return };
    if let Some(edit) = edits.iter_mut().find(|edit| edit.span == last.span()) {
        let open = Span { start: content.start.saturating_sub(1), end: content.start };
        let rest = Span { start: last.span().end, end: parent.span().end };
        edit.splices.insert(0, Splice { span: open, text: "/>".into() });
        edit.splices.push(Splice { span: rest, text: String::new() });
    }
}

/// Whether `outer` holds `inner`.
fn holds(outer: Span, inner: Span) -> bool {
    outer.start <= inner.start && inner.end <= outer.end
}

/// Where the white space before the byte at `at` begins.
fn before_white(text: &str, at: usize) -> usize {
    text.get(..at).map_or(at, |before| before.trim_end_matches([' ', '\t', '\r', '\n']).len())
}

/// The bytes of `/>` of an empty element, with the white space before them.
fn slash(text: &str, element: Element<'_>) -> Span {
    let end = element.span().end as usize;
    Span::new(before_white(text, end.saturating_sub(2)), end)
}

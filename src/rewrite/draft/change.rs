//! What is changed of one element.

use std::borrow::Cow;

use super::fresh::{Fresh, Style};
use super::white::{before_white, lead};
use crate::compat::{Mend, Rule};
use crate::text::xml::{Attribute, Element, escape_attribute, escape_text};
use crate::text::{Span, Splice};

/// Where a new element stands in its parent.
#[derive(Clone, Copy)]
pub(in super::super) enum At<'d> {
    First,
    Last,
    After(Element<'d>),
}

/// One change of an element.
pub(super) enum Change<'d> {
    /// An attribute has another value.
    Value(Attribute<'d>, String),
    /// It has an attribute more.
    More(&'static str, String),
    /// It lacks an attribute.
    Less(Attribute<'d>),
    /// It says something else.
    Text(Span, String),
    /// It has an element more. The first of an element that was empty makes its tag a start tag.
    Holds { at: At<'d>, new: Fresh, opens: bool },
    /// It goes, with the white space before it.
    Gone,
}

impl<'d> Change<'d> {
    /// The attribute that is changed.
    pub(super) fn attribute(&self) -> Option<&str> {
        match self {
            Self::Value(old, _) | Self::Less(old) => Some(old.name()),
            Self::More(name, _) => Some(name),
            Self::Text(..) | Self::Holds { .. } | Self::Gone => None,
        }
    }

    /// The replacements in `text` that carry it out for `element`.
    pub(super) fn spell(self, element: Element<'d>, text: &str, style: &Style, into: &mut Vec<Splice>) {
        let cut = |span: Span| {
            let start = before_white(text, span.start as usize);
            Splice { span: Span::new(start, span.end as usize), text: String::new() }
        };
        match self {
            Self::Value(old, new) => {
                into.push(Splice { span: old.value_span(), text: escaped(new, escape_attribute) });
            }
            Self::More(name, value) => {
                let last = element.attributes().last().map_or(element.name_span(), Attribute::span);
                let (quote, value) = (style.quote, escape_attribute(&value));
                into.push(insertion(last.end, [" ", name, "=", quote, &value, quote].concat()));
            }
            Self::Less(old) => into.push(cut(old.span())),
            Self::Text(span, new) => {
                into.push(Splice { span, text: escaped(new, escape_text) });
            }
            Self::Holds { at, new, opens } => {
                if opens {
                    into.push(Splice { span: slash(text, element), text: ">".into() });
                }
                let new = new.render(style, &lead_of(text, style, element, at));
                into.push(insertion(position(element, at), new));
            }
            Self::Gone => into.push(cut(element.span())),
        }
    }

    /// The last byte at which [`Self::spell`] replaces or inserts.
    pub(super) fn reaches(&self, element: Element<'d>, text: &str) -> u32 {
        match self {
            Self::Value(old, _) => old.value_span().start,
            Self::More(..) => element.attributes().last().map_or(element.name_span(), Attribute::span).end,
            Self::Less(old) => Span::new(before_white(text, old.span().start as usize), 0).start,
            Self::Text(span, _) => span.start,
            Self::Holds { at, .. } => position(element, *at),
            Self::Gone => Span::new(before_white(text, element.span().start as usize), 0).start,
        }
    }
}

/// The changes of one element for one reason.
pub(super) struct Entry<'d> {
    pub(super) rule: &'static str,
    pub(super) mend: Mend,
    pub(super) reason: String,
    pub(super) element: Element<'d>,
    pub(super) change: Change<'d>,
    /// Most have none.
    pub(super) more: Vec<Change<'d>>,
    /// The next entry of the same element.
    pub(super) next: Option<usize>,
}

impl<'d> Entry<'d> {
    pub(super) fn new(rule: &Rule, reason: String, element: Element<'d>, change: Change<'d>) -> Self {
        let mend = rule.mend.unwrap_or(Mend::UNSAFE);
        Self { rule: rule.id, mend, reason, element, change, more: Vec::new(), next: None }
    }

    pub(super) fn changes(&self) -> impl Iterator<Item = &Change<'d>> {
        std::iter::once(&self.change).chain(&self.more)
    }

    /// Whether it is for this reason.
    pub(super) fn is_for(&self, rule: &Rule, reason: &str) -> bool {
        self.rule == rule.id && self.reason == reason && !self.deletes()
    }

    /// Whether it takes the element away.
    pub(super) fn deletes(&self) -> bool {
        matches!(self.change, Change::Gone)
    }

    /// The last byte that it is about: entries are told in this order.
    pub(super) fn reaches(&self, text: &str) -> Option<u32> {
        self.changes().map(|change| change.reaches(self.element, text)).max()
    }
}

/// The byte at which a new element is put into `parent`.
pub(super) fn position(parent: Element<'_>, at: At<'_>) -> u32 {
    let Some(content) = parent.content() else { return parent.span().end };
    match at {
        At::After(element) => element.span().end,
        At::Last => parent.children().last().map_or(content.start, |last| last.span().end),
        At::First => content.start,
    }
}

/// What needs no escapes is not copied.
fn escaped(new: String, escape: fn(&str) -> Cow<'_, str>) -> String {
    match escape(&new) {
        Cow::Owned(escaped) => escaped,
        Cow::Borrowed(_) => new,
    }
}

fn insertion(at: u32, text: String) -> Splice {
    Splice { span: Span { start: at, end: at }, text }
}

/// The white space before a new element: as its neighbours have it.
fn lead_of<'t>(text: &'t str, style: &Style, parent: Element<'_>, at: At<'_>) -> Cow<'t, str> {
    let neighbour = match at {
        At::After(element) => Some(element),
        At::First | At::Last => parent.children().next(),
    };
    neighbour.map_or_else(|| style.deeper(lead(text, parent)).into(), |element| lead(text, element).into())
}

/// The bytes of `/>` of an empty element, with the white space before them.
fn slash(text: &str, element: Element<'_>) -> Span {
    let end = element.span().end as usize;
    Span::new(before_white(text, end.saturating_sub(2)), end)
}

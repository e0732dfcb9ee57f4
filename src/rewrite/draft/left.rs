//! The guest as the edits so far leave it, without its text.

use std::borrow::Cow;

use super::super::said::Said;
use super::Draft;
use super::change::{Change, position};
use super::fresh::Fresh;
use crate::text::xml::Element;

/// An element that is left, or new.
#[derive(Clone, Copy)]
pub(in super::super) enum Left<'l> {
    Old(Element<'l>, &'l Draft<'l>),
    New(&'l Fresh),
}

impl<'l> Left<'l> {
    /// The root of the guest.
    fn root(draft: &'l Draft<'l>) -> Self {
        Self::Old(draft.document.root(), draft)
    }

    /// The devices, in order. A domain may have several `<devices>`.
    pub(in super::super) fn devices(draft: &'l Draft<'l>) -> Vec<Self> {
        let mut devices = Vec::with_capacity(USUAL);
        let groups = Self::root(draft).children().into_iter().filter(|child| child.is("devices"));
        groups.for_each(|group| group.add_children(&mut devices));
        devices
    }

    /// The elements inside, in order.
    fn children(self) -> Vec<Self> {
        let mut all = Vec::with_capacity(USUAL);
        self.add_children(&mut all);
        all
    }

    fn add_children(self, all: &mut Vec<Self>) {
        match self {
            Self::Old(parent, draft) => draft.add_left(parent, all),
            Self::New(new) => all.extend(new.children().iter().map(Self::New)),
        }
    }
}

/// About how many children an element with many has.
const USUAL: usize = 32;

impl<'l> Said<'l> for Left<'l> {
    fn is(self, name: &str) -> bool {
        match self {
            Self::Old(element, _) => element.is(name),
            Self::New(new) => new.name() == name,
        }
    }

    fn name(self) -> &'l str {
        match self {
            Self::Old(element, _) => element.name(),
            Self::New(new) => new.name(),
        }
    }

    fn value(self, name: &str) -> Option<Cow<'l, str>> {
        match self {
            Self::Old(element, draft) => match draft.change_of(element, name) {
                Some(Change::Value(_, new) | Change::More(_, new)) => Some(Cow::Borrowed(new)),
                Some(_) => None,
                None => element.value(name),
            },
            Self::New(new) => new.value(name).map(Cow::Borrowed),
        }
    }

    fn child(self, name: &str) -> Option<Self> {
        match self {
            Self::Old(parent, draft) if !draft.holds_more(parent) => {
                let child = parent.children_named(name).find(|child| !draft.goes(*child))?;
                Some(Self::Old(child, draft))
            }
            _ => self.children().into_iter().find(|child| child.is(name)),
        }
    }
}

impl Draft<'_> {
    /// Whether something new is put into `parent`.
    fn holds_more(&self, parent: Element<'_>) -> bool {
        self.changes_of(parent).any(|change| matches!(change, Change::Holds { .. }))
    }

    /// Adds the children of `parent` that are left, and the new ones between them.
    fn add_left<'l>(&'l self, parent: Element<'l>, all: &mut Vec<Left<'l>>) {
        let mut more = self.held(parent).into_iter().peekable();
        for child in parent.children() {
            let start = child.span().start;
            all.extend(std::iter::from_fn(|| more.next_if(|(at, _)| *at <= start)).map(|(_, new)| new));
            if !self.goes(child) {
                all.push(Left::Old(child, self));
            }
        }
        all.extend(more.map(|(_, new)| new));
    }

    /// What is put into `parent` and where, in the order in which it will stand there.
    fn held<'l>(&'l self, parent: Element<'l>) -> Vec<(u32, Left<'l>)> {
        let text = self.document.text();
        let mut held = Vec::new();
        for (_, entry) in self.entries_of(parent) {
            let before = held.len();
            held.extend(entry.changes().filter_map(|change| match change {
                Change::Holds { at, new, .. } => Some((position(parent, *at), 0, Left::New(new))),
                _ => None,
            }));
            if held.len() > before {
                let reaches = entry.reaches(text).unwrap_or(0);
                held.iter_mut().skip(before).for_each(|one| one.1 = reaches);
            }
        }
        held.sort_by_key(|(at, reaches, _)| (*at, *reaches));
        held.into_iter().map(|(at, _, new)| (at, new)).collect()
    }
}

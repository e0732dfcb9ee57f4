//! The paths of many elements of one document.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::text::xml::{Document, Element};

/// Which of its brothers of the same name each element is, as far as that was asked.
pub(super) struct Paths {
    /// By the number of an element; 0 where it is not known yet.
    nth: Vec<u32>,
}

/// An element that has no brother of its name.
const ALONE: u32 = u32::MAX;

impl Paths {
    pub(super) fn of(document: &Document<'_>) -> Self {
        Self { nth: vec![0; document.count()] }
    }

    /// What [`Element::path`] gives.
    pub(super) fn path(&mut self, element: Element<'_>) -> String {
        let mut path = String::with_capacity(48);
        self.write(element, &mut path);
        path
    }

    fn write(&mut self, element: Element<'_>, path: &mut String) {
        let Some(parent) = element.parent() else { return path.push_str(element.name()) };
        self.write(parent, path);
        path.extend(["/", element.name()]);
        match self.nth(parent, element) {
            ALONE => {}
            nth => _ = write!(path, "[{nth}]"),
        }
    }

    fn nth(&mut self, parent: Element<'_>, element: Element<'_>) -> u32 {
        if self.known(element) == 0 {
            self.count(parent);
        }
        self.known(element)
    }

    fn known(&self, element: Element<'_>) -> u32 {
        self.nth.get(element.number()).copied().unwrap_or(ALONE)
    }

    /// Numbers all the children of `parent`.
    fn count(&mut self, parent: Element<'_>) {
        let mut firsts = BTreeMap::new();
        for child in parent.children() {
            let (first, last) = firsts.entry(child.name()).or_insert((child, 0));
            *last += 1;
            match *last {
                1 => self.note(child, ALONE),
                2 => {
                    self.note(*first, 1);
                    self.note(child, 2);
                }
                nth => self.note(child, nth),
            }
        }
    }

    fn note(&mut self, element: Element<'_>, nth: u32) {
        if let Some(known) = self.nth.get_mut(element.number()) {
            *known = nth;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_those_of_the_elements() {
        let text = "<d><a><x/><y/><x/></a><b/><a><x/></a><a/></d>";
        let document = Document::parse(text).unwrap();
        let mut paths = Paths::of(&document);
        for element in document.elements() {
            assert_eq!(paths.path(element), element.path());
        }
    }
}

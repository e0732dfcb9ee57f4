//! From the elements of one document to known values with their places.

use std::str::FromStr;

use crate::model::{Known, Memory};
use crate::text::xml::{Attribute, Element};
use crate::text::{Place, SourceId, Span};

/// Reads values out of one document.
#[derive(Clone, Copy)]
pub(super) struct Reading {
    /// The document.
    pub(super) source: SourceId,
}

impl Reading {
    /// `value`, said at `span` of the document.
    pub(super) fn known<T>(self, value: T, span: Span) -> Known<T> {
        Known::new(value, Place { source: self.source, span })
    }

    /// `value`, said by the start tag of `element`.
    pub(super) fn at<T>(self, element: Element<'_>, value: T) -> Known<T> {
        self.known(value, element.start_tag())
    }

    /// What `element`'s attribute says.
    pub(super) fn attribute(self, element: Element<'_>, name: &str) -> Option<Known<String>> {
        element.attribute(name).map(|attribute| self.value(attribute))
    }

    fn value(self, attribute: Attribute<'_>) -> Known<String> {
        self.known(attribute.value().into_owned(), attribute.span())
    }

    /// What `element`'s attribute says, where it parses.
    pub(super) fn parsed<T: FromStr>(self, element: Element<'_>, name: &str) -> Option<Known<T>> {
        let attribute = element.attribute(name)?;
        let value = attribute.value().trim().parse().ok()?;
        Some(self.known(value, attribute.span()))
    }

    /// What `element`'s attribute says, where it is `yes`/`on` or `no`/`off`.
    pub(super) fn flag(self, element: Element<'_>, name: &str) -> Option<Known<bool>> {
        let attribute = element.attribute(name)?;
        let value = flag(&attribute.value())?;
        Some(self.known(value, attribute.span()))
    }

    /// The text inside `element`; `None` where there is none.
    pub(super) fn text(self, element: Element<'_>) -> Option<Known<String>> {
        let text = element.text();
        (!text.is_empty()).then(|| self.known(text.into_owned(), element.span()))
    }

    /// The memory that `element` says, with its `unit`; KiB where it names none.
    pub(super) fn memory(self, element: Element<'_>) -> Option<Known<Memory>> {
        let unit = element.value("unit").unwrap_or_default();
        Some(self.known(Memory::parse(&element.text(), &unit)?, element.span()))
    }
}

/// libvirt's yes and no.
pub(super) fn flag(text: &str) -> Option<bool> {
    match text {
        "yes" | "on" => Some(true),
        "no" | "off" => Some(false),
        _ => None,
    }
}

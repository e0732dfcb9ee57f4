//! From elements of an XML document to known values with their places.

use std::str::FromStr;

use crate::model::{Known, Memory, Name};
use crate::text::xml::{Document, Element};
use crate::text::{SourceId, Span};

use super::problem::Complaint;
use super::saying::known;

/// The bytes of the element's text without the white space around it; the start tag where it has none.
pub(super) fn text_span(document: &Document<'_>, element: Element<'_>) -> Span {
    let inside = |span: Span| {
        let raw = document.text().get(span.range())?;
        let start = span.range().start + (raw.len() - raw.trim_start().len());
        (!raw.trim().is_empty()).then(|| Span::new(start, start + raw.trim().len()))
    };
    element.content().and_then(inside).unwrap_or_else(|| element.start_tag())
}

/// Elements of one document, with its name.
#[derive(Clone, Copy)]
pub(super) struct Reader<'d> {
    pub(super) source: SourceId,
    pub(super) document: &'d Document<'d>,
}

impl<'d> Reader<'d> {
    /// The root, which must be called `name`.
    pub(super) fn root(&self, name: &str) -> Result<Element<'d>, Complaint> {
        let root = self.document.root();
        if root.name() == name {
            return Ok(root);
        }
        let at = root.name_span().range().start;
        let message = format!("the document is a <{}>, where <{name}> belongs", root.name());
        Err(Complaint::new(Some(at), message, "put the document where its kind belongs"))
    }

    /// The element's text; `None` where it is empty.
    pub(super) fn text(&self, element: Element<'_>) -> Option<Known<String>> {
        let text = element.text().into_owned();
        (!text.is_empty()).then(|| known(self.source, text_span(self.document, element), text))
    }

    /// The text of the element at `path` below `element`.
    pub(super) fn text_at(&self, element: Element<'_>, path: &str) -> Option<Known<String>> {
        self.text(element.at(path)?)
    }

    /// What `read` makes of the attribute `name`.
    pub(super) fn attribute<T>(
        &self,
        element: Element<'_>,
        name: &str,
        read: impl Fn(&str) -> Option<T>,
    ) -> Option<Known<T>> {
        let attribute = element.attribute(name)?;
        read(&attribute.value()).map(|value| known(self.source, attribute.value_span(), value))
    }

    /// The attribute `name` as it is.
    pub(super) fn string(&self, element: Element<'_>, name: &str) -> Option<Known<String>> {
        self.attribute(element, name, |text| Some(text.to_owned()))
    }

    /// The attribute `name`, a word that other documents have too.
    pub(super) fn name(&self, element: Element<'_>, name: &str) -> Option<Known<Name>> {
        self.attribute(element, name, |text| Some(Name::new(text)))
    }

    /// The element's text, a word that other documents have too; `None` where it is empty.
    pub(super) fn word(&self, element: Element<'_>) -> Option<Known<Name>> {
        let text = element.text();
        (!text.is_empty()).then(|| known(self.source, text_span(self.document, element), Name::new(&text)))
    }

    /// The same of the element at `path` below `element`.
    pub(super) fn word_at(&self, element: Element<'_>, path: &str) -> Option<Known<Name>> {
        self.word(element.at(path)?)
    }

    /// The attribute `name`, where it parses.
    pub(super) fn parsed<T: FromStr>(&self, element: Element<'_>, name: &str) -> Option<Known<T>> {
        self.attribute(element, name, |text| text.trim().parse().ok())
    }

    /// The memory that the element says, with its `unit`; KiB where it names none.
    pub(super) fn memory(&self, element: Element<'_>) -> Option<Known<Memory>> {
        let unit = element.value("unit").unwrap_or_default();
        let memory = Memory::parse(&element.text(), &unit)?;
        Some(known(self.source, text_span(self.document, element), memory))
    }

    /// `@supported`, or any other attribute that says `yes` or `no`.
    pub(super) fn yes_no(&self, element: Element<'_>, name: &str) -> Option<Known<bool>> {
        self.attribute(element, name, yes_no)
    }

    /// `value`, said by the element's start tag.
    pub(super) fn said<T>(&self, element: Element<'_>, value: T) -> Known<T> {
        known(self.source, element.start_tag(), value)
    }
}

/// What an attribute that says `yes` or `no` says.
pub(super) fn yes_no(text: &str) -> Option<bool> {
    match text {
        "yes" | "on" => Some(true),
        "no" | "off" => Some(false),
        _ => None,
    }
}

//! The XML of a guest, for rules to ask.

use std::sync::OnceLock;

use crate::knowledge::{Newer, newer};
use crate::model::{Cluster, Guest, Known};
use crate::text::xml::{Document, Element};
use crate::text::{Place, SourceId, Span};

/// One document of a guest, parsed.
struct Parsed<'c> {
    source: SourceId,
    document: Document<'c>,
    /// What [`newer`] knows of it, once it was asked.
    newer: OnceLock<Vec<(usize, Place)>>,
}

/// The documents of one guest, parsed.
pub(super) struct Documents<'c> {
    stored: Option<Parsed<'c>>,
    live: Option<Parsed<'c>>,
}

impl<'c> Documents<'c> {
    /// Those of `guest`. One that is not well-formed was told of when it was read.
    pub(super) fn of(cluster: &'c Cluster, guest: &Guest) -> Self {
        let parse = |source: SourceId| {
            let document = Document::parse(&cluster.sources.get(source).text).ok()?;
            Some(Parsed { source, document, newer: OnceLock::new() })
        };
        Self { stored: parse(guest.source), live: guest.live.and_then(parse) }
    }

    /// The stored definition: what starts next time.
    pub(super) fn stored(&self) -> Definition<'_> {
        Definition(self.stored.as_ref())
    }

    /// The XML of the running guest, or the stored one where that is all there is.
    pub(super) fn running(&self) -> Definition<'_> {
        Definition(self.live.as_ref().or(self.stored.as_ref()))
    }
}

/// One domain XML, asked by path.
#[derive(Clone, Copy)]
pub struct Definition<'d>(Option<&'d Parsed<'d>>);

impl<'d> Definition<'d> {
    /// No document: nothing is found in it.
    pub const NONE: Self = Self(None);

    /// What is in it of [`newer`], by index there, each with its first place.
    pub(super) fn newer(self) -> &'d [(usize, Place)] {
        let Some(parsed) = self.0 else { return &[] };
        let held = |(at, one)| Some((at, self.place_of_newer(one)?));
        parsed.newer.get_or_init(|| newer().iter().enumerate().filter_map(held).collect())
    }

    fn place_of_newer(self, one: &Newer) -> Option<Place> {
        let Some((attribute, value)) = one.says else { return self.place(self.at(one.path)?) };
        let all = self.all(one.path).into_iter();
        let mut said = all.filter_map(|element| self.attribute(element, attribute));
        said.find(|said| said.value == value).map(|said| said.place)
    }

    /// All elements at a path of names below `<domain>`, such as `devices/disk/driver`, in order.
    pub fn all(self, path: &str) -> Vec<Element<'d>> {
        self.below(path.split('/'))
    }

    /// All elements at a path of names below `<domain>`, in order; `<domain>` itself where it has none.
    pub fn below<'n>(self, names: impl Iterator<Item = &'n str>) -> Vec<Element<'d>> {
        let root = self.0.map(|parsed| parsed.document.root());
        let step = |at: Vec<Element<'d>>, name: &str| {
            at.into_iter().flat_map(|element| element.children_named(name)).collect()
        };
        names.fold(root.into_iter().collect(), step)
    }

    /// The first element at a path of names below `<domain>`.
    pub fn at(self, path: &str) -> Option<Element<'d>> {
        self.0?.document.root().at(path)
    }

    /// The value of the attribute `name` of the first element at `path`.
    pub fn value(self, path: &str, name: &str) -> Option<Known<String>> {
        self.attribute(self.at(path)?, name)
    }

    /// The value of an attribute of one of its elements, with its place.
    pub fn attribute(self, element: Element<'d>, name: &str) -> Option<Known<String>> {
        let attribute = element.attribute(name)?;
        let place = self.place_of(attribute.value_span())?;
        Some(Known { value: attribute.value().into_owned(), place })
    }

    /// The text of one of its elements, with the element's place.
    pub fn text(self, element: Element<'d>) -> Option<Known<String>> {
        let place = self.place(element)?;
        Some(Known { value: element.text().into_owned(), place })
    }

    /// Where one of its elements begins: its start tag.
    pub fn place(self, element: Element<'_>) -> Option<Place> {
        self.place_of(element.start_tag())
    }

    /// Where it begins: the start tag of `<domain>`.
    pub fn place_of_root(self) -> Option<Place> {
        self.place(self.0?.document.root())
    }

    /// The document, where there is one, and its source.
    pub(super) fn document(self) -> Option<(SourceId, &'d Document<'d>)> {
        self.0.map(|parsed| (parsed.source, &parsed.document))
    }

    fn place_of(self, span: Span) -> Option<Place> {
        self.0.map(|parsed| Place { source: parsed.source, span })
    }
}

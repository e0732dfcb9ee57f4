//! Walking a [`Document`].

use std::borrow::Cow;
use std::fmt::Write as _;

use super::escape::{unescape_attribute, unescape_text};
use super::tree::{AttributeData, Document, Kind, NONE, NodeData};
use crate::text::Span;
use crate::text::lines::offset;

impl<'t> Document<'t> {
    /// The text that was parsed.
    pub fn text(&self) -> &'t str {
        self.text
    }

    /// The outermost element.
    pub fn root(&self) -> Element<'_> {
        Element::new(self, self.root)
    }

    /// Everything outside and inside the root at the top level: comments, the root element.
    pub fn nodes(&self) -> impl Iterator<Item = Node<'_>> {
        Node::siblings(self, self.nodes.first().map_or(NONE, |first| first.first_child))
    }

    /// How many nodes there are.
    pub fn count(&self) -> usize {
        self.nodes.len()
    }

    /// All elements, in document order.
    pub fn elements(&self) -> impl Iterator<Item = Element<'_>> {
        let indices = self.nodes.iter().enumerate().filter(|(_, n)| n.kind == Kind::Element);
        indices.map(|(at, _)| Element::new(self, offset(at)))
    }

    /// The innermost element that holds the byte at `offset`; the root where none does.
    pub fn element_at(&self, offset: usize) -> Element<'_> {
        let holds = |e: &Element<'_>| e.span().range().contains(&offset);
        self.elements().filter(holds).last().unwrap_or_else(|| self.root())
    }
}

/// One node of a document.
#[derive(Clone, Copy, Debug)]
pub enum Node<'d> {
    /// An element.
    Element(Element<'d>),
    /// Text: where it stands, and its raw spelling, references, CDATA and all.
    Text(Span, &'d str),
    /// A comment with its marks.
    Comment(Span, &'d str),
    /// A processing instruction with its marks.
    Instruction(Span, &'d str),
}

impl<'d> Node<'d> {
    fn new(document: &'d Document<'d>, index: u32) -> Self {
        let data = &document.nodes[index as usize];
        let raw = &document.text[data.span.range()];
        match data.kind {
            Kind::Element | Kind::Document => Self::Element(Element { document, index }),
            Kind::Text => Self::Text(data.span, raw),
            Kind::Comment => Self::Comment(data.span, raw),
            Kind::Instruction => Self::Instruction(data.span, raw),
        }
    }

    pub(super) fn siblings(document: &'d Document<'d>, first: u32) -> impl Iterator<Item = Self> {
        let follow = |at: u32| (at != NONE).then_some(at);
        let next = move |&at: &u32| follow(document.nodes[at as usize].next);
        std::iter::successors(follow(first), next).map(move |at| Self::new(document, at))
    }

    /// The bytes of the node.
    pub fn span(&self) -> Span {
        match *self {
            Self::Element(element) => element.span(),
            Self::Text(span, _) | Self::Comment(span, _) | Self::Instruction(span, _) => span,
        }
    }
}

/// One element of a document.
#[derive(Clone, Copy, Debug)]
pub struct Element<'d> {
    document: &'d Document<'d>,
    index: u32,
}

impl PartialEq for Element<'_> {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self.document, other.document) && self.index == other.index
    }
}

impl<'d> Element<'d> {
    pub(super) fn new(document: &'d Document<'d>, index: u32) -> Self {
        Self { document, index }
    }

    fn data(self) -> &'d NodeData {
        &self.document.nodes[self.index as usize]
    }

    /// The name as it is spelled, prefix and all.
    pub fn name(self) -> &'d str {
        &self.document.text[self.data().name.range()]
    }

    /// Whether it is called `name`.
    pub fn is(self, name: &str) -> bool {
        self.document.text.as_bytes()[self.data().name.range()] == *name.as_bytes()
    }

    /// Its number among the nodes of its document, in the order of the text: below [`Document::count`].
    pub fn number(self) -> usize {
        self.index as usize
    }

    /// The bytes of the name in the start tag.
    pub fn name_span(self) -> Span {
        self.data().name
    }

    /// The bytes of the element, both tags included.
    pub fn span(self) -> Span {
        self.data().span
    }

    /// The bytes of the start tag (of an empty element: of the element).
    pub fn start_tag(self) -> Span {
        Span { start: self.data().span.start, end: self.data().content.start }
    }

    /// The bytes between the tags; `None` where the element is spelled `<empty/>`.
    pub fn content(self) -> Option<Span> {
        let data = self.data();
        (data.content.end < data.span.end).then_some(data.content)
    }

    /// The attributes, in order.
    pub fn attributes(self) -> impl Iterator<Item = Attribute<'d>> {
        let (from, to) = self.data().attributes;
        let list = &self.document.attributes[from as usize..to as usize];
        list.iter().map(move |&data| Attribute { text: self.document.text, data })
    }

    /// The attribute called `name`.
    pub fn attribute(self, name: &str) -> Option<Attribute<'d>> {
        let bytes = self.document.text.as_bytes();
        self.attributes().find(|a| bytes[a.data.name.range()] == *name.as_bytes())
    }

    /// What the attribute called `name` means.
    pub fn value(self, name: &str) -> Option<Cow<'d, str>> {
        self.attribute(name).map(Attribute::value)
    }

    /// The nodes inside, in order.
    pub fn nodes(self) -> impl Iterator<Item = Node<'d>> {
        Node::siblings(self.document, self.data().first_child)
    }

    /// The elements inside, in order.
    pub fn children(self) -> impl Iterator<Item = Element<'d>> {
        let document = self.document;
        let follow = |at: u32| (at != NONE).then_some(at);
        let next = move |&at: &u32| follow(document.nodes[at as usize].next_element);
        let numbers = std::iter::successors(follow(self.data().first_element), next);
        numbers.map(|at| Element::new(document, at))
    }

    /// The elements inside that are called `name`.
    pub fn children_named(self, name: &str) -> impl Iterator<Item = Element<'d>> {
        self.children().filter(move |child| child.is(name))
    }

    /// The first element inside that is called `name`.
    pub fn child(self, name: &str) -> Option<Element<'d>> {
        self.children().find(|child| child.is(name))
    }

    /// The first element at a path of names, such as `cpu/topology`.
    pub fn at(self, path: &str) -> Option<Element<'d>> {
        path.split('/').try_fold(self, Element::child)
    }

    /// The element around this one.
    pub fn parent(self) -> Option<Element<'d>> {
        let parent = self.data().parent;
        (parent != NONE && parent != 0).then(|| Element::new(self.document, parent))
    }

    /// What the text directly inside means, trimmed.
    pub fn text(self) -> Cow<'d, str> {
        match self.untrimmed_text() {
            Cow::Borrowed(text) => Cow::Borrowed(text.trim()),
            Cow::Owned(text) => Cow::Owned(text.trim().to_owned()),
        }
    }

    /// What the text directly inside means, with the white space around it.
    pub fn untrimmed_text(self) -> Cow<'d, str> {
        let mut texts = self.nodes().filter_map(|node| match node {
            Node::Text(_, raw) => Some(unescape_text(raw)),
            _ => None,
        });
        let first = texts.next().unwrap_or_default();
        texts.fold(first, |all, more| Cow::Owned(all.into_owned() + &more))
    }

    /// The path of names from the root, numbered where brothers share a name:
    /// `domain/devices/disk[2]/target`.
    pub fn path(self) -> String {
        let mut path = self.parent().map_or_else(String::new, |parent| parent.path() + "/");
        path.push_str(self.name());
        if let Some(parent) = self.parent()
            && parent.children_named(self.name()).nth(1).is_some()
        {
            let before = parent.children_named(self.name()).take_while(|other| *other != self).count();
            let _ = write!(path, "[{}]", before + 1);
        }
        path
    }
}

/// One attribute of an element.
#[derive(Clone, Copy, Debug)]
pub struct Attribute<'d> {
    text: &'d str,
    data: AttributeData,
}

impl<'d> Attribute<'d> {
    /// The name as it is spelled.
    pub fn name(self) -> &'d str {
        &self.text[self.data.name.range()]
    }

    /// What the value means, references resolved.
    pub fn value(self) -> Cow<'d, str> {
        let raw = &self.text[self.data.value.range()];
        if self.data.literal { Cow::Borrowed(raw) } else { unescape_attribute(raw) }
    }

    /// The bytes from the name to the closing quote.
    pub fn span(self) -> Span {
        Span { start: self.data.name.start, end: self.data.value.end + 1 }
    }

    /// The bytes of the value, without quotes.
    pub fn value_span(self) -> Span {
        self.data.value
    }
}

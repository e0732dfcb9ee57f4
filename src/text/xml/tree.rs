//! The nodes of a document, in one flat list.

use super::cursor::{Element, Node};
use super::error::XmlError;
use super::parse;
use crate::text::Span;
use crate::text::lines::offset;

/// How much of a document is accepted, so that no input can exhaust memory or stack.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Bytes of text.
    pub bytes: usize,
    /// Elements inside one another. libxml2, which libvirt reads with, stops at 256.
    pub depth: usize,
    /// Nodes and attributes together.
    pub nodes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { bytes: 64 << 20, depth: 256, nodes: 4 << 20 }
    }
}

/// An XML document as a tree of spans over its text.
#[derive(Debug)]
pub struct Document<'t> {
    pub(super) text: &'t str,
    pub(super) nodes: Vec<NodeData>,
    pub(super) attributes: Vec<AttributeData>,
    pub(super) root: u32,
}

impl<'t> Document<'t> {
    /// Parses `text` within the usual [`Limits`].
    ///
    /// # Errors
    /// [`XmlError`] for the first place at which the text is not well-formed.
    pub fn parse(text: &'t str) -> Result<Self, XmlError> {
        Self::parse_within(text, &Limits::default())
    }

    /// Parses `text` within `limits`.
    ///
    /// # Errors
    /// [`XmlError`] for the first place at which the text is not well-formed or passes a limit.
    pub fn parse_within(text: &'t str, limits: &Limits) -> Result<Self, XmlError> {
        parse::parse(text, limits)
    }

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

/// Stands for "no node".
pub(super) const NONE: u32 = u32::MAX;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Document,
    Element,
    Text,
    Comment,
    Instruction,
}

/// One node. Only elements have a name, attributes and tags.
#[derive(Debug)]
pub(super) struct NodeData {
    pub(super) kind: Kind,
    pub(super) span: Span,
    pub(super) parent: u32,
    pub(super) next: u32,
    pub(super) first_child: u32,
    pub(super) last_child: u32,
    pub(super) name: Span,
    pub(super) attributes: (u32, u32),
    /// Between the start tag and the end tag; of an empty element, the empty span behind it.
    pub(super) content: Span,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct AttributeData {
    pub(super) name: Span,
    /// Without its quotes.
    pub(super) value: Span,
}

//! The nodes of a document, in one flat list.

use crate::text::Span;

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
    /// The same links between elements alone, which are asked for far more often than the text between them.
    pub(super) next_element: u32,
    pub(super) first_element: u32,
    pub(super) last_element: u32,
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
    /// Whether it is sure that the value means what it spells: it has no reference, no white space but blanks, and no quote.
    pub(super) literal: bool,
}

//! The tree, put together from its tokens.

use super::attributes::{self, check_name, is_plain_name};
use super::error::{XmlError, XmlErrorKind};
use super::namespaces::Prefixes;
use super::tree::{Document, Kind, Limits, NONE, NodeData};
use crate::text::Span;
use crate::text::lines::offset;

/// A document that grows node by node.
pub(super) struct Builder<'t, 'l> {
    document: Document<'t>,
    limits: &'l Limits,
    /// The nodes that are open, the document itself first.
    open: Vec<u32>,
    prefixes: Prefixes<'t>,
}

impl<'t, 'l> Builder<'t, 'l> {
    pub(super) fn new(text: &'t str, limits: &'l Limits) -> Self {
        let whole = Span::new(0, text.len());
        let mut document = Document { text, nodes: Vec::new(), attributes: Vec::new(), root: NONE };
        // Domains of libvirt have a node for every 18 bytes or so, text between tags included, and an attribute for every 32.
        document.nodes.reserve(text.len().min(limits.nodes) / 16);
        document.attributes.reserve(text.len().min(limits.nodes) / 30);
        document.nodes.push(node(Kind::Document, whole, NONE));
        Self { document, limits, open: vec![0], prefixes: Prefixes::default() }
    }

    /// The text that the document is of.
    pub(super) fn text(&self) -> &'t str {
        self.document.text
    }

    /// The name of the innermost element that is open; `None` outside the root.
    pub(super) fn innermost(&self) -> Option<&'t str> {
        let [_, .., innermost] = self.open[..] else { return None };
        self.document.text.get(self.document.nodes.get(innermost as usize)?.name.range())
    }

    /// Opens an element; `closing` is the length of what ends its start tag: `>` or `/>`.
    pub(super) fn start(
        &mut self,
        name_length: usize,
        from: usize,
        to: usize,
        closing: usize,
    ) -> Result<(), XmlError> {
        let fail = |(kind, offset)| XmlError { kind, offset };
        let depth = self.open.len();
        if depth == 1 && self.document.root != NONE {
            return Err(fail((XmlErrorKind::SecondRoot, from)));
        }
        if depth > self.limits.depth {
            return Err(limit("elements inside one another", self.limits.depth, from));
        }
        let name = Span::new(from + 1, from + 1 + name_length);
        let plain = is_plain_name(&self.document.text.as_bytes()[name.range()]);
        if !plain {
            check_name(&self.document.text[name.range()]).map_err(|kind| fail((kind, from + 1)))?;
        }
        let first = self.document.attributes.len();
        let (text, list) = (self.document.text, &mut self.document.attributes);
        let all_plain = attributes::read(text, name.end as usize, to - closing, list).map_err(fail)?;
        if !plain || !all_plain {
            self.prefixes.enter(text, depth, name, &list[first..]).map_err(fail)?;
        }
        let attributes = Span::new(first, list.len());
        let index = self.push(Kind::Element, from, to)?;
        let data = &mut self.document.nodes[index as usize];
        data.name = name;
        data.attributes = (attributes.start, attributes.end);
        data.content = Span::new(to, to);
        if depth == 1 {
            self.document.root = index;
        }
        self.open.push(index);
        Ok(())
    }

    /// Closes the innermost element; who found the end tag has checked that the names match.
    pub(super) fn end(&mut self, content_end: usize, to: usize) {
        if self.open.len() > 1
            && let Some(index) = self.open.pop()
        {
            let data = &mut self.document.nodes[index as usize];
            data.span.end = offset(to);
            data.content.end = offset(content_end);
        }
        self.prefixes.leave(self.open.len());
    }

    pub(super) fn plain_text(&mut self, from: usize, to: usize) -> Result<(), XmlError> {
        let raw = &self.document.text[from..to];
        if raw.as_bytes().contains(&b']')
            && let Some(at) = raw.find("]]>")
        {
            return Err(XmlError { kind: XmlErrorKind::CdataEnd, offset: from + at });
        }
        if self.open.len() == 1 && raw.bytes().all(|b| b.is_ascii_whitespace()) {
            return Ok(());
        }
        self.inner_text(from, to)
    }

    /// Text, CDATA and references that follow one another are one text.
    pub(super) fn inner_text(&mut self, from: usize, to: usize) -> Result<(), XmlError> {
        if self.open.len() == 1 {
            return Err(XmlError { kind: XmlErrorKind::TextOutsideRoot, offset: from });
        }
        let parent = self.open.last().copied().unwrap_or(0);
        let last = self.document.nodes[parent as usize].last_child;
        if let Some(previous) = self.document.nodes.get_mut(last as usize)
            && previous.kind == Kind::Text
        {
            previous.span.end = offset(to);
            return Ok(());
        }
        self.leaf(Kind::Text, from, to)
    }

    pub(super) fn leaf(&mut self, kind: Kind, from: usize, to: usize) -> Result<(), XmlError> {
        self.push(kind, from, to).map(|_| ())
    }

    fn push(&mut self, kind: Kind, from: usize, to: usize) -> Result<u32, XmlError> {
        let nodes = &mut self.document.nodes;
        if nodes.len() + self.document.attributes.len() >= self.limits.nodes {
            return Err(limit("nodes and attributes", self.limits.nodes, from));
        }
        let index = offset(nodes.len());
        let parent = self.open.last().copied().unwrap_or(0);
        let last = std::mem::replace(&mut nodes[parent as usize].last_child, index);
        match nodes.get_mut(last as usize) {
            Some(previous) => previous.next = index,
            None => nodes[parent as usize].first_child = index,
        }
        if kind == Kind::Element {
            let last = std::mem::replace(&mut nodes[parent as usize].last_element, index);
            match nodes.get_mut(last as usize) {
                Some(previous) => previous.next_element = index,
                None => nodes[parent as usize].first_element = index,
            }
        }
        nodes.push(node(kind, Span::new(from, to), parent));
        Ok(index)
    }

    pub(super) fn finish(self) -> Result<Document<'t>, XmlError> {
        let end = self.document.text.len();
        if let Some(name) = self.innermost() {
            return Err(XmlError { kind: XmlErrorKind::Unclosed(name.to_owned()), offset: end });
        }
        if self.document.root == NONE {
            return Err(XmlError { kind: XmlErrorKind::NoRoot, offset: end });
        }
        Ok(self.document)
    }
}

fn node(kind: Kind, span: Span, parent: u32) -> NodeData {
    let nothing = Span::new(0, 0);
    NodeData {
        kind,
        span,
        parent,
        next: NONE,
        first_child: NONE,
        last_child: NONE,
        next_element: NONE,
        first_element: NONE,
        last_element: NONE,
        name: nothing,
        attributes: (0, 0),
        content: nothing,
    }
}

pub(super) fn limit(what: &'static str, limit: usize, offset: usize) -> XmlError {
    XmlError { kind: XmlErrorKind::Limit { what, limit }, offset }
}

//! From quick-xml's events to the tree.

use quick_xml::Reader;
use quick_xml::events::Event;

use super::attributes::{self, check_name, is_plain_name};
use super::error::{XmlError, XmlErrorKind};
use super::escape::{is_xml_char, resolve};
use super::namespaces::Prefixes;
use super::tree::{Document, Kind, Limits, NONE, NodeData};
use crate::text::Span;
use crate::text::lines::offset;

const BOM: &str = "\u{feff}";

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
        parse(text, limits)
    }
}

/// Builds the tree of `text`.
fn parse<'t>(text: &'t str, limits: &Limits) -> Result<Document<'t>, XmlError> {
    if text.len() > limits.bytes {
        return Err(limit("bytes", limits.bytes, limits.bytes));
    }
    check_characters(text)?;
    // quick-xml skips a byte order mark but does not count it.
    let base = if text.starts_with(BOM) { BOM.len() } else { 0 };
    let mut reader = Reader::from_str(&text[base..]);
    reader.config_mut().check_comments = true;
    let mut builder = Builder::new(text, limits);
    loop {
        let from = base + position(reader.buffer_position());
        let event = reader.read_event().map_err(|error| XmlError {
            kind: XmlErrorKind::Syntax(error.to_string()),
            offset: base + position(reader.error_position()),
        })?;
        let to = base + position(reader.buffer_position());
        if matches!(event, Event::Eof) {
            return builder.finish();
        }
        builder.take(&event, from, to)?;
    }
}

fn position(at: u64) -> usize {
    usize::try_from(at).unwrap_or(usize::MAX)
}

fn limit(what: &'static str, limit: usize, offset: usize) -> XmlError {
    XmlError { kind: XmlErrorKind::Limit { what, limit }, offset }
}

fn check_characters(text: &str) -> Result<(), XmlError> {
    // Plain bytes first: no character below 0x80 but these is forbidden, and few documents have others.
    let odd = |b: u8| b >= 0x80 || (b < b' ' && !matches!(b, b'\t' | b'\n' | b'\r'));
    // Without a branch for each byte this runs many bytes at a time.
    let any_odd = |chunk: &[u8]| chunk.iter().fold(false, |found, &b| found | odd(b));
    if !text.as_bytes().chunks(256).any(any_odd) {
        return Ok(());
    }
    match text.char_indices().find(|&(_, c)| !is_xml_char(c)) {
        Some((offset, c)) => Err(XmlError { kind: XmlErrorKind::Character(c as u32), offset }),
        None => Ok(()),
    }
}

struct Builder<'t, 'l> {
    document: Document<'t>,
    limits: &'l Limits,
    /// The nodes that are open, the document itself first.
    open: Vec<u32>,
    prefixes: Prefixes<'t>,
}

impl<'t, 'l> Builder<'t, 'l> {
    fn new(text: &'t str, limits: &'l Limits) -> Self {
        let whole = Span::new(0, text.len());
        let mut document = Document { text, nodes: Vec::new(), attributes: Vec::new(), root: NONE };
        // Domains of libvirt have a node for every 18 bytes or so, text between tags included, and an attribute for every 32.
        document.nodes.reserve(text.len().min(limits.nodes) / 16);
        document.attributes.reserve(text.len().min(limits.nodes) / 30);
        document.nodes.push(node(Kind::Document, whole, NONE));
        Self { document, limits, open: vec![0], prefixes: Prefixes::default() }
    }

    fn take(&mut self, event: &Event<'_>, from: usize, to: usize) -> Result<(), XmlError> {
        let refuse = |kind| Err(XmlError { kind, offset: from });
        match event {
            Event::Start(tag) => self.start(tag.name().as_ref().len(), from, to, 1),
            Event::Empty(tag) => {
                self.start(tag.name().as_ref().len(), from, to, 2)?;
                self.end(to, to);
                Ok(())
            }
            Event::End(_) => {
                self.end(from, to);
                Ok(())
            }
            Event::Text(_) => self.plain_text(from, to),
            Event::CData(_) => self.inner_text(from, to),
            Event::GeneralRef(reference) => {
                let name: &str = reference;
                if resolve(name).is_none() {
                    return refuse(XmlErrorKind::UnknownEntity(name.chars().take(40).collect()));
                }
                self.inner_text(from, to)
            }
            Event::Comment(_) => self.leaf(Kind::Comment, from, to),
            Event::PI(_) => self.leaf(Kind::Instruction, from, to),
            Event::Decl(declaration) => self.declaration(declaration, from),
            Event::DocType(_) => refuse(XmlErrorKind::Doctype),
            Event::Eof => Ok(()),
        }
    }

    fn declaration(
        &self,
        declaration: &quick_xml::events::BytesDecl<'_>,
        from: usize,
    ) -> Result<(), XmlError> {
        let refuse = |kind| Err(XmlError { kind, offset: from });
        if !matches!(&self.document.text[..from], "" | BOM) {
            return refuse(XmlErrorKind::LateDeclaration);
        }
        match declaration.encoding() {
            Some(Ok(name)) if !is_utf8(&name) => refuse(XmlErrorKind::Encoding(name.into_owned())),
            _ => Ok(()),
        }
    }

    /// Opens an element; `closing` is the length of what ends its start tag: `>` or `/>`.
    fn start(&mut self, name_length: usize, from: usize, to: usize, closing: usize) -> Result<(), XmlError> {
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

    /// Closes the innermost element; quick-xml has checked that the names match.
    fn end(&mut self, content_end: usize, to: usize) {
        if self.open.len() > 1
            && let Some(index) = self.open.pop()
        {
            let data = &mut self.document.nodes[index as usize];
            data.span.end = offset(to);
            data.content.end = offset(content_end);
        }
        self.prefixes.leave(self.open.len());
    }

    fn plain_text(&mut self, from: usize, to: usize) -> Result<(), XmlError> {
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
    fn inner_text(&mut self, from: usize, to: usize) -> Result<(), XmlError> {
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

    fn leaf(&mut self, kind: Kind, from: usize, to: usize) -> Result<(), XmlError> {
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

    fn finish(self) -> Result<Document<'t>, XmlError> {
        let end = self.document.text.len();
        if let [_, .., innermost] = self.open[..] {
            let name = self.document.nodes[innermost as usize].name;
            let name = self.document.text[name.range()].to_owned();
            return Err(XmlError { kind: XmlErrorKind::Unclosed(name), offset: end });
        }
        if self.document.root == NONE {
            return Err(XmlError { kind: XmlErrorKind::NoRoot, offset: end });
        }
        Ok(self.document)
    }
}

fn is_utf8(encoding: &str) -> bool {
    ["utf-8", "utf8", "us-ascii", "ascii"].iter().any(|name| encoding.eq_ignore_ascii_case(name))
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

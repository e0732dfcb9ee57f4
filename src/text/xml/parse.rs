//! From quick-xml's events to the tree.

use quick_xml::Reader;
use quick_xml::events::Event;

use super::builder::{Builder, limit};
use super::error::{XmlError, XmlErrorKind};
use super::escape::{is_xml_char, resolve};
use super::plain;
use super::tree::{Document, Kind, Limits};

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
    match plain::read(text, limits) {
        Some(document) => Ok(document),
        None => by_events(text, limits),
    }
}

/// Builds the tree of any `text` from quick-xml's events.
fn by_events<'t>(text: &'t str, limits: &Limits) -> Result<Document<'t>, XmlError> {
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

impl Builder<'_, '_> {
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
        if !matches!(&self.text()[..from], "" | BOM) {
            return refuse(XmlErrorKind::LateDeclaration);
        }
        match declaration.encoding() {
            Some(Ok(name)) if !is_utf8(&name) => refuse(XmlErrorKind::Encoding(name.into_owned())),
            _ => Ok(()),
        }
    }
}

fn is_utf8(encoding: &str) -> bool {
    ["utf-8", "utf8", "us-ascii", "ascii"].iter().any(|name| encoding.eq_ignore_ascii_case(name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Pieces of documents, right and wrong, with bars between them.
    const PIECES: &str = "<a>|</a>|<a/>|<b c='d'>|</b>|</b >|<b c='>'/>|<b c=\"'\" e='/'/>|<p:q xmlns:p='u'/>|<p:q/>|\
        <b c='1' c='2'/>|<a/ >|< a>|<a b=/>|<!---->|<!-- x -->|<!--->|<!-->|<!---x-->|<!--x--->|<!--x--y-->|<![CDATA[<]]>|<?p?>|\
        <?xml version='1.0'?>|<!DOCTYPE a>|&amp;|&nope;|]]>|>|<|x| |\n|'|ü|\u{feff}";

    #[test]
    fn what_is_usual_is_plain() {
        let text = "<!-- w -->\n<a b='c'>\n  <d e=\"f'\" g='/'/>x > y\n  <p:h xmlns:p='u' p:i=''></p:h><!--z-->\n</a>\n";
        assert!(plain::read(text, &Limits::default()).is_some());
    }

    proptest! {
        #[test]
        fn a_plain_document_is_what_events_make_of_it(
            inside in prop::collection::vec(prop::sample::select(PIECES.split('|').collect::<Vec<_>>()), 0..8),
            bare in prop::bool::weighted(0.2),
        ) {
            let inside = inside.concat();
            let text = if bare { inside } else { format!("<r>{inside}</r>") };
            let limits = Limits::default();
            if let Some(document) = plain::read(&text, &limits) {
                prop_assert_eq!(format!("{:?}", Ok::<_, ()>(document)), format!("{:?}", by_events(&text, &limits)));
            }
        }
    }
}

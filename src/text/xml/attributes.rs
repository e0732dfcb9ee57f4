//! The attributes of one start tag.

use super::error::XmlErrorKind;
use super::escape::resolve;
use super::tree::AttributeData;
use crate::text::Span;

/// A complaint with the byte it is about.
pub(super) type Complaint = (XmlErrorKind, usize);

/// Reads the attributes of a start tag.
///
/// `text` is the whole document, `from..to` the bytes between the element's name and the end of
/// its tag (before `/>` or `>`). Says whether all their names are plain, and so have no prefix.
pub(super) fn read(
    text: &str,
    from: usize,
    to: usize,
    into: &mut Vec<AttributeData>,
) -> Result<bool, Complaint> {
    let bytes = text.as_bytes().get(..to).unwrap_or_default();
    let first = into.len();
    let mut at = from;
    let mut all_plain = true;
    loop {
        let spaces = at;
        at = skip(bytes, at, is_white);
        if at >= to {
            return Ok(all_plain);
        }
        if at == spaces {
            return Err((XmlErrorKind::Attribute("no space before it"), at));
        }
        let (data, next, plain) = read_one(text, bytes, at)?;
        let name = &bytes[data.name.range()];
        if into[first..].iter().any(|other| bytes[other.name.range()] == *name) {
            return Err((XmlErrorKind::DuplicateAttribute(text[data.name.range()].into()), at));
        }
        all_plain &= plain;
        into.push(data);
        at = next;
    }
}

/// An attribute, the byte behind it, and whether its name is plain. The tag ends where `bytes` do.
fn read_one(text: &str, bytes: &[u8], at: usize) -> Result<(AttributeData, usize, bool), Complaint> {
    let mut name_end = skip(bytes, at, is_plain);
    // Nearly every name is plain, and followed by its '='.
    let plain = bytes.get(name_end) == Some(&b'=') && is_plain_start(bytes[at]);
    if !plain {
        name_end = skip(bytes, at, |b| !is_white(b) && b != b'=');
        check_name(&text[at..name_end]).map_err(|kind| (kind, at))?;
    }
    let equals = skip(bytes, name_end, is_white);
    if bytes.get(equals) != Some(&b'=') {
        return Err((XmlErrorKind::Attribute("it has no value"), at));
    }
    let open = skip(bytes, equals + 1, is_white);
    let Some(&quote @ (b'\'' | b'"')) = bytes.get(open) else {
        return Err((XmlErrorKind::Attribute("its value is not quoted"), at));
    };
    let odd = skip(bytes, open + 1, is_simple);
    let close = skip(bytes, odd, |b| b != quote);
    if close >= bytes.len() {
        return Err((XmlErrorKind::Attribute("its value has no closing quote"), at));
    }
    if odd < close {
        check_value(&text[open + 1..close]).map_err(|(kind, inside)| (kind, open + 1 + inside))?;
    }
    let (name, value) = (Span::new(at, name_end), Span::new(open + 1, close));
    let data = AttributeData { name, value, literal: odd == close };
    Ok((data, close + 1, plain))
}

/// Where, from `at` on, the bytes stop being such as `go_on` accepts. Runs are a few bytes long: a bare loop is quickest.
fn skip(bytes: &[u8], mut at: usize, go_on: impl Fn(u8) -> bool) -> usize {
    while bytes.get(at).is_some_and(|&byte| go_on(byte)) {
        at += 1;
    }
    at
}

fn is_white(byte: u8) -> bool {
    byte.is_ascii_whitespace()
}

fn check_value(raw: &str) -> Result<(), Complaint> {
    if let Some(at) = raw.find('<') {
        return Err((XmlErrorKind::Attribute("'<' in its value"), at));
    }
    for (at, _) in raw.match_indices('&') {
        let reference = &raw[at + 1..];
        let name = reference.split_once(';').map_or(reference, |(name, _)| name);
        if resolve(name).is_none() {
            return Err((XmlErrorKind::UnknownEntity(name.chars().take(40).collect()), at));
        }
    }
    Ok(())
}

/// Whether `name` is a qualified name of XML namespaces: one or two names joined by a colon.
pub(super) fn check_name(name: &str) -> Result<(), XmlErrorKind> {
    if is_plain_name(name.as_bytes()) {
        return Ok(());
    }
    let (prefix, local) = name.split_once(':').unwrap_or(("_", name));
    if is_ncname(prefix) && is_ncname(local) {
        Ok(())
    } else {
        Err(XmlErrorKind::Name(name.chars().take(40).collect()))
    }
}

/// Whether a name has neither a prefix nor letters beyond ASCII, as nearly all have not.
pub(super) fn is_plain_name(name: &[u8]) -> bool {
    name.first().is_some_and(|&b| is_plain_start(b)) && name.iter().all(|&b| is_plain(b))
}

fn is_plain_start(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || byte == b'_'
}

fn is_plain(byte: u8) -> bool {
    PLAIN[usize::from(byte)]
}

/// Whether a byte of a value means itself, and is no quote.
fn is_simple(byte: u8) -> bool {
    SIMPLE[usize::from(byte)]
}

/// The bytes of names without letters beyond ASCII.
const PLAIN: [bool; 256] = {
    let mut plain = [false; 256];
    let mut byte = 0_u8;
    while byte < 0x80 {
        plain[byte as usize] = byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
        byte += 1;
    }
    plain
};

/// The bytes of values that mean themselves wherever they stand: a quote may be the last, and the others may mean something else.
const SIMPLE: [bool; 256] = {
    let mut simple = [true; 256];
    let odd = b"'\"<&\n\r\t";
    let mut nth = 0;
    while nth < odd.len() {
        simple[odd[nth] as usize] = false;
        nth += 1;
    }
    simple
};

fn is_ncname(name: &str) -> bool {
    let mut chars = name.chars();
    chars.next().is_some_and(is_name_start) && chars.all(is_name_char)
}

fn is_name_start(c: char) -> bool {
    c.is_ascii_alphabetic() || c == '_' || (c as u32 >= 0xC0 && c != '×' && c != '÷' && c.is_alphabetic())
}

fn is_name_char(c: char) -> bool {
    is_name_start(c)
        || c.is_ascii_digit()
        || matches!(c, '-' | '.' | '·')
        || (c as u32 >= 0x300 && c.is_alphanumeric())
}

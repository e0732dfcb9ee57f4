//! Between what a document spells and what it means.

use std::borrow::Cow;

/// The text with `&`, `<` and `>` spelled so that it can stand between tags.
pub fn escape_text(text: &str) -> Cow<'_, str> {
    escape(text, |c| match c {
        '&' => Some("&amp;"),
        '<' => Some("&lt;"),
        '>' => Some("&gt;"),
        _ => None,
    })
}

/// The text spelled so that it can stand in an attribute, whichever quote is used.
pub fn escape_attribute(text: &str) -> Cow<'_, str> {
    escape(text, |c| match c {
        '&' => Some("&amp;"),
        '<' => Some("&lt;"),
        '>' => Some("&gt;"),
        '\'' => Some("&apos;"),
        '"' => Some("&quot;"),
        '\n' => Some("&#10;"),
        '\t' => Some("&#9;"),
        '\r' => Some("&#13;"),
        _ => None,
    })
}

fn escape(text: &str, spelled: impl Fn(char) -> Option<&'static str>) -> Cow<'_, str> {
    // Bytes do to look for them: all that is spelled otherwise is ASCII.
    if !text.bytes().any(|byte| byte.is_ascii() && spelled(char::from(byte)).is_some()) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match spelled(c) {
            Some(entity) => out.push_str(entity),
            None => out.push(c),
        }
    }
    Cow::Owned(out)
}

/// What an attribute's raw value means: references resolved, white space made spaces (XML 1.0, 3.3.3).
pub fn unescape_attribute(raw: &str) -> Cow<'_, str> {
    if !raw.bytes().any(|b| matches!(b, b'&' | b'\n' | b'\r' | b'\t')) {
        return Cow::Borrowed(raw);
    }
    let mut out = String::with_capacity(raw.len());
    pieces(raw, |piece| match piece {
        Piece::Plain(text) => {
            let text = text.replace("\r\n", "\n");
            out.extend(text.chars().map(|c| if c.is_ascii_whitespace() { ' ' } else { c }));
        }
        Piece::Character(c) => out.push(c),
    });
    Cow::Owned(out)
}

/// What raw text between tags means: references resolved, CDATA opened, line ends made `\n` (XML 1.0, 2.11).
pub fn unescape_text(raw: &str) -> Cow<'_, str> {
    if !raw.bytes().any(|b| matches!(b, b'&' | b'\r' | b'<')) {
        return Cow::Borrowed(raw);
    }
    let mut out = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some((before, after)) = rest.split_once("<![CDATA[") {
        unescape_plain(before, &mut out);
        let (inside, after) = after.split_once("]]>").unwrap_or((after, ""));
        out.push_str(&inside.replace("\r\n", "\n").replace('\r', "\n"));
        rest = after;
    }
    unescape_plain(rest, &mut out);
    Cow::Owned(out)
}

fn unescape_plain(raw: &str, out: &mut String) {
    pieces(raw, |piece| match piece {
        Piece::Plain(text) => out.push_str(&text.replace("\r\n", "\n").replace('\r', "\n")),
        Piece::Character(c) => out.push(c),
    });
}

enum Piece<'t> {
    Plain(&'t str),
    Character(char),
}

/// Walks over plain runs and resolved references; an unknown reference is given as it is spelled.
fn pieces<'t>(raw: &'t str, mut each: impl FnMut(Piece<'t>)) {
    let mut rest = raw;
    while let Some(at) = rest.find('&') {
        let (before, reference) = rest.split_at(at);
        each(Piece::Plain(before));
        let end = reference.find(';').map_or(reference.len(), |at| at + 1);
        let (reference, after) = reference.split_at(end);
        match resolve(reference.trim_start_matches('&').trim_end_matches(';')) {
            Some(c) => each(Piece::Character(c)),
            None => each(Piece::Plain(reference)),
        }
        rest = after;
    }
    each(Piece::Plain(rest));
}

/// The character that an entity or character reference (without `&` and `;`) stands for.
pub(super) fn resolve(name: &str) -> Option<char> {
    match name {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "apos" => Some('\''),
        "quot" => Some('"'),
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix('x') {
                Some(hex) => u32::from_str_radix(hex, 16),
                None => number.parse(),
            };
            code.ok().and_then(char::from_u32).filter(|&c| is_xml_char(c))
        }
    }
}

/// The characters of XML 1.0, 2.2.
pub(super) fn is_xml_char(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | ' '..='\u{D7FF}' | '\u{E000}'..='\u{FFFD}' | '\u{10000}'..)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn references_mean_characters() {
        assert_eq!(unescape_attribute("a&lt;b\n&#x41;&#10;"), "a<b A\n");
        assert_eq!(unescape_text("a&amp;<![CDATA[<&>]]>b\r\nc"), "a&<&>b\nc");
        assert_eq!(resolve("#0"), None);
    }

    proptest! {
        #[test]
        fn what_is_escaped_means_itself(text in "\\PC*") {
            let (attribute, plain) = (escape_attribute(&text), escape_text(&text));
            prop_assert_eq!(unescape_attribute(&attribute), text.as_str());
            prop_assert_eq!(unescape_text(&plain), text.as_str());
        }
    }
}

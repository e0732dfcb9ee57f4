//! Documents of tags, text and comments alone, read without quick-xml's events.
//!
//! Such documents are nearly all that libvirt prints, and need no more than to find the next `<`. Nothing is refused here: whatever is not plain is left to
//! them, references, CDATA, declarations and every fault included, so that there is one place that says what is wrong.

use super::builder::Builder;
use super::tree::{Document, Kind, Limits};

/// The tree of `text`, the same as events give; `None` where it is not plain.
pub(super) fn read<'t>(text: &'t str, limits: &Limits) -> Option<Document<'t>> {
    let mut builder = Builder::new(text, limits);
    let mut at = 0;
    while let Some(&first) = text.as_bytes().get(at) {
        let read = if first == b'<' { markup } else { between };
        at = read(&mut builder, at)?;
    }
    builder.finish().ok()
}

/// Reads the text that begins at the byte `from`, and says where it ends.
fn between(builder: &mut Builder<'_, '_>, from: usize) -> Option<usize> {
    let rest = &builder.text().as_bytes()[from..];
    let to = from + rest.iter().position(|&byte| matches!(byte, b'<' | b'&')).unwrap_or(rest.len());
    if builder.text().as_bytes().get(to) == Some(&b'&') {
        return None;
    }
    builder.plain_text(from, to).ok()?;
    Some(to)
}

fn markup(builder: &mut Builder<'_, '_>, from: usize) -> Option<usize> {
    match builder.text().as_bytes().get(from + 1)? {
        b'/' => end_tag(builder, from),
        b'!' => comment(builder, from),
        b'?' => None,
        _ => start_tag(builder, from),
    }
}

/// A tag that is spelled `</name>`, as that of the element that is open.
fn end_tag(builder: &mut Builder<'_, '_>, from: usize) -> Option<usize> {
    let rest = builder.text().get(from + 2..)?;
    let after = rest.strip_prefix(builder.innermost()?)?.strip_prefix('>')?;
    let to = builder.text().len() - after.len();
    builder.end(from, to);
    Some(to)
}

/// A comment with two hyphens at its end and nowhere else, and none at its beginning.
fn comment(builder: &mut Builder<'_, '_>, from: usize) -> Option<usize> {
    let inside =
        builder.text()[from..].strip_prefix("<!--").filter(|inside| !inside.starts_with(['-', '>']))?;
    let (_, after) = inside.split_once("--")?;
    let to = builder.text().len() - after.strip_prefix('>')?.len();
    builder.leaf(Kind::Comment, from, to).ok()?;
    Some(to)
}

/// A start tag without `>` in a value: with one, what is before it is no tag that [`Builder::start`] accepts.
fn start_tag(builder: &mut Builder<'_, '_>, from: usize) -> Option<usize> {
    let tag = &builder.text().as_bytes()[from..];
    let length = tag.iter().position(|&byte| byte == b'>')?;
    let is_empty = tag[length - 1] == b'/';
    let inside = &tag[1..length - usize::from(is_empty)];
    let name = inside.iter().position(u8::is_ascii_whitespace).unwrap_or(inside.len());
    let to = from + length + 1;
    builder.start(name, from, to, 1 + usize::from(is_empty)).ok()?;
    if is_empty {
        builder.end(to, to);
    }
    Some(to)
}

//! White space around elements.

use crate::text::xml::Element;

/// The line break and indentation before `element`; empty where it does not begin its line.
pub(super) fn lead<'t>(text: &'t str, element: Element<'_>) -> &'t str {
    let start = element.span().start as usize;
    let white = text.get(before_white(text, start)..start).unwrap_or_default();
    let line = white.rfind('\n').map(|at| at - usize::from(white[..at].ends_with('\r')));
    line.map_or("", |at| &white[at..])
}

/// Where the white space before the byte at `at` begins.
pub(super) fn before_white(text: &str, at: usize) -> usize {
    let before = text.as_bytes().get(..at).unwrap_or_default();
    let white = |byte: &&u8| matches!(byte, b' ' | b'\t' | b'\r' | b'\n');
    at - before.iter().rev().take_while(white).count()
}

//! From byte offsets to lines and columns.

use super::Span;

/// A place a person can find: line and column, both counted from 1; columns count characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    /// The line, from 1.
    pub line: u32,
    /// The character in the line, from 1.
    pub column: u32,
}

/// Where each line of one text starts.
#[derive(Clone, Debug)]
pub struct LineIndex {
    starts: Vec<u32>,
}

impl LineIndex {
    /// Indexes the lines of `text`; a line ends at `\n`.
    pub fn new(text: &str) -> Self {
        let ends = text.bytes().enumerate().filter(|&(_, byte)| byte == b'\n');
        let starts = std::iter::once(0).chain(ends.map(|(at, _)| offset(at + 1)));
        Self { starts: starts.collect() }
    }

    /// Line and column of a byte offset into `text`, the text the index was made from. An offset
    /// past the end is the end.
    pub fn position(&self, text: &str, at: usize) -> Position {
        let at = (0..=at.min(text.len())).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0);
        let line = self.starts.partition_point(|&start| start as usize <= at);
        let start = self.starts.get(line.wrapping_sub(1)).map_or(0, |&start| start as usize);
        let column = text.get(start..at).map_or(0, |before| before.chars().count());
        Position { line: offset(line.max(1)), column: offset(column + 1) }
    }
}

/// One line of a text document: its words and where they stand.
#[derive(Clone, Copy, Debug)]
pub struct Line<'t> {
    /// The line without its end.
    pub text: &'t str,
    /// The byte offset at which it starts.
    pub start: usize,
}

impl<'t> Line<'t> {
    /// The span of the whole line.
    pub fn span(&self) -> Span {
        Span::new(self.start, self.start + self.text.len())
    }

    /// `key: value` split at the first `separator`, both trimmed; `None` where there is none.
    pub fn key_value(&self, separator: char) -> Option<(&'t str, &'t str)> {
        let (key, value) = self.text.split_once(separator)?;
        Some((key.trim(), value.trim()))
    }

    /// How many white-space characters the line begins with.
    pub fn indent(&self) -> usize {
        self.text.len() - self.text.trim_start().len()
    }
}

/// The lines of `text`, each with its offset; `\r\n` ends a line as `\n` does.
pub fn lines(text: &str) -> impl Iterator<Item = Line<'_>> {
    let mut start = 0;
    text.split_inclusive('\n').map(move |raw| {
        let line = Line { text: raw.trim_end_matches(['\n', '\r']), start };
        start += raw.len();
        line
    })
}

/// Sources are limited to far less than 4 GiB, so an offset fits; saturates all the same.
pub(in crate::text) fn offset(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_count_characters_from_one() {
        let text = "a\nßx\n";
        let index = LineIndex::new(text);
        assert_eq!(index.position(text, 0), Position { line: 1, column: 1 });
        assert_eq!(index.position(text, 4), Position { line: 2, column: 2 });
        assert_eq!(index.position(text, 99), Position { line: 3, column: 1 });
    }

    #[test]
    fn lines_keep_offsets_over_both_line_ends() {
        let found: Vec<_> = lines("one\r\ntwo: 2\n").map(|l| (l.text, l.start)).collect();
        assert_eq!(found, [("one", 0), ("two: 2", 5)]);
    }
}

//! Lines that fit a width.

/// The text with its lines broken between words to `width` columns. What goes on is indented below what it belongs to: a
/// line of two columns goes on in its second. ANSI colours take no room; lines of quoted documents and of commands stay
/// as they are.
pub fn folded(text: &str, width: u16) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 8);
    for line in text.split_inclusive('\n') {
        let (line, end) = line.split_at(line.trim_end_matches(['\r', '\n']).len());
        fold(&mut out, line, usize::from(width));
        out.push_str(end);
    }
    out
}

fn fold(out: &mut String, line: &str, width: usize) {
    let bare = bare(line);
    if bare.chars().count() <= width || is_kept(&bare) {
        out.push_str(line);
        return;
    }
    let hang = hang(&bare).min(width / 2);
    let mut column = 0;
    for (at, word) in line.split(' ').enumerate() {
        let length = self::bare(word).chars().count();
        if column > hang && length > 0 && column + 1 + length > width {
            out.push('\n');
            out.push_str(&" ".repeat(hang));
            column = hang;
        } else if at > 0 {
            out.push(' ');
            column += 1;
        }
        out.push_str(word);
        column += length;
    }
}

/// The line without its colours.
fn bare(line: &str) -> String {
    let mut parts = line.split("\x1b[");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| text + part.split_once('m').map_or(part, |(_, rest)| rest))
}

/// Whether the line quotes a document or points into one, or ends in a command to be copied.
fn is_kept(bare: &str) -> bool {
    let line = bare.trim_start().trim_start_matches(|c: char| c.is_ascii_digit()).trim_start();
    line.starts_with("| ")
        || line.starts_with("--> ")
        || line.starts_with("::: ")
        || line.contains(": portolan ")
}

/// The column in which a line goes on: that of its second column, else a little more than it is indented.
fn hang(bare: &str) -> usize {
    let chars: Vec<char> = bare.chars().collect();
    let indent = chars.iter().take_while(|c| **c == ' ').count();
    let help = "= help: ".len();
    if bare.trim_start().starts_with("= ") {
        return indent + help;
    }
    let gap = chars.windows(2).enumerate().skip(indent).find(|(_, pair)| *pair == [' ', ' ']);
    let second = gap.map(|(at, _)| at + chars.iter().skip(at).take_while(|c| **c == ' ').count());
    second.filter(|column| *column <= indent + WORD).unwrap_or(indent + 2)
}

/// The widest that a first column is.
const WORD: usize = 16;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_goes_on_in_its_second_column() {
        let text = "    blocker  the host has no such thing (rule)\n";
        assert_eq!(folded(text, 30), "    blocker  the host has no\n             such thing (rule)\n");
        assert_eq!(folded("one two three\n", 8), "one two\n  three\n");
        assert_eq!(folded("  = help: one two three", 16), "  = help: one\n        two\n        three");
    }

    #[test]
    fn colours_take_no_room_and_what_fits_or_is_quoted_stays() {
        let red = "\x1b[31mred\x1b[0m green";
        assert_eq!(folded(red, 9), red);
        assert_eq!(folded(red, 8), "\x1b[31mred\x1b[0m\n  green");
        for stays in [
            "to pin them: portolan rewrite inventory",
            "12 | <a b='c' d='e'>",
            " --> a/very long/path.xml:1:2",
            "averylongwordthatfitsnowhere",
        ] {
            assert_eq!(folded(stays, 8), stays);
        }
    }

    #[test]
    fn folding_twice_is_folding_once() {
        let text = "  note     one two three four five six seven\n\n    a b c d e f g h i j k l m\n";
        for width in 8..40 {
            let once = folded(text, width);
            assert_eq!(folded(&once, width), once, "{width}");
        }
    }
}

//! Unified diffs of rewritten guests.

use std::fmt::Write as _;

use similar::TextDiff;

/// The unified diff from `old` to `new`, three lines of context, named for `name`.
pub fn diff(name: &str, old: &str, new: &str) -> String {
    let (from, to) = (format!("a/{name}"), format!("b/{name}"));
    TextDiff::from_lines(old, new).unified_diff().context_radius(3).header(&from, &to).to_string()
}

/// The diff with ANSI colours: green comes in, red goes out.
pub fn coloured(diff: &str) -> String {
    use anstyle::{AnsiColor, Style};
    let (red, green) = (AnsiColor::Red.on_default(), AnsiColor::Green.on_default());
    let style = |line: &str| match line.as_bytes().first() {
        _ if line.starts_with("---") || line.starts_with("+++") => Style::new().bold(),
        Some(b'-') => red,
        Some(b'+') => green,
        Some(b'@') => AnsiColor::Cyan.on_default(),
        _ => Style::new(),
    };
    let mut out = String::with_capacity(diff.len());
    for line in diff.split_inclusive('\n') {
        // A line of the document may end in a carriage return, which stays.
        let (text, end) = line.split_at(line.trim_end_matches(['\r', '\n']).len());
        let _ = write!(out, "{0}{text}{0:#}{end}", style(text));
    }
    out
}

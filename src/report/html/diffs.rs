//! The diff of a rewritten guest, and which of its lines edits lead to.

use std::collections::BTreeSet;

/// A line of a diff.
pub(super) struct DiffLine {
    /// The element that marks what it does.
    pub(super) tag: &'static str,
    /// The text, with the sign before it.
    pub(super) text: String,
    /// Its number in the old document, where an edit leads to it.
    pub(super) led_to: Option<u32>,
}

/// The lines of a unified diff; of those of the old document that are `wanted`, with their numbers.
pub(super) fn diff_lines(diff: &str, wanted: &BTreeSet<u32>) -> Vec<DiffLine> {
    let mut next = 0;
    let mut lines = Vec::new();
    for text in diff.lines() {
        let tag = tag(text);
        next = first_of_hunk(text).unwrap_or(next);
        let is_old = tag == "del" || (tag == "span" && text.starts_with(' '));
        let led_to = Some(next).filter(|line| is_old && wanted.contains(line));
        next += u32::from(is_old);
        lines.push(DiffLine { tag, text: text.to_owned(), led_to });
    }
    lines
}

/// The element that marks what a line does.
fn tag(line: &str) -> &'static str {
    match line.as_bytes().first() {
        _ if line.starts_with("+++") || line.starts_with("---") => "b",
        Some(b'+') => "ins",
        Some(b'-') => "del",
        Some(b'@') => "b",
        _ => "span",
    }
}

/// The line of the old document that a hunk begins with: `@@ -12,7 +12,6 @@`.
fn first_of_hunk(line: &str) -> Option<u32> {
    let numbers = line.strip_prefix("@@ -")?;
    numbers.split([',', ' ']).next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_have_their_numbers_in_the_old_document() {
        let old = (1..=20).map(|line: u32| line.to_string() + "\n").collect::<Vec<_>>().concat();
        // Without line 3, with another 12, and with one more behind 18.
        let new =
            old.replacen("3\n", "", 1).replacen("12\n", "twelve\n", 1).replacen("18\n", "18\nmore\n", 1);
        let diff = crate::report::diff("made-up.xml", &old, &new);
        let every: BTreeSet<u32> = (1..=20).collect();
        let lines = diff_lines(&diff, &every);
        let told: Vec<_> = lines.iter().filter_map(|line| Some((line.led_to?, &line.text[1..]))).collect();
        assert!(told.iter().all(|(number, text)| number.to_string() == *text), "{told:?}");
        let gone: Vec<_> = lines.iter().filter(|line| line.tag == "del").map(|line| line.led_to).collect();
        assert_eq!(gone, [Some(3), Some(12)]);
        assert!(lines.iter().all(|line| line.tag != "ins" || line.led_to.is_none()));
        let some = diff_lines(&diff, &BTreeSet::from([8, 12]));
        assert_eq!(
            some.iter().filter_map(|line| line.led_to).collect::<Vec<_>>(),
            [12],
            "8 is not in the diff"
        );
    }
}

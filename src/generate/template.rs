//! Documents with gaps: `{name}` stands for a value.

use std::fmt::Write;

/// Which document of a guest is made. Lines of a template that begin with `+` are of the live one, with `-` of the stored.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Definition {
    Stored,
    Live,
}

/// The template with its gaps filled. A gap that has no value stays as it is, and a test looks for these.
pub(super) fn filled(template: &str, values: &[(&str, &str)]) -> String {
    let mut text = String::with_capacity(template.len() * 2);
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        text.push_str(before);
        let value = after.split_once('}').and_then(|(gap, behind)| {
            let (_, value) = values.iter().find(|(name, _)| *name == gap)?;
            Some((value, behind))
        });
        if let Some((value, behind)) = value {
            text.push_str(value);
            rest = behind;
        } else {
            text.push('{');
            rest = after;
        }
    }
    text.push_str(rest);
    text
}

/// The lines of the template that are of this document, filled.
pub(super) fn defined(template: &str, definition: Definition, values: &[(&str, &str)]) -> String {
    let own = if definition == Definition::Live { '+' } else { '-' };
    let lines = template.lines().filter_map(|line| match line.chars().next() {
        Some('+' | '-') => line.strip_prefix(own),
        _ => Some(line),
    });
    let mut kept = String::with_capacity(template.len());
    for line in lines {
        kept.push_str(line);
        kept.push('\n');
    }
    filled(&kept, values)
}

/// One line for each, with its own text in the gap.
pub(super) fn lines<T: std::fmt::Display>(
    all: impl IntoIterator<Item = T>,
    before: &str,
    after: &str,
) -> String {
    let mut text = String::new();
    for one in all {
        // Writing to a text does not fail.
        let _ = writeln!(text, "{before}{one}{after}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gaps_are_filled_and_lines_are_of_their_document() {
        assert_eq!(filled("a {x} {y} {", &[("x", "{1}")]), "a {1} {y} {");
        let template = "+<d id='{id}'>\n-<d>\n  <n/>\n</d>\n";
        assert_eq!(defined(template, Definition::Live, &[("id", "7")]), "<d id='7'>\n  <n/>\n</d>\n");
        assert_eq!(defined(template, Definition::Stored, &[]), "<d>\n  <n/>\n</d>\n");
        assert_eq!(lines([1, 2], "<", ">"), "<1>\n<2>\n");
    }
}

//! Edits of a text by disjoint replacements: what no splice touches stays byte for byte.

use super::Span;

/// One replacement: the bytes of `span` become `text`. An empty span inserts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Splice {
    /// What is replaced, in bytes of the old text.
    pub span: Span,
    /// What stands there afterwards.
    pub text: String,
}

/// Why a list of splices cannot be carried out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SpliceError {
    /// Two splices touch the same bytes.
    #[error("two edits overlap at byte {0}")]
    Overlap(u32),
    /// A splice lies outside the text, or cuts a character in two.
    #[error("an edit at byte {0} lies outside the text or inside a character")]
    Outside(u32),
}

/// Carries out `splices`, which may come in any order, on `text`.
///
/// Insertions at the same byte keep the order they are listed in, and stand before a replacement
/// that begins there.
///
/// # Errors
/// [`SpliceError`] where two splices overlap or one does not lie on characters of `text`.
pub fn splice<'s>(text: &str, splices: impl IntoIterator<Item = &'s Splice>) -> Result<String, SpliceError> {
    let mut ordered: Vec<&Splice> = splices.into_iter().collect();
    ordered.sort_by_key(|s| (s.span.start, s.span.end));
    let added: usize = ordered.iter().map(|s| s.text.len()).sum();
    let mut out = String::with_capacity(text.len() + added);
    let mut done = 0;
    for one in ordered {
        if one.span.start < done || one.span.end < one.span.start {
            return Err(SpliceError::Overlap(one.span.start));
        }
        let kept = text.get(done as usize..one.span.start as usize);
        out.push_str(kept.ok_or(SpliceError::Outside(one.span.start))?);
        out.push_str(&one.text);
        done = one.span.end;
    }
    out.push_str(text.get(done as usize..).ok_or(SpliceError::Outside(done))?);
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn edit(start: usize, end: usize, text: &str) -> Splice {
        Splice { span: Span::new(start, end), text: text.into() }
    }

    #[test]
    fn order_of_the_list_does_not_matter() {
        let edits = [edit(4, 5, "E"), edit(0, 1, "A"), edit(2, 2, "+")];
        assert_eq!(splice("abcde", &edits), Ok("Ab+cdE".into()));
    }

    #[test]
    fn overlaps_and_outsides_are_refused() {
        assert_eq!(splice("abc", &[edit(0, 2, ""), edit(1, 3, "")]), Err(SpliceError::Overlap(1)));
        assert_eq!(splice("abc", &[edit(4, 5, "")]), Err(SpliceError::Outside(4)));
        assert_eq!(splice("ß", &[edit(1, 2, "")]), Err(SpliceError::Outside(1)));
    }

    proptest! {
        #[test]
        fn nothing_to_do_changes_nothing(text in "\\PC*") {
            prop_assert_eq!(splice(&text, &[]), Ok(text));
        }

        #[test]
        fn any_edits_end_in_an_answer(text in "\\PC{0,20}", at in prop::collection::vec((0usize..30, 0usize..30), 0..5)) {
            let edits: Vec<_> = at.iter().map(|&(a, b)| edit(a, b, "x")).collect();
            let _ = splice(&text, &edits);
        }
    }
}

//! What is said of keys of `cluster.toml` that are not known, and of values that are not what they should be.

use std::ops::Range;

use super::problem::Complaint;

/// What to do about any of them.
pub(super) const REMEDY: &str = "see docs/reference/files.md for what cluster.toml may hold";

/// Nothing is called `key` in the table `table`; at the top where that is empty.
pub(super) fn unknown(span: Range<usize>, key: &str, table: &str) -> Complaint {
    let place = if table.is_empty() { String::new() } else { format!(" in '{table}'") };
    Complaint::new(Some(span.start), format!("'{key}'{place} is not a key that is known"), REMEDY)
}

/// The value of `key` is not what is `expected`.
pub(super) fn not(span: Range<usize>, key: &str, expected: &str) -> Complaint {
    Complaint::new(Some(span.start), format!("'{key}' is not {expected}"), REMEDY)
}

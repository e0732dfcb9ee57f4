//! Names in lists that stay short.

use crate::report::words::at_most;

/// A few names, and how many more there are.
pub(super) struct Names {
    /// Those that are shown.
    pub(super) shown: String,
    /// All of them, where that is more.
    pub(super) all: Option<String>,
    /// How many there are.
    pub(super) count: usize,
}

impl Names {
    /// The first `most` of them stand in the open.
    pub(super) fn of(names: &[String], most: usize) -> Self {
        Self {
            shown: at_most(most, names.iter().map(String::as_str)),
            all: (names.len() > most).then(|| names.join(", ")),
            count: names.len(),
        }
    }
}

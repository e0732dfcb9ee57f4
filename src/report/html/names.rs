//! Names in lists that stay short.

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
        let more = names.len().saturating_sub(most);
        let first = names[..names.len() - more].join(", ");
        Self {
            shown: if more > 0 { format!("{first} and {more} more") } else { first },
            all: (more > 0).then(|| names.join(", ")),
            count: names.len(),
        }
    }
}

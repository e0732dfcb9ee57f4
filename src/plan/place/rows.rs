//! Short lists in one long one.

/// A list of short lists, kept as one.
#[derive(Clone, Debug, Default)]
pub(super) struct Rows<T> {
    all: Vec<T>,
    ends: Vec<usize>,
}

impl<T> Rows<T> {
    /// How many rows there are.
    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    /// The row of a number; empty where there is none.
    pub(super) fn of(&self, row: usize) -> &[T] {
        let start = row.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.all[start..self.ends[row]]
    }
}

impl<T> FromIterator<Vec<T>> for Rows<T> {
    fn from_iter<I: IntoIterator<Item = Vec<T>>>(rows: I) -> Self {
        let mut made = Self { all: Vec::new(), ends: Vec::new() };
        for row in rows {
            made.all.extend(row);
            made.ends.push(made.all.len());
        }
        made
    }
}

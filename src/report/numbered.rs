//! Things that are kept once and referred to by number.

use std::collections::BTreeMap;

/// A list without doubles, in the order in which things came.
pub(super) struct Numbered<T> {
    numbers: BTreeMap<T, usize>,
    list: Vec<T>,
}

impl<T> Default for Numbered<T> {
    fn default() -> Self {
        Self { numbers: BTreeMap::new(), list: Vec::new() }
    }
}

impl<T: Ord + Clone> Numbered<T> {
    /// The number of this one, from 0.
    pub(super) fn number(&mut self, one: T) -> usize {
        if let Some(&number) = self.numbers.get(&one) {
            return number;
        }
        self.numbers.insert(one.clone(), self.list.len());
        self.list.push(one);
        self.list.len() - 1
    }

    /// All of them.
    pub(super) fn list(&self) -> &[T] {
        &self.list
    }

    pub(super) fn into_list(self) -> Vec<T> {
        self.list
    }
}

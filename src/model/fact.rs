//! Something known, with the place that says so; or unknown, with what would tell.

use std::cmp::Ordering;
use std::hash::{Hash, Hasher};

use super::DocumentKind;
use crate::text::Place;

/// A value and the place that says so.
///
/// Two are equal when they say the same, whichever document says it: that is what makes hosts of
/// equal facts one class.
#[derive(Clone, Copy, Debug)]
pub struct Known<T> {
    /// What is known.
    pub value: T,
    /// The place that says so.
    pub place: Place,
}

impl<T> Known<T> {
    /// `value`, said at `place`.
    pub fn new(value: T, place: Place) -> Self {
        Self { value, place }
    }

    /// The same place saying what `f` makes of the value.
    pub fn map<U>(self, f: impl FnOnce(T) -> U) -> Known<U> {
        Known { value: f(self.value), place: self.place }
    }
}

impl<T: PartialEq> PartialEq for Known<T> {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

impl<T: Eq> Eq for Known<T> {}

impl<T: PartialOrd> PartialOrd for Known<T> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        self.value.partial_cmp(&other.value)
    }
}

impl<T: Ord> Ord for Known<T> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.value.cmp(&other.value)
    }
}

impl<T: Hash> Hash for Known<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.value.hash(state);
    }
}

/// Something about a host or guest: known, or unknown with the document that would tell.
///
/// Absent is not no: a document that does not speak of a thing leaves it unknown.
#[derive(Clone, Debug)]
pub enum Fact<T> {
    /// Known, with the place that says so.
    Known(Known<T>),
    /// Unknown; such a document would tell.
    Unknown(DocumentKind),
}

impl<T> Fact<T> {
    /// Known: `value`, said at `place`.
    pub fn known(value: T, place: Place) -> Self {
        Self::Known(Known::new(value, place))
    }

    /// The value, where it is known.
    pub fn value(&self) -> Option<&T> {
        self.get().map(|known| &known.value)
    }

    /// The value and its place, where it is known.
    pub fn get(&self) -> Option<&Known<T>> {
        match self {
            Self::Known(known) => Some(known),
            Self::Unknown(_) => None,
        }
    }

    /// The place that says so, where it is known.
    pub fn place(&self) -> Option<Place> {
        self.get().map(|known| known.place)
    }

    /// The known value with its place, or the document that would tell.
    ///
    /// # Errors
    /// The kind of document that would tell, where the fact is unknown.
    pub fn ask(&self) -> Result<&Known<T>, DocumentKind> {
        match self {
            Self::Known(known) => Ok(known),
            Self::Unknown(document) => Err(*document),
        }
    }

    /// Takes what `other` says where nothing is known yet: the first source to speak is trusted.
    pub fn fill(&mut self, other: Option<Known<T>>) {
        if let (Self::Unknown(_), Some(known)) = (&*self, other) {
            *self = Self::Known(known);
        }
    }
}

impl<T: PartialEq> PartialEq for Fact<T> {
    fn eq(&self, other: &Self) -> bool {
        self.value() == other.value()
    }
}

impl<T: Eq> Eq for Fact<T> {}

impl<T: PartialOrd> PartialOrd for Fact<T> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        self.value().partial_cmp(&other.value())
    }
}

impl<T: Ord> Ord for Fact<T> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.value().cmp(&other.value())
    }
}

impl<T: Hash> Hash for Fact<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.value().hash(state);
    }
}

//! Texts that have most of their lines in common with others, in little memory.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::ops::{Deref, Range};
use std::sync::{Arc, OnceLock, PoisonError, RwLock};

/// How many texts with one number of lines others are compared with.
const BASES: usize = 64;
/// A text with at most one line in so many of its own is good enough: no better one is looked for.
const GOOD: usize = 5;
/// With more than one line in so many of its own it is no saving.
const SAVING: usize = 2;
/// How many lines most texts have at most.
const USUAL: usize = 128;

/// The text of a document. Where others have most of its lines too, only its own lines are kept, and it is whole once it is
/// asked for.
#[derive(Clone, Default)]
pub struct Text {
    whole: OnceLock<Arc<str>>,
    packed: Option<Box<Packed>>,
}

/// A text that others are compared with, where its lines end, and a mark of each: equal lines have equal marks.
#[derive(Debug)]
struct Base {
    text: Arc<str>,
    ends: Box<[usize]>,
    marks: Box<[u32]>,
}

/// A text beside another one with as many lines.
#[derive(Clone, Debug)]
struct Packed {
    other: Arc<Base>,
    /// The numbers of the lines that differ, ascending.
    numbers: Box<[u32]>,
    /// These lines.
    lines: Box<str>,
}

impl Packed {
    fn unpacked(&self) -> String {
        let Base { text: other, ends, .. } = &*self.other;
        let mut text = String::with_capacity(other.len() + self.lines.len());
        let mut from = 0;
        for (number, line) in self.numbers.iter().zip(self.lines.split_inclusive('\n')) {
            let Range { start, end } = range(ends, *number as usize);
            text.push_str(&other[from..start]);
            text.push_str(line);
            from = end;
        }
        text.push_str(&other[from..]);
        text
    }
}

/// A number that unlike lines hardly ever have in common.
fn mark(line: &str) -> u32 {
    const MIX: u64 = 0x9e37_79b9_7f4a_7c15;
    let mix = |mixed: u64, word: u64| (mixed ^ word).wrapping_mul(MIX).rotate_left(29);
    let (words, rest) = line.as_bytes().as_chunks::<8>();
    let mixed = words.iter().fold(line.len() as u64, |mixed, word| mix(mixed, u64::from_le_bytes(*word)));
    let last = rest.iter().fold(0, |last, &byte| last << 8 | u64::from(byte));
    (mix(mixed, last).wrapping_mul(MIX) >> 32) as u32
}

/// Where a line is.
fn range(ends: &[usize], number: usize) -> Range<usize> {
    number.checked_sub(1).map_or(0, |before| ends[before])..ends[number]
}

impl Text {
    fn kept(whole: Arc<str>) -> Self {
        Self { whole: OnceLock::from(whole), packed: None }
    }

    /// The text, for one look at it: unlike a look through a reference, this one keeps nothing.
    pub fn read(&self) -> Cow<'_, str> {
        match (self.whole.get(), &self.packed) {
            (Some(whole), _) => Cow::Borrowed(whole),
            (None, Some(packed)) => Cow::Owned(packed.unpacked()),
            (None, None) => Cow::Borrowed(""),
        }
    }
}

impl Deref for Text {
    type Target = str;

    fn deref(&self) -> &str {
        self.whole
            .get_or_init(|| self.packed.as_ref().map(|packed| packed.unpacked()).unwrap_or_default().into())
    }
}

impl From<String> for Text {
    fn from(text: String) -> Self {
        Self::kept(text.into())
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.read())
    }
}

/// As the text it is: which of several like ones is kept whole is chance.
impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&*self.read(), f)
    }
}

/// Texts that were kept whole, by their number of lines: what later ones are compared with.
#[derive(Debug, Default)]
pub struct Shelf(RwLock<BTreeMap<usize, Arc<[Arc<Base>]>>>);

impl Shelf {
    /// Keeps a text in as little memory as the texts before it allow.
    pub fn put(&self, text: &str) -> Text {
        let one = Lined::new(text);
        let count = one.ends.len();
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner).get(&count).cloned();
        let known = known.unwrap_or_else(|| Arc::new([]));
        match one.nearest(&known) {
            Some((other, 0)) if *other.text == *text => Text::kept(Arc::clone(&other.text)),
            Some((other, own)) if own * GOOD <= count => one.packed(other),
            _ if known.len() < BASES => self.added(one),
            Some((other, own)) if own * SAVING <= count => one.packed(other),
            _ => Text::from(text.to_owned()),
        }
    }

    fn added(&self, Lined { text, ends, marks }: Lined<'_>) -> Text {
        let (count, whole) = (ends.len(), Arc::<str>::from(text));
        let base = Arc::new(Base { text: Arc::clone(&whole), ends: ends.into(), marks: marks.into() });
        let mut all = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let known = all.entry(count).or_insert_with(|| Arc::new([]));
        *known = known.iter().cloned().chain([base]).collect();
        Text::kept(whole)
    }
}

/// A text, where its lines end, and their marks.
struct Lined<'t> {
    text: &'t str,
    ends: Vec<usize>,
    marks: Vec<u32>,
}

impl<'t> Lined<'t> {
    /// The last line may have no end of line.
    fn new(text: &'t str) -> Self {
        let (mut ends, mut marks) = (Vec::with_capacity(USUAL), Vec::with_capacity(USUAL));
        let mut end = 0;
        for line in text.split_inclusive('\n') {
            end += line.len();
            ends.push(end);
            marks.push(mark(line));
        }
        Self { text, ends, marks }
    }

    /// A text with few lines that this one does not have, and how many, by their marks.
    fn nearest<'k>(&self, known: &'k [Arc<Base>]) -> Option<(&'k Arc<Base>, usize)> {
        let count = self.ends.len();
        let mut best: Option<(&Arc<Base>, usize)> = None;
        for other in known {
            let most = best.map_or(count, |(_, own)| own);
            let own = self.marks.iter().zip(&other.marks).filter(|(one, other)| one != other).count();
            if own < most {
                best = Some((other, own));
            }
            if own * GOOD <= count {
                break;
            }
        }
        best
    }

    /// The lines that differ, each with its number.
    fn own_lines<'l>(&'l self, other: &'l Base) -> impl Iterator<Item = (u32, &'t str)> + 'l {
        let lines = (0..).zip(0..self.ends.len());
        lines.filter_map(|(number, at)| {
            let own = &self.text[range(&self.ends, at)];
            (*own != other.text[range(&other.ends, at)]).then_some((number, own))
        })
    }

    fn packed(&self, other: &Arc<Base>) -> Text {
        let (numbers, lines): (Vec<u32>, Vec<&str>) = self.own_lines(other).unzip();
        let packed =
            Packed { other: Arc::clone(other), numbers: numbers.into(), lines: lines.concat().into() };
        Text { whole: OnceLock::new(), packed: Some(Box::new(packed)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn equal_texts_are_one_and_like_ones_are_packed() {
        let shelf = Shelf::default();
        let text = |name: &str| format!("<a>\n<name>{name}</name>\n{}</a>", "<b/>\n".repeat(9));
        let [one, same, other] = ["x", "x", "y"].map(|name| shelf.put(&text(name)));
        assert_eq!(one.as_ptr(), same.as_ptr());
        assert!(other.packed.is_some() && other.whole.get().is_none());
        assert_eq!(other.read(), text("y"));
        assert!(other.whole.get().is_none(), "one look keeps nothing");
        assert_eq!((&*other, other.to_string()), (text("y").as_str(), text("y")));
        assert!(other.whole.get().is_some());
        assert_eq!(&*Text::default(), "");
    }

    proptest! {
        #[test]
        fn every_text_stays_as_it_is(texts in proptest::collection::vec("([a-c]{0,2}\\r?\n){0,12}[a-c]{0,1}", 1..80)) {
            let shelf = Shelf::default();
            let kept: Vec<Text> = texts.iter().map(|text| shelf.put(text)).collect();
            for (text, kept) in texts.iter().zip(kept) {
                prop_assert_eq!(&*kept.read(), text.as_str());
                prop_assert_eq!(&*kept, text.as_str());
            }
        }
    }
}

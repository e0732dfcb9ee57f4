//! Words that many documents have in common, each kept once.

use std::borrow::Borrow;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::num::NonZeroU32;
use std::ops::Deref;
use std::sync::{Mutex, OnceLock, PoisonError};

/// A word such as a bus, a device's model, a machine type or a CPU feature. In a large cluster the same few hundred stand
/// in a hundred thousand documents, so each is kept once, for as long as the program runs: a name is its number, half as large
/// as a reference to it, and quick to compare.
#[derive(Clone, Copy)]
pub struct Name(NonZeroU32);

/// A text that was numbered.
type Numbered = OnceLock<&'static str>;

/// The texts by number, in blocks of which each is twice as large as the one before: none ever moves.
static TEXTS: [OnceLock<Box<[Numbered]>>; 32] = [const { OnceLock::new() }; 32];

/// All names there are: what makes two equal ones the same.
static ALL: Mutex<BTreeMap<&'static str, Name>> = Mutex::new(BTreeMap::new());

/// How many names a thread knows without asking for all.
const NEAR: usize = 1 << 11;

thread_local! {
    /// Names that this thread had last, each where its letters put it.
    static LAST: RefCell<Vec<Option<Name>>> = RefCell::new(vec![None; NEAR]);
}

impl Name {
    /// The name that `text` is.
    pub fn new(text: &str) -> Self {
        let at = slot(text);
        LAST.with_borrow_mut(|last| match last.get_mut(at) {
            Some(Some(known)) if known.as_str() == text => *known,
            Some(other) => *other.insert(kept(text)),
            None => kept(text),
        })
    }

    /// Its text.
    pub fn as_str(&self) -> &'static str {
        let (block, at) = self.seat();
        let block = TEXTS.get(block).and_then(OnceLock::get);
        block.and_then(|block| block.get(at)?.get().copied()).unwrap_or_default()
    }

    /// The block of its text, and its place there.
    fn seat(self) -> (usize, usize) {
        let block = self.0.ilog2();
        (block as usize, (self.0.get() - (1 << block)) as usize)
    }
}

fn kept(text: &str) -> Name {
    let mut all = ALL.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = all.get(text) {
        return *known;
    }
    let text: &'static str = Box::leak(Box::from(text));
    // Memory ends long before numbers do.
    let number = u32::try_from(all.len()).unwrap_or(u32::MAX - 1);
    let new = Name(NonZeroU32::MIN.saturating_add(number));
    let (block, at) = new.seat();
    let empty = || (0..1_usize << block).map(|_| Numbered::new()).collect();
    if let Some(seat) = TEXTS.get(block).and_then(|block| block.get_or_init(empty).get(at)) {
        let _ = seat.set(text);
    }
    all.insert(text, new);
    new
}

/// Spreads names over a thread's last ones (FNV-1a).
fn slot(text: &str) -> usize {
    let mixed =
        text.bytes().fold(0x811c_9dc5_u32, |mixed, byte| (mixed ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    (mixed ^ (mixed >> 16)) as usize % NEAR
}

impl PartialEq for Name {
    /// Equal ones are the same.
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

impl Eq for Name {}

impl PartialOrd for Name {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Name {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        if self == other { std::cmp::Ordering::Equal } else { self.as_str().cmp(other.as_str()) }
    }
}

impl Hash for Name {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.as_str().hash(state);
    }
}

impl Deref for Name {
    type Target = str;

    fn deref(&self) -> &str {
        self.as_str()
    }
}

impl Borrow<str> for Name {
    fn borrow(&self) -> &str {
        self.as_str()
    }
}

impl AsRef<str> for Name {
    fn as_ref(&self) -> &str {
        self.as_str()
    }
}

impl PartialEq<str> for Name {
    fn eq(&self, other: &str) -> bool {
        self.as_str() == other
    }
}

impl PartialEq<&str> for Name {
    fn eq(&self, other: &&str) -> bool {
        self.as_str() == *other
    }
}

impl PartialEq<String> for Name {
    fn eq(&self, other: &String) -> bool {
        self.as_str() == other
    }
}

impl PartialEq<Name> for str {
    fn eq(&self, other: &Name) -> bool {
        self == other.as_str()
    }
}

impl PartialEq<Name> for String {
    fn eq(&self, other: &Name) -> bool {
        self == other.as_str()
    }
}

impl From<&str> for Name {
    fn from(text: &str) -> Self {
        Self::new(text)
    }
}

impl From<&String> for Name {
    fn from(text: &String) -> Self {
        Self::new(text)
    }
}

impl From<String> for Name {
    fn from(text: String) -> Self {
        Self::new(&text)
    }
}

impl From<Name> for String {
    fn from(name: Name) -> Self {
        name.as_str().to_owned()
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_names_are_the_same_on_any_thread() {
        let here = Name::new("virtio");
        let there = std::thread::spawn(|| (Name::new("virtio"), Name::new("virtio-net"), Name::new("")));
        let (same, other, empty) = there.join().unwrap();
        assert!(here == same && here != other && here < other);
        assert!(std::ptr::eq(here.as_str(), same.as_str()));
        assert_eq!((empty, Name::new("").len()), (Name::new(""), 0));
    }

    #[test]
    fn a_thread_that_has_many_names_mixes_none_up() {
        let all: Vec<String> = (0..3 * NEAR).map(|number| format!("net{number}")).collect();
        let names: Vec<Name> = all.iter().map(|text| Name::new(text)).collect();
        assert!(names.iter().zip(&all).all(|(name, text)| name == text && *name == Name::new(text)));
    }
}

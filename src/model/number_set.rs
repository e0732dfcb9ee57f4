//! Sets of numbers, such as the processors of a NUMA cell.

use std::collections::BTreeSet;
use std::fmt;

/// A set of numbers, kept as ranges and spelled as libvirt spells sets of processors and NUMA cells: `0-3,8`.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NumberSet(Vec<(u32, u32)>);

/// The largest number that libvirt takes in such a set (virBitmapParse), and more.
const MOST: u32 = 16_384;

impl NumberSet {
    /// The set that a list such as `0-3,^2,8` spells; `None` where it is none.
    pub fn parse(text: &str) -> Option<Self> {
        let mut set = BTreeSet::new();
        for part in text.split(',').map(str::trim) {
            if let Some(out) = part.strip_prefix('^') {
                set.remove(&out.parse().ok()?);
            } else {
                let (from, to) = part.split_once('-').unwrap_or((part, part));
                let (from, to): (u32, u32) = (from.trim().parse().ok()?, to.trim().parse().ok()?);
                set.extend(from..=to.min(MOST));
            }
        }
        Some(set.into_iter().collect())
    }

    /// Whether there is no number in it.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The numbers, in order.
    pub fn iter(&self) -> impl Iterator<Item = u32> {
        self.0.iter().flat_map(|(from, to)| *from..=*to)
    }

    /// Whether `number` is in it.
    pub fn contains(&self, number: u32) -> bool {
        self.0.iter().any(|(from, to)| (*from..=*to).contains(&number))
    }

    /// Whether all of it is in `other`.
    pub fn is_within(&self, other: &Self) -> bool {
        self.iter().all(|number| other.contains(number))
    }
}

impl FromIterator<u32> for NumberSet {
    fn from_iter<I: IntoIterator<Item = u32>>(numbers: I) -> Self {
        let mut ranges: Vec<(u32, u32)> = Vec::new();
        for number in numbers.into_iter().collect::<BTreeSet<u32>>() {
            match ranges.last_mut() {
                Some((_, to)) if *to + 1 == number => *to = number,
                _ => ranges.push((number, number)),
            }
        }
        Self(ranges)
    }
}

impl fmt::Display for NumberSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let spell =
            |(from, to): &(u32, u32)| if from == to { from.to_string() } else { format!("{from}-{to}") };
        f.pad(&self.0.iter().map(spell).collect::<Vec<_>>().join(","))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_are_read_and_spelled_as_libvirt_does() {
        let spelled = |text| NumberSet::parse(text).map(|set| set.to_string());
        assert_eq!(spelled("0-3,^2,8"), Some("0-1,3,8".to_owned()));
        assert_eq!(spelled("8, 0-1,2"), Some("0-2,8".to_owned()));
        assert_eq!(spelled("5-2"), Some(String::new()));
        assert_eq!(spelled("a-b"), None);
        let set = NumberSet::parse("0-3").unwrap_or_default();
        assert!(NumberSet::parse("1,3").is_some_and(|part| part.is_within(&set)));
        assert!(NumberSet::parse("3-4").is_some_and(|part| !part.is_within(&set)));
    }
}

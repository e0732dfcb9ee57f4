//! Names with a `*` that stands for anything.

/// A text to compare names with, in which `*` stands for any characters or none.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Pattern(String);

impl Pattern {
    /// The pattern as it is written.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// As it is written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether the whole of `name` is such a text.
    pub fn fits(&self, name: &str) -> bool {
        let Some((first, rest)) = self.0.split_once('*') else { return self.0 == name };
        let (middle, last) = rest.rsplit_once('*').unwrap_or(("", rest));
        let inner = name.strip_prefix(first).and_then(|name| name.strip_suffix(last));
        // What stands between two stars is looked for as early as it comes: what follows has the most room then.
        let after = |room: &'_ str, part: &str| room.find(part).map(|at| at + part.len());
        inner.is_some_and(|inner| {
            let mut at = 0;
            middle.split('*').all(|part| after(&inner[at..], part).map(|length| at += length).is_some())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_star_stands_for_anything() {
        let fits = |pattern: &str, name: &str| Pattern::new(pattern).fits(name);
        for (pattern, name) in
            [("db-*", "db-01"), ("db-*", "db-"), ("*", ""), ("a*b*c", "aXbbYc"), ("*-0*", "clx-01")]
        {
            assert!(fits(pattern, name), "{pattern} {name}");
        }
        for (pattern, name) in
            [("db-*", "db"), ("db", "db-01"), ("a*a", "a"), ("a*b*c", "acb"), ("*b*b*", "aba")]
        {
            assert!(!fits(pattern, name), "{pattern} {name}");
        }
    }

    /// Every way of giving the star something.
    fn slowly(pattern: &[char], name: &[char]) -> bool {
        match (pattern, name) {
            (['*', rest @ ..], _) => (0..=name.len()).any(|from| slowly(rest, &name[from..])),
            ([one, rest @ ..], [other, more @ ..]) => one == other && slowly(rest, more),
            (one, other) => one.is_empty() && other.is_empty(),
        }
    }

    proptest! {
        #[test]
        fn it_answers_as_trying_everything_does(pattern in "[aß*]{0,6}", name in "[aß]{0,6}") {
            let letters = |text: &str| text.chars().collect::<Vec<_>>();
            prop_assert_eq!(Pattern::new(&pattern).fits(&name), slowly(&letters(&pattern), &letters(&name)));
        }
    }
}

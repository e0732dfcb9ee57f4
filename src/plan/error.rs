//! Why there is no plan at all.

/// Why an intent cannot be planned for.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PlanError {
    /// Nothing is wanted.
    #[error("nothing is wanted: say 'drain HOST…' or 'adopt HOST…', or list intents in cluster.toml")]
    NoIntent,
    /// An intent names a host that the inventory does not have.
    #[error("there is no host '{host}' in the inventory{}", did_you_mean(.suggestion.as_deref()))]
    UnknownHost {
        /// The name, as it was given.
        host: String,
        /// The host whose name is nearest, where one is near.
        suggestion: Option<String>,
    },
    /// A host is to be drained and to adopt guests.
    #[error("host '{0}' is to be drained and to adopt guests; it can do only one of them")]
    Contradiction(String),
}

fn did_you_mean(suggestion: Option<&str>) -> String {
    suggestion.map(|name| format!("; did you mean '{name}'?")).unwrap_or_default()
}

/// The name nearest to `wanted`, where at most a third of its characters differ; the first of
/// equals.
pub(super) fn nearest<'n>(wanted: &str, names: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    let limit = (wanted.chars().count() / 3).max(1);
    let near = names.map(|name| (distance(wanted, name, limit), name));
    near.filter(|(distance, _)| *distance <= limit).min().map(|(_, name)| name)
}

/// How many characters must be inserted, removed or replaced to make `b` of `a`; more than
/// `limit` where the lengths alone differ by more.
fn distance(a: &str, b: &str, limit: usize) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    if a.len().abs_diff(b.len()) > limit {
        return limit + 1;
    }
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (at, &from) in a.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = at + 1;
        for (to, &wanted) in b.iter().enumerate() {
            let replaced = diagonal + usize::from(from != wanted);
            diagonal = row[to + 1];
            row[to + 1] = replaced.min(diagonal + 1).min(row[to] + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_name_is_suggested_only_where_it_is_near() {
        let names = ["rack1-a", "rack1-b", "arm-1"];
        assert_eq!(nearest("rack1b", names.into_iter()), Some("rack1-b"));
        assert_eq!(nearest("rack1-c", names.into_iter()), Some("rack1-a"));
        assert_eq!(nearest("storage", names.into_iter()), None);
        assert_eq!(nearest("", names.into_iter()), None);
    }

    #[test]
    fn distances_are_levenshteins() {
        assert_eq!(distance("kitten", "sitting", 9), 3);
        assert_eq!(distance("", "abc", 9), 3);
        assert_eq!(distance("same", "same", 9), 0);
    }
}

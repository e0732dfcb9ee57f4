//! Why there is no plan at all.

/// Why an intent cannot be planned for.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PlanError {
    /// Nothing is wanted.
    #[error(
        "nothing is wanted: say 'drain HOST…', 'adopt HOST…' or 'move GUEST… to HOST', or list intents in cluster.toml"
    )]
    NoIntent,
    /// Hosts that are taken down take more than one plan.
    #[error(
        "hosts that are taken down take several plans, one for each group of hosts that are down at once: they are planned as a rollout"
    )]
    TakesDown,
    /// An intent names a host that the inventory does not have.
    #[error("there is no host '{host}' in the inventory{}", did_you_mean(.suggestion.as_deref()))]
    UnknownHost {
        /// The name, as it was given.
        host: String,
        /// The host whose name is nearest, where one is near.
        suggestion: Option<String>,
    },
    /// An intent names a guest that the inventory does not have.
    #[error("there is no guest '{guest}' in the inventory{}", did_you_mean(.suggestion.as_deref()))]
    UnknownGuest {
        /// The name, as it was given.
        guest: String,
        /// The guest whose name is nearest, where one is near.
        suggestion: Option<String>,
    },
    /// A guest is to go to two hosts.
    #[error("guest '{guest}' is to be moved to '{one}' and to '{other}'; it can go to only one of them")]
    TwoGoals {
        /// The guest.
        guest: String,
        /// One host.
        one: String,
        /// The other.
        other: String,
    },
    /// A guest is to go to a host that no guest may come to.
    #[error("guest '{guest}' is to be moved to '{host}', which is drained or banned; leave one of them out")]
    ClosedGoal {
        /// The guest.
        guest: String,
        /// The host.
        host: String,
    },
    /// A guest is to go to a host and is pinned.
    #[error("guest '{0}' is to be moved and is pinned; leave one of them out")]
    PinnedMoves(String),
    /// A host is to adopt guests and is banned.
    #[error("host '{0}' is to adopt guests and is banned; it can be only one of them")]
    BannedAdopts(String),
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
    let near = names.map(|name| (strsim::levenshtein(wanted, name), name));
    near.filter(|(distance, _)| *distance <= limit).min().map(|(_, name)| name)
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
}

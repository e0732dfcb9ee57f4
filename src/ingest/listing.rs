//! Tables of virsh (9.0): `net-list`, `pool-list`, `nwfilter-list` and `secret-list`, one object a line.

use crate::model::{Known, Secret};
use crate::text::{Line, SourceId, Span, lines};

use super::saying::{Saying, known};

/// The networks that are started. `virsh net-list` lists no other; with `--all` it says of each.
pub(super) fn networks(source: SourceId, text: &str) -> Saying {
    Saying { active_networks: Some(whole(source, text, active(source, text))), ..Saying::default() }
}

/// The storage pools that are started.
pub(super) fn pools(source: SourceId, text: &str) -> Saying {
    Saying { active_pools: Some(whole(source, text, active(source, text))), ..Saying::default() }
}

/// The network filters: a UUID and a name.
pub(super) fn filters(source: SourceId, text: &str) -> Saying {
    let names = rows(text).filter_map(|row| Some(known(source, row.span(), halves(row)?.1.to_owned())));
    Saying { filters: Some(whole(source, text, names.collect())), ..Saying::default() }
}

/// The secrets: what they are for follows the UUID.
pub(super) fn secrets(source: SourceId, text: &str) -> Saying {
    let secret = |row: Line<'_>| {
        let (uuid, usage) = halves(row)?;
        let usage = (!usage.is_empty() && usage != "Unused").then(|| usage.to_owned());
        Some(known(source, row.span(), Secret { uuid: uuid.to_owned(), usage }))
    };
    Saying {
        secrets: Some(whole(source, text, rows(text).filter_map(secret).collect())),
        ..Saying::default()
    }
}

/// The names before the word `active`. Older virsh sets columns of fixed width, newer as wide as they must be.
fn active(source: SourceId, text: &str) -> Vec<Known<String>> {
    let name = |row: Line<'_>| {
        let (name, _) = row.text.split_once(" active ")?;
        Some(known(source, row.span(), name.trim().to_owned()))
    };
    rows(text).filter_map(name).collect()
}

fn whole<T>(source: SourceId, text: &str, all: Vec<T>) -> Known<Vec<T>> {
    known(source, Span::new(0, text.len()), all)
}

/// The first word of a row, and the rest.
fn halves(row: Line<'_>) -> Option<(&str, &str)> {
    let (first, rest) = row.text.trim().split_once(' ')?;
    Some((first, rest.trim()))
}

/// The rows below the line of dashes; all lines where there is none (`virsh -q`).
fn rows(text: &str) -> impl Iterator<Item = Line<'_>> {
    let heading = lines(text).position(|line| line.text.starts_with("---")).map_or(0, |rule| rule + 1);
    lines(text).skip(heading)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::tests::{any_text, source};
    use proptest::prelude::*;

    // Made up, as virsh 9.0 prints them.
    const NETWORKS: &str = " Name         State      Autostart   Persistent\n\
        -------------------------------------------------\n backup lan   inactive   no          yes\n \
        lan          active     yes         yes\n\n";
    const SECRETS: &str = " UUID                                   Usage\n\
        -------------------------------------------------------------\n \
        6f1d8a52-0d0c-4b3a-9f5e-0c6f2f6a0010   volume images/db\n \
        6f1d8a52-0d0c-4b3a-9f5e-0c6f2f6a0011   Unused\n";

    fn names(list: Option<Known<Vec<Known<String>>>>) -> Vec<String> {
        list.expect("a list").value.into_iter().map(|known| known.value).collect()
    }

    #[test]
    fn only_what_is_started_counts() {
        assert_eq!(names(networks(source(), NETWORKS).active_networks), ["lan"]);
        assert_eq!(names(pools(source(), NETWORKS).active_pools), ["lan"]);
        assert_eq!(names(networks(source(), " lan   active   yes   yes\n").active_networks), ["lan"]);
        let none = " Name   State   Autostart\n---------------------------\n\n";
        assert!(names(pools(source(), none).active_pools).is_empty());
    }

    #[test]
    fn filters_are_told_by_their_name_and_secrets_by_what_they_are_for() {
        let text = " UUID   Name\n-----\n 6f1d8a52-0d0c-4b3a-9f5e-0c6f2f6a0012   clean-traffic\n";
        assert_eq!(names(filters(source(), text).filters), ["clean-traffic"]);
        let secrets = secrets(source(), SECRETS).secrets.expect("a list").value;
        let usages: Vec<_> = secrets.iter().map(|secret| secret.value.usage.as_deref()).collect();
        assert_eq!(usages, [Some("volume images/db"), None]);
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in any_text(SECRETS)) {
            let _ = (networks(source(), &text), pools(source(), &text));
            let _ = (filters(source(), &text), secrets(source(), &text));
        }
    }
}

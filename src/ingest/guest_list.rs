//! `virsh list --all` (libvirt 9.0): the guests of a host and their states.

use crate::model::{GuestState, ListedGuest, StateWord};
use crate::text::{Line, SourceId, Span, lines};

use super::saying::{Saying, known};

/// Reads one document. A guest's name may hold spaces, and so may a state: the state is the longest word at the end
/// of a row that virsh has for one.
pub(super) fn read(source: SourceId, text: &str) -> Saying {
    let row = |line: Line<'_>| Some(known(source, line.span(), guest(line.text)?));
    let all = lines(text).filter_map(row).collect();
    Saying { states: Some(known(source, Span::new(0, text.len()), all)), ..Saying::default() }
}

fn guest(row: &str) -> Option<ListedGuest> {
    let (id, rest) = row.trim().split_once(' ')?;
    if id != "-" && id.parse::<u64>().is_err() {
        return None;
    }
    let rest = rest.trim();
    let ends = rest.match_indices(' ').map(|(at, _)| at);
    let (name, word) = ends.into_iter().find_map(|at| {
        let (name, state) = (rest.get(..at)?, rest.get(at..)?);
        Some((name, StateWord::named(state.trim())?))
    })?;
    Some(ListedGuest { name: name.trim().to_owned(), state: GuestState { word, reason: None } })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::tests::{any_text, source};
    use proptest::prelude::*;

    /// Rows that libvirt 9.0 printed, with other names.
    const LIST: &str = " Id   Name          State\n------------------------------\n 3    crash         crashed\n \
        4    sleep in      pmsuspended\n 5    shut          paused\n -    rest          shut off\n \
        -    kept          saved\n";

    #[test]
    fn names_and_states_are_told_apart() {
        let all = read(source(), LIST).states.expect("a list").value;
        let all: Vec<_> =
            all.iter().map(|known| (known.value.name.as_str(), known.value.state.word)).collect();
        let expected = [
            ("crash", StateWord::Crashed),
            ("sleep in", StateWord::Suspended),
            ("shut", StateWord::Paused),
            ("rest", StateWord::ShutOff),
            ("kept", StateWord::Saved),
        ];
        assert_eq!(all, expected);
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in any_text(LIST)) {
            let _ = read(source(), &text);
        }
    }
}

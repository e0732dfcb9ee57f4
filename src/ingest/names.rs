//! `virsh list --all --name` with one more condition (libvirt 9.0): the guests of which it holds, one a line.

use crate::model::Known;
use crate::text::{SourceId, Span, lines};

use super::saying::{Saying, known};

/// The guests that have snapshots (`--with-snapshot`).
pub(super) fn snapshots(source: SourceId, text: &str) -> Saying {
    Saying { snapshots: Some(names(source, text)), ..Saying::default() }
}

/// The guests whose memory is saved for their next start (`--with-managed-save`).
pub(super) fn managed_saves(source: SourceId, text: &str) -> Saying {
    Saying { managed_saves: Some(names(source, text)), ..Saying::default() }
}

/// The guests that have checkpoints (`--with-checkpoint`).
pub(super) fn checkpoints(source: SourceId, text: &str) -> Saying {
    Saying { checkpoints: Some(names(source, text)), ..Saying::default() }
}

/// An empty document says that it holds of none.
fn names(source: SourceId, text: &str) -> Known<Vec<Known<String>>> {
    let named = lines(text).filter(|line| !line.text.trim().is_empty());
    let guests = named.map(|line| known(source, line.span(), line.text.trim().to_owned())).collect();
    known(source, Span::new(0, text.len()), guests)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::tests::{any_text, source};
    use proptest::prelude::*;

    #[test]
    fn an_empty_list_says_that_there_are_none() {
        let guests = |text| snapshots(source(), text).snapshots.expect("a list").value;
        assert!(guests("\n").is_empty());
        let two = guests("web-01\ndb 02\n\n");
        assert_eq!(two.iter().map(|known| known.value.as_str()).collect::<Vec<_>>(), ["web-01", "db 02"]);
        assert_eq!(managed_saves(source(), "web-01\n").managed_saves.expect("a list").value.len(), 1);
        assert_eq!(checkpoints(source(), "web-01\n").checkpoints.expect("a list").value.len(), 1);
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in any_text("web-01\n")) {
            let _ = (snapshots(source(), &text), managed_saves(source(), &text), checkpoints(source(), &text));
        }
    }
}

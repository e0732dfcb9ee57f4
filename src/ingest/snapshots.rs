//! `virsh list --all --with-snapshot --name` (libvirt 9.0): the guests that have snapshots, one a line.

use crate::text::{SourceId, Span, lines};

use super::saying::{Saying, known};

/// Reads one document. An empty one says that no guest has any.
pub(super) fn read(source: SourceId, text: &str) -> Saying {
    let named = lines(text).filter(|line| !line.text.trim().is_empty());
    let guests = named.map(|line| known(source, line.span(), line.text.trim().to_owned())).collect();
    Saying { snapshots: Some(known(source, Span::new(0, text.len()), guests)), ..Saying::default() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::tests::{any_text, source};
    use proptest::prelude::*;

    #[test]
    fn an_empty_list_says_that_there_are_none() {
        let guests = |text| read(source(), text).snapshots.expect("a list").value;
        assert!(guests("\n").is_empty());
        let two = guests("web-01\ndb 02\n\n");
        assert_eq!(two.iter().map(|known| known.value.as_str()).collect::<Vec<_>>(), ["web-01", "db 02"]);
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in any_text("web-01\n")) {
            let _ = read(source(), &text);
        }
    }
}

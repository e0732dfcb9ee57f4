//! `virsh pool-dumpxml` (libvirt's formatstorage, 9.0): a storage pool's name and target.

use crate::model::Pool;
use crate::text::SourceId;
use crate::text::xml::{Document, Element};

use super::element::Reader;
use super::problem::Complaint;
use super::saying::{Reading, Saying};

/// Reads one document.
pub(super) fn read(source: SourceId, text: &str) -> Reading {
    let document = Document::parse(text).map_err(|error| Complaint::from(&error))?;
    let reader = Reader { source, document: &document };
    let root = reader.root("pool")?;
    let target = reader.text_at(root, "target/path").map(|known| known.value);
    let from = root.child("source").map(source_of);
    let kind = root.value("type").unwrap_or_default().into_owned();
    let pool =
        reader.text_at(root, "name").map(|known| known.map(|name| Pool { name, kind, target, source: from }));
    Ok(Saying { pool, ..Saying::default() })
}

/// Where a pool's volumes come from: what is named inside `<source>`, in order.
fn source_of(element: Element<'_>) -> String {
    let named =
        element.children().filter(|e| matches!(e.name(), "host" | "dir" | "device" | "name" | "adapter"));
    let text = |e: Element<'_>| {
        let said =
            ["name", "port", "path"].iter().filter_map(|name| e.value(name)).collect::<Vec<_>>().concat();
        format!("{said}{}", e.text())
    };
    named.map(text).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::tests::{any_text, source};
    use proptest::prelude::*;

    /// Made up.
    const MADE_UP: &str =
        "<pool type='dir'><name>made-up</name><target><path>/srv/made-up</path></target></pool>";

    #[test]
    fn name_and_target_are_taken() {
        let pool = read(source(), MADE_UP).expect("read").pool.expect("said");
        let target = Some("/srv/made-up".to_owned());
        assert_eq!(
            pool.value,
            Pool { name: "made-up".to_owned(), kind: "dir".to_owned(), target, source: None }
        );
        assert!(!pool.value.is_shared());
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in any_text(MADE_UP)) {
            let _ = read(source(), &text);
        }
    }
}

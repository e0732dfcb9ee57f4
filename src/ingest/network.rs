//! `virsh net-dumpxml` (libvirt's formatnetwork, 9.0): a network's name and its bridge.

use crate::text::SourceId;
use crate::text::xml::Document;

use super::element::Reader;
use super::problem::Complaint;
use super::saying::{Reading, Saying};

/// Reads one document. A guest may name either, so both count.
pub(super) fn read(source: SourceId, text: &str) -> Reading {
    let document = Document::parse(text).map_err(|error| Complaint::from(&error))?;
    let reader = Reader { source, document: &document };
    let root = reader.root("network")?;
    let bridge = root.child("bridge").and_then(|e| reader.attribute(e, "name", |name| Some(name.to_owned())));
    Ok(Saying {
        networks: reader.text_at(root, "name").into_iter().chain(bridge).collect(),
        ..Saying::default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::tests::{any_text, source};
    use proptest::prelude::*;

    /// Made up.
    const MADE_UP: &str = "<network><name>made-up</name><bridge name='br9'/></network>";

    #[test]
    fn name_and_bridge_are_both_networks() {
        let saying = read(source(), MADE_UP).expect("read");
        let names: Vec<_> = saying.networks.iter().map(|k| k.value.as_str()).collect();
        assert_eq!(names, ["made-up", "br9"]);
        assert!(read(source(), "<pool><name>made-up</name></pool>").is_err());
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in any_text(MADE_UP)) {
            let _ = read(source(), &text);
        }
    }
}

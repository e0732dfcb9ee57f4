//! `virsh freepages --all` (libvirt 9.0): free pages by NUMA cell and size.

use crate::model::{FreePages, Memory};
use crate::text::{SourceId, Span};

use super::saying::{Saying, fields, known, number};

/// Reads one document: `Node 0:`, then lines such as `2048KiB: 12`.
pub(super) fn read(source: SourceId, text: &str) -> Saying {
    let mut cell = None;
    let mut found = Vec::new();
    for field in fields(text, ':') {
        if let Some(name) = field.key.strip_prefix("Node ") {
            cell = name.parse::<u32>().ok();
        } else if let (Some(_), Some(size)) = (cell, size(field.key))
            && let Ok(count) = field.value.parse()
        {
            found.push(FreePages { cell, size, count });
        }
    }
    let pages = (!found.is_empty()).then(|| known(source, Span::new(0, text.len()), found));
    Saying { free_pages: pages, ..Saying::default() }
}

fn size(key: &str) -> Option<Memory> {
    let unit = key.trim_start_matches(|c: char| c.is_ascii_digit());
    Memory::parse(&number::<u64>(key)?.to_string(), unit).filter(|_| !unit.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::tests::{any_text, source};
    use proptest::prelude::*;

    /// Made up.
    const MADE_UP: &str = "Node 0:\n4KiB: 100\n2048KiB: 12\n\nNode 1:\n4KiB: 7\n";

    #[test]
    fn every_cell_and_size_is_taken() {
        let pages = read(source(), MADE_UP).free_pages.expect("said").value;
        assert_eq!(pages.len(), 3);
        assert_eq!(pages[1], FreePages { cell: Some(0), size: Memory::mib(2), count: 12 });
        assert_eq!(pages[2].cell, Some(1));
        assert_eq!(read(source(), "4KiB: 100\n"), Saying::default(), "of which cell?");
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in any_text(MADE_UP)) {
            let _ = read(source(), &text);
        }
    }
}

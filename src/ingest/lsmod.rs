//! `lsmod` (kmod): whether KVM's module for this x86 is loaded.
//!
//! A module that is not listed may be built in, as on ARM: that leaves KVM unknown.

use crate::text::{SourceId, lines};

use super::saying::{Saying, known};

/// Reads one document.
pub(super) fn read(source: SourceId, text: &str) -> Saying {
    let loaded = |name: &str| matches!(name, "kvm_intel" | "kvm_amd");
    let line = lines(text).find(|line| line.text.split_whitespace().next().is_some_and(loaded));
    Saying { kvm: line.map(|line| known(source, line.span(), true)), ..Saying::default() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::tests::{any_text, source};
    use proptest::prelude::*;

    /// Made up.
    const MADE_UP: &str = "Module                  Size  Used by\nkvm_amd    1 0\nkvm    1  1 kvm_amd\n";

    #[test]
    fn the_module_of_the_vendor_counts() {
        assert_eq!(read(source(), MADE_UP).kvm.map(|k| k.value), Some(true));
        let only = "Module                  Size  Used by\nkvm    1  1 kvm_amd\n";
        assert_eq!(read(source(), only), Saying::default());
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in any_text(MADE_UP)) {
            let _ = read(source(), &text);
        }
    }
}

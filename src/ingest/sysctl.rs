//! `sysctl -a`: what the kernel is set to.

use crate::model::VectorLength;
use crate::text::SourceId;

use super::saying::{Saying, fields, number};

/// Reads one document. Linux sets the default length of a process's vectors (Documentation/arch/arm64/sve.rst): the
/// processor has that length, and maybe longer ones.
pub(super) fn read(source: SourceId, text: &str) -> Saying {
    let length = |text| {
        let bits = number::<u32>(text)?.checked_mul(8).filter(|bits| (128..=2048).contains(bits))?;
        Some(VectorLength { bits, longest: false })
    };
    let mut set = fields(text, '=').filter(|field| field.key == "abi.sve_default_vector_length");
    Saying { vector_length: set.find_map(|field| field.parse(source, length)), ..Saying::default() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::tests::{any_text, source};
    use proptest::prelude::*;

    /// Made up.
    const MADE_UP: &str = "abi.cp15_barrier = 1\nabi.sve_default_vector_length = 64\nabi.swp = 0\n";

    #[test]
    fn a_default_length_is_one_that_the_host_has() {
        let found = read(source(), MADE_UP).vector_length.expect("said");
        assert_eq!((found.value.bits, found.value.longest), (512, false));
        assert_eq!(&MADE_UP[found.place.span.range()], "64");
        assert_eq!(read(source(), "abi.sve_default_vector_length = 0\n"), Saying::default());
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in any_text(MADE_UP)) {
            let _ = read(source(), &text);
        }
    }
}

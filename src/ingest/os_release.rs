//! `/etc/os-release` (systemd, os-release(5)): the operating system's name.

use crate::text::SourceId;

use super::saying::{Field, Saying, fields};

/// Reads one document.
pub(super) fn read(source: SourceId, text: &str) -> Saying {
    let field = |key| fields(text, '=').find(|field: &Field<'_>| field.key == key);
    let name = field("PRETTY_NAME").or_else(|| field("NAME"));
    Saying { os: name.and_then(|f| f.parse(source, unquoted)), ..Saying::default() }
}

fn unquoted(value: &str) -> Option<String> {
    let inside = |mark| value.strip_prefix(mark)?.strip_suffix(mark);
    let text = inside('"').or_else(|| inside('\'')).unwrap_or(value);
    (!text.is_empty()).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::tests::{any_text, source};
    use proptest::prelude::*;

    /// Made up.
    const MADE_UP: &str = "NAME=\"Made Up\"\nPRETTY_NAME=\"Made Up Linux 1 (Nothing)\"\n";

    #[test]
    fn the_pretty_name_is_taken() {
        let saying = read(source(), MADE_UP);
        assert_eq!(saying.os.map(|k| k.value).as_deref(), Some("Made Up Linux 1 (Nothing)"));
        let bare = read(source(), "NAME=madeup\n");
        assert_eq!(bare.os.map(|k| k.value).as_deref(), Some("madeup"));
        assert_eq!(read(source(), "ID=madeup\n"), Saying::default());
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in any_text(MADE_UP)) {
            let _ = read(source(), &text);
        }
    }
}

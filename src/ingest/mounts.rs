//! `/proc/mounts`, or what `mount` prints: the file systems of a host.

use crate::model::Mount;
use crate::text::{SourceId, Span, lines};

use super::saying::{Saying, known};

/// Reads one document: lines such as `/dev/sda1 / ext4 rw 0 0` or `/dev/sda1 on / type ext4 (rw)`.
pub(super) fn read(source: SourceId, text: &str) -> Saying {
    let read = lines(text).filter_map(|line| Some(known(source, line.span(), mount(line.text)?)));
    let all: Vec<_> = read.collect();
    let mounts = (!all.is_empty()).then(|| known(source, Span::new(0, text.len()), all));
    Saying { mounts, ..Saying::default() }
}

fn mount(line: &str) -> Option<Mount> {
    let by_mount = || {
        let (source, rest) = line.split_once(" on /")?;
        let (folder, rest) = rest.split_once(" type ")?;
        Some((source, format!("/{folder}"), rest.split_whitespace().next()?))
    };
    let by_kernel = || {
        let mut fields = line.split(' ');
        let (source, folder, kind) = (fields.next()?, fields.next()?, fields.next()?);
        (folder.starts_with('/') && fields.next().is_some()).then(|| (source, unescaped(folder), kind))
    };
    let (source, folder, kind) = by_mount().or_else(by_kernel)?;
    Some(Mount { source: unescaped(source), folder, kind: kind.to_owned() })
}

/// The kernel writes a space as `\040`, and so tabs, line ends and backslashes (`fs/proc_namespace.c`).
fn unescaped(text: &str) -> String {
    const ESCAPES: [(&str, &str); 4] = [("\\040", " "), ("\\011", "\t"), ("\\012", "\n"), ("\\134", "\\")];
    ESCAPES.iter().fold(text.to_owned(), |text, (escape, character)| text.replace(escape, character))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::tests::{any_text, source};
    use proptest::prelude::*;

    /// Made up.
    const MADE_UP: &str = "/dev/vda / ext4 rw,relatime 0 0\nnas:/export /srv/my\\040images nfs4 rw,vers=4.2 0 0\n\
        nas:/old on /srv/old images type nfs (rw,vers=3)\n";

    #[test]
    fn both_forms_are_read() {
        let all = read(source(), MADE_UP).mounts.expect("said").value;
        let all: Vec<_> = all.iter().map(|k| (&*k.value.source, &*k.value.folder, &*k.value.kind)).collect();
        let expected = [
            ("/dev/vda", "/", "ext4"),
            ("nas:/export", "/srv/my images", "nfs4"),
            ("nas:/old", "/srv/old images", "nfs"),
        ];
        assert_eq!(all, expected);
        assert_eq!(read(source(), "no such file\n"), Saying::default());
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in any_text(MADE_UP)) {
            let _ = read(source(), &text);
        }
    }
}

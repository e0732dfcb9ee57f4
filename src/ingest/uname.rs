//! `uname -a` (GNU coreutils): the kernel's release and the architecture.

use crate::model::Arch;
use crate::text::{Line, SourceId, Span, lines};

use super::saying::{Saying, known};

/// Reads one document: `Linux NAME RELEASE …  ARCH [ARCH ARCH] GNU/Linux`.
pub(super) fn read(source: SourceId, text: &str) -> Saying {
    let Some(line) = lines(text).find(|line| line.text.starts_with("Linux ")) else {
        return Saying::default();
    };
    let all = words(line);
    let arch = all.iter().rev().find(|(word, _)| is_arch(word));
    Saying {
        kernel: all.get(2).map(|&(word, span)| known(source, span, word.to_owned())),
        arch: arch.map(|&(word, span)| known(source, span, Arch::named(word))),
        ..Saying::default()
    }
}

fn is_arch(word: &str) -> bool {
    !matches!(Arch::named(word), Arch::Other(_))
        || ["ppc64le", "ppc64", "s390x", "riscv64", "loongarch64"].contains(&word)
}

fn words(line: Line<'_>) -> Vec<(&str, Span)> {
    let mut at = 0;
    let mut found = Vec::new();
    for word in line.text.split(' ') {
        let start = line.start + at;
        at += word.len() + 1;
        if !word.is_empty() {
            found.push((word, Span::new(start, start + word.len())));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::tests::{any_text, source};
    use proptest::prelude::*;

    /// Made up.
    const MADE_UP: &str =
        "Linux made-up 4.18.0-147.el8.aarch64 #1 SMP Thu Jan 1 00:00:00 UTC 1970 arm64 GNU/Linux\n";

    #[test]
    fn release_and_architecture_are_taken() {
        let saying = read(source(), MADE_UP);
        let kernel = saying.kernel.expect("said");
        assert_eq!(kernel.value, "4.18.0-147.el8.aarch64");
        assert_eq!(&MADE_UP[kernel.place.span.range()], "4.18.0-147.el8.aarch64");
        assert_eq!(saying.arch.map(|k| k.value), Some(Arch::Aarch64));
        assert_eq!(read(source(), "sos_commands/kernel/uname_-a"), Saying::default());
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in any_text(MADE_UP)) {
            let _ = read(source(), &text);
        }
    }
}

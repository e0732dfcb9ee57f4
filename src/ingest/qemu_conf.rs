//! `/etc/libvirt/qemu.conf` (libvirt 9.0): the pairs of firmware and variables of its `nvram`.

use crate::model::DocumentKind;
use crate::text::{SourceId, Span, lines};

use super::firmware_names;
use super::saying::{Saying, known};

/// Reads one document.
pub(super) fn read(source: SourceId, text: &str) -> Saying {
    let pairs = pairs(text).into_iter().map(|(pair, span)| {
        let (code, variables) = pair.split_once(':').unwrap_or((pair, ""));
        let variables = (!variables.is_empty()).then(|| variables.to_owned());
        known(source, span, firmware_names::firmware(code, variables, None, DocumentKind::QemuConf))
    });
    Saying { firmware: pairs.collect(), ..Saying::default() }
}

/// The strings of `nvram = [ "CODE:VARS", … ]`, which may go over several lines. What is commented
/// out is not set.
fn pairs(text: &str) -> Vec<(&str, Span)> {
    let mut found = Vec::new();
    let mut inside = false;
    for line in lines(text) {
        let trimmed = line.text.trim_start();
        if trimmed.starts_with('#') {
            continue;
        }
        let name = trimmed.strip_prefix("nvram").map(str::trim_start);
        if let Some(value) = name.and_then(|rest| rest.strip_prefix('=')) {
            inside = value.trim_start().starts_with('[');
        }
        if inside {
            found.extend(strings(line.text, line.start));
            inside = !outside_strings(line.text).contains(']');
        }
    }
    found
}

fn outside_strings(line: &str) -> String {
    line.split('"').step_by(2).collect()
}

/// What stands between quotes in one line, up to a comment, and where.
fn strings(line: &str, start: usize) -> Vec<(&str, Span)> {
    let mut at = start;
    let mut found = Vec::new();
    for (index, piece) in line.split('"').enumerate() {
        if index % 2 == 0 && piece.contains('#') {
            break;
        }
        if index % 2 == 1 && !piece.is_empty() {
            found.push((piece, Span::new(at, at + piece.len())));
        }
        at += piece.len() + 1;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::tests::{any_text, source};
    use proptest::prelude::*;

    /// Made up.
    const MADE_UP: &str = "#nvram = [ \"/commented/CODE.fd:/commented/VARS.fd\" ]\nuser = \"made-up\"\n\
        nvram = [\n  # \"/also/commented:/out\",\n  \"/usr/share/AAVMF/AAVMF_CODE.fd:/usr/share/AAVMF/AAVMF_VARS.fd\",\n\
        \"/made-up/CODE.fd:/made-up/VARS.fd\" ] # \"/behind:/it\"\ncgroup = [ \"/dev/null\" ]\n";

    #[test]
    fn only_what_is_set_counts() {
        let saying = read(source(), MADE_UP);
        let paths: Vec<_> = saying.firmware.iter().filter_map(|k| k.value.executable.as_deref()).collect();
        assert_eq!(paths, ["/usr/share/AAVMF/AAVMF_CODE.fd", "/made-up/CODE.fd"]);
        assert_eq!(saying.firmware[0].value.targets[0].0, crate::model::Arch::Aarch64);
        assert_eq!(saying.firmware[1].value.nvram_template.as_deref(), Some("/made-up/VARS.fd"));
        assert!(saying.firmware[1].value.targets.is_empty(), "the name tells nothing");
        let span = saying.firmware[1].place.span.range();
        assert_eq!(&MADE_UP[span], "/made-up/CODE.fd:/made-up/VARS.fd");
    }

    #[test]
    fn one_line_is_enough() {
        let saying = read(source(), "nvram=[\"/a:/b\",\"/c:/d\"]\nx = [ \"/e:/f\" ]");
        assert_eq!(saying.firmware.len(), 2);
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in any_text(MADE_UP)) {
            let _ = read(source(), &text);
        }
    }
}

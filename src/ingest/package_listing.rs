//! `rpm -ql` and `dpkg -L` of the firmware packages: one path a line.

use std::collections::BTreeSet;

use crate::text::{SourceId, Span, lines};

use crate::model::DocumentKind;

use super::firmware_names;
use super::saying::{Saying, known};

/// Reads one document: every path whose name is known, paired with its variables where they are
/// listed too.
pub(super) fn read(source: SourceId, text: &str) -> Saying {
    let listed: BTreeSet<&str> = lines(text).map(|line| line.text.trim()).collect();
    let found = lines(text).filter_map(|line| {
        let path = line.text.trim();
        let variables = firmware_names::variables(path)?;
        let variables = listed.contains(variables.as_str()).then_some(variables);
        Some(known(
            source,
            line.span(),
            firmware_names::firmware(path, variables, None, DocumentKind::PackageListing),
        ))
    });
    let images: BTreeSet<String> =
        listed.iter().filter(|path| is_image(path)).map(ToString::to_string).collect();
    let images = (!images.is_empty()).then(|| known(source, Span::new(0, text.len()), images));
    Saying { firmware: found.collect(), images, ..Saying::default() }
}

/// Whether the path is one of an image that QEMU may load, by the ends of names that distributions give them.
fn is_image(path: &str) -> bool {
    let end = path.rsplit_once('.').map_or("", |(_, end)| end);
    path.starts_with('/') && ["fd", "bin", "raw", "qcow2"].contains(&end)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::tests::{any_text, source};
    use crate::model::Arch;
    use proptest::prelude::*;

    /// Made up, of names that are not.
    const MADE_UP: &str = "/usr/share/AAVMF\n/usr/share/AAVMF/AAVMF_CODE.fd\n/usr/share/AAVMF/AAVMF_VARS.fd\n\
        /usr/share/qemu-efi-aarch64/QEMU_EFI.fd\n/elsewhere/OVMF_CODE_4M.secboot.fd\n";

    #[test]
    fn code_is_paired_with_the_variables_beside_it() {
        let saying = read(source(), MADE_UP);
        assert_eq!(saying.firmware.len(), 2);
        let arm = &saying.firmware[0].value;
        assert_eq!(arm.targets[0].0, Arch::Aarch64);
        assert_eq!(arm.nvram_template.as_deref(), Some("/usr/share/AAVMF/AAVMF_VARS.fd"));
        let pc = &saying.firmware[1].value;
        assert_eq!(pc.features, ["requires-smm", "secure-boot"]);
        assert_eq!(pc.nvram_template, None, "its variables are not listed");
        assert!(saying.images.expect("listed").value.contains("/usr/share/qemu-efi-aarch64/QEMU_EFI.fd"));
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in any_text(MADE_UP)) {
            let _ = read(source(), &text);
        }
    }
}

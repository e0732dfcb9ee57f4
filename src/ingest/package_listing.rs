//! `rpm -ql` and `dpkg -L` of the firmware packages: one path a line.

use std::collections::BTreeSet;

use crate::text::{SourceId, lines};

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
        Some(known(source, line.span(), firmware_names::firmware(path, variables, None)))
    });
    Saying { firmware: found.collect(), ..Saying::default() }
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
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in any_text(MADE_UP)) {
            let _ = read(source(), &text);
        }
    }
}

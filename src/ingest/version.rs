//! `virsh version`: the versions of libvirt and QEMU (read against libvirt 9.0).

use crate::model::Version;
use crate::text::SourceId;

use super::saying::{Saying, fields};

/// Reads one document.
pub(super) fn read(source: SourceId, text: &str) -> Saying {
    let field = |key| fields(text, ':').find(|field| field.key == key);
    let version = |key, product: &'static str| {
        field(key).and_then(|f| f.parse(source, |text| Version::parse(text.strip_prefix(product)?)))
    };
    // The daemon decides; the library may be another machine's.
    let daemon = version("Running against daemon", "");
    Saying {
        libvirt: daemon.or_else(|| version("Using library", "libvirt ")),
        qemu: version("Running hypervisor", "QEMU "),
        ..Saying::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::tests::{any_text, source};
    use proptest::prelude::*;

    /// Made up.
    const MADE_UP: &str = "Compiled against library: libvirt 8.0.0\nUsing library: libvirt 9.0.0\n\
        Using API: QEMU 9.0.0\nRunning hypervisor: QEMU 7.2.9\n";

    #[test]
    fn the_library_in_use_and_the_running_hypervisor_count() {
        let saying = read(source(), MADE_UP);
        let libvirt = saying.libvirt.expect("said");
        assert_eq!(libvirt.value, Version::new(9, 0, 0));
        assert_eq!(&MADE_UP[libvirt.place.span.range()], "libvirt 9.0.0");
        assert_eq!(saying.qemu.map(|k| k.value), Some(Version::new(7, 2, 9)));
    }

    #[test]
    fn the_daemon_is_trusted_before_the_library() {
        let text = format!("{MADE_UP}Running against daemon: 11.3.0\n");
        let saying = read(source(), &text);
        assert_eq!(saying.libvirt.map(|k| k.value), Some(Version::new(11, 3, 0)));
    }

    #[test]
    fn another_hypervisor_is_not_qemu() {
        let saying = read(source(), "Running hypervisor: Xen 4.17.0\n");
        assert_eq!(saying, Saying::default());
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in any_text(MADE_UP)) {
            let _ = read(source(), &text);
        }
    }
}

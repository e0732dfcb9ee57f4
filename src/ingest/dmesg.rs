//! `dmesg`: what the kernel says of KVM, the interrupt controller, vectors and pointer
//! authentication (Linux 4.18 to 6.18, `arch/arm64`, `drivers/irqchip`, `arch/x86/kvm`).

use std::collections::BTreeSet;

use crate::model::{Known, KvmMode, Memory, VectorLength};
use crate::text::{Line, SourceId, Span, lines};

use super::saying::{Saying, known, number};

/// How KVM on ARM says that it runs; the first that fits counts.
const MODES: [(&str, KvmMode); 5] = [
    ("Protected nVHE mode initialized", KvmMode::Protected),
    ("Protected hVHE mode initialized", KvmMode::Protected),
    ("Hyp ", KvmMode::Nvhe),
    ("nVHE mode initialized", KvmMode::Nvhe),
    ("VHE mode initialized", KvmMode::Vhe),
];

/// Messages by which KVM tells, in lower case, whether it is ready.
const READY: [(&str, bool); 10] = [
    ("disabled by bios", false),
    ("svm disabled (by bios)", false),
    ("disabled (by bios)", false),
    ("no hardware support", false),
    ("vmx not supported", false),
    ("svm not supported", false),
    ("hyp mode not available", false),
    ("cannot allocate hyp", false),
    ("nested virtualization enabled", true),
    ("nested paging enabled", true),
];

/// Messages that name the version of the interrupt controller; the first that fits any line counts.
const GICS: [(&str, u32); 4] = [("GICv3:", 3), ("GICv3 ", 3), ("vgic-v2@", 2), ("GICv2", 2)];

/// Reads one document.
pub(super) fn read(source: SourceId, text: &str) -> Saying {
    let kvm_mode = lines(text).filter(is_kvm).find_map(|line| mode(source, line));
    let ready = kvm_mode.as_ref().map(|known| Known::new(true, known.place));
    Saying {
        kvm: ready.or_else(|| lines(text).filter(is_kvm).find_map(|line| readiness(source, line))),
        kvm_mode,
        default_pages: lines(text).find_map(|line| default_pages(source, line)),
        ipa_bits: lines(text).find_map(|line| ipa(source, line)),
        gic: gic(source, text),
        vector_length: vector_length(source, text),
        pointer_authentication: pointer_authentication(source, text),
        ..Saying::default()
    }
}

/// Whether KVM itself speaks, not a guest of it (`kvm-clock`, `kvm-guest`).
fn is_kvm(line: &Line<'_>) -> bool {
    let speaks = |name| line.text.starts_with(name) || line.text.contains(&format!(" {name}"));
    ["kvm:", "kvm [", "kvm_intel:", "kvm_amd:", "SVM:", "VMX:"].into_iter().any(speaks)
}

fn mode(source: SourceId, line: Line<'_>) -> Option<Known<KvmMode>> {
    let initialized = line.text.contains("mode initialized successfully");
    let (_, mode) = MODES.iter().find(|(words, _)| initialized && line.text.contains(words))?;
    Some(known(source, line.span(), *mode))
}

fn readiness(source: SourceId, line: Line<'_>) -> Option<Known<bool>> {
    let lower = line.text.to_ascii_lowercase();
    let (_, ready) = READY.iter().find(|(words, _)| lower.contains(words))?;
    Some(known(source, line.span(), *ready))
}

/// `IPA Size Limit: 48 bits`, `40bits`, `36 bits (Reduced IPA size, …)`.
fn ipa(source: SourceId, line: Line<'_>) -> Option<Known<u32>> {
    let words = "IPA Size Limit:";
    let at = line.text.find(words)? + words.len();
    let after = line.text.get(at..)?.trim_start_matches([' ', ':']);
    let bits = number(after).filter(|bits| (32..=52).contains(bits))?;
    let start = line.start + line.text.len() - after.len();
    Some(known(source, Span::new(start, line.span().range().end), bits))
}

fn gic(source: SourceId, text: &str) -> Option<Known<u32>> {
    // A GICv3 that can also give a GICv2 to guests says `vgic-v2@`; one that cannot says that it
    // disables the emulation.
    let found = |&(words, version): &(&str, u32)| {
        let says = |line: &Line<'_>| line.text.contains(words) && !line.text.contains("disabling GICv2");
        lines(text).find(says).map(|line| known(source, line.span(), version))
    };
    GICS.iter().find_map(found)
}

/// `SVE: maximum available vector length 64 bytes per vector`; where only the default is told, that
/// of a process, there may be longer vectors.
fn vector_length(source: SourceId, text: &str) -> Option<Known<VectorLength>> {
    // Cores of several lengths: which of them guests can have is not told.
    if text.contains("SVE: unvirtualisable vector lengths present") {
        return None;
    }
    let says = |words: &'static str, longest| {
        lines(text).find_map(|line| {
            let bytes: u32 = number(line.text.split_once(words)?.1)?;
            let bits = bytes.checked_mul(8).filter(|bits| (128..=2048).contains(bits))?;
            Some(known(source, line.span(), VectorLength { bits, longest }))
        })
    };
    says("SVE: maximum available vector length ", true).or_else(|| says("SVE: default vector length ", false))
}

/// `CPU features: detected: Address authentication (architected QARMA5 algorithm)`.
fn pointer_authentication(source: SourceId, text: &str) -> Option<Known<BTreeSet<String>>> {
    let detected = |line: Line<'_>| {
        let (_, what) = line.text.split_once("CPU features: detected: ")?;
        let told =
            what.starts_with("Address authentication (") || what.starts_with("Generic authentication (");
        // Linux 5.17 and older know one architected algorithm and do not say that it is QARMA5.
        told.then(|| (line.span(), what.trim().replace("architected QARMA5", "architected")))
    };
    let found: Vec<_> = lines(text).filter_map(detected).collect();
    let (span, _) = found.first()?;
    Some(known(source, *span, found.iter().map(|(_, what)| what.clone()).collect()))
}

/// A line of the kernel's log has no more than about a thousand characters: what is behind is cut off.
const WHOLE_LINE: usize = 900;

/// `Command line: BOOT_IMAGE=… default_hugepagesz=1G`, what the kernel was started with.
fn default_pages(source: SourceId, line: Line<'_>) -> Option<Known<Option<Memory>>> {
    let (_, words) = line.text.split_once("ommand line: ")?;
    match words.split_whitespace().find_map(|word| word.strip_prefix("default_hugepagesz=")) {
        Some(size) => Some(known(source, line.span(), Some(Memory::parse_text(size)?))),
        None => (line.text.len() < WHOLE_LINE).then(|| known(source, line.span(), None)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::tests::{any_text, source};
    use proptest::prelude::*;

    /// Made up.
    const MADE_UP: &str = "[    0.000000] GICv3: 96 SPIs implemented\n\
        [    1.200000] kvm [1]: IPA Size Limit: 48 bits\n\
        [    1.200001] kvm [1]: vgic-v2@9b020000\n\
        [    1.200002] kvm [1]: VHE mode initialized successfully\n\
        [    1.200003] CPU features: detected: Address authentication (architected QARMA5 algorithm)\n\
        [    1.200004] CPU features: detected: Generic authentication (architected QARMA5 algorithm)\n\
        [    1.200005] SVE: maximum available vector length 64 bytes per vector\n\
        [    1.200006] SVE: default vector length 32 bytes per vector\n";

    fn says(line: &str) -> Saying {
        read(source(), line)
    }

    #[test]
    fn an_arm_host_tells_how_kvm_runs() {
        let saying = says(MADE_UP);
        assert_eq!(saying.gic.map(|k| k.value), Some(3));
        let ipa = saying.ipa_bits.expect("said");
        assert_eq!((ipa.value, &MADE_UP[ipa.place.span.range()]), (48, "48 bits"));
        assert_eq!(saying.kvm_mode.map(|k| k.value), Some(KvmMode::Vhe));
        assert_eq!(saying.kvm.map(|k| k.value), Some(true));
    }

    #[test]
    fn every_form_of_a_message_is_read() {
        let modes = [
            ("kvm [1]: VHE mode initialized successfully", Some(KvmMode::Vhe)),
            ("kvm: VHE mode initialized successfully", Some(KvmMode::Vhe)),
            ("kvm [1]: Hyp mode initialized successfully", Some(KvmMode::Nvhe)),
            ("kvm [1]: Hyp nVHE mode initialized successfully", Some(KvmMode::Nvhe)),
            ("kvm [1]: Hyp hVHE mode initialized successfully", Some(KvmMode::Nvhe)),
            ("kvm [1]: nVHE mode initialized successfully", Some(KvmMode::Nvhe)),
            ("kvm [1]: Protected nVHE mode initialized successfully", Some(KvmMode::Protected)),
            ("kvm [1]: Protected hVHE mode initialized successfully", Some(KvmMode::Protected)),
            ("other: VHE mode initialized successfully", None),
        ];
        for (line, mode) in modes {
            assert_eq!(says(line).kvm_mode.map(|k| k.value), mode, "{line}");
        }
        for (line, bits) in [
            ("kvm [1]: IPA Size Limit: 40bits", Some(40)),
            ("kvm [1]: IPA Size Limit : 44bits", None),
            ("kvm [1]: IPA Size Limit: 36 bits (Reduced IPA size, limited VM/VMM compatibility)", Some(36)),
            ("kvm [1]: IPA Size Limit: many", None),
        ] {
            assert_eq!(says(line).ipa_bits.map(|k| k.value), bits, "{line}");
        }
        for (line, gic) in [
            ("kvm [1]: GICv3: no GICV resource entry", Some(3)),
            ("kvm [1]: disabling GICv2 emulation", None),
            ("kvm [1]: vgic-v2@2c020000", Some(2)),
            ("kvm [1]: GICv3 sysreg trapping enabled ([G0G1], reduced performance)", Some(3)),
        ] {
            assert_eq!(says(line).gic.map(|k| k.value), gic, "{line}");
        }
    }

    #[test]
    fn vectors_and_pointer_authentication_are_told() {
        let saying = says(MADE_UP);
        let found = saying.vector_length.expect("said");
        assert_eq!(found.value, VectorLength { bits: 512, longest: true });
        assert!(MADE_UP[found.place.span.range()].ends_with("vector length 64 bytes per vector"));
        let algorithms = saying.pointer_authentication.map(|k| k.value).expect("said");
        let one = "Address authentication (architected algorithm)";
        assert!(algorithms.len() == 2 && algorithms.contains(one), "{algorithms:?}");
        let bits = |line| says(line).vector_length.map(|k| (k.value.bits, k.value.longest));
        assert_eq!(bits("SVE: default vector length 64 bytes per vector"), Some((512, false)));
        assert_eq!(bits("SME: maximum available vector length 64 bytes per vector"), None);
        assert_eq!(bits("SVE: maximum available vector length 0 bytes per vector"), None);
        let mixed = "SVE: maximum available vector length 64 bytes per vector\nSVE: unvirtualisable vector lengths present\n";
        assert_eq!(bits(mixed), None, "cores of several lengths");
    }

    #[test]
    fn the_command_line_tells_the_default_size_of_huge_pages() {
        let of = |line: &str| says(line).default_pages.map(|known| known.value);
        let line =
            "[    0.000000] Command line: BOOT_IMAGE=/vmlinuz root=/dev/vda1 hugepagesz=1G hugepages=8";
        assert_eq!(of(line), Some(None));
        assert_eq!(of(&format!("{line} default_hugepagesz=1G quiet")), Some(Some(Memory::gib(1))));
        assert_eq!(of(&format!("{line} default_hugepagesz=odd")), None);
        assert_eq!(of(&format!("{line} {}", "x".repeat(WHOLE_LINE))), None, "cut off");
        assert_eq!(of("[    1.000000] HugeTLB: registered 2.00 MiB page size, pre-allocated 0 pages"), None);
    }

    #[test]
    fn an_x86_host_tells_whether_kvm_is_ready() {
        for (line, ready) in [
            ("[    3.1] kvm: disabled by bios", Some(false)),
            ("[    3.1] kvm_intel: VMX (outside TXT) disabled by BIOS", Some(false)),
            ("[    3.1] kvm [1]: HYP mode not available", Some(false)),
            ("[    3.1] kvm_amd: Nested Paging enabled", Some(true)),
            ("[    0.0] kvm-clock: Using msrs 4b564d01 and 4b564d00", None),
            ("[    0.0] made-up: disabled by bios", None),
        ] {
            assert_eq!(says(line).kvm.map(|k| k.value), ready, "{line}");
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in any_text(MADE_UP)) {
            let _ = read(source(), &text);
        }
    }
}

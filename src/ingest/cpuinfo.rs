//! `/proc/cpuinfo` (Linux, x86 and ARM), and what `cpuinfo` of py-cpuinfo 9 prints.
//!
//! `cpu MHz` is what one processor runs at just then, so it is not taken; py-cpuinfo's
//! `Hz Advertised Raw` is what the maker says.

use std::collections::BTreeSet;

use crate::model::{CpuSignature, Frequency, Known, Midr, Name};
use crate::text::{SourceId, Span};

use super::saying::{Field, Saying, fields, hexadecimal, known, number, words};

/// CPUID's names of vendors, and libvirt's (its CPU map, 11.3).
const VENDORS: [(&str, &str); 3] =
    [("GenuineIntel", "Intel"), ("AuthenticAMD", "AMD"), ("HygonGenuine", "Hygon")];

/// libvirt's name of a vendor; names that are not CPUID's are the same with both.
pub(super) fn vendor(name: &str) -> Option<String> {
    let libvirts = VENDORS.iter().find(|(cpuid, _)| *cpuid == name).map_or(name, |&(_, name)| name);
    (!libvirts.is_empty()).then(|| libvirts.to_owned())
}

/// Reads one document.
pub(super) fn read(source: SourceId, text: &str) -> Saying {
    let field = |key| fields(text, ':').find(|field| field.key == key);
    Saying {
        vendor: field("vendor_id").and_then(|f| f.parse(source, vendor)),
        signature: signature(source, (field("cpu family"), field("model"), field("stepping"))),
        microcode: field("microcode").and_then(|f| f.parse(source, hexadecimal)),
        frequency: field("Hz Advertised Raw").and_then(|f| f.parse(source, advertised)),
        processors: processors(source, text),
        flags: flags(source, text),
        midrs: midrs(source, text),
        ..Saying::default()
    }
}

/// Family, model and stepping, where all three are there.
pub(super) fn signature(
    source: SourceId,
    (family, model, stepping): (Option<Field<'_>>, Option<Field<'_>>, Option<Field<'_>>),
) -> Option<Known<CpuSignature>> {
    let stepping = number(stepping?.value)?;
    let (family, model) = (number(family?.value)?, model?);
    model.parse(source, |text| Some(CpuSignature { family, model: number(text)?, stepping }))
}

/// `2600000000`, or `(2600000000, 0)`.
fn advertised(text: &str) -> Option<Frequency> {
    number(text.trim_start_matches('(')).filter(|&hz| hz > 0).map(Frequency)
}

fn processors(source: SourceId, text: &str) -> Option<Known<u32>> {
    let numbered = |f: &Field<'_>| f.key == "processor" && number::<u32>(f.value).is_some();
    let mut all = fields(text, ':').filter(numbered);
    let first = all.next()?;
    let count = u32::try_from(all.count()).ok()?.checked_add(1)?;
    Some(known(source, first.span, count))
}

/// What all processors have.
fn flags(source: SourceId, text: &str) -> Option<Known<BTreeSet<Name>>> {
    let mut all = fields(text, ':').filter(|f| matches!(f.key, "flags" | "Features"));
    let first = all.next().filter(|f| !f.value.is_empty())?;
    let mut common = words(first.value);
    for other in all.filter(|other| other.value != first.value) {
        let others = words(other.value);
        common.retain(|flag| others.contains(flag));
    }
    Some(known(source, first.span, common))
}

/// What has been read of one processor's register.
#[derive(Default)]
struct Parts {
    implementer: Option<u8>,
    variant: Option<u8>,
    part: Option<(u16, Span)>,
}

fn midrs(source: SourceId, text: &str) -> Option<Known<BTreeSet<Midr>>> {
    let mut found = BTreeSet::new();
    let mut place = None;
    let mut parts = Parts::default();
    for field in fields(text, ':') {
        let value = || hexadecimal(field.value);
        let small = || u8::try_from(value()?).ok();
        match field.key {
            "processor" => parts = Parts::default(),
            "CPU implementer" => parts.implementer = small(),
            "CPU variant" => parts.variant = small(),
            "CPU part" => parts.part = value().and_then(|v| Some((u16::try_from(v).ok()?, field.span))),
            "CPU revision" => {
                let whole = (parts.implementer, parts.variant, parts.part, small());
                if let (Some(implementer), Some(variant), Some((part, span)), Some(revision)) = whole {
                    found.insert(Midr::new(implementer, variant, part, revision));
                    place = place.or(Some(span));
                }
            }
            _ => {}
        }
    }
    place.map(|span| known(source, span, found))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::tests::{any_text, source};
    use proptest::prelude::*;

    /// Made up.
    const ARM: &str = "processor\t: 0\nFeatures\t: fp asimd aes\nCPU implementer\t: 0x48\nCPU architecture: 8\n\
        CPU variant\t: 0x1\nCPU part\t: 0xd01\nCPU revision\t: 0\n\nprocessor\t: 1\nFeatures\t: fp asimd\n\
        CPU implementer\t: 0x48\nCPU variant\t: 0x1\nCPU part\t: 0xd02\nCPU revision\t: 0\n\
        Hz Advertised Raw: (2600000000, 0)\n";
    /// Made up.
    const X86: &str = "processor\t: 0\nvendor_id\t: GenuineIntel\nmicrocode\t: 0x2b\ncpu MHz\t\t: 1200.000\n\
        flags\t\t: fpu vmx\nvmx flags\t: vnmi\n";

    #[test]
    fn each_processor_of_an_arm_has_its_register() {
        let saying = read(source(), ARM);
        let midrs = saying.midrs.expect("said");
        assert_eq!(midrs.value, BTreeSet::from([Midr(0x481f_d010), Midr(0x481f_d020)]));
        assert_eq!(&ARM[midrs.place.span.range()], "0xd01");
        assert_eq!(saying.processors.map(|k| k.value), Some(2));
        assert_eq!(saying.flags.map(|k| k.value), Some(words("fp asimd")), "what all have");
        assert_eq!(saying.frequency.map(|k| k.value), Some(Frequency::mhz(2600)));
    }

    #[test]
    fn an_x86_has_flags_and_microcode_and_no_frequency() {
        let saying = read(source(), X86);
        assert_eq!(saying.vendor.map(|k| k.value).as_deref(), Some("Intel"));
        assert_eq!(saying.microcode.map(|k| k.value), Some(0x2b));
        assert_eq!(saying.flags.map(|k| k.value), Some(words("fpu vmx")));
        assert!(saying.frequency.is_none() && saying.midrs.is_none());
    }

    #[test]
    fn the_advertised_frequency_has_two_forms_and_the_actual_one_is_not_it() {
        let hz = |text: &str| read(source(), text).frequency.map(|k| k.value.0);
        assert_eq!(hz("Hz Advertised Raw: 2600000000\n"), Some(2_600_000_000));
        assert_eq!(hz("Hz Advertised Raw: (0, 0)\n"), None);
        assert_eq!(hz("Hz Actual Raw: (2600000000, 0)\n"), None);
    }

    #[test]
    fn a_register_of_which_a_part_is_missing_is_unknown() {
        let saying = read(source(), &ARM.replace("CPU variant", "CPU made up"));
        assert!(saying.midrs.is_none());
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in any_text(ARM), x86 in any_text(X86)) {
            let _ = read(source(), &text);
            let _ = read(source(), &x86);
        }
    }
}

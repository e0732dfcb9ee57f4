//! `dmidecode` (read against 3.2 to 3.6; SMBIOS 3.7, types 1 and 4).
//!
//! `Current Speed` is what the processor runs at; `Max Speed` is the board's limit and never taken.
//! On ARM the first four bytes of a processor's `ID` are its Main ID Register, little-endian, unless
//! the characteristic `Arm64 SoC ID` makes them something else.

use std::collections::BTreeSet;

use crate::model::{Frequency, Known, Midr};
use crate::text::{SourceId, Span, lines};

use super::saying::{Field, Saying, fields, known, number};

/// What board makers leave in a field that they did not fill.
const NOT_FILLED: [&str; 7] =
    ["", "To be filled by O.E.M.", "Not Specified", "Default string", "Not Set", "Unknown", "<BAD INDEX>"];

/// Reads one document.
pub(super) fn read(source: SourceId, text: &str) -> Saying {
    let structures = structures(text);
    let processors = || structures.iter().filter(|s| s.kind == 4 && !s.is_empty_socket());
    let system = structures.iter().find(|s| s.kind == 1);
    let name = |f: Field<'_>| f.parse(source, product);
    let speed = |s: &Structure<'_>| s.field("Current Speed")?.parse(source, megahertz);
    Saying {
        product: system.and_then(|s| s.field("Product Name")).and_then(name),
        frequency: processors().find_map(speed),
        midrs: midrs(source, processors()),
        ..Saying::default()
    }
}

fn product(name: &str) -> Option<String> {
    let filled = !NOT_FILLED.iter().any(|empty| empty.eq_ignore_ascii_case(name));
    filled.then(|| name.to_owned())
}

fn megahertz(text: &str) -> Option<Frequency> {
    text.ends_with("MHz").then(|| number(text).filter(|&mhz| mhz > 0).map(Frequency::mhz))?
}

/// One structure of the table.
struct Structure<'t> {
    kind: u32,
    text: &'t str,
    start: usize,
}

impl<'t> Structure<'t> {
    fn field(&self, key: &str) -> Option<Field<'t>> {
        let field = fields(self.text, ':').find(|field| field.key == key)?;
        let range = field.span.range();
        Some(Field { span: Span::new(self.start + range.start, self.start + range.end), ..field })
    }

    fn is_empty_socket(&self) -> bool {
        self.field("Status").is_some_and(|status| status.value.starts_with("Unpopulated"))
    }

    fn has_soc_id(&self) -> bool {
        self.field("Signature").is_some_and(|signature| signature.value.starts_with("JEP-106"))
            || lines(self.text).any(|line| line.text.trim() == "Arm64 SoC ID")
    }
}

/// The structures: each begins with a line such as `Handle 0x0002, DMI type 4, 48 bytes`.
fn structures(text: &str) -> Vec<Structure<'_>> {
    let handles = lines(text).filter(|line| line.text.starts_with("Handle 0x"));
    let starts: Vec<_> = handles.map(|line| (line.start, kind(line.text))).collect();
    let ends = starts.iter().skip(1).map(|&(start, _)| start).chain([text.len()]);
    let structure =
        |(&(start, kind), end)| Some(Structure { kind: kind?, text: text.get(start..end)?, start });
    starts.iter().zip(ends).filter_map(structure).collect()
}

fn kind(handle: &str) -> Option<u32> {
    number(handle.split_once("DMI type ")?.1)
}

fn midrs<'t, 's: 't>(
    source: SourceId,
    processors: impl Iterator<Item = &'t Structure<'s>>,
) -> Option<Known<BTreeSet<Midr>>> {
    let ids = processors.filter(|s| !s.has_soc_id()).filter_map(|s| s.field("ID"));
    let found: Vec<_> = ids.filter_map(|id| Some((midr(id.value)?, id.span))).collect();
    let span = found.first()?.1;
    Some(known(source, span, found.into_iter().map(|(midr, _)| midr).collect()))
}

/// The register in an ID's bytes. On x86 the last four are the features of CPUID and never zero;
/// all zero or all ones is a board maker who filled in nothing.
fn midr(id: &str) -> Option<Midr> {
    let bytes: Vec<u8> =
        id.split(' ').map(|byte| u8::from_str_radix(byte, 16)).collect::<Result<_, _>>().ok()?;
    let (low, high) = bytes.split_at_checked(4)?;
    let value = u32::from_le_bytes(low.try_into().ok()?);
    (high.iter().all(|&byte| byte == 0) && value != 0 && value != u32::MAX).then_some(Midr(value))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::tests::{any_text, source};
    use proptest::prelude::*;

    /// Made up.
    const MADE_UP: &str = "# dmidecode 3.3\nSMBIOS 3.2.0 present.\n\n\
        Handle 0x0001, DMI type 1, 27 bytes\nSystem Information\n\tProduct Name: Made Up 200\n\tVersion: 1\n\n\
        Handle 0x0002, DMI type 2, 17 bytes\nBase Board Information\n\tProduct Name: BOARD\n\n\
        Handle 0x002B, DMI type 4, 48 bytes\nProcessor Information\n\tFamily: ARM\n\
        \tID: 10 D0 1F 48 00 00 00 00\n\tMax Speed: 3000 MHz\n\tCurrent Speed: 2600 MHz\n\n\
        Handle 0x002C, DMI type 4, 48 bytes\nProcessor Information\n\tStatus: Unpopulated\n\
        \tID: 11 D0 1F 48 00 00 00 00\n\n\
        Handle 0x002D, DMI type 7, 27 bytes\nCache Information\n\tCurrent Speed: 1 MHz\n";

    fn read_(text: &str) -> Saying {
        read(source(), text)
    }

    #[test]
    fn the_current_speed_and_the_little_endian_register_are_taken() {
        let saying = read_(MADE_UP);
        assert_eq!(saying.product.map(|k| k.value).as_deref(), Some("Made Up 200"));
        let frequency = saying.frequency.expect("said");
        assert_eq!(frequency.value, Frequency::mhz(2600));
        assert_eq!(&MADE_UP[frequency.place.span.range()], "2600 MHz");
        let midrs = saying.midrs.expect("said");
        assert_eq!(midrs.value, BTreeSet::from([Midr(0x481f_d010)]));
        assert_eq!(&MADE_UP[midrs.place.span.range()], "10 D0 1F 48 00 00 00 00");
    }

    #[test]
    fn the_maximum_speed_is_never_taken() {
        assert!(read_(&MADE_UP.replace("\tCurrent Speed: 2600 MHz\n", "")).frequency.is_none());
        assert!(read_(&MADE_UP.replace("2600 MHz", "Unknown")).frequency.is_none());
    }

    #[test]
    fn an_id_that_is_no_register_is_not_taken() {
        for id in
            ["FF FF FF FF FF FF FF FF", "00 00 00 00 00 00 00 00", "57 06 05 00 FF FB EB BF", "1 2", "x"]
        {
            assert!(read_(&MADE_UP.replace("10 D0 1F 48 00 00 00 00", id)).midrs.is_none(), "{id}");
        }
        let soc = "\tID: 10 D0 1F 48 00 00 00 00\n\tSignature: JEP-106 Bank 0x01 Manufacturer 0x02";
        assert!(read_(&MADE_UP.replace("\tID: 10 D0 1F 48 00 00 00 00", soc)).midrs.is_none());
        let soc = "\tID: 10 D0 1F 48 00 00 00 00\n\tCharacteristics:\n\t\tArm64 SoC ID";
        assert!(read_(&MADE_UP.replace("\tID: 10 D0 1F 48 00 00 00 00", soc)).midrs.is_none());
    }

    #[test]
    fn a_product_that_was_not_filled_in_is_unknown() {
        assert!(read_(&MADE_UP.replace("Made Up 200", "To Be Filled By O.E.M.")).product.is_none());
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in any_text(MADE_UP)) {
            let _ = read(source(), &text);
        }
    }
}

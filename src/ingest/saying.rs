//! What one document says of its host, before it is weighed against the others.

use std::collections::BTreeSet;

use crate::model::{
    Arch, Capability, CellPages, CpuSignature, DevicePool, Emulator, Firmware, FreePages, Frequency, Known,
    KvmMode, ListedGuest, Memory, Midr, Mount, Name, NumaCell, Pool, QemuCapabilities, Secret, Topology, Tsc,
    VectorLength, Version,
};
use crate::text::{Line, Place, SourceId, Span, lines};

use super::problem::Complaint;

/// What a reader makes of its document.
pub(super) type Reading = Result<Saying, Complaint>;

/// What one document says of its host; what it does not speak of stays empty.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Saying {
    pub(super) uuid: Option<Known<String>>,
    pub(super) product: Option<Known<String>>,
    pub(super) memory: Option<Known<Memory>>,
    pub(super) processors: Option<Known<u32>>,
    pub(super) topology: Option<Known<Topology>>,
    pub(super) cells: Option<Known<Vec<NumaCell>>>,
    pub(super) frequency: Option<Known<Frequency>>,
    pub(super) free_pages: Option<Known<Vec<FreePages>>>,
    pub(super) cell_pages: Option<Known<Vec<CellPages>>>,
    pub(super) default_pages: Option<Known<Option<Memory>>>,
    pub(super) device_pool: Option<DevicePool>,
    pub(super) pool: Option<Known<Pool>>,
    pub(super) interfaces: Option<Known<Vec<Known<String>>>>,
    pub(super) addresses: Option<Known<Vec<Known<String>>>>,
    pub(super) active_networks: Option<Known<Vec<Known<String>>>>,
    pub(super) active_pools: Option<Known<Vec<Known<String>>>>,
    pub(super) filters: Option<Known<Vec<Known<String>>>>,
    pub(super) secrets: Option<Known<Vec<Known<Secret>>>>,
    pub(super) snapshots: Option<Known<Vec<Known<String>>>>,
    pub(super) states: Option<Known<Vec<Known<ListedGuest>>>>,
    pub(super) managed_saves: Option<Known<Vec<Known<String>>>>,
    pub(super) checkpoints: Option<Known<Vec<Known<String>>>>,
    pub(super) mounts: Option<Known<Vec<Known<Mount>>>>,
    pub(super) arch: Option<Known<Arch>>,
    pub(super) model: Option<Known<String>>,
    pub(super) vendor: Option<Known<String>>,
    pub(super) flags: Option<Known<BTreeSet<Name>>>,
    pub(super) features: Option<Known<BTreeSet<Name>>>,
    pub(super) signature: Option<Known<CpuSignature>>,
    pub(super) microcode: Option<Known<u64>>,
    pub(super) tsc: Option<Known<Tsc>>,
    pub(super) midrs: Option<Known<BTreeSet<Midr>>>,
    pub(super) gic: Option<Known<u32>>,
    pub(super) ipa_bits: Option<Known<u32>>,
    pub(super) vector_length: Option<Known<VectorLength>>,
    pub(super) pointer_authentication: Option<Known<BTreeSet<String>>>,
    pub(super) kvm_mode: Option<Known<KvmMode>>,
    pub(super) page_sizes: Option<Known<BTreeSet<Memory>>>,
    pub(super) libvirt: Option<Known<Version>>,
    pub(super) qemu: Option<Known<Version>>,
    pub(super) kernel: Option<Known<String>>,
    pub(super) os: Option<Known<String>>,
    pub(super) kvm: Option<Known<bool>>,
    pub(super) emulators: Option<Known<Vec<Emulator>>>,
    pub(super) capability: Option<Capability>,
    pub(super) qemu_capabilities: Option<QemuCapabilities>,
    pub(super) firmware: Vec<Known<Firmware>>,
    pub(super) images: Option<Known<BTreeSet<String>>>,
    pub(super) networks: Vec<Known<String>>,
}

/// `value`, said by these bytes of `source`.
pub(super) fn known<T>(source: SourceId, span: Span, value: T) -> Known<T> {
    Known::new(value, Place { source, span })
}

/// `key: value` on one line, both trimmed, with the bytes of the value.
#[derive(Clone, Copy, Debug)]
pub(super) struct Field<'t> {
    pub(super) key: &'t str,
    pub(super) value: &'t str,
    pub(super) span: Span,
}

impl<'t> Field<'t> {
    fn of(line: Line<'t>, separator: char) -> Option<Self> {
        let (key, value) = line.key_value(separator)?;
        let after = line.text.split_once(separator)?.1;
        let start = line.start + line.text.len() - after.trim_start().len();
        Some(Self { key, value, span: Span::new(start, start + value.len()) })
    }

    /// What `read` makes of the value, where it makes anything of it.
    pub(super) fn parse<T>(&self, source: SourceId, read: impl Fn(&'t str) -> Option<T>) -> Option<Known<T>> {
        read(self.value).map(|value| known(source, self.span, value))
    }
}

/// The lines of `text` that are fields.
pub(super) fn fields(text: &str, separator: char) -> impl Iterator<Item = Field<'_>> {
    lines(text).filter_map(move |line| Field::of(line, separator))
}

/// The first number of a text such as `48`, `48 MHz`.
pub(super) fn number<N: std::str::FromStr>(text: &str) -> Option<N> {
    let text = text.trim_start();
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    text.get(..end)?.parse().ok()
}

/// A number that may be spelled in hexadecimal, `0x…`.
pub(super) fn hexadecimal(text: &str) -> Option<u64> {
    match text.strip_prefix("0x") {
        Some(digits) => u64::from_str_radix(digits, 16).ok(),
        None => text.parse().ok(),
    }
}

/// The words of a list of flags.
pub(super) fn words(text: &str) -> BTreeSet<Name> {
    text.split_whitespace().map(Name::new).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_know_where_their_value_stands() {
        let text = "one\n  CPU(s):  4 \r\n";
        let found: Vec<_> = fields(text, ':').collect();
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].key, found[0].value, &text[found[0].span.range()]), ("CPU(s)", "4", "4"));
    }

    #[test]
    fn numbers_are_read_up_to_their_unit() {
        assert_eq!(number::<u32>("2600 MHz"), Some(2600));
        assert_eq!(number::<u32>("MHz"), None);
        assert_eq!(hexadecimal("0xd01"), Some(0xd01));
        assert_eq!(hexadecimal("1"), Some(1));
    }
}

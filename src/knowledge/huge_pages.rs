//! Huge pages of Linux.

use std::collections::BTreeSet;

use super::data::rows;
use crate::model::{Arch, Host, Memory};

/// The size of huge pages that Linux takes where its command line names none, by the size of its smallest page.
pub fn default_huge_page(arch: &Arch, smallest: Memory) -> Option<Memory> {
    let kib = |text: &str| text.parse().ok().map(Memory::kib);
    let all = rows::<4>(include_str!("data/huge-pages.txt"));
    let mut fits = all.filter(|[name, small, ..]| *name == arch.as_str() && kib(small) == Some(smallest));
    fits.find_map(|[_, _, size, _]| kib(size))
}

/// The size of huge pages that guests of a host have where they name none: the host has no other, or its kernel was told so, or was
/// not told of another than its own.
pub fn huge_page_of(host: &Host) -> Option<Memory> {
    let mut huge = huge_sizes(host);
    if huge.len() == 1 {
        return huge.pop_first();
    }
    let told = *host.default_pages.value()?;
    let own = || default_huge_page(host.platform.arch.value()?, page_sizes(host).pop_first()?);
    told.or_else(own).filter(|size| huge.contains(size))
}

/// The sizes of huge pages of a host, as far as documents tell of any; all but the smallest are.
pub fn huge_sizes(host: &Host) -> BTreeSet<Memory> {
    let mut sizes = page_sizes(host);
    sizes.pop_first();
    sizes
}

fn page_sizes(host: &Host) -> BTreeSet<Memory> {
    let said = host.platform.cpu.page_sizes.value().into_iter().flatten().copied();
    let all = host.cell_pages.value().into_iter().flatten().map(|pages| pages.size);
    let free = host.free_pages.value().into_iter().flatten().map(|pages| pages.size);
    said.chain(all).chain(free).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Fact;
    use crate::text::{Place, Sources, Span};

    /// An ARM host with pages of these sizes, in MiB, beside those of 64 KiB. What its kernel was told is not known where `told` is empty.
    fn host(huge: &[u64], told: &[Option<u64>]) -> Host {
        let place = Place { source: Sources::default().add("capabilities.xml", ""), span: Span::new(0, 0) };
        let mut host = Host::unknown("made-up");
        let sizes = huge.iter().copied().map(Memory::mib).chain([Memory::kib(64)]);
        host.platform.cpu.page_sizes = Fact::known(sizes.collect(), place);
        host.platform.arch = Fact::known(Arch::Aarch64, place);
        if let [told] = told {
            host.default_pages = Fact::known(told.map(Memory::mib), place);
        }
        host
    }

    #[test]
    fn a_host_has_the_size_that_its_kernel_was_told_or_takes() {
        let size = |huge: &[u64], told: &[Option<u64>]| huge_page_of(&host(huge, told));
        assert_eq!(size(&[512], &[]), Some(Memory::mib(512)), "it has no other");
        assert_eq!(size(&[2, 512], &[]), None, "the kernel may have been told either");
        assert_eq!(size(&[2, 512], &[None]), Some(Memory::mib(512)), "the kernel's own");
        assert_eq!(size(&[2, 512], &[Some(2)]), Some(Memory::mib(2)));
        assert_eq!(size(&[2, 512], &[Some(1024)]), None, "which it does not have");
        assert_eq!(huge_page_of(&Host::unknown("made-up")), None);
    }

    #[test]
    fn the_default_goes_by_architecture_and_smallest_page() {
        super::super::data::assert_rows::<4>(include_str!("data/huge-pages.txt"));
        assert_eq!(default_huge_page(&Arch::X86_64, Memory::kib(4)), Some(Memory::mib(2)));
        assert_eq!(default_huge_page(&Arch::Aarch64, Memory::kib(64)), Some(Memory::mib(512)));
        assert_eq!(default_huge_page(&Arch::X86_64, Memory::kib(64)), None);
    }
}

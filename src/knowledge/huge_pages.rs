//! Huge pages of Linux.

use super::data::rows;
use crate::model::{Arch, Memory};

/// The size of huge pages that Linux takes where its command line names none, by the size of its smallest page.
pub fn default_huge_page(arch: &Arch, smallest: Memory) -> Option<Memory> {
    let kib = |text: &str| text.parse().ok().map(Memory::kib);
    let all = rows::<4>(include_str!("data/huge-pages.txt"));
    let mut fits = all.filter(|[name, small, ..]| *name == arch.as_str() && kib(small) == Some(smallest));
    fits.find_map(|[_, _, size, _]| kib(size))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_goes_by_architecture_and_smallest_page() {
        super::super::data::assert_rows::<4>(include_str!("data/huge-pages.txt"));
        assert_eq!(default_huge_page(&Arch::X86_64, Memory::kib(4)), Some(Memory::mib(2)));
        assert_eq!(default_huge_page(&Arch::Aarch64, Memory::kib(64)), Some(Memory::mib(512)));
        assert_eq!(default_huge_page(&Arch::X86_64, Memory::kib(64)), None);
    }
}

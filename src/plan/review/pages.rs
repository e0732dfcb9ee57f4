//! Huge pages.

use std::collections::BTreeMap;

use super::running::runs;
use crate::compat::HostIndex;
use crate::knowledge::huge_page_of;
use crate::model::{FreePages, Guest, Host, Known, Memory};
use crate::plan::needs::Needs;

/// Huge pages of one size on a host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HugePages {
    /// The size of a page; `None` for guests that name several, or none where the host's default is not known.
    pub size: Option<Memory>,
    /// What the guests that run have in them; `None` where one's memory is not known.
    pub used: Option<Memory>,
    /// What is free in them; `None` where no document tells.
    pub free: Option<Memory>,
}

/// The huge pages of a host that are free or that guests have, by size.
pub(super) fn pages(needs: &Needs<'_>, host: HostIndex) -> Vec<HugePages> {
    let mut found: BTreeMap<Option<Memory>, HugePages> = BTreeMap::new();
    let blank = |size| HugePages { size, used: Some(Memory::default()), free: None };
    for (size, free) in free(&needs.cluster.hosts[host]) {
        let pages = found.entry(Some(size)).or_insert_with(|| blank(Some(size)));
        pages.free = Some(free);
    }
    for guest in (0..needs.homes.len()).filter(|&guest| needs.homes[guest] == Some(host)) {
        let guest = needs.guest(guest);
        if let Some(wanted) = wanted(guest, &needs.cluster.hosts[host]).filter(|_| runs(needs.cluster, guest))
        {
            let size = wanted.size();
            let pages = found.entry(size).or_insert_with(|| blank(size));
            pages.used = pages.used.zip(guest.memory.value()).map(|(sum, memory)| sum.plus(*memory));
        }
    }
    let is_there = |pages: &HugePages| {
        pages.used != Some(Memory::default()) || pages.free.is_some_and(|f| f > Memory::default())
    };
    found.into_values().filter(is_there).collect()
}

/// In which huge pages a guest has its memory.
#[derive(Clone, Copy)]
enum Wanted {
    /// In those of this size.
    Sized(Memory),
    /// In those of a default size that is not known, or of several: how many of each is not known.
    Unsaid,
}

impl Wanted {
    fn size(self) -> Option<Memory> {
        match self {
            Self::Sized(size) => Some(size),
            Self::Unsaid => None,
        }
    }
}

/// The huge pages that a guest wants of its host; `None` where it wants none.
fn wanted(guest: &Guest, host: &Host) -> Option<Wanted> {
    match guest.requirements.hugepages[..] {
        [] => None,
        [Known { value: Some(size), .. }] => Some(Wanted::Sized(size)),
        [Known { value: None, .. }] => Some(huge_page_of(host).map_or(Wanted::Unsaid, Wanted::Sized)),
        _ => Some(Wanted::Unsaid),
    }
}

/// What is free in pages of each size but the smallest, which is no huge one.
fn free(host: &Host) -> BTreeMap<Memory, Memory> {
    let mut sums: BTreeMap<Memory, Memory> = BTreeMap::new();
    for FreePages { size, count, .. } in host.free_pages.value().into_iter().flatten() {
        let sum = sums.entry(*size).or_default();
        *sum = sum.plus(Memory::kib(size.as_kib().saturating_mul(*count)));
    }
    sums.pop_first();
    sums
}

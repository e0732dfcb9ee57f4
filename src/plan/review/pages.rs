//! Huge pages.

use std::collections::BTreeMap;

use super::restart::runs;
use crate::compat::{GuestIndex, HostIndex};
use crate::model::{FreePages, Guest, Host, Known, Memory};
use crate::plan::needs::Needs;

/// Huge pages of one size on a host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HugePages {
    /// The size of a page; `None` for guests that name none or several, so that it is not known which they take.
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
        if let Some(wanted) = wanted(guest).filter(|_| runs(needs.cluster, guest)) {
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
    /// In those of the host's default size, or of several: how many of each is not known.
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

/// The huge pages that a guest wants; `None` where it wants none.
fn wanted(guest: &Guest) -> Option<Wanted> {
    match guest.requirements.hugepages[..] {
        [] => None,
        [Known { value: Some(size), .. }] => Some(Wanted::Sized(size)),
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

/// Why a guest cannot start on a host for want of huge pages: QEMU takes them all when it starts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum PagesObstacle {
    /// It is not known whether it can, and what would tell.
    Unknown(String),
    /// So much is lacking in pages of a size.
    Lacking {
        /// The size of a page.
        size: Memory,
        /// How much.
        lacking: Memory,
    },
}

/// Huge pages that guests take which start again.
#[derive(Clone)]
pub(super) struct Taken<'t> {
    needs: &'t Needs<'t>,
    taken: BTreeMap<(HostIndex, Memory), Memory>,
}

impl<'t> Taken<'t> {
    /// Nothing is taken yet.
    pub(super) fn new(needs: &'t Needs<'t>) -> Self {
        Self { needs, taken: BTreeMap::new() }
    }

    /// Why the guests cannot all start on the host, beside those that have.
    pub(super) fn obstacle(&self, guests: &[GuestIndex], host: HostIndex) -> Option<PagesObstacle> {
        let mut arriving = Self::new(self.needs);
        guests.iter().find_map(|&guest| {
            let found = self.one(guest, host, &arriving);
            arriving.put(&[guest], host);
            found
        })
    }

    fn one(&self, guest: GuestIndex, host: HostIndex, arriving: &Self) -> Option<PagesObstacle> {
        let guest = self.needs.guest(guest);
        let Wanted::Sized(size) = wanted(guest)? else {
            let text = format!(
                "guest '{}' does not name one size of huge pages; name it in <hugepages>",
                guest.name
            );
            return Some(PagesObstacle::Unknown(text));
        };
        let pages = match self.needs.cluster.hosts[host].free_pages.ask() {
            Ok(pages) => &pages.value,
            Err(document) => {
                let (path, command) = (document.path(), document.command());
                let text =
                    format!("the free huge pages of the host are not known; collect {path}: `{command}`");
                return Some(PagesObstacle::Unknown(text));
            }
        };
        let free = free_for(guest, pages, size);
        let already = [self, arriving].map(|taken| taken.at(host, size)).into_iter().sum::<Memory>();
        let lacking = guest.memory.value()?.plus(already).minus(free);
        (lacking > Memory::default()).then_some(PagesObstacle::Lacking { size, lacking })
    }

    fn at(&self, host: HostIndex, size: Memory) -> Memory {
        self.taken.get(&(host, size)).copied().unwrap_or_default()
    }

    /// The guests have started there.
    pub(super) fn put(&mut self, guests: &[GuestIndex], host: HostIndex) {
        self.change(guests, host, Memory::plus);
    }

    /// They have not after all.
    pub(super) fn take(&mut self, guests: &[GuestIndex], host: HostIndex) {
        self.change(guests, host, Memory::minus);
    }

    fn change(&mut self, guests: &[GuestIndex], host: HostIndex, how: fn(Memory, Memory) -> Memory) {
        for &guest in guests {
            let guest = self.needs.guest(guest);
            if let (Some(Wanted::Sized(size)), Some(memory)) = (wanted(guest), guest.memory.value()) {
                let taken = self.taken.entry((host, size)).or_default();
                *taken = how(*taken, *memory);
            }
        }
    }
}

/// What is free in pages of a size, in the cells that the guest's memory is bound to if it is to any.
fn free_for(guest: &Guest, pages: &[FreePages], size: Memory) -> Memory {
    let cells = guest.cells.as_ref().map(|cells| &cells.value);
    let fits = |free: &&FreePages| free.size == size && cells.is_none_or(|cells| cells.contains(&free.cell));
    pages.iter().filter(fits).map(|free| Memory::kib(free.count.saturating_mul(size.as_kib()))).sum()
}

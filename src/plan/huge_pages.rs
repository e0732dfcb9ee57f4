//! Huge pages that guests leave behind and take when they move.
//!
//! Documents tell what is free cell by cell, but not which cells a guest has its pages from that is bound to several or to none. So what it
//! leaves is free in a cell as far as the others cannot have held it; the rest is free in some cell. What it takes may be from any.

use std::collections::{BTreeMap, BTreeSet};

use super::backing::parts;
use super::kinds::Cells;
use super::offer::size_in_use;
use crate::knowledge::{huge_page_of, huge_sizes};
use crate::model::{Backing, Fact, FreePages, Guest, Host, Memory, MemoryPart};

/// The pages of a guest that runs are free on the host that it leaves. Of memory that may be added to it nobody knows whether it was.
pub(super) fn leave(guest: &Guest, host: &mut Host) {
    let said = &guest.memory_parts;
    let parts = if said.is_empty() { at_most(guest).unwrap_or_default() } else { said.clone() };
    let unnamed = size_in_use(host).into_iter().collect();
    for held in held(guest, &parts, (host, &unnamed)) {
        change(host, held.size, |free| free.more(held.cells.as_ref(), held.count));
    }
}

/// The pages of a guest that runs are not free any more on the host that it came to. Where it is not known which it takes, they are all that it
/// may.
pub(super) fn arrive(guest: &Guest, host: &mut Host) {
    let parts = at_most(guest).unwrap_or_else(|| any_of(guest));
    let unnamed = huge_page_of(host).map_or_else(|| huge_sizes(host), |size| [size].into());
    for held in held(guest, &parts, (host, &unnamed)) {
        change(host, held.size, |free| free.less(held.cells.as_ref(), held.count));
    }
}

/// The parts of a guest's memory with what may be added; `None` where it is not known which pages these are in.
fn at_most(guest: &Guest) -> Option<Vec<MemoryPart>> {
    parts(guest, *guest.memory.value()?).ok()
}

/// All of its memory in pages of each size that it names.
fn any_of(guest: &Guest) -> Vec<MemoryPart> {
    let memory = guest.memory.value().copied().unwrap_or_default();
    let pages = guest.requirements.hugepages.iter().map(|page| page.value);
    let pages = pages.map(|size| size.map_or(Backing::DefaultPages, Backing::Pages));
    pages.map(|pages| MemoryPart { memory, pages, cells: None }).collect()
}

/// Huge pages of one size that a guest has, from some cells or from any.
struct Held<'g> {
    size: Memory,
    cells: &'g Option<Cells>,
    count: u64,
}

/// Those of a guest that runs on a host; where it names no size they are of any of `unnamed`.
fn held<'g>(
    guest: &Guest,
    parts: &'g [MemoryPart],
    (host, unnamed): (&Host, &BTreeSet<Memory>),
) -> Vec<Held<'g>> {
    let huge = huge_sizes(host);
    let sizes = |part: &MemoryPart| match part.pages {
        Backing::Ordinary => BTreeSet::new(),
        Backing::DefaultPages => unnamed.clone(),
        Backing::Pages(size) => [size].into(),
    };
    let all = parts.iter().filter(|_| guest.running);
    let all = all.flat_map(|part| sizes(part).into_iter().map(move |size| (part, size)));
    let of = |(part, size): (&'g MemoryPart, Memory)| Held {
        size,
        cells: &part.cells,
        count: part.memory.as_kib().div_ceil(size.as_kib().max(1)),
    };
    all.filter(|(_, size)| huge.contains(size)).map(of).collect()
}

/// Pages of one size on a host.
struct Pages {
    /// By cell: how many are free there for certain.
    free: BTreeMap<u32, u64>,
    /// How many more are free in some of the cells.
    somewhere: u64,
    /// By cell: how many there are, free or taken; `None` where that is not known.
    all: Option<BTreeMap<u32, u64>>,
}

/// Changes what is told of free pages of a size; nothing where no document tells of them.
fn change(host: &mut Host, size: Memory, how: impl FnOnce(&mut Pages)) {
    let Host { free_pages: Fact::Known(list), cell_pages, .. } = host else { return };
    let sum = |sums: &mut BTreeMap<u32, u64>, cell: u32, count: u64| {
        let sum = sums.entry(cell).or_default();
        *sum = sum.saturating_add(count);
    };
    let mut pages = Pages { free: BTreeMap::new(), somewhere: 0, all: None };
    for one in list.value.extract_if(.., |one| one.size == size) {
        match one.cell {
            Some(cell) => sum(&mut pages.free, cell, one.count),
            None => pages.somewhere = pages.somewhere.saturating_add(one.count),
        }
    }
    pages.all = cell_pages.value().map(|all| {
        let mut sums = BTreeMap::new();
        all.iter().filter(|one| one.size == size).for_each(|one| sum(&mut sums, one.cell, one.count));
        sums
    });
    how(&mut pages);
    let in_cells = pages.free.into_iter().map(|(cell, count)| (Some(cell), count));
    let somewhere = (pages.somewhere > 0).then_some((None, pages.somewhere));
    let told = in_cells.chain(somewhere);
    list.value.extend(told.map(|(cell, count)| FreePages { cell, size, count }));
}

impl Pages {
    /// So many of these cells are free again, but never more than are taken.
    fn more(&mut self, cells: Option<&Cells>, count: u64) {
        let (within, all) = (self.within(cells), self.within(None));
        let most = self.taken(&all).saturating_sub(self.somewhere);
        let rest = self.put(&within, count.min(self.taken(&within)).min(most));
        self.somewhere = self.put(&all, self.somewhere.saturating_add(rest));
    }

    /// So many of these cells are taken.
    fn less(&mut self, cells: Option<&Cells>, count: u64) {
        let within = self.within(cells);
        let before = self.sum(&within);
        for cell in &within {
            // It may have them all from this cell.
            self.free.entry(*cell).and_modify(|free| *free = free.saturating_sub(count));
        }
        let unsure = before.saturating_sub(count).saturating_sub(self.sum(&within));
        let missing = count.saturating_sub(before);
        self.somewhere = self.somewhere.saturating_sub(missing).saturating_add(unsure);
    }

    /// Counts pages as free, in each cell as many as it must be, were the others free altogether. Returns how many are left.
    fn put(&mut self, within: &[u32], count: u64) -> u64 {
        let certain = |&cell: &u32| {
            let others: Vec<u32> = within.iter().copied().filter(|other| *other != cell).collect();
            (cell, count.saturating_sub(self.taken(&others)).min(self.taken(&[cell])))
        };
        let certain: Vec<(u32, u64)> = within.iter().map(certain).collect();
        for (cell, more) in &certain {
            self.free.entry(*cell).and_modify(|free| *free = free.saturating_add(*more));
        }
        certain.iter().fold(count, |left, (_, more)| left.saturating_sub(*more))
    }

    /// How many of these cells are taken, as far as is known.
    fn taken(&self, cells: &[u32]) -> u64 {
        let all = |cell| self.all.as_ref().map_or(u64::MAX, |all| all.get(cell).copied().unwrap_or_default());
        let free = |cell| self.free.get(cell).copied().unwrap_or_default();
        let taken = cells.iter().map(|cell| all(cell).saturating_sub(free(cell)));
        // Where it is not known how many there are, any number may be.
        if self.all.is_none() && !cells.is_empty() { u64::MAX } else { taken.fold(0, u64::saturating_add) }
    }

    fn sum(&self, cells: &[u32]) -> u64 {
        cells.iter().filter_map(|cell| self.free.get(cell)).fold(0, |sum, free| sum.saturating_add(*free))
    }

    fn within(&self, cells: Option<&Cells>) -> Vec<u32> {
        let is_in = |cell: &u32| cells.is_none_or(|cells| cells.contains(cell));
        self.free.keys().copied().filter(is_in).collect()
    }
}

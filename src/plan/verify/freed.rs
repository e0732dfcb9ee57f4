//! Huge pages that are free once guests have moved, worked out a second time.

use std::collections::{BTreeMap, BTreeSet};

use super::pieces::parts;
use super::stock::Stock;
use crate::model::{Backing, CellPages, Fact, FreePages, Guest, Host, MemoryPart, Settings};

/// Huge pages of so many KiB: from which cells, if from some, and how many.
type Had<'g> = (u64, Option<&'g BTreeSet<u32>>, u128);
/// By cell: how many pages are free there; `None` is for those of which the cell is not known.
type Free = BTreeMap<Option<u32>, u128>;

/// What a guest that runs gives back to the host that it leaves.
pub(in crate::plan) fn given_back(guest: &Guest, host: &mut Host, settings: &Settings) {
    let parts = match &guest.memory_parts[..] {
        [] => parts(guest).unwrap_or_default(),
        said => said.to_vec(),
    };
    let stock = Stock::new(host, settings);
    for (size, cells, count) in had(guest, &parts, &stock, &Vec::from_iter(stock.size_used(true))) {
        let counted = host.cell_pages.value().cloned();
        let all = |cell: u32| {
            let is_of = |all: &&CellPages| (all.cell, all.size.as_kib()) == (cell, size);
            let all =
                |pages: &Vec<CellPages>| pages.iter().filter(is_of).map(|all| u128::from(all.count)).sum();
            counted.as_ref().map_or(u128::from(u64::MAX), all)
        };
        tell(host, size, |free| give(free, &all, (cells, count)));
    }
}

/// What a guest that runs takes on the host that it comes to.
pub(in crate::plan) fn taken(guest: &Guest, host: &mut Host, settings: &Settings) {
    let each = |page: Option<_>| MemoryPart {
        memory: guest.memory.value().copied().unwrap_or_default(),
        pages: page.map_or(Backing::DefaultPages, Backing::Pages),
        cells: None,
    };
    let named = || guest.requirements.hugepages.iter().map(|page| each(page.value)).collect();
    let parts = parts(guest).unwrap_or_else(named);
    let stock = Stock::new(host, settings);
    let unnamed = stock.size_used(false).map_or_else(|| stock.sizes(), |size| vec![size]);
    let had = had(guest, &parts, &stock, &unnamed);
    for (size, cells, count) in had {
        tell(host, size, |free| take(free, (cells, count)));
    }
}

fn had<'g>(guest: &Guest, parts: &'g [MemoryPart], stock: &Stock<'_>, unnamed: &[u64]) -> Vec<Had<'g>> {
    let mut all = Vec::new();
    for part in parts.iter().filter(|_| guest.running) {
        let sizes = match part.pages {
            Backing::Ordinary => Vec::new(),
            Backing::DefaultPages => unnamed.to_vec(),
            Backing::Pages(size) => vec![size.as_kib()],
        };
        for size in sizes.into_iter().filter(|size| stock.sizes().contains(size)) {
            all.push((size, part.cells.as_ref(), u128::from(part.memory.as_kib().div_ceil(size))));
        }
    }
    all
}

/// Tells anew what is free of a size, where that is told at all.
fn tell(host: &mut Host, size: u64, how: impl FnOnce(&mut Free)) {
    let Fact::Known(list) = &mut host.free_pages else { return };
    let (these, mut others): (Vec<FreePages>, Vec<FreePages>) =
        list.value.iter().partition(|pages| pages.size.as_kib() == size);
    let Some(first) = these.first().copied() else { return };
    let mut free = Free::new();
    for pages in these {
        *free.entry(pages.cell).or_default() += u128::from(pages.count);
    }
    how(&mut free);
    let count = |count| u64::try_from(count).unwrap_or(u64::MAX);
    others.extend(free.into_iter().map(|(cell, free)| FreePages { cell, count: count(free), ..first }));
    list.value = others;
}

/// A cell: how many pages are free there, and how many there are.
struct Cell {
    number: u32,
    free: u128,
    all: u128,
}

/// No more is free than there is, and in a cell no less than what the other cells do not hold.
fn give(free: &mut Free, all: &dyn Fn(u32) -> u128, (cells, count): (Option<&BTreeSet<u32>>, u128)) {
    let numbers: Vec<u32> = free.keys().copied().flatten().collect();
    let cell = |&number: &u32| Cell { number, free: free[&Some(number)], all: all(number) };
    let mut there: Vec<Cell> = numbers.iter().map(cell).collect();
    let full: u128 = there.iter().map(|cell| cell.all).sum();
    let sum = (free.values().sum::<u128>() + count).min(full);
    come_back(&mut there, (cells, count));
    for cell in &mut there {
        cell.free = cell.free.max((sum + cell.all).saturating_sub(full));
        free.insert(Some(cell.number), cell.free);
    }
    free.insert(None, sum.saturating_sub(there.iter().map(|cell| cell.free).sum()));
}

/// In each cell that the guest may have had them from, those that the others of these did not hold.
fn come_back(there: &mut [Cell], (cells, count): (Option<&BTreeSet<u32>>, u128)) {
    let these = there.iter_mut().filter(|cell| cells.is_none_or(|cells| cells.contains(&cell.number)));
    let these: Vec<&mut Cell> = these.collect();
    let held: u128 = these.iter().map(|cell| cell.all.saturating_sub(cell.free)).sum();
    for cell in these {
        let own = cell.all.saturating_sub(cell.free);
        cell.free += (count + own).saturating_sub(held).min(own);
    }
}

/// From the cells that it may have them from, one after the other; what these have not, from those of which the cell is not known.
fn take(free: &mut Free, (cells, count): (Option<&BTreeSet<u32>>, u128)) {
    let mut missing = count;
    let of = |cell: &u32| cells.is_none_or(|cells| cells.contains(cell));
    let (unsure, sure): (Vec<_>, Vec<_>) = free
        .iter_mut()
        .filter(|(cell, _)| cell.is_none_or(|cell| of(&cell)))
        .partition(|(cell, _)| cell.is_none());
    for (_, free) in sure.into_iter().chain(unsure) {
        let fewer = missing.min(*free);
        *free -= fewer;
        missing -= fewer;
    }
}

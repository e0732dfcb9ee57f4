//! What a host has, and whether that is enough, worked out a second time.

use std::collections::BTreeSet;

use super::pieces::{Piece, Stuff};
use crate::knowledge::default_huge_page;
use crate::model::{FreePages, Host, Memory, Settings};

/// KiB of memory and vCPUs; wide enough never to overflow.
pub(super) type Amount = (u128, u128);

/// A host, and what the guests take that are on it before the plan.
pub(super) struct Stock<'c> {
    host: &'c Host,
    settings: &'c Settings,
    /// What each takes, and whether it runs.
    kept: Vec<(Piece, bool)>,
}

type Cells = BTreeSet<u32>;

fn is_in(cell: u32, cells: Option<&Cells>) -> bool {
    cells.is_none_or(|cells| cells.contains(&cell))
}

impl<'c> Stock<'c> {
    pub(super) fn new(host: &'c Host, settings: &'c Settings) -> Self {
        Self { host, settings, kept: Vec::new() }
    }

    pub(super) fn keep(&mut self, pieces: &[Piece], runs: bool) {
        self.kept.extend(pieces.iter().cloned().map(|piece| (piece, runs)));
    }

    /// The sizes of pages in KiB that any document names, ascending.
    fn all_sizes(&self) -> Vec<u64> {
        let mut sizes = Vec::new();
        for size in self.host.platform.cpu.page_sizes.value().into_iter().flatten() {
            sizes.push(size.as_kib());
        }
        sizes.extend(self.host.cell_pages.value().into_iter().flatten().map(|pages| pages.size.as_kib()));
        sizes.extend(self.host.free_pages.value().into_iter().flatten().map(|pages| pages.size.as_kib()));
        sizes.sort_unstable();
        sizes.dedup();
        sizes
    }

    /// All but the smallest are huge.
    pub(super) fn sizes(&self) -> Vec<u64> {
        self.all_sizes().into_iter().skip(1).collect()
    }

    /// The only size of huge pages, else the one that the kernel was told, else its own.
    fn default_size(&self) -> Option<u64> {
        let sizes = self.sizes();
        if let [only] = sizes[..] {
            return Some(only);
        }
        let own =
            || default_huge_page(self.host.platform.arch.value()?, Memory::kib(*self.all_sizes().first()?));
        let size = self.host.default_pages.value()?.or_else(own)?;
        sizes.into_iter().find(|one| *one == size.as_kib())
    }

    /// The size of a guest's huge pages that names none: the only one there is, or for one that runs the only one set aside.
    pub(super) fn size_used(&self, runs: bool) -> Option<u64> {
        let used = |size: &u64| self.total(*size, None).is_some_and(|count| count > 0);
        let used: Vec<u64> = self.sizes().into_iter().filter(used).collect();
        self.default_size().or_else(|| used.first().copied().filter(|_| runs && used.len() == 1))
    }

    /// Pages of a size in these cells, taken or free.
    fn total(&self, size: u64, cells: Option<&Cells>) -> Option<u128> {
        let all = self.host.cell_pages.value()?.iter();
        let these = all.filter(|pages| pages.size.as_kib() == size && is_in(pages.cell, cells));
        Some(these.map(|pages| u128::from(pages.count)).sum())
    }

    /// Pages of a size that are free in these cells, or that guests have from no others and run.
    fn at_hand(&self, size: u64, cells: Option<&Cells>) -> Option<u128> {
        let free = self.host.free_pages.value()?.iter();
        // Those of which the cell is not known are in none that is asked for.
        let there = |pages: &FreePages| pages.cell.map_or(cells.is_none(), |cell| is_in(cell, cells));
        let free = free.filter(|pages| pages.size.as_kib() == size && there(pages));
        let within = |piece: &Piece| match (cells, &piece.cells) {
            (None, _) => true,
            (Some(cells), Some(own)) => own.iter().all(|cell| cells.contains(cell)),
            (Some(_), None) => false,
        };
        let taken = self.kept.iter().filter(|(piece, runs)| *runs && within(piece));
        let taken =
            taken.filter(|(piece, _)| piece.stuff == Stuff::Pages(size)).map(|(piece, _)| piece.amount);
        Some(free.map(|pages| u128::from(pages.count)).sum::<u128>() + taken.sum::<u128>())
    }

    /// What the host holds of memory, less what is in huge pages and the reserve, and of vCPUs.
    pub(super) fn held(&self) -> Option<Amount> {
        let memory = u128::from(self.host.memory.value()?.as_kib());
        let processors = u128::from(*self.host.processors.value()?);
        let told = self.host.cell_pages.value().is_some() || self.host.free_pages.value().is_some();
        let mut sizes = if told { self.sizes() } else { Vec::new() };
        for (piece, _) in &self.kept {
            if let Stuff::Pages(size) = piece.stuff {
                sizes.push(size);
            }
        }
        sizes.sort_unstable();
        sizes.dedup();
        let mut huge = 0;
        for size in sizes {
            huge += u128::from(size) * self.total(size, None).or_else(|| self.at_hand(size, None))?;
        }
        let reserve = u128::from(self.settings.memory_reserve.as_kib());
        let percent = u128::from(self.settings.cpu_overcommit_percent);
        Some((memory.saturating_sub(huge + reserve), processors * percent / 100))
    }

    /// How much the host has of some stuff in these cells.
    fn has(&self, stuff: &Stuff, cells: Option<&Cells>) -> Option<u128> {
        match stuff {
            Stuff::Pages(size) => match (self.total(*size, cells), self.at_hand(*size, cells)) {
                (Some(total), Some(at_hand)) => Some(total.min(at_hand)),
                (total, at_hand) => total.or(at_hand),
            },
            Stuff::Memory => self.memory_in(cells),
            Stuff::Unnamed(size) => (self.default_size() == Some(*size)).then_some(u128::MAX),
            Stuff::Devices(network) => {
                let pool = self.host.device_pools.iter().find(|pool| pool.network == *network);
                pool.map_or(Some(u128::MAX), |pool| pool.devices.value().map(|count| u128::from(*count)))
            }
        }
    }

    /// Memory in small pages, less the cells' part of the reserve.
    fn memory_in(&self, cells: Option<&Cells>) -> Option<u128> {
        let all = self.host.cell_pages.value()?;
        let numbers: Cells = all.iter().map(|pages| pages.cell).collect();
        let asked = numbers.iter().filter(|cell| is_in(**cell, cells)).count() as u128;
        let small = all.iter().map(|pages| pages.size.as_kib()).min()?;
        let kib = self.total(small, cells)? * u128::from(small);
        let reserve = u128::from(self.settings.memory_reserve.as_kib()) * asked;
        Some(kib.saturating_sub(reserve.div_ceil(numbers.len().max(1) as u128)))
    }

    /// What the host has too little of for a piece that arrives; `there` are the pieces of all guests, that one among them. In no set
    /// of cells that overlap, from the piece's own on, may there be less than what is to come from no others.
    pub(super) fn lacking(&self, piece: &Piece, there: &[&Piece]) -> Option<String> {
        let alike: Vec<&Piece> = there.iter().copied().filter(|other| other.stuff == piece.stuff).collect();
        let mut sets: Vec<Option<Cells>> = vec![piece.cells.clone()];
        let mut at = 0;
        while let Some(set) = sets.get(at).cloned() {
            if let Some(told) = self.short(&piece.stuff, set.as_ref(), &alike) {
                return Some(told);
            }
            for wider in alike.iter().filter_map(|other| wider(set.as_ref()?, other.cells.as_ref()?)) {
                if !sets.contains(&Some(wider.clone())) {
                    sets.push(Some(wider));
                }
            }
            at += 1;
        }
        let whole = piece.cells.is_some() && piece.stuff != Stuff::Memory;
        if whole { self.short(&piece.stuff, None, &alike) } else { None }
    }

    fn short(&self, stuff: &Stuff, cells: Option<&Cells>, alike: &[&Piece]) -> Option<String> {
        let Some(has) = self.has(stuff, cells) else {
            return Some(format!("has an unknown amount of {stuff:?} in cells {cells:?}"));
        };
        let own = |piece: &&&Piece| match (cells, &piece.cells) {
            (Some(cells), Some(own)) => own.is_subset(cells),
            (None, _) => true,
            (Some(_), None) => false,
        };
        let taken: u128 = alike.iter().filter(own).map(|piece| piece.amount).sum();
        (taken > has)
            .then(|| format!("has {has} of {stuff:?} in cells {cells:?}, and guests there take {taken}"))
    }
}

/// Both together, where they overlap and the other has cells that the one has not.
fn wider(one: &Cells, other: &Cells) -> Option<Cells> {
    (!one.is_disjoint(other) && !other.is_subset(one)).then(|| one | other)
}

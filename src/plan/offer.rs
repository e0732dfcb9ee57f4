//! What a host has of each kind of room.

use std::collections::BTreeSet;

use super::backing::Taken;
use super::kinds::{Cells, Kind, What};
use crate::knowledge::{huge_page_of, huge_sizes};
use crate::model::{CellPages, DocumentKind, FreePages, Host, Memory, Settings};

/// A host, and what the guests on it take.
pub(super) struct Offer<'a> {
    pub(super) host: &'a Host,
    pub(super) settings: &'a Settings,
    /// Each guest that is placed on it, and whether it runs.
    pub(super) residents: Vec<(&'a Taken, bool)>,
}

/// The size of which a guest that runs has its huge pages, where it names none: the host has set none other aside.
pub(super) fn size_in_use(host: &Host) -> Option<Memory> {
    let huge = huge_sizes(host);
    let all = host.cell_pages.value()?.iter().filter(|pages| pages.count > 0 && huge.contains(&pages.size));
    huge_page_of(host).or_else(|| only(all.map(|pages| pages.size).collect()))
}

/// Whether a host has huge pages of a size, as far as that is known.
pub(super) fn may_have(host: &Host, size: Memory) -> bool {
    host.platform.cpu.page_sizes.value().is_none_or(|sizes| sizes.contains(&size))
}

fn only(sizes: BTreeSet<Memory>) -> Option<Memory> {
    let mut sizes = sizes.into_iter();
    sizes.next().filter(|_| sizes.next().is_none())
}

impl Offer<'_> {
    /// Its memory that is in no huge pages, without the reserve. Where no document tells how many huge pages there are, there are
    /// none, unless a guest of the host has some.
    ///
    /// # Errors
    /// What is not known, and how to know it.
    pub(super) fn memory(&self) -> Result<Memory, String> {
        let memory = self.host.memory.ask().map_err(|document| unknown("memory", document))?.value;
        let taken = self.residents.iter().flat_map(|(taken, _)| &taken.rare);
        let of_guests = taken.filter_map(|(kind, _)| match kind.what {
            What::Pages(size) => Some(size),
            _ => None,
        });
        let counted = self.host.cell_pages.value().is_some() || self.host.free_pages.value().is_some();
        let listed = huge_sizes(self.host).into_iter().filter(|_| counted);
        let sizes: BTreeSet<Memory> = of_guests.chain(listed).collect();
        let huge = sizes.into_iter().map(|size| Ok(sized(size, self.set_aside(size)?)));
        let huge = huge.sum::<Result<Memory, String>>()?;
        Ok(memory.minus(huge).minus(self.settings.memory_reserve))
    }

    /// Its processors times the overcommitment, rounded down.
    ///
    /// # Errors
    /// What is not known, and how to know it.
    pub(super) fn vcpus(&self) -> Result<u64, String> {
        let processors = self.host.processors.ask();
        let processors = processors.map_err(|document| unknown("number of processors", document))?.value;
        Ok(u64::from(processors).saturating_mul(self.settings.cpu_overcommit_percent) / 100)
    }

    /// How much of a kind there is beside memory and vCPUs of the whole host.
    ///
    /// # Errors
    /// What is not known, and how to know it.
    pub(super) fn of(&self, kind: &Kind) -> Result<u64, String> {
        let unknown = |document| unknown(&format!("amount of {}", kind.name()), document);
        match (&kind.what, &kind.cells) {
            (What::Memory, Some(cells)) => self.memory_in(cells).map_err(unknown),
            (What::Memory, None) => self.memory().map(Memory::as_kib),
            (What::Vcpus, _) => self.vcpus(),
            (What::Pages(size), cells) => self.pages(*size, cells.as_ref()).map_err(unknown),
            (What::DefaultPages(size), _) => self.is_default(*size),
            (What::Devices(network), _) => self.devices(network).map_err(unknown),
        }
    }

    /// How many huge pages of a size the host has, taken or free.
    fn set_aside(&self, size: Memory) -> Result<u64, String> {
        let unknown = |document| unknown(&format!("number of huge pages of {size}"), document);
        match self.host.cell_pages.ask() {
            Ok(all) => Ok(counted(&all.value, size, None)),
            Err(document) => self.freed(size, None).ok_or(document).map_err(unknown),
        }
    }

    /// How many huge pages guests may have: no more than there are, and than are free or taken by guests that run, for others may
    /// have some too.
    fn pages(&self, size: Memory, cells: Option<&Cells>) -> Result<u64, DocumentKind> {
        let freed = self.freed(size, cells);
        match self.host.cell_pages.ask() {
            Ok(all) => Ok(counted(&all.value, size, cells).min(freed.unwrap_or(u64::MAX))),
            Err(document) => freed.ok_or(document),
        }
    }

    /// Huge pages that are free, and those that guests have which run.
    fn freed(&self, size: Memory, cells: Option<&Cells>) -> Option<u64> {
        let inside = |of: Option<&Cells>| cells.is_none_or(|cells| of.is_some_and(|of| of.is_subset(cells)));
        let running = self.residents.iter().filter(|(_, runs)| *runs).flat_map(|(taken, _)| &taken.rare);
        let taken = running.filter(|(kind, _)| kind.what == What::Pages(size) && inside(kind.cells.as_ref()));
        let taken: u64 = taken.fold(0, |sum, (_, count)| sum.saturating_add(*count));
        let is_of = |free: &&FreePages| free.size == size && cells.is_none_or(|cells| free.is_in(cells));
        let free = self.host.free_pages.value()?.iter().filter(is_of);
        Some(free.fold(taken, |sum, free| sum.saturating_add(free.count)))
    }

    /// The memory of these cells that is in no huge pages, without their part of the reserve, in KiB.
    fn memory_in(&self, cells: &Cells) -> Result<u64, DocumentKind> {
        let pages = &self.host.cell_pages.ask()?.value;
        let there: Cells = pages.iter().map(|pages| pages.cell).collect();
        let smallest = pages.iter().map(|pages| pages.size).min().unwrap_or_default();
        let reserve = self.settings.memory_reserve.as_kib();
        let part = reserve.saturating_mul(cells.intersection(&there).count() as u64);
        let part = part.div_ceil((there.len() as u64).max(1));
        Ok(sized(smallest, counted(pages, smallest, Some(cells))).as_kib().saturating_sub(part))
    }

    fn is_default(&self, size: Memory) -> Result<u64, String> {
        match huge_page_of(self.host) {
            Some(own) if own == size => Ok(u64::MAX),
            Some(own) => Err(format!(
                "the host's huge pages are of {own} by default, and the guest has some of {size}; name the size in <hugepages>"
            )),
            None => Err(unknown("default size of huge pages", DocumentKind::Dmesg)),
        }
    }

    /// Where the network gives none out, any number of guests is on it.
    fn devices(&self, network: &str) -> Result<u64, DocumentKind> {
        let pool = self.host.device_pools.iter().find(|pool| pool.network == network);
        pool.map_or(Ok(u64::MAX), |pool| pool.devices.ask().map(|known| known.value))
    }
}

fn counted(pages: &[CellPages], size: Memory, cells: Option<&Cells>) -> u64 {
    let fits =
        |pages: &&CellPages| pages.size == size && cells.is_none_or(|cells| cells.contains(&pages.cell));
    pages.iter().filter(fits).fold(0, |sum, pages| sum.saturating_add(pages.count))
}

fn sized(size: Memory, count: u64) -> Memory {
    Memory::kib(size.as_kib().saturating_mul(count))
}

fn unknown(what: &str, document: DocumentKind) -> String {
    format!("the {what} of the host is not known; collect {}: `{}`", document.path(), document.command())
}

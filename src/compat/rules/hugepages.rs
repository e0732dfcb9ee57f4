//! Huge pages that are free.

use crate::compat::aspect::Aspect;
use crate::compat::excerpt::Excerpt;
use crate::compat::finding::Findings;
use crate::compat::holds::Side;
use crate::compat::mode::Modes;
use crate::compat::pair::Placement;
use crate::compat::rule::{Check, Family, Rule};
use crate::compat::severity::Severity;
use crate::model::{DocumentKind, FreePages, Guest, Known, Memory};

const RULE: Rule = Rule { modes: Modes::AS_IT_IS, ..Rule::BLANK };

pub(super) const RULES: &[Rule] = &[Rule {
    id: "hugepages-taken",
    family: Family::Capacity,
    severity: Severity::Warning,
    only_warns: true,
    summary: "The host has too few huge pages free for the guest",
    explanation: "Memory in huge pages is taken whole when QEMU starts, live and cold: with too few free it ends (\"unable to map \
                      backing store for guest RAM: Cannot allocate memory\"). What is free is as virsh freepages saw it; guests that \
                      leave the host give theirs back, and more can be set aside before the move: so this warns.",
    remedy: "set more pages aside on the host (sysctl vm.nr_hugepages, for 1 GiB pages at boot), or move other guests away first",
    example: "Node 0:\n\
              4KiB: 90112\n\
              2048KiB: 1023",
    near_miss: "Node 0:\n\
                4KiB: 90112\n\
                2048KiB: 1024",
    shown_in: (Side::Target, DocumentKind::FreePages),
    beside: &[Excerpt::here(
        DocumentKind::Domain,
        "<memory unit='KiB'>2097152</memory>\n\
         <memoryBacking><hugepages><page size='2048' unit='KiB'/></hugepages></memoryBacking>",
    )],
    references: &["formatdomain, Memory Backing", "virsh(1), freepages"],
    needs: &[DocumentKind::Domain, DocumentKind::FreePages],
    check: Check::Placement(Aspect::Room, hugepages_taken),
    ..RULE
}];

fn hugepages_taken(placement: &Placement<'_>, findings: &mut Findings) {
    let guest = placement.guest;
    // With pages of several sizes each is for other cells of the guest: how much of each is not looked at.
    let [Known { value: Some(size), place }] = guest.requirements.hugepages[..] else { return };
    let (Some(memory), Some(pages)) = (guest.memory.get(), placement.target.free_pages.get()) else { return };
    let free = free(guest, &pages.value, size);
    if free < memory.value {
        let message =
            format!("the host has {free} free in pages of {size} and the guest has {}", memory.value);
        findings.fire(message, Some(place), "wanted here").and(Some(pages.place), "what is free");
    }
}

/// What is free in pages of a size, in the cells that the guest's memory is bound to if it is to any.
fn free(guest: &Guest, pages: &[FreePages], size: Memory) -> Memory {
    let cells = guest.cells.as_ref().map(|cells| &cells.value);
    let fits = |free: &&FreePages| free.size == size && cells.is_none_or(|cells| free.is_in(cells));
    let free = pages.iter().filter(fits).map(|free| free.count.saturating_mul(size.as_kib()));
    Memory::kib(free.fold(0, u64::saturating_add))
}

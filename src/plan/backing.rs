//! What a guest takes of its host.

use std::collections::BTreeSet;

use super::capacity::overhead;
use super::kinds::{Cells, Kind, What};
use crate::model::{Backing, DocumentKind, Guest, Known, Memory, MemoryPart};

/// What a guest takes of its host, kind by kind.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Taken {
    /// Memory that is in no huge pages, with overhead.
    pub(super) memory: Memory,
    /// vCPUs.
    pub(super) vcpus: u64,
    /// All else.
    pub(super) rare: Vec<(Kind, u64)>,
}

/// What is known of the cluster that bears on what a guest takes.
pub(super) struct Terms<'t> {
    /// The size of huge pages that it has where it names none.
    pub(super) default: Option<Memory>,
    /// The networks that give each guest a device of its own.
    pub(super) giving: &'t BTreeSet<&'t str>,
}

/// What a guest takes: its memory at most with [`overhead`], in the pages and from the cells that it names, its vCPUs at most, and
/// a device for each of its cards on a network that gives them out.
///
/// # Errors
/// What is not known, and how to know it.
pub(super) fn taken(guest: &Guest, terms: &Terms<'_>) -> Result<Taken, String> {
    let unknown = |what: &str, document: DocumentKind| {
        format!("{what} of guest '{}' are not known; collect {}", guest.name, document.path())
    };
    let memory = guest.memory.ask().map_err(|document| unknown("memory needs", document))?.value;
    guest.vcpus.ask().map_err(|document| unknown("the vCPUs", document))?;
    sum(guest, &parts(guest, memory)?, terms)
}

/// What a guest takes that is rebuilt for another architecture: it is bound to no cells, and huge pages that the host has not are set
/// aside by a person, of what is ordinary memory. `None` where that is nothing else than before.
pub(super) fn rebuilt(
    guest: &Guest,
    terms: &Terms<'_>,
    has: &dyn Fn(Memory) -> bool,
) -> Option<Result<Taken, String>> {
    let old = parts(guest, *guest.memory.value()?).ok()?;
    let anew = |part: &MemoryPart| match part.pages {
        Backing::Pages(size) if !has(size) => Backing::Ordinary,
        as_before => as_before,
    };
    let new: Vec<MemoryPart> =
        old.iter().map(|part| MemoryPart { pages: anew(part), cells: None, ..*part }).collect();
    (new != old).then(|| sum(guest, &new, terms))
}

fn sum(guest: &Guest, parts: &[MemoryPart], terms: &Terms<'_>) -> Result<Taken, String> {
    let memory = guest.memory.value().copied().unwrap_or_default();
    let vcpus = u64::from(guest.vcpus.value().copied().unwrap_or_default());
    let mut taken = Taken { memory: overhead(memory), vcpus, rare: Vec::new() };
    for part in parts {
        taken.part(part, terms.default).ok_or_else(|| sizeless(guest))?;
    }
    // QEMU itself is where all of the guest is.
    if let Some(cells) = parts.iter().map(|part| part.cells.as_ref()).collect::<Option<Vec<&Cells>>>() {
        let all: Cells = cells.into_iter().flatten().copied().collect();
        taken.add(What::Memory, Some(&all), overhead(memory).as_kib());
    }
    taken.devices(guest, terms.giving);
    Ok(taken)
}

impl Taken {
    /// `None` where it is not known in which pages it is.
    fn part(&mut self, part: &MemoryPart, default: Option<Memory>) -> Option<()> {
        let cells = part.cells.as_ref();
        let size = match part.pages {
            Backing::Ordinary => {
                self.memory = self.memory.plus(part.memory);
                if cells.is_some() {
                    self.add(What::Memory, cells, part.memory.as_kib());
                }
                return Some(());
            }
            Backing::DefaultPages => {
                self.add(What::DefaultPages(default?), None, 1);
                default?
            }
            Backing::Pages(size) => size,
        };
        if size == Memory::default() {
            return None;
        }
        self.add(What::Pages(size), cells, part.memory.as_kib().div_ceil(size.as_kib()));
        Some(())
    }

    fn add(&mut self, what: What, cells: Option<&Cells>, amount: u64) {
        self.rare.push((Kind { what, cells: cells.cloned() }, amount));
    }

    fn devices(&mut self, guest: &Guest, giving: &BTreeSet<&str>) {
        for card in guest.requirements.devices_named("interface") {
            let is_network = card.kind.as_ref().is_some_and(|kind| kind.value == "network");
            if let Some(network) = card.network.as_ref().filter(|_| is_network)
                && giving.contains(network.value.as_str())
            {
                self.add(What::Devices(network.value.as_str().to_owned()), None, 1);
            }
        }
    }
}

/// Whether any of a guest's memory is in huge pages of the host's default size.
pub(super) fn wants_default(guest: &Guest) -> bool {
    guest.requirements.hugepages.iter().any(|page| page.value.is_none())
}

/// The parts of a guest's memory. What may be added to it is as its parts are, if these are alike.
pub(super) fn parts(guest: &Guest, memory: Memory) -> Result<Vec<MemoryPart>, String> {
    let mut parts = guest.memory_parts.clone();
    let said: Memory = parts.iter().map(|part| part.memory).sum();
    let rest = memory.minus(said);
    if rest == Memory::default() {
        return Ok(parts);
    }
    let Some(first) = parts.first().cloned() else {
        let pages = match guest.requirements.hugepages[..] {
            [] => Backing::Ordinary,
            [Known { value, .. }] => value.map_or(Backing::DefaultPages, Backing::Pages),
            _ => return Err(sizeless(guest)),
        };
        let cells = guest.cells.as_ref().map(|cells| cells.value.clone());
        return Ok(vec![MemoryPart { memory, pages, cells }]);
    };
    if parts.iter().any(|part| (part.pages, &part.cells) != (first.pages, &first.cells)) {
        return Err(format!(
            "guest '{}' can have memory added, and its own NUMA cells have theirs of different kinds: of which kind \
             it will be is not known; take <maxMemory> away",
            guest.name
        ));
    }
    parts.push(MemoryPart { memory: rest, ..first });
    Ok(parts)
}

fn sizeless(guest: &Guest) -> String {
    format!("guest '{}' does not name one size of huge pages; name it in <hugepages>", guest.name)
}

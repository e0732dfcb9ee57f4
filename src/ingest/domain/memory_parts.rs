//! The parts of a guest's memory: what each of its own NUMA cells has, in which pages, from which cells of the host.

use std::collections::BTreeSet;

use super::is_strict;
use crate::model::{Backing, Memory, MemoryPart, NumberSet};
use crate::text::xml::Element;

/// The parts; none where the guest has no NUMA cells of its own, or does not say what one of them has.
pub(super) fn read(root: Element<'_>) -> Vec<MemoryPart> {
    let Some(numa) = root.at("cpu/numa") else { return Vec::new() };
    let parts = numa.children_named("cell").enumerate().map(|(at, cell)| part(root, at, cell));
    parts.collect::<Option<_>>().unwrap_or_default()
}

/// Cells without a number are numbered in their order.
fn part(root: Element<'_>, at: usize, cell: Element<'_>) -> Option<MemoryPart> {
    let id = cell.value("id").map_or_else(|| u32::try_from(at).ok(), |id| id.parse().ok())?;
    let memory = Memory::parse(&cell.value("memory")?, &cell.value("unit").unwrap_or_default())?;
    Some(MemoryPart { memory, pages: pages(root, id), cells: bound(root, id) })
}

/// The page size that names the guest's cell, else the one that names none (formatdomain, Memory Backing).
fn pages(root: Element<'_>, id: u32) -> Backing {
    let Some(hugepages) = root.at("memoryBacking/hugepages") else { return Backing::Ordinary };
    let all = || hugepages.children_named("page");
    let names = |page: &Element<'_>| set(*page).is_some_and(|set| set.contains(&id));
    let named = all().find(names).or_else(|| all().find(|page| page.value("nodeset").is_none()));
    let size =
        |page: Element<'_>| Memory::parse(&page.value("size")?, &page.value("unit").unwrap_or_default());
    match named {
        Some(page) => size(page).map_or(Backing::DefaultPages, Backing::Pages),
        None if all().next().is_none() => Backing::DefaultPages,
        None => Backing::Ordinary,
    }
}

/// The cells that the guest's cell is bound to, else those that the whole guest is.
fn bound(root: Element<'_>, id: u32) -> Option<BTreeSet<u32>> {
    let tune = root.child("numatune")?;
    let is_of = |node: &Element<'_>| node.value("cellid").is_some_and(|cell| cell.parse() == Ok(id));
    let own = tune.children_named("memnode").find(is_of);
    own.or_else(|| tune.child("memory")).filter(is_strict).and_then(set)
}

fn set(element: Element<'_>) -> Option<BTreeSet<u32>> {
    let set: BTreeSet<u32> = NumberSet::parse(&element.value("nodeset")?)?.iter().collect();
    (!set.is_empty()).then_some(set)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::xml::Document;

    fn parts(text: &str) -> Vec<(u64, Backing, Vec<u32>)> {
        let document = Document::parse(text).expect("well-formed");
        let told =
            |part: MemoryPart| (part.memory.as_mib(), part.pages, part.cells.into_iter().flatten().collect());
        read(document.root()).into_iter().map(told).collect()
    }

    #[test]
    fn cells_of_a_guest_have_pages_and_cells_of_the_host_of_their_own() {
        // Made up.
        let text = "<domain><cpu><numa><cell id='0' cpus='0' memory='4' unit='GiB'/><cell cpus='1' memory='2097152'/>\
                    </numa></cpu><memoryBacking><hugepages><page size='1' unit='G' nodeset='0'/><page size='2048'/>\
                    </hugepages></memoryBacking><numatune><memory mode='strict' nodeset='0-1'/>\
                    <memnode cellid='0' mode='strict' nodeset='1'/></numatune></domain>";
        assert_eq!(
            parts(text),
            [
                (4096, Backing::Pages(Memory::gib(1)), vec![1]),
                (2048, Backing::Pages(Memory::mib(2)), vec![0, 1])
            ]
        );
        let preferred = text.replace("cellid='0' mode='strict'", "cellid='0' mode='preferred'");
        assert!(parts(&preferred)[0].2.is_empty(), "a wish");
        let unsized_page = text.replace("<page size='1' unit='G' nodeset='0'/><page size='2048'/>", "");
        assert_eq!(parts(&unsized_page)[0].1, Backing::DefaultPages);
        let one = text.replace("<page size='2048'/>", "");
        assert_eq!(parts(&one)[1].1, Backing::Ordinary);
        assert_eq!(parts("<domain><memory>1</memory></domain>"), []);
        assert_eq!(parts(&text.replace("memory='2097152'", "")), [], "not all is said");
    }
}
